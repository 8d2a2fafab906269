package yamldoc

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// At is a value with its place in the file.
type At[V any] struct {
	V   V
	Pos diag.Pos
	Len int
}

// Node returns a node at the place of a, for problems found after reading.
func (a At[V]) Node() *Node { return &Node{Pos: a.Pos, Len: a.Len} }

// Placed reads a t and keeps its place.
func Placed[V any](t Type[V]) Type[At[V]] {
	return Type[At[V]]{t.Schema, func(d *Decoder, n *Node) (At[V], bool) {
		v, ok := t.Read(d, n)
		return At[V]{v, n.Pos, n.Len}, ok
	}}
}

// String is text that is not empty.
func String() Type[string] {
	return Type[string]{Schema{"type": "string", "minLength": 1}, func(d *Decoder, n *Node) (string, bool) {
		if !d.want(n, Text) {
			return "", false
		}
		if n.Text == "" {
			d.dialect.Empty(d, n)
			return "", false
		}
		return n.Text, true
	}}
}

// Free is text that may look like a number: a ticket, an account.
func Free() Type[string] {
	s := String()
	return Type[string]{Schema{"type": []string{"string", "integer"}}, func(d *Decoder, n *Node) (string, bool) {
		if n.Kind == Int {
			return n.Text, true
		}
		return s.Read(d, n)
	}}
}

// Boolean is true or false.
func Boolean() Type[bool] {
	return Type[bool]{Schema{"type": "boolean"}, func(d *Decoder, n *Node) (bool, bool) {
		if !d.want(n, Bool) {
			return false, false
		}
		return n.Text[0] == 't' || n.Text[0] == 'T', true
	}}
}

// Integer is a whole number from low to high.
func Integer(low, high int) Type[int] {
	schema := Schema{"type": "integer", "minimum": low, "maximum": high}
	return Type[int]{schema, func(d *Decoder, n *Node) (int, bool) {
		if !d.want(n, Int) {
			return 0, false
		}
		v, err := strconv.Atoi(n.Text)
		if err != nil || v < low || v > high {
			d.dialect.Range(d, n, low, high)
			return 0, false
		}
		return v, true
	}}
}

// Word is one of the words of an enumeration, in the order of their values.
func Word[V ~uint8](words ...string) Type[V] {
	text := OneOf(words...)
	return Type[V]{text.Schema, func(d *Decoder, n *Node) (V, bool) {
		w, ok := text.Read(d, n)
		return V(max(0, slices.Index(words, w))), ok
	}}
}

// OneOf is one of words, as text.
func OneOf(words ...string) Type[string] {
	return Type[string]{Schema{"enum": words}, func(d *Decoder, n *Node) (string, bool) {
		if !n.Scalar() {
			return "", d.want(n, Text)
		}
		if n.Kind != Text || !slices.Contains(words, n.Text) {
			d.dialect.Word(d, n, words)
			return "", false
		}
		return n.Text, true
	}}
}

func (d *Decoder) wrongWord(n *Node, words []string) {
	d.Add(n, "DG1201", reason.New("DG1201", d.Key, got(n))).Hint = Meant(n.Text, words)
}

func (d *Decoder) outOfRange(n *Node, low, high int) {
	d.Add(n, "DG1207", reason.New("DG1207", d.Key, n.Text, fmt.Sprint(low), fmt.Sprint(high)))
}

// ListOf is a list of at least one t. Values that have a problem are left out.
func ListOf[V any](t Type[V]) Type[[]V] { return list(t, 1) }

// AnyOf is a list of t that may be empty.
func AnyOf[V any](t Type[V]) Type[[]V] { return list(t, 0) }

func list[V any](t Type[V], least int) Type[[]V] {
	schema := Schema{"type": "array", "items": t.Schema, "minItems": least}
	return Type[[]V]{schema, func(d *Decoder, n *Node) ([]V, bool) {
		if !d.want(n, List) {
			return nil, false
		}
		if len(n.Items) < least {
			d.dialect.Empty(d, n)
			return nil, false
		}
		key, object := d.Key, d.object
		defer func() { d.object = object }()
		var values []V
		for _, item := range n.Items {
			d.Key, d.object = key, Item(item)
			if item.Kind == Null {
				d.dialect.Empty(d, item)
				continue
			}
			if v, ok := t.Read(d, item); ok {
				values = append(values, v)
			}
		}
		return values, true
	}}
}

// Named is a value of a map with its name.
type Named[V any] struct {
	Name At[string]
	V    V
}

// MapOf is a map from names to t, in the order of the file.
func MapOf[V any](t Type[V]) Type[[]Named[V]] {
	schema := Schema{"type": "object", "additionalProperties": t.Schema, "minProperties": 1}
	return Type[[]Named[V]]{schema, func(d *Decoder, n *Node) ([]Named[V], bool) {
		if !d.want(n, Map) {
			return nil, false
		}
		if len(n.Entries) == 0 {
			d.dialect.Empty(d, n)
			return nil, false
		}
		outer, key := d.where, d.Key
		var values []Named[V]
		for _, e := range n.Entries {
			d.where, d.Key = key, e.Key.Text
			if e.Value.Kind == Null {
				d.dialect.Empty(d, e.Key)
				continue
			}
			if v, ok := t.Read(d, e.Value); ok {
				values = append(values, Named[V]{At[string]{e.Key.Text, e.Key.Pos, e.Key.Len}, v})
			}
		}
		d.where = outer
		return values, true
	}}
}

// Decode reads the file that n is the root of.
func Decode[V any](t Type[V], n *Node) (V, []diag.Problem) {
	return DecodeIn(plain, t, n)
}
