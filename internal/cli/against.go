package cli

import (
	"net"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// changeJSON is what two configurations decide differently.
type changeJSON struct {
	Old      outcomeJSON   `json:"old"`
	New      outcomeJSON   `json:"new"`
	Count    int           `json:"count"` // of the requests that were tried
	Examples []requestJSON `json:"examples"`
}

type outcomeJSON struct {
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Rule    string `json:"rule,omitempty"`
}

type requestJSON struct {
	From     string `json:"from"`
	Endpoint string `json:"endpoint,omitempty"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Scheme   string `json:"scheme"`
}

// before returns what the file old holds, which must decide something: zero if
// old is empty. Findings keep no request of a topology from having an answer.
func (s *session) before(old string, now time.Time) (c checked, err error) {
	if old == "" {
		return c, nil
	}
	c = s.look(old, now)
	if c.top == nil && (c.cfg == nil || hasErrors(c.problems)) {
		if err = s.printProblems(s.Stderr, c.problems, map[string][]byte{old: c.src}); err == nil {
			err = failed("cli.check.invalid", old)
		}
	}
	return c, err
}

// changes returns what after answers otherwise than before, as JSON shows it:
// nil if after has an error. Of its file the name is in the problems.
func (s *session) changes(before, after checked, now time.Time) (any, error) {
	switch {
	case after.cfg != nil && before.cfg != nil:
		return changesJSON(access.Diff(before.cfg, after.cfg, now)), nil
	case after.top != nil && before.top != nil:
		return s.desk().Diff(before.top, after.top), nil
	case after.top != nil || after.cfg != nil:
		return nil, failed("cli.check.two-sorts")
	}
	return nil, nil
}

func changesJSON(changes []access.Change) []changeJSON {
	docs := make([]changeJSON, 0, len(changes))
	for _, c := range changes {
		doc := changeJSON{Old: outcomeOf(c.Old), New: outcomeOf(c.New), Count: c.Count}
		for _, q := range c.Examples {
			doc.Examples = append(doc.Examples, requestOf(q))
		}
		docs = append(docs, doc)
	}
	return docs
}

func outcomeOf(d access.Decision) outcomeJSON {
	return outcomeJSON{d.Verdict.String(), string(d.Code), d.RuleName()}
}

func requestOf(q access.Request) requestJSON {
	r := requestJSON{Endpoint: q.Endpoint, Host: q.Host.String(), Port: int(q.Port), Scheme: "https"}
	if q.Client.IsValid() {
		r.From = q.Client.String()
	}
	if q.Scheme == access.HTTP {
		r.Scheme = "http"
	}
	return r
}

// printChanges writes what is decided differently from the configuration in
// the file old: for each change what was, what is, and examples.
func (s *session) printChanges(old string, changes []changeJSON) error {
	paint := term.Paint(s.colored())
	if len(changes) == 0 {
		s.printf("%s\n", s.say("cli.check.same", old))
	}
	for _, c := range changes {
		style := term.Plain
		switch access.Denied.String() {
		case c.Old.Verdict: // let through now: look twice
			style = term.Yellow
		case c.New.Verdict:
			style = term.Red
		}
		s.printf("%s\n", paint.In(style, s.say("cli.check.change", s.outcome(c.Old), s.outcome(c.New), strconv.Itoa(c.Count))))
		var t term.Table
		for _, q := range c.Examples {
			t.Row("  "+s.asker(q), target(q))
		}
		if err := t.Print(s.Stdout, paint); err != nil {
			return err
		}
	}
	return nil
}

// outcome returns o in words: a verdict and what it stands on.
func (s *session) outcome(o outcomeJSON) string {
	if o.Rule != "" {
		return s.say("cli.check.by-rule", o.Verdict, o.Rule)
	}
	return s.say("cli.check.by-reason", o.Verdict, o.Reason)
}

func (s *session) asker(q requestJSON) string {
	if q.Endpoint == "" {
		return q.From
	}
	if q.From == "" {
		return q.Endpoint
	}
	return q.From + " " + q.Endpoint
}

func target(q requestJSON) string {
	hostPort := net.JoinHostPort(q.Host, strconv.Itoa(q.Port))
	if q.Scheme == "http" {
		return "http://" + hostPort
	}
	return hostPort
}

// notComparable is the usage error of --against with several files.
func notComparable() error { return usage("cli.check.one-file") }

// unreadable is the problem of a file that cannot be read.
func unreadable(file string, err error) diag.Problem {
	return diag.Problem{Pos: diag.Pos{File: file}, Code: "DG1001", Summary: reason.New("DG1001", cause(err))}
}
