package hcldoc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// A reference is text between two letters that no file has: values that are made
// of references (lists, maps, the results of functions) keep them.
const (
	opened, closed = "\uE000", "\uE001"
	encoded        = "\uE002" // before what base64encode was called with
	unsettled      = "\uE003" // before and after the words of what is not known, inside text
)

// evaluator works out the values of one module.
type evaluator struct {
	*reader
	loader    *loader
	path      string // "module.fleet."; empty in the first module
	open      bool   // nobody knows whether it is there
	functions map[string]function.Function
	root      map[string]cty.Value // var, local, data, module, and every type of resources
	given     map[string]hclsyntax.Expression
	types     map[string]hclsyntax.Expression // of variables, as far as they have one
	local     map[string]hclsyntax.Expression
	literals  map[string]map[string]cty.Value // known arguments of resources by address, of all modules
	asked     []string                        // every attribute that some expression asks for

	variables map[string]cty.Value
	settled   map[string]cty.Value  // of locals
	children  map[string]*evaluator // by path
}

func newEvaluator(l *loader, r *reader, path string) *evaluator {
	e := &evaluator{
		reader: r, loader: l, path: path, root: make(map[string]cty.Value), literals: make(map[string]map[string]cty.Value),
		given: make(map[string]hclsyntax.Expression), types: make(map[string]hclsyntax.Expression), local: make(map[string]hclsyntax.Expression),
		variables: make(map[string]cty.Value), settled: make(map[string]cty.Value), children: make(map[string]*evaluator),
		asked: slices.Sorted(maps.Keys(l.asked)),
	}
	e.functions = e.library()
	for _, v := range r.variables {
		if v.expr != nil || e.given[v.name] == nil {
			e.given[v.name] = v.expr
		}
		if v.typ != nil {
			e.types[v.name] = v.typ
		}
	}
	for _, v := range r.values {
		e.given[v.name] = v.expr
	}
	for _, l := range r.locals {
		e.local[l.name] = l.expr
	}
	e.begin()
	return e
}

// rounds is how often locals, resources and modules are worked out anew from each
// other.
const rounds = 6

// settle works out what names stand for.
func (e *evaluator) settle() {
	for range rounds {
		e.round()
	}
}

// begin gives variables their defaults.
func (e *evaluator) begin() {
	for name, expr := range e.given {
		e.variables[name] = cty.DynamicVal
		if expr != nil {
			e.variables[name] = e.typed(name, e.value(expr, e.context(nil)))
		}
	}
	here, above := cty.StringVal("."), cty.StringVal(".")
	if e.path != "" {
		above = cty.DynamicVal
	}
	e.root["var"] = object(e.variables)
	e.root["path"] = object(map[string]cty.Value{"module": here, "root": above, "cwd": above})
	for _, unknown := range []string{"terraform", "module", "self", "each", "count"} {
		e.root[unknown] = cty.DynamicVal
	}
}

// round works out everything once more.
func (e *evaluator) round() {
	e.root["local"] = object(e.settled)
	e.declare()
	for name, expr := range e.local {
		e.settled[name] = e.value(expr, e.context(nil))
	}
	e.root["local"] = object(e.settled)
	for _, s := range e.resources {
		e.remember(s)
	}
	e.declare()
	e.root["module"] = e.outside()
}

// typed returns v as the type of a variable has it: with what is optional there.
func (e *evaluator) typed(name string, v cty.Value) cty.Value {
	expr, ok := e.types[name]
	if !ok {
		return v
	}
	want, defaults, diags := typeexpr.TypeConstraintWithDefaults(expr)
	if diags.HasErrors() {
		return v
	}
	if defaults != nil {
		v = defaults.Apply(v)
	}
	if as, err := convert.Convert(v, want); err == nil {
		return as
	}
	return v
}

func object(values map[string]cty.Value) cty.Value {
	if len(values) == 0 {
		return cty.EmptyObjectVal
	}
	return cty.ObjectVal(values)
}

// context is what expressions see. Own are names of an instance, such as each.
func (e *evaluator) context(own map[string]cty.Value) *hcl.EvalContext {
	values := maps.Clone(e.root)
	maps.Copy(values, own)
	return &hcl.EvalContext{Variables: values, Functions: e.functions}
}

