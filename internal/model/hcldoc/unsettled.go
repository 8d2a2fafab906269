package hcldoc

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// openPart is a part of a text. Where it is not known, the text goes on around the words
// that it is written in, so that what is known of it is not lost:
// "com.amazonaws.${data.aws_region.here.region}.ssm".
type openPart struct{ hclsyntax.Expression }

// Value returns the part as text.
func (p openPart) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := p.Expression.Value(ctx)
	if diags.HasErrors() || v.IsKnown() {
		return v, diags
	}
	return cty.StringVal(unsettled + written(p.Expression) + unsettled), nil
}

// compared is a side of a comparison: text of which a part is not known is not known
// there, and neither is a reference. Else they would be different from everything.
type compared struct{ hclsyntax.Expression }

// Value returns the side, unknown if it cannot be compared.
func (c compared) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := c.Expression.Value(ctx)
	if !diags.HasErrors() && v.IsKnown() && !v.IsNull() && v.Type() == cty.String && strings.ContainsAny(v.AsString(), opened+closed+unsettled) {
		return cty.UnknownVal(cty.String), nil
	}
	return v, diags
}

// bare returns n without what was put around it.
func bare(n hclsyntax.Node) hclsyntax.Node {
	switch n := n.(type) {
	case openPart:
		return n.Expression
	case compared:
		return n.Expression
	}
	return n
}

// unsettle lets texts of expr keep what is known of them, and comparisons not be made
// with the rest.
func unsettle(expr hclsyntax.Expression) {
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.TemplateExpr:
			for i, p := range n.Parts {
				if _, literal := p.(*hclsyntax.LiteralValueExpr); !literal && len(n.Parts) > 1 {
					n.Parts[i] = openPart{p}
				}
			}
		case *hclsyntax.BinaryOpExpr:
			if n.Op == hclsyntax.OpEqual || n.Op == hclsyntax.OpNotEqual {
				n.LHS, n.RHS = compared{n.LHS}, compared{n.RHS}
			}
		}
		return nil
	})
}

// variables are the names that expr asks for, those behind what unsettle has put around
// them included.
func variables(expr hclsyntax.Expression) []hcl.Traversal {
	all := expr.Variables()
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		inner := bare(n)
		if t, ok := inner.(*hclsyntax.ScopeTraversalExpr); ok && inner != n {
			all = append(all, t.Traversal)
		}
		return nil
	})
	return all
}
