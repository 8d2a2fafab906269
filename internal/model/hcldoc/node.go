package hcldoc

import (
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// blocks returns every instance of every resource, those of modules that are called
// included.
func (e *evaluator) blocks() (all []*Block) {
	for _, s := range e.resources {
		for _, i := range e.instances(s) {
			all = append(all, &Block{
				Data: s.data, Type: s.typ, Name: s.name, Path: e.path, Key: i.key, Open: i.open || e.open, At: s.at,
				Body: e.body(s.body, s.at, e.context(i.own)),
			})
		}
	}
	for _, s := range e.modules {
		for _, i := range e.instances(s) {
			if c := e.child(s, i.key); c != nil {
				all = append(all, c.blocks()...)
			}
		}
	}
	return all
}

// meta are arguments that are Terraform's own.
var meta = []string{"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection"}

// body returns b as a map. Blocks of one type are a list.
func (e *evaluator) body(b *body, at *Node, ctx *hcl.EvalContext) *Node {
	out := &Node{Kind: yamldoc.Map, Pos: at.Pos, Len: at.Len}
	for _, p := range b.parts {
		if slices.Contains(meta, p.name) {
			continue
		}
		key := e.place(p.at)
		key.Kind, key.Text = yamldoc.Text, p.name
		switch {
		case p.expr != nil:
			if n := e.node(p.expr, ctx, 0); n.Kind != yamldoc.Null {
				out.Entries = append(out.Entries, yamldoc.Entry{Key: key, Value: n})
			}
		case p.name == "dynamic" && p.label != "":
			key.Text = p.label
			e.dynamic(out, key, p, ctx)
		default:
			add(out, key, e.body(p.inner, key, ctx))
		}
	}
	return out
}

// add puts a block into the list of its type.
func add(out, key, block *Node) {
	list := out.Find(key.Text)
	if list == nil {
		list = &Node{Kind: yamldoc.List, Pos: key.Pos, Len: key.Len}
		out.Entries = append(out.Entries, yamldoc.Entry{Key: key, Value: list})
	}
	list.Items = append(list.Items, block)
}

// dynamic adds the blocks that a dynamic block stands for: one that is Broken if
// nobody knows how many.
func (e *evaluator) dynamic(out, key *Node, p part, ctx *hcl.EvalContext) {
	content, over, iterator := (*body)(nil), p.inner.expr("for_each"), p.label
	for _, inner := range p.inner.parts {
		if inner.name == "content" && inner.inner != nil {
			content = inner.inner
		}
		if inner.name == "iterator" && inner.expr != nil {
			iterator = hcl.ExprAsKeyword(inner.expr)
		}
	}
	if over == nil || content == nil {
		return
	}
	v := e.value(over, ctx)
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() || v.LengthInt() > most {
		add(out, key, &Node{Pos: key.Pos, Len: key.Len})
		return
	}
	for k, value := range v.Elements() {
		if v.Type().IsSetType() {
			k = value
		}
		inner := ctx.NewChild()
		inner.Variables = map[string]cty.Value{iterator: object(map[string]cty.Value{"key": k, "value": value})}
		add(out, key, e.body(content, key, inner))
	}
}

// deepest bounds locals that stand for locals.
const deepest = 16

// node returns what expr comes to, with the places of its parts.
func (e *evaluator) node(expr hclsyntax.Expression, ctx *hcl.EvalContext, depth int) *Node {
	at := e.place(expr.Range())
	if depth > deepest {
		return at
	}
	switch x := expr.(type) {
	case openPart:
		return e.node(x.Expression, ctx, depth)
	case compared:
		return e.node(x.Expression, ctx, depth)
	case *hclsyntax.ParenthesesExpr:
		return at1(e.node(x.Expression, ctx, depth+1), at)
	case *hclsyntax.TemplateWrapExpr:
		return at1(e.node(x.Wrapped, ctx, depth+1), at)
	case *hclsyntax.TupleConsExpr:
		at.Kind = yamldoc.List
		for _, item := range x.Exprs {
			at.Items = append(at.Items, e.node(item, ctx, depth+1))
		}
		return at
	case *hclsyntax.ObjectConsExpr:
		return e.object(x, at, ctx, depth)
	case *hclsyntax.ConditionalExpr:
		if c := e.value(x.Condition, ctx); c.IsKnown() && !c.IsNull() && c.Type() == cty.Bool {
			if c.True() {
				return e.node(x.TrueResult, ctx, depth+1)
			}
			return e.node(x.FalseResult, ctx, depth+1)
		}
	case *hclsyntax.FunctionCallExpr:
		if len(x.Args) == 1 && (x.Name == "jsonencode" || x.Name == "yamlencode") {
			return e.node(x.Args[0], ctx, depth+1)
		}
		if n := e.put(x, at, ctx, depth); n != nil {
			return n
		}
		if len(x.Args) == 1 && x.Name == "base64encode" {
			inner := *e.node(x.Args[0], ctx, depth+1)
			if inner.Kind == yamldoc.Text && inner.Tag == "" {
				inner.Tag = Base64
			}
			return at1(&inner, at)
		}
	case *hclsyntax.TemplateExpr:
		return e.template(x, at, ctx, depth)
	case *hclsyntax.ScopeTraversalExpr:
		if l := e.localOf(x); l != nil {
			if n := e.node(l, e.context(nil), depth+1); n.Kind != yamldoc.Broken {
				return at1(n, at)
			}
		}
	}
	n := e.of(e.value(expr, ctx), at)
	if t, ok := expr.(*hclsyntax.ScopeTraversalExpr); ok && n.Kind == yamldoc.Broken && t.Traversal.RootName() != "each" && t.Traversal.RootName() != "count" {
		n.Text = e.path + words(t.Traversal) // the same words are the same value, whatever it is
	}
	return n
}

// put returns the text of format or join of which parts are unknown: they stay as
// they are written. It is nil where that is not what x is.
func (e *evaluator) put(x *hclsyntax.FunctionCallExpr, at *Node, ctx *hcl.EvalContext, depth int) *Node {
	if x.Name != "format" && x.Name != "join" || e.value(x, ctx).IsKnown() {
		return nil
	}
	var args []cty.Value
	for _, arg := range x.Args {
		v := e.value(arg, ctx)
		if !v.IsWhollyKnown() {
			if v = e.told(e.node(arg, ctx, depth+1), arg); v == cty.NilVal {
				return nil
			}
		}
		args = append(args, v)
	}
	v, err := e.functions[x.Name].Call(args)
	if err != nil || !v.IsKnown() {
		return nil
	}
	return e.of(v, at)
}

// told is n as text, or as a list of texts; NilVal where n tells neither.
func (e *evaluator) told(n *Node, expr hclsyntax.Expression) cty.Value {
	list, isList := expr.(*hclsyntax.TupleConsExpr)
	switch {
	case n.Kind == yamldoc.Broken:
		return cty.StringVal("${" + written(expr) + "}")
	case n.Scalar():
		return cty.StringVal(n.Text)
	case isList && len(list.Exprs) == len(n.Items):
		var all []cty.Value
		for i, item := range n.Items {
			v := e.told(item, list.Exprs[i])
			if v == cty.NilVal || v.Type() != cty.String {
				return cty.NilVal
			}
			all = append(all, v)
		}
		return cty.ListVal(all)
	}
	return cty.NilVal
}

// localOf returns the expression of the local that x names alone.
func (e *evaluator) localOf(x *hclsyntax.ScopeTraversalExpr) hclsyntax.Expression {
	if x.Traversal.RootName() != "local" || len(x.Traversal) != 2 {
		return nil
	}
	if name, ok := x.Traversal[1].(hcl.TraverseAttr); ok {
		if l, ok := e.local[name.Name]; ok {
			return l
		}
	}
	return nil
}

func (e *evaluator) object(x *hclsyntax.ObjectConsExpr, at *Node, ctx *hcl.EvalContext, depth int) *Node {
	at.Kind = yamldoc.Map
	for _, item := range x.Items {
		k := e.value(item.KeyExpr, ctx)
		if !k.IsKnown() || k.IsNull() || k.Type() != cty.String {
			return &Node{Pos: at.Pos, Len: at.Len}
		}
		key := e.place(item.KeyExpr.Range())
		key.Kind, key.Text = yamldoc.Text, e.plain(k.AsString())
		at.Entries = append(at.Entries, yamldoc.Entry{Key: key, Value: e.node(item.ValueExpr, ctx, depth+1)})
	}
	return at
}

// template returns text of which parts may be unknown: they stay as they are
// written.
func (e *evaluator) template(x *hclsyntax.TemplateExpr, at *Node, ctx *hcl.EvalContext, depth int) *Node {
	var b strings.Builder
	for _, p := range x.Parts {
		n := e.node(p, ctx, depth+1)
		switch {
		case n.Scalar() && n.Tag == "":
			b.WriteString(n.Text)
		case n.Tag == Ref && len(x.Parts) == 1:
			return at1(n, at)
		case n.Tag == Ref:
			b.WriteString(e.shown(p, ctx))
		default:
			b.WriteString("${" + written(p) + "}")
		}
	}
	at.Kind, at.Text = yamldoc.Text, b.String()
	return at
}

// shown is a reference inside text: what it is known to be, or how it is written.
func (e *evaluator) shown(expr hclsyntax.Expression, ctx *hcl.EvalContext) string {
	if v := e.value(expr, ctx); v.IsKnown() && !v.IsNull() && v.Type() == cty.String {
		return e.plain(v.AsString())
	}
	return "${" + written(expr) + "}"
}

// written is an expression as a template shows it.
func written(expr hclsyntax.Expression) string {
	if t, ok := bare(expr).(*hclsyntax.ScopeTraversalExpr); ok {
		return words(t.Traversal)
	}
	return "…"
}

// words is a traversal as it is written.
func words(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.String {
				b.WriteString("[\"" + s.Key.AsString() + "\"]")
			} else {
				b.WriteString("[" + s.Key.AsBigFloat().Text('f', 0) + "]")
			}
		}
	}
	return b.String()
}

