package hcldoc

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// undeclared finds names that the modules do not declare.
func (e *evaluator) undeclared() (problems []diag.Problem) {
	for r := range e.loader.readers {
		problems = append(problems, r.undeclared()...)
	}
	return problems
}

// undeclared finds names that the module does not declare.
func (r *reader) undeclared() (problems []diag.Problem) {
	declared := r.declared()
	look := func(expr hclsyntax.Expression) {
		for _, t := range variables(expr) {
			name, ok := target(t)
			if !ok || declared[name] {
				continue
			}
			p := problem(r.place(t.SourceRange()), "DG6602", name)
			p.Hint = reason.New("DG6602.hint")
			var names []string
			for other := range declared {
				if kind(other) == kind(name) {
					names = append(names, other)
				}
			}
			if near, ok := yamldoc.Closest(name, names); ok {
				p.Hint = reason.New("hint.meant", yamldoc.Quote(near))
			}
			problems = append(problems, p)
		}
	}
	for expr := range r.everything {
		look(expr)
	}
	return problems
}

// everything yields the expressions that may name something.
func (r *reader) everything(yield func(hclsyntax.Expression) bool) {
	for _, s := range r.resources {
		for _, expr := range s.everything {
			if !yield(expr) {
				return
			}
		}
	}
	for _, l := range r.locals {
		if !yield(l.expr) {
			return
		}
	}
	for _, expr := range r.others {
		if !yield(expr) {
			return
		}
	}
}

// kind is the first word of an address.
func kind(address string) string {
	word, _, _ := strings.Cut(address, ".")
	return word
}

// declared is every address that expressions may name.
func (r *reader) declared() map[string]bool {
	all := make(map[string]bool)
	for _, v := range r.variables {
		all["var."+v.name] = true
	}
	for _, l := range r.locals {
		all["local."+l.name] = true
	}
	for _, m := range r.modules {
		all[m.address()] = true
	}
	for _, s := range r.resources {
		all[s.address()] = true
	}
	return all
}

// target returns the address that t names, if it is one that a module declares.
func target(t hcl.Traversal) (string, bool) {
	var steps []string
	for _, step := range t[:min(len(t), 3)] {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			steps = append(steps, s.Name)
		case hcl.TraverseAttr:
			steps = append(steps, s.Name)
		}
	}
	switch root := t.RootName(); {
	case root == "data" && len(steps) == 3:
		return strings.Join(steps, "."), true
	case (root == "var" || root == "local" || root == "module") && len(steps) >= 2,
		strings.HasPrefix(root, "aws_") && len(steps) >= 2:
		return strings.Join(steps[:2], "."), true
	}
	return "", false
}

// uses returns the attributes of declared resources that expressions ask for.
func (e *evaluator) uses() (all []Use) {
	for r := range e.loader.readers {
		all = append(all, r.uses()...)
	}
	return all
}

func (r *reader) uses() (all []Use) {
	declared := r.declared()
	for expr := range r.everything {
		for _, t := range variables(expr) {
			address, ok := target(t)
			if !ok || !strings.HasPrefix(address, "aws_") || !declared[address] {
				continue
			}
			for _, step := range t[2:] {
				if a, ok := step.(hcl.TraverseAttr); ok {
					all = append(all, Use{kind(address), address, a.Name, r.place(a.SrcRange)})
					break
				}
			}
		}
	}
	return all
}

// readers yields what stands in every folder, in the order of their names.
func (l *loader) readers(yield func(*reader) bool) {
	for _, dir := range slices.Sorted(maps.Keys(l.folders)) {
		if !yield(l.folders[dir]) {
			return
		}
	}
}