// value returns what expr comes to, unknown if nobody can tell.
func (e *evaluator) value(expr hclsyntax.Expression, ctx *hcl.EvalContext) cty.Value {
	v, diags := expr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// instance is a resource for one key of count or for_each.
type instance struct {
	key  string
	own  map[string]cty.Value
	open bool
}

// instances returns those of s.
func (e *evaluator) instances(s *source) []instance {
	ctx := e.context(nil)
	switch {
	case s.count != nil:
		n, known := whole(e.value(s.count, ctx))
		if !known || n > most {
			return []instance{{open: true}}
		}
		all := []instance{}
		for i := range n {
			own := map[string]cty.Value{"count": object(map[string]cty.Value{"index": cty.NumberIntVal(int64(i))})}
			all = append(all, instance{fmt.Sprintf("[%d]", i), own, false})
		}
		return all
	case s.each != nil:
		v := e.value(s.each, ctx)
		if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() || v.LengthInt() > most {
			return []instance{{open: true}}
		}
		all := []instance{}
		for key, value := range v.Elements() {
			if v.Type().IsSetType() {
				key = value
			}
			if !key.IsKnown() || key.Type() != cty.String {
				return []instance{{open: true}}
			}
			own := map[string]cty.Value{"each": object(map[string]cty.Value{"key": key, "value": value})}
			all = append(all, instance{fmt.Sprintf("[%q]", key.AsString()), own, false})
		}
		return all
	}
	return []instance{{}}
}

// whole returns v as a number that counts something.
func whole(v cty.Value) (int, bool) {
	if !v.IsKnown() || v.IsNull() || v.Type() != cty.Number {
		return 0, false
	}
	n, exact := v.AsBigFloat().Int64()
	return int(n), exact == 0 && n >= 0
}

// address is that of s without a key.
func (s *source) address() string {
	if s.data {
		return "data." + s.typ + "." + s.name
	}
	return s.typ + "." + s.name
}

// declare makes every resource an object whose attributes are references.
func (e *evaluator) declare() {
	types, data := make(map[string]map[string]cty.Value), make(map[string]map[string]cty.Value)
	for _, s := range e.resources {
		into := types
		if s.data {
			into = data
		}
		if into[s.typ] == nil {
			into[s.typ] = make(map[string]cty.Value)
		}
		into[s.typ][s.name] = e.reference(s)
	}
	all := make(map[string]cty.Value)
	for typ, named := range data {
		all[typ] = object(named)
	}
	e.root["data"] = object(all)
	for typ, named := range types {
		e.root[typ] = object(named)
	}
}

// plainData are the data sources that come to what is written in them: a policy, or a
// name of which the region is left open.
var plainData = []string{"aws_iam_policy_document", "aws_iam_policy", "aws_vpc_endpoint_service"}

func (e *evaluator) reference(s *source) cty.Value {
	if s.data && !slices.Contains(plainData, s.typ) {
		return cty.DynamicVal
	}
	instances := e.instances(s)
	switch {
	case s.count == nil && s.each == nil:
		return e.attributes(s, "")
	case len(instances) == 1 && instances[0].open:
		return cty.DynamicVal
	case s.count != nil:
		var all []cty.Value
		for _, i := range instances {
			all = append(all, e.attributes(s, i.key))
		}
		return cty.TupleVal(all)
	}
	all := make(map[string]cty.Value)
	for _, i := range instances {
		all[i.own["each"].GetAttr("key").AsString()] = e.attributes(s, i.key)
	}
	return object(all)
}

// named are the arguments by which others refer to a resource: what they come to
// is the resource.
var named = []string{"name", "bucket", "name_prefix", "key", "id", "arn"}

// attributes is one instance of s as references see it: with every attribute
// that any expression of the module asks for.
func (e *evaluator) attributes(s *source, key string) cty.Value {
	values := make(map[string]cty.Value, len(e.asked))
	known := e.literals[e.path+s.address()+key]
	for _, name := range e.asked {
		if v, ok := known[name]; ok && !slices.Contains(named, name) {
			values[name] = v
		} else {
			values[name] = cty.StringVal(opened + e.path + s.address() + key + "#" + name + closed)
		}
	}
	return object(values)
}

// attributesIn adds the attributes that expr asks for to into.
func attributesIn(expr hclsyntax.Expression, into map[string]bool) {
	names := func(t hcl.Traversal) {
		for _, step := range t {
			if a, ok := step.(hcl.TraverseAttr); ok {
				into[a.Name] = true
			}
		}
	}
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := bare(n).(type) {
		case *hclsyntax.ScopeTraversalExpr:
			names(n.Traversal)
		case *hclsyntax.RelativeTraversalExpr:
			names(n.Traversal)
		}
		return nil
	})
}

// remember keeps the arguments of s that are known and single values.
func (e *evaluator) remember(s *source) {
	for _, i := range e.instances(s) {
		ctx := e.context(i.own)
		known := make(map[string]cty.Value)
		for _, p := range s.body.parts {
			if p.expr == nil {
				continue
			}
			v := e.value(p.expr, ctx)
			if v.IsKnown() && !v.IsNull() && v.Type().IsPrimitiveType() && !(v.Type() == cty.String && strings.ContainsAny(v.AsString(), opened+closed+unsettled)) {
				known[p.name] = v
			}
		}
		e.literals[e.path+s.address()+i.key] = known
	}
}