// of returns v as a node at a place.
func (e *evaluator) of(v cty.Value, at *Node) *Node {
	out := &Node{Pos: at.Pos, Len: at.Len}
	v, _ = v.Unmark()
	if !v.IsKnown() {
		return out
	}
	if v.IsNull() {
		out.Kind = yamldoc.Null
		return out
	}
	switch t := v.Type(); {
	case t == cty.String:
		return e.textOf(v.AsString(), out)
	case t == cty.Bool:
		out.Kind, out.Text = yamldoc.Bool, map[bool]string{true: "true", false: "false"}[v.True()]
	case t == cty.Number:
		out.Kind, out.Text = number(v.AsBigFloat())
	case t.IsListType() || t.IsTupleType() || t.IsSetType():
		out.Kind = yamldoc.List
		for _, item := range v.Elements() {
			out.Items = append(out.Items, e.of(item, at))
		}
	case t.IsObjectType() && t.HasAttribute("id") && t.AttributeType("id") == cty.String && isReference(v.GetAttr("id")):
		return e.textOf(v.GetAttr("id").AsString(), out) // a whole resource
	case t.IsObjectType() || t.IsMapType():
		out.Kind = yamldoc.Map
		for k, item := range v.Elements() {
			key := &Node{Kind: yamldoc.Text, Text: e.plain(k.AsString()), Pos: at.Pos, Len: at.Len}
			out.Entries = append(out.Entries, yamldoc.Entry{Key: key, Value: e.of(item, at)})
		}
	}
	return out
}

