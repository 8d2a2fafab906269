package hcldoc

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Call is a module that another one calls.
type Call struct {
	Name   string
	Source string // as it is written; empty if the text does not tell
	At     *Node  // the source, or the name of a call without one

	inputs map[string]cty.Value
}

// Local reports whether what c calls is in a folder that Source names relative to the
// caller's: Terraform fetches everything else.
func (c *Call) Local() bool {
	return slices.Contains([]string{".", ".."}, c.Source) || strings.HasPrefix(c.Source, "./") || strings.HasPrefix(c.Source, "../")
}

// same reports whether c and other give the same to the same module.
func (c *Call) same(other *Call) bool {
	return c.Name == other.Name && maps.EqualFunc(c.inputs, other.inputs, cty.Value.RawEquals)
}

// ofCalls are arguments of a call that are Terraform's own.
var ofCalls = []string{"source", "version", "providers"}

// calls returns every instance of every call.
func (e *evaluator) calls() (all []*Call) {
	for _, s := range e.modules {
		for _, i := range e.instances(s) {
			c := &Call{Name: s.name, At: s.at, inputs: make(map[string]cty.Value)}
			ctx := e.context(i.own)
			for _, p := range s.body.parts {
				switch {
				case p.expr == nil || slices.Contains(meta, p.name):
				case p.name == "source":
					c.At = e.place(p.expr.Range())
					if v := e.value(p.expr, ctx); v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
						c.Source = v.AsString()
					}
				case !slices.Contains(ofCalls, p.name):
					c.inputs[p.name] = outside(e.value(p.expr, ctx))
				}
			}
			if len(all) > 0 && all[len(all)-1].same(c) {
				continue // another instance of which nothing else is known
			}
			all = append(all, c)
		}
	}
	return all
}

// outside is v where the resources of its module are not known: what refers to one,
// nobody can tell there.
func outside(v cty.Value) cty.Value {
	out, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if v.Type() == cty.String && v.IsKnown() && !v.IsNull() && strings.ContainsAny(v.AsString(), opened+closed+encoded) {
			return cty.UnknownVal(cty.String), nil
		}
		return v, nil
	})
	if err != nil {
		return cty.DynamicVal
	}
	return out
}
