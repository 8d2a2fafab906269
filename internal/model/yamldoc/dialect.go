package yamldoc

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// Dialect is how a format words its problems of shape. Each function reports
// one problem with Add.
type Dialect struct {
	// Unknown reports a key that is none of keys, and returns the key that it
	// was probably meant for, if there is one: that counts as given.
	Unknown func(d *Decoder, key *Node, keys []string) (meant string, ok bool)
	// Missing reports that an object lacks key. Object is d.Object().
	Missing func(d *Decoder, n *Node, key string)
	// Empty reports a key, a list item or a value that holds nothing.
	Empty func(d *Decoder, n *Node)
	// Kind reports a value that is not of the kind that is wanted.
	Kind func(d *Decoder, n *Node, want Kind)
	// Word reports a value that is none of words.
	Word func(d *Decoder, n *Node, words []string)
	// Range reports a number that is not from low to high.
	Range func(d *Decoder, n *Node, low, high int)
}

// plain is the dialect of configurations.
var plain = Dialect{
	Unknown: (*Decoder).unknownKey,
	Missing: (*Decoder).missingKey,
	Empty:   (*Decoder).emptyValue,
	Kind:    (*Decoder).wrongKind,
	Word:    (*Decoder).wrongWord,
	Range:   (*Decoder).outOfRange,
}

// Path returns the keys that lead to the value being read, joined by dots.
// Items of lists have the path of their list.
func (d *Decoder) Path() string { return strings.Join(d.path, ".") }

// Frame returns the name that the innermost Within gave, or "".
func (d *Decoder) Frame() string { return d.frame }

// Within calls read, in which paths begin anew, below what is called name.
func (d *Decoder) Within(name string, read func()) {
	frame, path := d.frame, d.path
	d.frame, d.path = name, nil
	read()
	d.frame, d.path = frame, path
}

// Object returns the place of the object or value being read by its name: its
// key, or the first key of a list's item. It is nil for the file itself.
func (d *Decoder) Object() *Node { return d.object }

// under reads a value that is named by key.
func (d *Decoder) under(key *Node, read func()) {
	object := d.object
	d.object = key
	d.path = append(d.path, key.Text)
	read()
	d.path = d.path[:len(d.path)-1]
	d.object = object
}

// Item returns the place of an item of a list: its first key, if it has keys.
func Item(n *Node) *Node {
	if len(n.Entries) > 0 {
		return n.Entries[0].Key
	}
	return n
}

// Raw is any value, as a node.
func Raw() Type[*Node] {
	return Type[*Node]{Schema{}, func(_ *Decoder, n *Node) (*Node, bool) { return n, true }}
}

// Group is a map from names to t, in the order of the file. It may be empty.
// Named reports a name that is none, and may be nil.
func Group[V any](named func(d *Decoder, name *Node) bool, t Type[V]) Type[[]Named[V]] {
	schema := Schema{"type": "object", "additionalProperties": t.Schema}
	return Type[[]Named[V]]{schema, func(d *Decoder, n *Node) ([]Named[V], bool) {
		if !d.want(n, Map) {
			return nil, false
		}
		values := make([]Named[V], 0, len(n.Entries))
		for _, e := range n.Entries {
			if named != nil && !named(d, e.Key) {
				continue
			}
			d.Key = e.Key.Text
			d.under(e.Key, func() {
				if e.Value.Kind == Null {
					d.dialect.Empty(d, e.Key)
				} else if v, ok := t.Read(d, e.Value); ok {
					values = append(values, Named[V]{At[string]{e.Key.Text, e.Key.Pos, e.Key.Len}, v})
				}
			})
		}
		return values, true
	}}
}

// DecodeIn reads the file that n is the root of, with problems of shape put in
// dialect.
func DecodeIn[V any](dialect Dialect, t Type[V], n *Node) (V, []diag.Problem) {
	d := Decoder{dialect: &dialect}
	v, _ := t.Read(&d, n)
	return v, d.problems
}

// Want reports whether n is of kind, and says so if not.
func (d *Decoder) Want(n *Node, kind Kind) bool { return d.want(n, kind) }
