// Package decisions is what two configurations decide differently, as "deguchi
// check --against" prints it. What differs, package access says.
package decisions

import (
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// Change is what two configurations decide differently.
type Change struct {
	Old      Outcome   `json:"old"`
	New      Outcome   `json:"new"`
	Count    int       `json:"count"` // of the requests that were tried
	Examples []Request `json:"examples"`
}

// Tried says how much of what the two files name was tried.
type Tried struct {
	Requests int  `json:"requests"`
	Hosts    int  `json:"hosts"`
	All      bool `json:"all"` // false: the files name more than a comparison takes
}

// Outcome is what became of a request, and what that stands on.
type Outcome struct {
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Rule    string `json:"rule,omitempty"`
}

// Request is one that is decided differently.
type Request struct {
	From     string `json:"from"`
	Endpoint string `json:"endpoint,omitempty"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Scheme   string `json:"scheme"`
	Addr     string `json:"addr,omitempty"` // that the host resolves to, where that makes the difference
}

// Of returns a comparison as JSON shows it.
func Of(all access.Comparison) ([]Change, *Tried) {
	docs := make([]Change, 0, len(all.Changes))
	for _, c := range all.Changes {
		doc := Change{Old: outcomeOf(c.Old), New: outcomeOf(c.New), Count: c.Count}
		for _, q := range c.Examples {
			doc.Examples = append(doc.Examples, requestOf(q))
		}
		docs = append(docs, doc)
	}
	tried := Tried(all.Tried)
	return docs, &tried
}

func outcomeOf(d access.Decision) Outcome {
	return Outcome{d.Verdict.String(), string(d.Code), d.RuleName()}
}

func requestOf(q access.Example) Request {
	r := Request{Endpoint: q.Endpoint, Host: q.Host.String(), Port: int(q.Port), Scheme: "https"}
	if q.Client.IsValid() {
		r.From = q.Client.String()
	}
	if q.Scheme == access.HTTP {
		r.Scheme = "http"
	}
	if q.Addr.IsValid() {
		r.Addr = q.Addr.String()
	}
	return r
}

// Printer writes changes for a person.
type Printer struct {
	Out   io.Writer
	Lang  reason.Lang
	Paint term.Paint
}

func (p Printer) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(p.Lang)
}

// Print writes what is decided differently from the configuration in the file
// old: for each change what was, what is, and examples. It ends by saying so if
// not all was tried.
func (p Printer) Print(old string, changes []Change, tried *Tried) error {
	if len(changes) == 0 {
		fmt.Fprintln(p.Out, p.say("cli.check.same", old))
	}
	for _, c := range changes {
		style := term.Plain
		switch access.Denied.String() {
		case c.Old.Verdict: // let through now: look twice
			style = term.Yellow
		case c.New.Verdict:
			style = term.Red
		}
		fmt.Fprintln(p.Out, p.Paint.In(style, p.say("cli.check.change", p.outcome(c.Old), p.outcome(c.New), strconv.Itoa(c.Count))))
		var t term.Table
		for _, q := range c.Examples {
			t.Row("  "+q.asker(), q.target())
		}
		if err := t.Print(p.Out, p.Paint); err != nil {
			return err
		}
	}
	if !tried.All {
		fmt.Fprintln(p.Out, p.Paint.In(term.Yellow, p.say("cli.check.partial", strconv.Itoa(tried.Requests), strconv.Itoa(tried.Hosts))))
	}
	return nil
}

// outcome returns o in words: a verdict and what it stands on.
func (p Printer) outcome(o Outcome) string {
	if o.Rule != "" {
		return p.say("cli.check.by-rule", o.Verdict, o.Rule)
	}
	return p.say("cli.check.by-reason", o.Verdict, o.Reason)
}

func (q Request) asker() string {
	if q.Endpoint == "" {
		return q.From
	}
	if q.From == "" {
		return q.Endpoint
	}
	return q.From + " " + q.Endpoint
}

func (q Request) target() string {
	hostPort := net.JoinHostPort(q.Host, strconv.Itoa(q.Port))
	if q.Scheme == "http" {
		hostPort = "http://" + hostPort
	}
	if q.Addr != "" {
		hostPort += " → " + q.Addr
	}
	return hostPort
}
