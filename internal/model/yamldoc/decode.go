package yamldoc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Type says how a value is written: how it is read, and its JSON Schema.
// Read reports false if there is no value; it then has reported why.
type Type[V any] struct {
	Schema Schema
	Read   func(d *Decoder, n *Node) (V, bool)
}

// Schema is a JSON Schema.
type Schema map[string]any

// Decoder collects the problems of one file while its values are read.
type Decoder struct {
	Key      string // of the value that is being read
	where    string // the object that is being read: `rule "onprem"`; empty at the top
	path     []string
	frame    string
	object   *Node
	dialect  *Dialect
	problems []diag.Problem
}

// Problems returns what was found so far.
func (d *Decoder) Problems() []diag.Problem { return d.problems }

// Add reports a problem at n. It returns the problem so that the caller can
// give it a hint or another severity.
func (d *Decoder) Add(n *Node, code string, summary reason.Because) *diag.Problem {
	d.problems = append(d.problems, problem(n.Pos, n.Len, code, summary))
	return &d.problems[len(d.problems)-1]
}

// Field is one key of an object that is read into a T.
type Field[T any] struct {
	key, doc string
	required bool
	schema   Schema
	read     func(d *Decoder, n *Node, into *T)
}

// Optional is a key that may be left out; doc describes it in one line.
func Optional[T, V any](key, doc string, t Type[V], at func(*T) *V) Field[T] {
	return Field[T]{key: key, doc: doc, schema: t.Schema, read: func(d *Decoder, n *Node, into *T) {
		if v, ok := t.Read(d, n); ok {
			*at(into) = v
		}
	}}
}

// Required is a key that must be there.
func Required[T, V any](key, doc string, t Type[V], at func(*T) *V) Field[T] {
	f := Optional(key, doc, t, at)
	f.required = true
	return f
}

// Object is a map with the keys that fields name and no others. What names the
// sort of thing in problems, such as "rule"; it is empty for the file itself.
// Fields that the file leaves out keep what start holds.
func Object[T any](what string, start T, fields ...Field[T]) Type[T] {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	slices.Sort(keys)
	read := func(d *Decoder, n *Node) (T, bool) {
		v := start
		if !d.want(n, Map) {
			return v, false
		}
		outer, key := d.where, d.Key
		d.where = label(what, outer, key, n)
		d.unknown(n, keys)
		for _, f := range fields {
			d.Key = f.key
			switch value := n.Find(f.key); {
			case value == nil && f.required:
				d.dialect.Missing(d, n, f.key)
			case value == nil || value.Kind == Broken:
			case value.Kind == Null && value.Text == "":
				d.dialect.Empty(d, keyOf(n, f.key))
			case value.Kind == Null: // null or ~, written out
				d.dialect.Empty(d, &Node{Kind: Text, Text: f.key, Pos: value.Pos, Len: value.Len})
			default:
				d.under(keyOf(n, f.key), func() { f.read(d, value, &v) })
			}
		}
		d.where, d.Key = outer, key
		return v, true
	}
	return Type[T]{objectSchema(fields), read}
}

// label names the object n: by its key in a map of such objects, by its own
// name, or by what it belongs to.
func label(what, outer, key string, n *Node) string {
	if what == "" {
		return ""
	}
	if name := n.Find("name"); name != nil && name.Scalar() {
		return what + " " + Quote(name.Text)
	}
	if key != "" && key != what && outer == what+"s" {
		return what + " " + Quote(key)
	}
	if outer != "" {
		return what + " (" + outer + ")"
	}
	return what
}

// unknown reports the keys of n that are none of keys. A key that one of them
// was probably meant by counts as given, so that it is not missed as well.
func (d *Decoder) unknown(n *Node, keys []string) {
	for _, e := range slices.Clone(n.Entries) {
		if slices.Contains(keys, e.Key.Text) {
			continue
		}
		if meant, ok := d.dialect.Unknown(d, e.Key, keys); ok && n.Find(meant) == nil {
			n.Entries = append(n.Entries, Entry{&Node{Kind: Text, Text: meant}, &Node{}})
		}
	}
}

func (d *Decoder) unknownKey(key *Node, keys []string) (string, bool) {
	summary := reason.New("DG1103", Quote(key.Text), d.where)
	if d.where == "" {
		summary = reason.New("DG1103.top", Quote(key.Text))
	}
	d.Add(key, "DG1103", summary).Hint = Meant(key.Text, keys)
	return Nearest(key.Text, keys)
}

func (d *Decoder) missingKey(n *Node, key string) {
	summary := reason.New("DG1102", Quote(key), d.where)
	if d.where == "" {
		summary = reason.New("DG1102.top", Quote(key))
	}
	d.Add(n, "DG1102", summary)
}

func (d *Decoder) emptyValue(n *Node) {
	p := d.Add(n, "DG1105", reason.New("DG1105", d.Key))
	p.Hint = reason.New("DG1105.hint")
}

// keyOf returns the node of key in the map n.
func keyOf(n *Node, key string) *Node {
	for _, e := range n.Entries {
		if e.Key.Text == key {
			return e.Key
		}
	}
	return n
}

// wants names the kinds in the codes of DG1104.
var wants = map[Kind]string{Map: "map", List: "list", Text: "text", Int: "int", Bool: "bool"}

// want reports whether n is of kind, and says so if not.
func (d *Decoder) want(n *Node, kind Kind) bool {
	if n.Kind == kind {
		return true
	}
	if n.Kind != Broken {
		d.dialect.Kind(d, n, kind)
	}
	return false
}

func (d *Decoder) wrongKind(n *Node, kind Kind) {
	key := d.Key
	if key == "" {
		d.Add(n, "DG1104", reason.New("DG1104.file"))
		return
	}
	p := d.Add(n, "DG1104", reason.New(reason.Code("DG1104."+wants[kind]), key, got(n)))
	switch {
	case kind == Text && n.Scalar():
		p.Hint = reason.New("DG1104.hint.quote", fmt.Sprintf("%q", n.Text))
	case kind == List && n.Scalar():
		p.Hint = reason.New("DG1104.hint.write", "["+n.Text+"]")
	case kind == Int && n.Kind == Text && isDigits(n.Text), kind == Bool && (n.Text == "true" || n.Text == "false"):
		p.Hint = reason.New("DG1104.hint.unquote", n.Text)
	case kind == Bool:
		p.Hint = reason.New("DG1104.hint.bool")
	}
}

// got shows n in the notation of YAML, shortened.
func got(n *Node) string {
	switch n.Kind {
	case Map:
		return "{…}"
	case List:
		return "[…]"
	case Text:
		return Quote(n.Text)
	case Null:
		return "null"
	default:
		return n.Text
	}
}

// Quote quotes what a user wrote: shortened, and without its secrets.
func Quote(s string) string {
	const limit = 80
	s = diag.Redact(s)
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit-1]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// mostListed bounds the words that a hint lists.
const mostListed = 20

// Meant is the hint that names what was probably meant, and what there is.
func Meant(word string, known []string) reason.Because {
	sorted := slices.Sorted(slices.Values(known))
	if len(sorted) > mostListed {
		sorted = append(sorted[:mostListed:mostListed], "…")
	}
	if meant, ok := Nearest(word, known); ok {
		return reason.New("hint.meant-of", Quote(meant), strings.Join(sorted, ", "))
	}
	return reason.New("hint.one-of", strings.Join(sorted, ", "))
}
