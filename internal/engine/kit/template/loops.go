package template

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// loop is how the key of Fn::ForEach begins (transform AWS::LanguageExtensions).
const loop = "Fn::ForEach::"

// unrolled returns the map n with what its loops stand for. A loop over what nobody
// knows stands for nothing.
func (s *stack) unrolled(n *Node) *Node {
	if n == nil || n.Kind != yamldoc.Map || !slices.ContainsFunc(n.Entries, func(e yamldoc.Entry) bool { return strings.HasPrefix(e.Key.Text, loop) }) {
		return n
	}
	if s.depth++; s.depth > deepest {
		return n
	}
	defer func() { s.depth-- }()
	out := *n
	out.Entries = nil
	for _, e := range n.Entries {
		if !strings.HasPrefix(e.Key.Text, loop) {
			out.Entries = append(out.Entries, e)
			continue
		}
		if e.Value.Kind != yamldoc.List || len(e.Value.Items) != 3 {
			continue
		}
		over, _ := Items(s.value(e.Value.Items[1]))
		for _, v := range over {
			if s.steps++; !v.Scalar() || v.Tag != "" || s.steps > mostSteps {
				break
			}
			body := s.unrolled(filledIn(e.Value.Items[2], e.Value.Items[0].Text, v.Text))
			out.Entries = append(out.Entries, body.Entries...)
		}
	}
	return &out
}

// filledIn is n with the value of a loop in the places of its name.
func filledIn(n *Node, name, value string) *Node {
	out := *n
	out.Entries, out.Items = nil, nil
	if n.Scalar() {
		out.Text = strings.NewReplacer("${"+name+"}", value, "&{"+name+"}", letters(value)).Replace(n.Text)
	}
	if n.Tag == "!Ref" && n.Text == name || n.Kind == yamldoc.Map && len(n.Entries) == 1 && n.Entries[0].Key.Text == "Ref" && n.Entries[0].Value.Text == name {
		return &Node{Kind: yamldoc.Text, Text: value, Pos: n.Pos, Len: n.Len}
	}
	for _, e := range n.Entries {
		out.Entries = append(out.Entries, yamldoc.Entry{Key: filledIn(e.Key, name, value), Value: filledIn(e.Value, name, value)})
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, filledIn(item, name, value))
	}
	return &out
}

// letters is value without what names of resources cannot have.
func letters(value string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, value)
}
