package hcldoc

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// reader collects what the files declare, before anything is evaluated.
type reader struct {
	sources   map[string][]byte
	variables []declared // with a default, or an Expr of nil
	locals    []declared
	values    []declared // of tfvars files
	modules   []*source  // calls of modules, of which the type is "module"
	outputs   []declared
	resources []*source
	others    []hclsyntax.Expression // of outputs, calls of modules and what else names things
	problems  []diag.Problem

	read   func(path string) ([]byte, error) // files beside it; may be nil
	called map[string]*reader                // modules by the names of their calls
	unread map[string]*Call                  // and those that were not read
}

// declared is a name with the expression that it stands for.
type declared struct {
	name string
	expr hclsyntax.Expression
	typ  hclsyntax.Expression // of a variable; may be nil
}

// source is a resource or data source as it is written.
type source struct {
	data       bool
	typ, name  string
	at         *Node
	body       *body
	count      hclsyntax.Expression
	each       hclsyntax.Expression
	everything []hclsyntax.Expression // all expressions in it
}

// body is the inside of a block, in the order of the file.
type body struct {
	parts []part
}

// part is an argument, or a block inside a block.
type part struct {
	at    hcl.Range
	name  string
	expr  hclsyntax.Expression // of an argument
	inner *body                // of a block
	label string               // of a dynamic block
}

// most bounds the instances of one block: more were not meant by a person.
const most = 500

func (r *reader) file(f File) {
	src := bytes.TrimPrefix(f.Source, []byte("\ufeff"))
	r.sources[f.Name] = src
	if len(src) > yamldoc.MaxBytes {
		r.problems = append(r.problems, problem(&Node{Pos: diag.Pos{File: f.Name, Line: 1, Col: 1}}, "DG6116", "8 MiB"))
		return
	}
	if strings.HasSuffix(f.Name, ".json") {
		r.json(f.Name, src)
		return
	}
	root := r.parse(f.Name, src)
	if root == nil {
		return
	}
	if IsValues(f.Name) {
		for _, a := range sorted(root.Attributes) {
			r.values = append(r.values, declared{name: a.Name, expr: a.Expr})
		}
		return
	}
	for _, b := range root.Blocks {
		r.block(b.Type, b.Labels, r.place(b.DefRange()), bodyOf(b.Body))
	}
}

// overrides reports whether a file changes what others declare: Terraform reads it
// after them (Terraform language, "Override Files").
func overrides(name string) bool {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".json"), ".tf")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// over puts the parts of b in the place of those of the same name.
func (b *body) over(other *body) {
	b.parts = slices.DeleteFunc(b.parts, func(p part) bool {
		return slices.ContainsFunc(other.parts, func(o part) bool { return o.heading() == p.heading() })
	})
	b.parts = append(b.parts, other.parts...)
}

// override changes a block that another file declares, and reports whether there is
// one.
func (r *reader) override(typ string, labels []string, b *body) bool {
	for _, s := range slices.Concat(r.resources, r.modules) {
		same := len(labels) == 2 && s.typ == labels[0] && s.name == labels[1] && s.data == (typ == "data") ||
			len(labels) == 1 && s.typ == typ && s.name == labels[0]
		if !same {
			continue
		}
		s.body.over(b)
		s.count, s.each = s.body.expr("count"), s.body.expr("for_each")
		b.all(func(e hclsyntax.Expression) { s.everything = append(s.everything, e) })
		return true
	}
	return false
}

// parse returns the blocks and arguments of a file, nil if it is not HCL.
func (r *reader) parse(name string, src []byte) *hclsyntax.Body {
	parsed, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			at := &Node{Pos: diag.Pos{File: name, Line: 1, Col: 1}}
			if d.Subject != nil {
				at = r.place(*d.Subject)
			}
			r.problems = append(r.problems, problem(at, "DG6116", d.Summary))
			return nil // what follows a broken line is noise
		}
	}
	root, _ := parsed.Body.(*hclsyntax.Body)
	return root
}

