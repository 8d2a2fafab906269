package policy

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Operator is a condition operator, such as StringNotEqualsIfExists.
type Operator struct {
	Name     string
	Test     Test
	Not      bool // true where Test is false
	IfExists bool // true where the key is absent
}

// Test is how an operator compares.
type Test uint8

// The tests. ArnEquals and ArnLike are the same.
const (
	Equals Test = iota
	EqualsIgnoreCase
	Like
	ARN
	IP
	Bool
	Null // looks at presence alone
)

// operators are the supported ones, in alphabetical order, without IfExists.
var operators = []Operator{
	{Name: "ArnEquals", Test: ARN},
	{Name: "ArnLike", Test: ARN},
	{Name: "ArnNotEquals", Test: ARN, Not: true},
	{Name: "ArnNotLike", Test: ARN, Not: true},
	{Name: "Bool", Test: Bool},
	{Name: "IpAddress", Test: IP},
	{Name: "NotIpAddress", Test: IP, Not: true},
	{Name: "Null", Test: Null},
	{Name: "StringEquals", Test: Equals},
	{Name: "StringEqualsIgnoreCase", Test: EqualsIgnoreCase},
	{Name: "StringLike", Test: Like},
	{Name: "StringNotEquals", Test: Equals, Not: true},
	{Name: "StringNotEqualsIgnoreCase", Test: EqualsIgnoreCase, Not: true},
	{Name: "StringNotLike", Test: Like, Not: true},
}

const ifExists = "IfExists"

// ParseOperator reads the name of an operator; false if it is not supported.
func ParseOperator(name string) (Operator, bool) {
	base, optional := strings.CutSuffix(name, ifExists)
	for _, o := range operators {
		if o.Name == base && (o.Test != Null || !optional) {
			o.Name, o.IfExists = name, optional
			return o, true
		}
	}
	return Operator{}, false
}

// Operators returns the names of the supported operators, in alphabetical order.
func Operators() []string {
	var names []string
	for _, o := range operators {
		names = append(names, o.Name)
		if o.Test != Null {
			names = append(names, o.Name+ifExists)
		}
	}
	slices.Sort(names)
	return names
}

// operator reads the name of an operator, which is the key n.
func operator(d *yamldoc.Decoder, n *yamldoc.Node) (Operator, bool) {
	o, ok := ParseOperator(n.Text)
	if ok {
		return o, true
	}
	p := d.Add(n, "DG1201", reason.New("DG1201.operator", yamldoc.Quote(n.Text)))
	meant, near := yamldoc.Nearest(n.Text, Operators())
	if base, optional := strings.CutSuffix(n.Text, ifExists); optional {
		if o, ok := ParseOperator(base); ok {
			meant, near = o.Name, true // Null, which asks just that
		}
	}
	if near {
		p.Hint = reason.New("hint.meant", yamldoc.Quote(meant))
		return o, false
	}
	var names []string
	for _, o := range operators {
		names = append(names, o.Name)
	}
	p.Hint = reason.New("hint.one-of", strings.Join(names, ", "))
	return o, false
}