// isReference reports whether the attribute id is that of a resource.
func isReference(id cty.Value) bool {
	return id.IsKnown() && !id.IsNull() && strings.HasSuffix(id.AsString(), "#id"+closed)
}

func number(f *big.Float) (yamldoc.Kind, string) {
	if f.IsInt() {
		return yamldoc.Int, f.Text('f', 0)
	}
	return yamldoc.Text, f.Text('g', 12)
}

// textOf fills in out with text, in which references may stand.
func (e *evaluator) textOf(text string, out *Node) *Node {
	out.Kind = yamldoc.Text
	if rest, ok := strings.CutPrefix(text, encoded); ok {
		out.Tag, text = Base64, rest
	}
	if rest, ok := strings.CutPrefix(text, opened); ok && strings.HasSuffix(rest, closed) && strings.Count(rest, closed) == 1 {
		address, _, _ := strings.Cut(strings.TrimSuffix(rest, closed), "#")
		out.Text, out.Tag = address, Ref
		return out
	}
	out.Text = e.plain(text)
	return out
}

// plain is text with references as templates show them, or as what they are known
// to be.
func (e *evaluator) plain(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, opened)
		b.WriteString(before)
		if !ok {
			return settledText(strings.ReplaceAll(b.String(), encoded, ""))
		}
		inner, after, _ := strings.Cut(rest, closed)
		address, attribute, _ := strings.Cut(inner, "#")
		if v, ok := e.literals[address][attribute]; ok && v.Type() == cty.String {
			b.WriteString(v.AsString())
		} else {
			b.WriteString("${" + address + "." + attribute + "}")
		}
		text = after
	}
}

// settledText is text with what is not known in it as templates show it.
func settledText(text string) string {
	parts := strings.Split(text, unsettled)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = "${" + parts[i] + "}"
	}
	return strings.Join(parts, "")
}

// at1 is n at another place.
func at1(n, at *Node) *Node {
	out := *n
	out.Pos, out.Len = at.Pos, at.Len
	return &out
}
