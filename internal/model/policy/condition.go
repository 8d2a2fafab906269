package policy

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// conditionsType reads the Condition element: operators, below them keys, below
// them values.
var conditionsType = yamldoc.Type[[]Condition]{
	Schema: yamldoc.Schema{
		"type":                 "object",
		"propertyNames":        yamldoc.Schema{"enum": Operators()},
		"additionalProperties": yamldoc.Schema{"type": "object", "additionalProperties": oneOrMore(valueSchema)},
	},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Condition, bool) {
		var all []Condition
		for op, keys := range entries(d, n) {
			o, ok := operator(d, op)
			d.Key = op.Text
			for key, values := range entries(d, keys) {
				d.Key = key.Text
				texts, sound := valuesOf(o.Test).Read(d, values)
				if ok && sound {
					all = append(all, Condition{o, Text{V: key.Text, Pos: key.Pos, Len: key.Len}, texts})
				}
			}
		}
		return all, true
	},
}

// entries yields the keys of the map n with their values. It reports what is
// no map, and an empty one.
func entries(d *yamldoc.Decoder, n *yamldoc.Node) func(func(key, value *yamldoc.Node) bool) {
	return func(yield func(key, value *yamldoc.Node) bool) {
		outer := d.Key
		defer func() { d.Key = outer }()
		all, _ := yamldoc.MapOf(yamldoc.Type[*yamldoc.Node]{Read: func(_ *yamldoc.Decoder, n *yamldoc.Node) (*yamldoc.Node, bool) {
			return n, n.Kind != yamldoc.Broken
		}}).Read(d, n)
		for _, e := range all {
			if !yield(&yamldoc.Node{Kind: yamldoc.Text, Text: e.Name.V, Pos: e.Name.Pos, Len: e.Name.Len}, e.V) {
				return
			}
		}
	}
}

// valueSchema is what one value of a condition may be.
var valueSchema = yamldoc.Schema{"type": []string{"string", "boolean", "integer"}}

func oneOrMore(s yamldoc.Schema) yamldoc.Schema {
	return yamldoc.Schema{"anyOf": []yamldoc.Schema{s, {"type": "array", "items": s, "minItems": 1}}}
}

// valuesOf reads the values that a test compares with: one, or a list.
func valuesOf(test Test) yamldoc.Type[[]Text] {
	return texts(yamldoc.Type[string]{Schema: valueSchema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		if !n.Scalar() || n.Kind == yamldoc.Null {
			return yamldoc.String().Read(d, n)
		}
		return n.Text, fits(d, n, test)
	}})
}

// fits reports whether test can compare with the value n, and says so if not.
func fits(d *yamldoc.Decoder, n *yamldoc.Node, test Test) bool {
	switch lower := strings.ToLower(n.Text); test {
	case Bool, Null:
		if lower == "true" || lower == "false" {
			return true
		}
		d.Add(n, "DG1201", reason.New("DG1201", d.Key, yamldoc.Quote(n.Text))).Hint = reason.New("hint.one-of", "true, false")
		return false
	case IP:
		if _, ok := Prefix(n.Text); ok {
			return true
		}
		d.Add(n, "DG1203", reason.New("DG1203", yamldoc.Quote(n.Text), d.Key)).Hint = reason.New("DG1203.hint")
		return false
	default:
		return true
	}
}
