package access

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Problems returns what is wrong with cfg beyond its single values: those of
// Check, and the tests that do not hold as of now.
func Problems(cfg *config.Config, now time.Time) []diag.Problem {
	return append(Check(cfg), RunTests(cfg, now)...)
}

// RunTests answers the file's own tests as of now, and reports those that do
// not hold. Nothing is resolved: a test asks for the decision on the name.
func RunTests(cfg *config.Config, now time.Time) []diag.Problem {
	if len(cfg.Tests) == 0 {
		return nil
	}
	rules := Compile(cfg)
	var problems []diag.Problem
	for i := range cfg.Tests {
		t := &cfg.Tests[i]
		q := requestOf(t, now)
		if p := difference(t, q, rules.Decide(q)); !p.Summary.IsZero() {
			problems = append(problems, p)
		}
	}
	return problems
}

// requestOf is the request that t describes. A host that is none stays zero
// and is refused as bad-name.
func requestOf(t *config.Test, now time.Time) *Request {
	q := &Request{Client: t.From, Endpoint: t.Endpoint, Port: t.Port, Now: now}
	if t.Scheme == "http" {
		q.Scheme = HTTP
	}
	if host, err := netset.ParseHost(t.Host); err == nil {
		q.Host = host
	}
	if !q.Host.IsAddr() {
		q.Name = nameOf(q.Host.Name)
	}
	return q
}

// difference reports the first thing in which d is not what t wants: verdict,
// rule, reason. The zero Problem says that there is none.
func difference(t *config.Test, q *Request, d Decision) diag.Problem {
	differs := func(code, got, want string) diag.Problem {
		return diag.Problem{
			Pos: t.Pos, Code: code,
			Summary: reason.New(reason.Code(code), t.Host, from(q), got, want),
			Hint:    d.Because(q),
		}
	}
	switch {
	case t.Verdict != "" && t.Verdict != d.Verdict.String():
		return differs("DG1501", d.Verdict.String(), t.Verdict)
	case t.Rule != "" && t.Rule != d.RuleName():
		return differs("DG1502", ruleText(d), yamldoc.Quote(t.Rule))
	case t.Reason != "" && reason.Code(t.Reason) != d.Code:
		return differs("DG1503", string(d.Code), t.Reason)
	}
	return diag.Problem{}
}

// ruleText quotes the rule that decided; without one, it is the code.
func ruleText(d Decision) string {
	if d.Rule == nil {
		return string(d.Code)
	}
	return yamldoc.Quote(d.Rule.Name)
}
