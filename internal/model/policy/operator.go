package policy

import (
	"slices"
	"strings"

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

// baseOperators returns the names without IfExists, in alphabetical order.
func baseOperators() []string {
	names := make([]string, len(operators))
	for i, o := range operators {
		names[i] = o.Name
	}
	return names
}

// meantOperator returns the operator that someone who wrote name probably meant.
func meantOperator(name string) (string, bool) {
	if base, optional := strings.CutSuffix(name, ifExists); optional {
		if o, ok := ParseOperator(base); ok {
			return o.Name, true // Null, which asks just that
		}
	}
	return yamldoc.Closest(name, Operators())
}
