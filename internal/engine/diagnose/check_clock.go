package diagnose

import (
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// The most that AWS lets a signature's clock differ, and what is worth a word.
const (
	clockLimit = 5 * time.Minute
	clockWarn  = time.Minute
)

// checkClock compares the clock with the Date of an answer. AWS's own answers
// count first: a proxy's clock may be wrong, too.
func checkClock(x *exam) Finding {
	a, s, ok := x.dated()
	if !ok {
		return untested("clock.no-answer")
	}
	date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", s.Field("Date"))
	if err != nil {
		return untested("clock.no-answer")
	}
	off := a.At.Sub(date).Round(time.Second)
	text := off.Abs().String()
	if off.Abs() <= clockWarn {
		return good("clock.fine", host(a.URL))
	}
	f := Finding{
		Status: Fail, Cause: "clock-skew", Because: because("clock.fast", text),
		Evidence: []string{"here " + a.At.UTC().Format(time.RFC3339), host(a.URL) + " " + date.Format(time.RFC3339)},
		Fix:      because("clock.fix"),
	}
	f.Commands, f.Verify = x.setClock()
	if off < 0 {
		f.Because = because("clock.slow", text)
	}
	if !isAWSAnswer(s) { // whose clock is it?
		f.Because = because("clock.other", text)
	}
	if off.Abs() <= clockLimit || !isAWSAnswer(s) {
		f.Status = Warn
	}
	x.report(f)
	return Finding{}
}

// setClock are the commands that set the subject's clock, and one that shows how
// well it goes.
func (x *exam) setClock() (set []string, show string) {
	switch x.OS {
	case "windows":
		return []string{"w32tm /resync"}, "w32tm /query /status"
	case "darwin":
		return []string{"sudo sntp -sS time.apple.com"}, "date -u"
	}
	return []string{"sudo chronyc makestep"}, "chronyc tracking"
}

// dated returns an answer that has a Date.
func (x *exam) dated() (a facts.Attempt, s facts.Step, ok bool) {
	for _, fromAWS := range []bool{true, false} {
		for _, a := range x.Attempts {
			for _, s := range a.Steps {
				if s.Field("Date") != "" && !a.At.IsZero() && isAWSAnswer(s) == fromAWS {
					return a, s, true
				}
			}
		}
	}
	return facts.Attempt{}, facts.Step{}, false
}

// isAWSAnswer reports whether an HTTP answer has the form of AWS's: a request
// id among its fields, or an error as its protocols have it.
func isAWSAnswer(s facts.Step) bool {
	for _, name := range []string{"x-amzn-requestid", "x-amz-request-id", "x-amz-id-2", "x-amzn-errortype"} {
		if s.Field(name) != "" {
			return true
		}
	}
	return strings.Contains(s.Body, "<RequestId>") || strings.Contains(s.Body, `"__type"`) || s.Field("Server") == "EC2ws"
}
