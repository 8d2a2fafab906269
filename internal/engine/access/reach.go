package access

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Check reports the rules that no request can reach, because one before them
// takes all that they ask for. What it reports is certain; it does not find
// rules that several before them take together.
func Check(cfg *config.Config) []diag.Problem {
	c := covering{Compile(cfg)}
	var problems []diag.Problem
	for i := range c.rules {
		if by := c.takenBy(i); by != nil {
			problems = append(problems, unreachable(c.rules[i].source, by))
		}
	}
	return problems
}

func unreachable(r, by *config.Rule) diag.Problem {
	p := diag.Problem{
		Pos: r.Pos, Code: "DG1401",
		Summary: reason.New("DG1401", yamldoc.Quote(r.Name), yamldoc.Quote(by.Name), strconv.Itoa(by.Pos.Line)),
		Hint:    reason.New("DG1401.hint", strconv.Itoa(by.Pos.Line)),
	}
	if r.Deny == by.Deny {
		p.Code, p.Severity = "DG1402", diag.Warning
		p.Summary.Code, p.Hint = "DG1402", reason.New("DG1402.hint")
	}
	return p
}

// takenBy returns the first rule that covers the rule with index i, nil if
// none does. A rule that covers it stands in the index where a request for its
// first host and first values would look.
func (c *covering) takenBy(i int) *config.Rule {
	b := &c.rules[i]
	q, f := c.sample(b)
	client := 0
	if len(b.clients) > 0 {
		client = b.clients[0]
	}
	var p probe
	c.index.look(&p, q, &f, client)
	by := c.index.find(&p, int32(i), func(found []int32, best int32) int32 {
		for _, a := range found {
			if a >= best {
				break
			}
			if c.covers(&c.rules[a], b) {
				return a
			}
		}
		return best
	})
	if by == int32(i) {
		return nil
	}
	return c.rules[by].source
}

// sample is a request as r wants it, with patterns in the place of values.
func (c *covering) sample(r *rule) (*Request, facts) {
	for host := range r.hosts.exact.all() {
		return c.exact(host)
	}
	if len(r.hosts.nets) > 0 {
		q := &Request{}
		q.Host.Addr = r.hosts.nets[0].Addr()
		return q, factsOf(q)
	}
	q := &Request{}
	for _, p := range r.hosts.patterns() {
		q.Host.Name = strings.TrimPrefix(p, ".")
		break
	}
	f := facts{
		kind:    awsname.API,
		service: r.services.sample(), region: r.regions.sample(),
		bucket: r.buckets.sample(), account: r.accounts.sample(),
	}
	f.jobs.local = r.job
	return q, f
}

// sample is the first value of t, or what stands before the * of its first
// glob; none if t asks for nothing.
func (t *texts) sample() fact {
	for v := range t.exact.all() {
		return fact{told, v}
	}
	for _, g := range t.globs {
		return fact{told, before(g, "*")}
	}
	return fact{state: none}
}
