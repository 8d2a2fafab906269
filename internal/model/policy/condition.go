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
		groups, ok := yamldoc.Group(supported, keysType).Read(d, n)
		var all []Condition
		for _, g := range groups {
			all = append(all, g.V...)
		}
		return all, ok
	},
}

// keysType reads what stands below an operator, which is the decoder's key.
var keysType = yamldoc.Type[[]Condition]{Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Condition, bool) {
	o, _ := ParseOperator(d.Key)
	keys, ok := yamldoc.Group(nil, valuesOf(o.Test)).Read(d, n)
	var all []Condition
	for _, k := range keys {
		all = append(all, Condition{o, k.Name, k.V})
	}
	return all, ok
}}

// supported checks the name of an operator.
func supported(d *yamldoc.Decoder, name *yamldoc.Node) bool {
	if _, ok := ParseOperator(name.Text); ok {
		return true
	}
	p := d.Add(name, "DG2401", reason.New("DG2401", yamldoc.Quote(name.Text)))
	if meant, ok := meantOperator(name.Text); ok {
		p.Hint = reason.New("hint.meant", yamldoc.Quote(meant))
	} else {
		p.Hint = reason.New("hint.one-of", strings.Join(baseOperators(), ", "))
	}
	return false
}

// valueSchema is what one value of a condition may be.
var valueSchema = yamldoc.Schema{"type": []string{"string", "boolean", "integer"}}

// oneOrMore is a value, or a list of such values.
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
		if lower != "true" && lower != "false" {
			d.Add(n, "DG2402", reason.New("DG2402.bool", yamldoc.Quote(n.Text), d.Path()))
			return false
		}
	case IP:
		if _, ok := Prefix(n.Text); !ok {
			d.Add(n, "DG2402", reason.New("DG2402.network", yamldoc.Quote(n.Text), d.Path())).Hint = reason.New("DG1203.hint")
			return false
		}
	case Equals, EqualsIgnoreCase, Like, ARN:
	}
	return true
}
