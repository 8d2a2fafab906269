package kits

import (
	"path/filepath"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/invariant"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// modules returns what is wrong with all of them, each module once: with the values
// of its callers if there are any among them, else by itself.
func (d Desk) modules(all []module, exit string, src map[string][]byte) ([]diag.Problem, error) {
	type answer struct {
		dir      string
		problems []diag.Problem
		called   map[string]bool
	}
	var kept []answer
	for _, m := range all {
		m.dir = filepath.Clean(m.dir)
		if slices.ContainsFunc(kept, func(a answer) bool { return a.called[m.dir] }) {
			continue
		}
		problems, called, err := d.Module(m, exit, src)
		if err != nil {
			return nil, err
		}
		kept = slices.DeleteFunc(kept, func(a answer) bool { return called[a.dir] })
		kept = append(kept, answer{m.dir, problems, called})
	}
	var problems []diag.Problem
	for _, a := range kept {
		problems = append(problems, a.problems...)
	}
	return once(problems), nil
}

// once leaves out what was found before: in a module that is called twice.
func once(problems []diag.Problem) []diag.Problem {
	seen := make(map[string]bool)
	return slices.DeleteFunc(problems, func(p diag.Problem) bool {
		key := p.Pos.String() + p.Code + p.Summary.In(reason.English)
		again := seen[key]
		seen[key] = true
		return again
	})
}

// visit is a look at a module and at those that it calls.
type visit struct {
	Desk
	exit   string
	src    map[string][]byte
	called map[string]bool // folders of modules that were called
	chain  []string        // of the module that is looked at and its callers
}

// judged adds what the checks find in t, which stands in dir, and in what it calls.
func (v *visit) judged(dir string, t *template.Template, problems []diag.Problem) ([]diag.Problem, error) {
	v.chain = append(v.chain, dir)
	defer func() { v.chain = v.chain[:len(v.chain)-1] }()
	if t == nil {
		return problems, nil
	}
	problems = append(problems, invariant.Check(t, invariant.Options{Exit: v.exit, Now: v.Now})...)
	if len(t.Resources)+len(t.Calls) == 0 && len(v.chain) == 1 {
		problems = append(problems, diag.Problem{
			Pos: diag.Pos{File: t.File}, Code: "DG6115", Summary: reason.New("DG6115.module"), Hint: reason.New("DG6115.hint"),
		})
	}
	diag.Sort(problems)
	for _, c := range t.Calls {
		more, err := v.call(dir, c)
		if err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	return problems, nil
}

// call returns what is wrong with the module that c calls. What cannot be looked at
// is said.
func (v *visit) call(from string, c *hcldoc.Call) ([]diag.Problem, error) {
	say := func(code reason.Code, args ...string) []diag.Problem {
		return []diag.Problem{{Pos: c.At.Pos, Len: c.At.Len, Code: "DG6119", Summary: reason.New(code, args...)}}
	}
	unseen := func(code reason.Code, args ...string) []diag.Problem {
		all := say(code, args...)
		all[0].Severity, all[0].Hint = diag.Warning, reason.New("DG6119.hint")
		return all
	}
	dir := filepath.Join(from, filepath.FromSlash(c.Source))
	switch {
	case c.Source == "":
		return unseen("DG6119.unknown", c.Name), nil
	case !c.Local():
		return unseen("DG6119", c.Name, c.Source), nil
	case slices.Contains(v.chain, dir):
		return say("DG6119.loop", c.Name, c.Source), nil
	}
	names, err := sources(dir)
	if err != nil || len(names) == 0 {
		return say("DG6119.none", c.Name, c.Source), nil //nolint:nilerr // the caller names what is not there
	}
	v.called[dir] = true
	t, problems, err := v.module(dir, names, v.src, c)
	if err != nil {
		return nil, err
	}
	return v.judged(dir, t, problems)
}
