package hcldoc

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// Argument is one value as an author wrote it.
type Argument struct {
	Block  string   // "resource", "variable"
	Labels []string // of the block: "aws_vpc", "main"
	Path   string   // keys that lead to the value, joined by dots; items count from 1
	Value  string   // text without its quotes, other expressions in HCL
}

// Arguments returns every value in the blocks of a file, in the order of the file,
// as it is written: nothing is evaluated. Lists and maps are taken apart, those that
// jsonencode is called with too; an empty one is a value. Blocks of one type that
// stand beside each other are counted.
func Arguments(f File) ([]Argument, []diag.Problem) {
	r := reader{sources: map[string][]byte{f.Name: f.Source}}
	root := r.parse(f.Name, f.Source)
	if root == nil {
		return nil, r.problems
	}
	var all []Argument
	for _, b := range root.Blocks {
		w := writer{src: f.Source, yield: func(path, value string) {
			all = append(all, Argument{b.Type, b.Labels, path, value})
		}}
		w.body("", bodyOf(b.Body))
	}
	return all, nil
}

// writer passes on the values below a block, and what leads to them.
type writer struct {
	src   []byte
	yield func(path, value string)
}

func below(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

func (w writer) body(path string, b *body) {
	count, at := make(map[string]int), make(map[string]int)
	for _, p := range b.parts {
		count[p.heading()]++
	}
	for _, p := range b.parts {
		key := below(path, p.heading())
		if p.expr != nil {
			w.value(key, p.expr)
			continue
		}
		if at[key]++; count[p.heading()] > 1 {
			key = below(key, strconv.Itoa(at[key]))
		}
		w.body(key, p.inner)
	}
}

// heading is what a part is called where it is written.
func (p part) heading() string { return strings.TrimSuffix(p.name+"."+p.label, ".") }

func (w writer) value(path string, expr hclsyntax.Expression) {
	switch x := expr.(type) {
	case *hclsyntax.TupleConsExpr:
		for i, item := range x.Exprs {
			w.value(below(path, strconv.Itoa(i+1)), item)
		}
		if len(x.Exprs) > 0 {
			return
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range x.Items {
			w.value(below(path, w.key(item.KeyExpr)), item.ValueExpr)
		}
		if len(x.Items) > 0 {
			return
		}
	case *hclsyntax.FunctionCallExpr:
		if x.Name == "jsonencode" && len(x.Args) == 1 {
			w.value(path, x.Args[0])
			return
		}
	case *hclsyntax.TemplateExpr:
		if text, ok := literal(x); ok {
			w.yield(path, lines(text))
			return
		}
	}
	w.yield(path, lines(w.text(expr)))
}

// literal returns the text of a template in which nothing is left to fill in.
func literal(expr hclsyntax.Expression) (string, bool) {
	v, diags := expr.Value(nil)
	if diags.HasErrors() || !v.IsKnown() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// lines counts those of a value that has several.
func lines(text string) string {
	if n := strings.Count(strings.TrimSuffix(text, "\n"), "\n"); n > 0 {
		return "(" + strconv.Itoa(n+1) + " lines)"
	}
	return text
}

func (w writer) key(expr hclsyntax.Expression) string {
	if text, ok := literal(expr); ok {
		return text
	}
	return w.text(expr)
}

// text is an expression on one line.
func (w writer) text(expr hclsyntax.Expression) string {
	switch x := expr.(type) {
	case *hclsyntax.FunctionCallExpr:
		return x.Name + "(" + w.texts(x.Args) + map[bool]string{true: "..."}[x.ExpandFinal] + ")"
	case *hclsyntax.TupleConsExpr:
		return "[" + w.texts(x.Exprs) + "]"
	case *hclsyntax.ObjectConsExpr:
		var all []string
		for _, item := range x.Items {
			all = append(all, w.key(item.KeyExpr)+" = "+w.text(item.ValueExpr))
		}
		return strings.TrimSpace("{ "+strings.Join(all, ", ")) + strings.Repeat(" ", min(len(all), 1)) + "}"
	}
	return string(expr.Range().SliceBytes(w.src))
}

func (w writer) texts(expressions []hclsyntax.Expression) string {
	var all []string
	for _, x := range expressions {
		all = append(all, w.text(x))
	}
	return strings.Join(all, ", ")
}
