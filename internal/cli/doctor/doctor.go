// Package doctor is the command "deguchi doctor": it has facts collected, or
// reads them, has them examined, and shows the report, as text or as JSON. What
// is wrong, package diagnose says; what was seen, package probe.
package doctor

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/edge/probe"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// Clinic answers the questions of the command line. What it needs of it is
// handed to it.
type Clinic struct {
	In            io.Reader
	Out, Stderr   io.Writer // Stderr hears what will be contacted, and of progress
	Lang          reason.Lang
	Paint         term.Paint
	JSON, Verbose bool // the flags
	Version       string
	World         probe.World
	Limits        probe.Limits
	// Print prints the JSON of a command.
	Print func(command string, doc any) error
}

// Question is what the flags ask for.
type Question struct {
	Proxy    string
	Wants    []string // jobs, services, URLs
	Region   string
	Unit     string
	User     string
	PID      string
	Agent    bool
	Programs []string
	Slow     time.Duration
	Identity bool
	Archive  string // a file to write
}

// Failure says that a question cannot be answered.
type Failure struct{ Why reason.Because }

// Error returns the words in English.
func (f *Failure) Error() string { return f.Why.In(reason.English) }

// Mistake says that a question makes no sense. Hint is zero if there is none.
type Mistake struct{ Why, Hint reason.Because }

// Error returns the words in English.
func (m *Mistake) Error() string { return m.Why.In(reason.English) }

func mistake(code reason.Code, args ...string) *Mistake {
	return &Mistake{Why: reason.New(code, args...)}
}

// say returns the words of code.
func (c *Clinic) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(c.Lang)
}

// subject is whom q asks for.
func (q *Question) subject() (facts.Subject, error) {
	var all []facts.Subject
	if q.Unit != "" {
		all = append(all, facts.Subject{Kind: facts.Unit, Name: q.Unit})
	}
	if q.User != "" {
		all = append(all, facts.Subject{Kind: facts.User, Name: q.User})
	}
	if q.PID != "" {
		if _, err := strconv.ParseUint(q.PID, 10, 32); err != nil {
			return facts.Subject{}, mistake("cli.doctor.bad-pid", strconv.Quote(q.PID))
		}
		all = append(all, facts.Subject{Kind: facts.Process, Name: q.PID})
	}
	if q.Agent {
		all = append(all, facts.Subject{Kind: facts.SSMAgent})
	}
	switch len(all) {
	case 0:
		return facts.Subject{Kind: facts.Shell}, nil
	case 1:
		return all[0], nil
	}
	return facts.Subject{}, mistake("cli.doctor.subjects")
}

// check refuses what names nothing.
func (q *Question) check() error {
	for _, id := range q.Programs {
		if _, err := noproxy.Named(id); err != nil {
			return mistake("cli.unknown-program", strconv.Quote(id))
		}
	}
	if q.Region != "" && !awsdata.RegionShape(regionOfZone(q.Region)) {
		return mistake("cli.not-a-region", strconv.Quote(q.Region))
	}
	return nil
}

// regionOfZone is the region that a zone was written for; a region stays.
func regionOfZone(s string) string {
	if n := len(s); n > 0 && s[n-1] >= 'a' && s[n-1] <= 'z' && awsdata.RegionShape(s[:n-1]) {
		return s[:n-1]
	}
	return s
}

// targets are the URLs that q wants for f, and the hosts of jobs that are not
// asked for because a part of their names is the customer's.
func (q *Question) targets(f *facts.Sheet) (urls, open []string, err error) {
	wants := q.Wants
	region := regionOfZone(f.Region)
	switch {
	case len(wants) > 0:
	case f.Subject.Kind == facts.SSMAgent && region != "":
		wants = []string{"session-manager"}
	case region == "":
		return []string{"https://sts.amazonaws.com/"}, nil, nil
	default:
		wants = []string{"sts"}
	}
	for _, w := range wants {
		at, asked := region, region != "" || strings.Contains(w, ".")
		if !asked {
			at = "us-east-1" // to tell what needs a region from what is nothing
		}
		more, some, err := diagnose.Targets(w, at)
		if e, ok := errors.AsType[*diagnose.UnknownWantError](err); ok {
			bad := mistake("cli.doctor.bad-want", strconv.Quote(w))
			if e.Nearest != "" {
				bad.Hint = reason.New("cli.meant", "--for "+e.Nearest)
			}
			return nil, nil, bad
		}
		if err != nil {
			return nil, nil, err
		}
		if !asked {
			return nil, nil, mistake("cli.doctor.needs-region", w)
		}
		urls, open = append(urls, more...), append(open, some...)
	}
	return urls, open, nil
}

// writeFile writes a file that others need not read.
func writeFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
	}()
	return write(f)
}
