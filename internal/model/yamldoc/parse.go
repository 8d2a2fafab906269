package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Parse reads src, the content of file. The node is nil if src is no YAML at
// all; parts that have a problem are Broken. An empty file is an empty map.
func Parse(file string, src []byte) (*Node, []diag.Problem) { return ParseTagged(file, src, nil) }

// ParseTagged reads src as Parse does, but keeps those tags that tags lists,
// such as "!Ref".
func ParseTagged(file string, src []byte, tags []string) (*Node, []diag.Problem) {
	start := diag.Pos{File: file, Line: 1, Col: 1}
	if len(src) > MaxBytes {
		return nil, []diag.Problem{problem(start, 0, "DG1007", reason.New("DG1007", "8 MiB"))}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if p, ok := badText(file, src); ok {
		return nil, []diag.Problem{p}
	}
	doc, second, err := load(src)
	if err != nil {
		return nil, []diag.Problem{syntaxProblem(file, src, err)}
	}
	c := converter{file: file, tags: tags, src: cursor{lines: strings.Split(string(src), "\n")}}
	if second != nil {
		at := diag.Pos{File: file, Line: second.Line, Col: second.Column}
		p := problem(at, 3, "DG1006", reason.New("DG1006"))
		p.Hint = reason.New("DG1006.hint")
		c.add(p)
	}
	if doc == nil || len(doc.Content) == 0 {
		return &Node{Kind: Map, Pos: start}, c.problems
	}
	n := c.node(doc.Content[0], 1)
	if n.Kind == Null && n.Text == "" {
		n = &Node{Kind: Map, Pos: start}
	}
	return n, c.problems
}

// load returns the first document of src and, if there are more, the second.
func load(src []byte) (first, second *yaml.Node, err error) {
	l, err := yaml.NewLoader(bytes.NewReader(src), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, nil, fmt.Errorf("building the YAML loader: %w", err)
	}
	var docs [2]*yaml.Node
	for i := range docs {
		var n yaml.Node
		err := l.Load(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		docs[i] = &n
	}
	return docs[0], docs[1], nil
}

func problem(at diag.Pos, length int, code string, summary reason.Because) diag.Problem {
	return diag.Problem{Pos: at, Len: length, Code: code, Summary: summary}
}

// converter turns the library's nodes into ours.
type converter struct {
	file     string
	src      cursor
	tags     []string // that may stand in the file
	problems []diag.Problem
	left     bool // a left-out construct was reported: one is enough
}

func (c *converter) add(p diag.Problem) { c.problems = append(c.problems, p) }

// leftOut reports a construct of YAML that these files do without.
func (c *converter) leftOut(n *yaml.Node, length int, variant reason.Code, operand string) *Node {
	if !c.left {
		summary := reason.New("DG1005." + variant)
		if operand != "" {
			summary = reason.New(summary.Code, operand)
		}
		p := problem(c.pos(n), length, "DG1005", summary)
		p.Hint = reason.New("DG1005.hint")
		c.add(p)
	}
	c.left = true
	return &Node{Pos: c.pos(n)}
}

func (c *converter) pos(n *yaml.Node) diag.Pos {
	return diag.Pos{File: c.file, Line: max(n.Line, 1), Col: max(n.Column, 1)}
}

func (c *converter) node(n *yaml.Node, depth int) *Node {
	switch {
	case n.Kind == yaml.AliasNode:
		return c.leftOut(n, 1+len([]rune(n.Value)), "anchor", "")
	case n.Anchor != "":
		return c.leftOut(n, 1+len([]rune(n.Anchor)), "anchor", "")
	case n.Style&yaml.TaggedStyle != 0 && !slices.Contains(c.tags, n.Tag):
		return c.leftOut(n, 1, "tag", n.ShortTag())
	case depth > maxDepth:
		c.add(problem(c.pos(n), 0, "DG1007", reason.New("DG1007.deep", fmt.Sprint(maxDepth))))
		return &Node{Pos: c.pos(n)}
	}
	out := &Node{Pos: c.pos(n), Len: 1}
	if n.Style&yaml.TaggedStyle != 0 {
		out.Tag = n.Tag
	}
	switch n.Kind {
	case yaml.MappingNode:
		out.Kind = Map
		c.entries(out, n, depth)
	case yaml.SequenceNode:
		out.Kind = List
		for _, item := range n.Content {
			out.Items = append(out.Items, c.node(item, depth+1))
		}
	default:
		out.Kind, out.Text = scalarKind(n), n.Value
		out.Len = c.width(n)
	}
	if out.Tag != "" {
		out.Len = len(out.Tag)
	}
	return out
}

func (c *converter) entries(out *Node, n *yaml.Node, depth int) {
	seen := make(map[string]*Node)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Kind == yaml.MappingNode || n.Content[i].Kind == yaml.SequenceNode {
			c.leftOut(n.Content[i], 1, "key", "")
			out.Kind = Broken
			continue
		}
		if n.Content[i].Tag == "!!merge" {
			c.leftOut(n.Content[i], 2, "merge", "<<")
			out.Kind = Broken
			continue
		}
		key, value := c.node(n.Content[i], depth), c.node(n.Content[i+1], depth+1)
		if key.Kind == Broken {
			out.Kind = Broken
			continue
		}
		key.Kind = Text
		if first, twice := seen[key.Text]; twice {
			p := problem(key.Pos, key.Len, "DG1004", reason.New("DG1004", Quote(key.Text)))
			p.Hint = reason.New("DG1004.hint", fmt.Sprint(first.Pos.Line))
			c.add(p)
			continue
		}
		seen[key.Text] = key
		out.Entries = append(out.Entries, Entry{key, value})
	}
	if len(out.Entries) > 0 && out.Entries[0].Key.Pos == out.Pos {
		out.Len = out.Entries[0].Key.Len
	}
}

// scalarKind reads plain scalars more narrowly than YAML: only what every
// reader takes for a number or a truth value is one.
func scalarKind(n *yaml.Node) Kind {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return Text
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return Bool
	}
	if digits := strings.TrimLeft(n.Value, "+-"); len(n.Value)-len(digits) <= 1 && isDigits(digits) {
		return Int
	}
	return Text
}

func isDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