// block takes in one block of the top of a file.
func (r *reader) block(typ string, labels []string, at *Node, b *body) {
	b.all(unsettle)
	if slices.Contains([]string{"output", "module", "check", "provider"}, typ) {
		b.all(func(e hclsyntax.Expression) { r.others = append(r.others, e) })
	}
	switch {
	case overrides(at.Pos.File) && r.override(typ, labels, b):
	case (typ == "resource" || typ == "data") && len(labels) == 2:
		s := &source{data: typ == "data", typ: labels[0], name: labels[1], at: at, body: b, count: b.expr("count"), each: b.expr("for_each")}
		b.all(func(e hclsyntax.Expression) { s.everything = append(s.everything, e) })
		r.resources = append(r.resources, s)
	case typ == "variable" && len(labels) == 1: // its validation names itself
		r.variables = append(r.variables, declared{labels[0], b.expr("default"), b.expr("type")})
	case typ == "output" && len(labels) == 1:
		r.outputs = append(r.outputs, declared{name: labels[0], expr: b.expr("value")})
	case typ == "module" && len(labels) == 1:
		r.modules = append(r.modules, &source{typ: typ, name: labels[0], at: at, body: b, count: b.expr("count"), each: b.expr("for_each")})
	case typ == "locals":
		for _, p := range b.parts {
			if p.expr != nil {
				r.locals = append(r.locals, declared{name: p.name, expr: p.expr})
			}
		}
	}
}

func sorted(attributes hclsyntax.Attributes) (all []*hclsyntax.Attribute) {
	for _, a := range attributes {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *hclsyntax.Attribute) int { return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte) })
	return all
}

func bodyOf(b *hclsyntax.Body) *body {
	out := &body{}
	for _, a := range b.Attributes {
		out.parts = append(out.parts, part{at: a.NameRange, name: a.Name, expr: a.Expr})
	}
	for _, inner := range b.Blocks {
		p := part{at: inner.TypeRange, name: inner.Type, inner: bodyOf(inner.Body)}
		if len(inner.Labels) > 0 {
			p.label = inner.Labels[0]
		}
		out.parts = append(out.parts, p)
	}
	slices.SortFunc(out.parts, func(a, b part) int { return cmp.Compare(a.at.Start.Byte, b.at.Start.Byte) })
	return out
}

// expr returns the argument of that name, or nil.
func (b *body) expr(name string) hclsyntax.Expression {
	for _, p := range b.parts {
		if p.name == name && p.expr != nil {
			return p.expr
		}
	}
	return nil
}

// all yields every expression in b.
func (b *body) all(yield func(hclsyntax.Expression)) {
	for _, p := range b.parts {
		if p.expr != nil {
			yield(p.expr)
		} else {
			p.inner.all(yield)
		}
	}
}

// place returns an empty node at rng. Columns of HCL count what a person sees as
// one letter; ours count runes.
func (r *reader) place(rng hcl.Range) *Node {
	at := diag.Pos{File: rng.Filename, Line: rng.Start.Line, Col: rng.Start.Column}
	src := r.sources[rng.Filename]
	if strings.HasSuffix(rng.Filename, ".json") || rng.Start.Byte > len(src) || rng.End.Byte > len(src) || rng.End.Byte < rng.Start.Byte {
		return &Node{Pos: at, Len: max(rng.End.Column-rng.Start.Column, 0)}
	}
	line := bytes.LastIndexByte(src[:rng.Start.Byte], '\n') + 1
	at.Col = utf8.RuneCount(src[line:rng.Start.Byte]) + 1
	text, _, _ := bytes.Cut(src[rng.Start.Byte:rng.End.Byte], []byte("\n"))
	return &Node{Pos: at, Len: utf8.RuneCount(bytes.TrimSuffix(text, []byte("\r")))}
}
