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

// unread says which modules were not read, and why. What cannot be looked at is a
// warning, what is not there is an error.
func unread(calls []*hcldoc.Call) (problems []diag.Problem) {
	for _, c := range calls {
		p := diag.Problem{Pos: c.At.Pos, Len: c.At.Len, Code: "DG6119", Severity: diag.Warning, Hint: reason.New("DG6119.hint")}
		switch {
		case c.Source == "":
			p.Summary = reason.New("DG6119.unknown", c.Name)
		case !c.Local():
			p.Summary = reason.New("DG6119", c.Name, c.Source)
		case c.Loop:
			p.Severity, p.Summary, p.Hint = diag.Error, reason.New("DG6119.loop", c.Name, c.Source), reason.Because{}
		default:
			p.Severity, p.Summary, p.Hint = diag.Error, reason.New("DG6119.none", c.Name, c.Source), reason.Because{}
		}
		problems = append(problems, p)
	}
	return problems
}

// judged adds what the checks find in t to the problems of its text.
func (d Desk) judged(t *template.Template, problems []diag.Problem, exit string) []diag.Problem {
	if t == nil {
		return problems
	}
	problems = append(problems, unread(t.Calls)...)
	problems = append(problems, invariant.Check(t, invariant.Options{Exit: exit, Now: d.Now})...)
	if len(t.Resources)+len(t.Calls) == 0 {
		problems = append(problems, diag.Problem{
			Pos: diag.Pos{File: t.File}, Code: "DG6115", Summary: reason.New("DG6115.module"), Hint: reason.New("DG6115.hint"),
		})
	}
	diag.Sort(problems)
	return problems
}
