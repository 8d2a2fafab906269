// Package tree builds the files of a kit: maps and lists as trees of package
// yamldoc, in the order in which they are to be written.
package tree

import (
	"fmt"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Node is a part of a file.
type Node = yamldoc.Node

// Map returns a map of keys and values in turn. A value is what Value takes; a
// key whose value is nil is left out.
func Map(pairs ...any) *Node {
	n := &Node{Kind: yamldoc.Map}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != nil {
			Set(n, pairs[i].(string), pairs[i+1])
		}
	}
	return n
}

// Set adds a key to the end of the map n.
func Set(n *Node, key string, value any) {
	n.Entries = append(n.Entries, yamldoc.Entry{Key: &Node{Kind: yamldoc.Text, Text: key}, Value: Value(value)})
}

// List returns a list of what Value takes; nil is left out.
func List(items ...any) *Node {
	n := &Node{Kind: yamldoc.List}
	for _, item := range items {
		if item != nil {
			n.Items = append(n.Items, Value(item))
		}
	}
	return n
}

// Texts returns a list of texts.
func Texts[T ~string](items []T) *Node {
	n := List()
	for _, item := range items {
		n.Items = append(n.Items, Value(string(item)))
	}
	return n
}

// Tagged returns value with a tag before it.
func Tagged(tag string, value any) *Node {
	n := *Value(value)
	n.Tag = tag
	return &n
}

// Value returns v, which is a node, text, a number, a truth value or what prints
// itself.
func Value(v any) *Node {
	switch v := v.(type) {
	case *Node:
		return v
	case string:
		return &Node{Kind: yamldoc.Text, Text: v}
	case int:
		return &Node{Kind: yamldoc.Int, Text: strconv.Itoa(v)}
	case uint16:
		return &Node{Kind: yamldoc.Int, Text: strconv.Itoa(int(v))}
	case bool:
		return &Node{Kind: yamldoc.Bool, Text: strconv.FormatBool(v)}
	case fmt.Stringer:
		return &Node{Kind: yamldoc.Text, Text: v.String()}
	}
	panic(fmt.Sprintf("tree: no value is made of a %T", v))
}
