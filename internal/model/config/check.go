package config

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// checker looks at what the parts of a file say about each other.
type checker struct {
	now      time.Time
	problems []diag.Problem
}

func (c *checker) add(n *yamldoc.Node, code string, summary reason.Because) *diag.Problem {
	c.problems = append(c.problems, diag.Problem{Pos: n.Pos, Len: n.Len, Code: code, Summary: summary})
	return &c.problems[len(c.problems)-1]
}

func (c *checker) warn(n *yamldoc.Node, code string, summary reason.Because) *diag.Problem {
	p := c.add(n, code, summary)
	p.Severity = diag.Warning
	return p
}

func (c *checker) file(f *file) {
	c.listeners(f)
	c.clients(f)
	c.rules(f)
	c.tests(f)
}
