// Package yamldoc is the one gate to YAML. It turns the bytes of a file into a
// tree of nodes with positions, and a table of fields into decoded values, with
// every problem at once and a JSON Schema from the same table.
//
// It reads less than YAML allows, and says so: no anchors, aliases, merge keys,
// tags, or second documents, and no key twice. Of plain scalars, null, true,
// false and decimal integers are special; everything else is text. It knows
// nothing of what a file means.
package yamldoc

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// MaxBytes bounds a file: a larger one is a problem, not a configuration.
const MaxBytes = 8 << 20

// maxDepth bounds maps and lists inside each other.
const maxDepth = 64

// Kind tells the nodes apart. The zero Kind is Broken: a part of the file that
// already has its problem and is passed over in silence.
type Kind uint8

// The kinds.
const (
	Broken Kind = iota
	Map
	List
	Text // any scalar that is not one of the following
	Int  // plain decimal digits, with an optional sign
	Bool // plain true or false
	Null // plain null, ~, or nothing at all
)

// Node is a value of the file.
type Node struct {
	Kind    Kind
	Pos     diag.Pos
	Len     int     // runes to underline on Pos.Line
	Text    string  // of a scalar: as meant, without quotes
	Tag     string  // such as "!Ref", where tags are asked for; else empty
	Entries []Entry // of a Map, in the order of the file
	Items   []*Node // of a List
}

// Entry is a key of a map with its value.
type Entry struct {
	Key   *Node // always Text
	Value *Node
}

// Find returns the value of key in the map n, or nil.
func (n *Node) Find(key string) *Node {
	for _, e := range n.Entries {
		if e.Key.Text == key {
			return e.Value
		}
	}
	return nil
}

// Whole reports whether no part of n is Broken.
func (n *Node) Whole() bool {
	for _, e := range n.Entries {
		if !e.Key.Whole() || !e.Value.Whole() {
			return false
		}
	}
	return n.Kind != Broken && !slices.ContainsFunc(n.Items, func(i *Node) bool { return !i.Whole() })
}

// Scalar reports whether n is a single value.
func (n *Node) Scalar() bool { return n.Kind >= Text }
