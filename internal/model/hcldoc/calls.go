package hcldoc

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// Call is a module that another one calls, and that was not read.
type Call struct {
	Name   string
	Source string // as it is written; empty if the text does not tell
	At     *Node  // the source, or the name of a call without one
	Loop   bool   // it is one that calls this one
}

// Local reports whether what c calls is in a folder that Source names relative to the
// caller's: Terraform fetches everything else.
func (c *Call) Local() bool {
	return slices.Contains([]string{".", ".."}, c.Source) || strings.HasPrefix(c.Source, "./") || strings.HasPrefix(c.Source, "../")
}

// loader reads the folders of modules that call each other, each once.
type loader struct {
	open     func(from, source string) (Folder, error)
	folders  map[string]*reader // by folder; those that are being read are nil
	asked    map[string]bool    // every attribute that some expression asks for
	problems []diag.Problem

	instances int // of modules, so far
}

// load reads f and what it calls. Chain are the folders of its callers.
func (l *loader) load(f Folder, chain []string) *reader {
	r := &reader{sources: make(map[string][]byte), read: f.Read, called: make(map[string]*reader), unread: make(map[string]*Call)}
	l.folders[f.Dir] = r
	files := slices.Clone(f.Files)
	slices.SortStableFunc(files, func(a, b File) int {
		if one, other := overrides(a.Name), overrides(b.Name); one != other {
			return map[bool]int{true: 1, false: -1}[one]
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, file := range files {
		r.file(file)
	}
	l.problems = append(l.problems, r.problems...)
	for expr := range r.everything {
		attributesIn(expr, l.asked)
	}
	chain = append(slices.Clone(chain), f.Dir)
	for _, s := range r.modules {
		l.follow(r, s, f.Dir, chain)
	}
	return r
}

// follow reads the module that s calls, or notes that it was not read.
func (l *loader) follow(r *reader, s *source, from string, chain []string) {
	c := &Call{Name: s.name, At: s.at}
	if expr := s.body.expr("source"); expr != nil {
		c.At = r.place(expr.Range())
		if v, diags := expr.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			c.Source = v.AsString()
		}
	}
	if !c.Local() || l.open == nil {
		r.unread[s.name] = c
		return
	}
	f, err := l.open(from, c.Source)
	if c.Loop = slices.Contains(chain, f.Dir); err != nil || c.Loop || len(chain) > deepest {
		r.unread[s.name] = c
		return
	}
	if l.folders[f.Dir] == nil {
		l.load(f, chain)
	}
	r.called[s.name] = l.folders[f.Dir]
}

// ofCalls are arguments of a call that are Terraform's own.
var ofCalls = []string{"source", "version", "providers"}

// mostInstances bounds the modules that are worked out.
const mostInstances = 200

// child returns the evaluator of one instance of the module that s calls, nil if that
// was not read.
func (e *evaluator) child(s *source, key string) *evaluator {
	r := e.called[s.name]
	if r == nil {
		return nil
	}
	path := e.path + "module." + s.name + key + "."
	if c, ok := e.children[path]; ok {
		return c
	}
	if e.loader.instances++; e.loader.instances > mostInstances {
		return nil
	}
	c := newEvaluator(e.loader, r, path)
	c.literals = e.literals
	e.children[path] = c
	return c
}

// outside returns what the modules that are called come to, after one more round.
func (e *evaluator) outside() cty.Value {
	all := make(map[string]cty.Value)
	for _, s := range e.modules {
		all[s.name] = cty.DynamicVal
		values, keys := []cty.Value{}, []string{}
		for _, i := range e.instances(s) {
			c := e.child(s, i.key)
			if c == nil {
				values = nil
				break
			}
			c.open = c.open || e.open || i.open
			c.inputs(s, e, i)
			c.round()
			values, keys = append(values, c.results()), append(keys, i.key)
		}
		switch {
		case values == nil || len(values) == 1 && s.count == nil && s.each == nil:
			if len(values) == 1 {
				all[s.name] = values[0]
			}
		case s.count != nil && !(len(keys) == 1 && keys[0] == ""):
			all[s.name] = cty.TupleVal(values)
		case s.each != nil && !(len(keys) == 1 && keys[0] == ""):
			named := make(map[string]cty.Value)
			for n, i := range e.instances(s) {
				named[i.own["each"].GetAttr("key").AsString()] = values[n]
			}
			all[s.name] = object(named)
		}
	}
	return object(all)
}

// inputs gives the variables of a module what its caller says.
func (e *evaluator) inputs(s *source, caller *evaluator, i instance) {
	ctx := caller.context(i.own)
	for _, p := range s.body.parts {
		if p.expr == nil || slices.Contains(meta, p.name) || slices.Contains(ofCalls, p.name) {
			continue
		}
		if _, declared := e.variables[p.name]; declared {
			e.variables[p.name] = e.typed(p.name, caller.value(p.expr, ctx))
		}
	}
	e.root["var"] = object(e.variables)
}

// calls returns those of modules that were not read, as far as there may be any.
func (e *evaluator) calls() (all []*Call) {
	for _, s := range e.modules {
		for _, i := range e.instances(s) {
			if c := e.unread[s.name]; c != nil && !slices.Contains(all, c) {
				all = append(all, c)
			} else if child := e.child(s, i.key); child != nil {
				for _, c := range child.calls() {
					if !slices.Contains(all, c) {
						all = append(all, c)
					}
				}
			}
		}
	}
	return all
}

// results are the outputs of a module.
func (e *evaluator) results() cty.Value {
	all := make(map[string]cty.Value)
	for _, o := range e.outputs {
		all[o.name] = cty.DynamicVal
		if o.expr != nil {
			all[o.name] = e.value(o.expr, e.context(nil))
		}
	}
	return object(all)
}
