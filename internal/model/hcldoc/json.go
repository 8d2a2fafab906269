package hcldoc

import (
	"strconv"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// json takes in a file of Terraform's JSON syntax. Objects are blocks where
// Terraform takes blocks, and every text is a template.
func (r *reader) json(file string, src []byte) {
	root, problems := yamldoc.Parse(file, src)
	if root == nil || len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return
	}
	if IsValues(file) {
		for _, e := range root.Entries {
			r.values = append(r.values, declared{name: e.Key.Text, expr: r.literalOf(e.Value)})
		}
		return
	}
	for _, e := range root.Entries {
		for _, n := range each(e.Value) {
			switch typ := e.Key.Text; typ {
			case "locals":
				r.block(typ, nil, e.Key, r.jsonBody(n))
			case "variable", "module", "output":
				for _, named := range n.Entries {
					r.block(typ, []string{named.Key.Text}, named.Key, r.jsonBody(named.Value))
				}
			case "resource", "data":
				for _, kind := range n.Entries {
					for _, named := range kind.Value.Entries {
						for _, inner := range each(named.Value) {
							r.block(typ, []string{kind.Key.Text, named.Key.Text}, named.Key, r.jsonBody(inner))
						}
					}
				}
			}
		}
	}
}

// each returns the items of a list, or n alone.
func each(n *Node) []*Node {
	if n.Kind == yamldoc.List {
		return n.Items
	}
	return []*Node{n}
}

func (r *reader) jsonBody(n *Node) *body {
	b := &body{}
	for _, e := range n.Entries {
		b.parts = append(b.parts, part{at: rangeOf(e.Key), name: e.Key.Text, expr: r.jsonExpr(e.Value)})
	}
	return b
}

// jsonExpr returns the expression that n stands for.
func (r *reader) jsonExpr(n *Node) hclsyntax.Expression {
	at := rangeOf(n)
	switch n.Kind {
	case yamldoc.Map:
		o := &hclsyntax.ObjectConsExpr{SrcRange: at}
		for _, e := range n.Entries {
			key := &hclsyntax.LiteralValueExpr{Val: cty.StringVal(e.Key.Text), SrcRange: rangeOf(e.Key)}
			o.Items = append(o.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: r.jsonExpr(e.Value)})
		}
		return o
	case yamldoc.List:
		l := &hclsyntax.TupleConsExpr{SrcRange: at}
		for _, item := range n.Items {
			l.Exprs = append(l.Exprs, r.jsonExpr(item))
		}
		return l
	case yamldoc.Int:
		if v, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
			return &hclsyntax.LiteralValueExpr{Val: cty.NumberIntVal(v), SrcRange: at}
		}
	case yamldoc.Bool:
		return &hclsyntax.LiteralValueExpr{Val: cty.BoolVal(n.Text == "true"), SrcRange: at}
	case yamldoc.Text: // a template
	case yamldoc.Null, yamldoc.Broken:
		return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: at}
	}
	parsed, diags := hclsyntax.ParseTemplate([]byte(n.Text), at.Filename, at.Start)
	if diags.HasErrors() {
		r.problems = append(r.problems, problem(n, "DG6116", diags[0].Summary))
		return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: at}
	}
	return &hclsyntax.ParenthesesExpr{Expression: parsed, SrcRange: at}
}

// literalOf is a value of a file of values, in which text is no template.
func (r *reader) literalOf(n *Node) hclsyntax.Expression {
	return &hclsyntax.LiteralValueExpr{Val: decoded(n), SrcRange: rangeOf(n)}
}

func rangeOf(n *Node) hcl.Range {
	end := n.Pos.Col + max(n.Len, utf8.RuneCountInString(n.Text), 1)
	return hcl.Range{
		Filename: n.Pos.File,
		Start:    hcl.Pos{Line: n.Pos.Line, Column: n.Pos.Col},
		End:      hcl.Pos{Line: n.Pos.Line, Column: end},
	}
}
