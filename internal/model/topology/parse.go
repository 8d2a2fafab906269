package topology

import (
	"slices"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Parse reads src, the content of file, and returns every problem in it, in the
// order of the file: those of shape; if there are none, those of names; if
// there are none, those of tests. The Topology is nil if there is a problem.
func Parse(file string, src []byte, options Options) (*Topology, []diag.Problem) {
	root, problems := yamldoc.Parse(file, src)
	if root == nil {
		return nil, problems
	}
	f, more := yamldoc.DecodeIn(dialect, fileType, root)
	problems = append(problems, more...)
	if len(problems) == 0 {
		t := &Topology{File: file, root: withoutTests(root), options: options}
		if problems = resolve(&f, t); len(problems) == 0 {
			problems = t.tests(f.tests)
		}
		if len(problems) == 0 {
			return t, nil
		}
	}
	diag.Sort(problems)
	return nil, problems
}

// withoutTests returns the file n without its tests, which no change changes.
func withoutTests(n *yamldoc.Node) *yamldoc.Node {
	out := *n
	out.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e yamldoc.Entry) bool { return e.Key.Text == "tests" })
	return &out
}

// ReadChange reads a change as it stands in a test: "clients: {ec2: {proxy: null}}".
func ReadChange(file string, src []byte) (Change, []diag.Problem) {
	n, problems := yamldoc.Parse(file, src)
	if n == nil || len(problems) > 0 {
		return Change{}, problems
	}
	return yamldoc.DecodeIn(dialect, changeType, n)
}

// Apply returns t as c makes it: maps are merged, anything else replaces, null
// removes. The tests are those of t. The Topology is nil if there is a problem;
// t is not changed.
func (t *Topology) Apply(c Change) (*Topology, []diag.Problem) {
	if c.IsZero() {
		return t, nil
	}
	out, problems := t.apply(c.node.Entries)
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

// fixed are the keys that no change changes.
var fixed = []string{"version", "title", "tests"}

// apply lays entries, the top keys of a change, on t.
func (t *Topology) apply(entries []yamldoc.Entry) (*Topology, []diag.Problem) {
	out := &Topology{File: t.File, Tests: t.Tests, root: t.root, options: t.options}
	var problems []diag.Problem
	for _, e := range entries {
		if slices.Contains(fixed, e.Key.Text) {
			problems = append(problems, at(e.Key, diag.Problem{Code: "DG2503", Summary: say("DG2503", quote(e.Key.Text))}))
			continue
		}
		var missing []*yamldoc.Node
		out.root, missing = yamldoc.Merge(out.root, &yamldoc.Node{Kind: yamldoc.Map, Pos: t.root.Pos, Entries: []yamldoc.Entry{e}})
		for _, key := range missing {
			problems = append(problems, at(e.Key, diag.Problem{Code: "DG2502", Summary: say("DG2502", quote(key.Text))}))
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	f, problems := yamldoc.DecodeIn(dialect, fileType, out.root)
	if len(problems) == 0 {
		problems = resolve(&f, out)
	}
	return out, problems
}

func at(n *yamldoc.Node, p diag.Problem) diag.Problem {
	p.Pos, p.Len = n.Pos, n.Len
	return p
}

// tests checks drafts against t and makes them its tests.
func (t *Topology) tests(drafts []testDraft) (problems []diag.Problem) {
	first := make(map[string]text, len(drafts))
	for i := range drafts {
		d := &drafts[i]
		d.Name, d.Client, d.Pos = d.name.V, d.client.V, d.at.Pos
		if f, twice := first[d.Name]; twice {
			p := at(d.name.Node(), diag.Problem{Code: "DG2108", Summary: say("DG2108", quote(d.Name))})
			p.Hint = say("DG2108.hint", strconv.Itoa(f.Pos.Line))
			problems = append(problems, p)
		} else {
			first[d.Name] = d.name
		}
		problems = append(problems, t.test(d)...)
		t.Tests = append(t.Tests, &d.Test)
	}
	return problems
}

// test checks d: what its change makes of t, and what it names in that.
func (t *Topology) test(d *testDraft) []diag.Problem {
	changed, problems := t, []diag.Problem(nil)
	if !d.Change.IsZero() {
		changed, problems = t.apply(d.Change.node.Entries)
	}
	if len(problems) > 0 {
		return t.inTest(d, problems)
	}
	if changed.Client(d.Client) == nil {
		p := at(d.client.Node(), diag.Problem{Code: "DG2501", Summary: say("DG2501", d.label, quote(d.Client))})
		p.Hint = meant(d.Client, all(changed.Clients, func(c *Client) string { return c.Name }))
		problems = append(problems, p)
	}
	if p := d.Request.Principal; p.Is() && changed.Account(p.V.Account) == nil {
		summary := say("DG2301", quote(p.V.Account), "accounts").With(say("topology.account"), place("request.principal", d.label))
		hint := meant(p.V.Account, all(changed.Accounts, func(a *Account) string { return a.Name }))
		problems = append(problems, diag.Problem{Pos: p.Pos, Code: "DG2301", Summary: summary, Hint: hint})
	}
	return problems
}

// inTest says of problems that the change of d causes them. One that stands
// outside the change is shown at the key of the change that brings it about.
func (t *Topology) inTest(d *testDraft, problems []diag.Problem) []diag.Problem {
	entries := d.Change.node.Entries
	inside := make(map[diag.Pos]bool)
	for n := range d.Change.node.Nodes {
		inside[n.Pos] = true
	}
	for i := range problems {
		p := &problems[i]
		if !inside[p.Pos] {
			key := entries[t.cause(entries, *p)].Key
			p.Pos, p.Len = key.Pos, key.Len
		}
		p.Summary = say("topology.in-test", d.label).With(p.Summary)
	}
	return problems
}

// cause returns the index of the first of entries with which p appears.
func (t *Topology) cause(entries []yamldoc.Entry, p diag.Problem) int {
	for i := range entries {
		_, problems := t.apply(entries[:i+1])
		if slices.ContainsFunc(problems, func(q diag.Problem) bool { return q.Pos == p.Pos && q.Code == p.Code }) {
			return i
		}
	}
	return 0
}
