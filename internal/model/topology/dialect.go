package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

func say(code string, args ...string) reason.Because { return reason.New(reason.Code(code), args...) }

func quote(s string) string { return yamldoc.Quote(s) }

// here is how problems call the value that is being read.
func here(d *yamldoc.Decoder) reason.Because { return place(d.Path(), d.Frame()) }

// place is how problems call what is at path: in the test that frame names, or
// in the topology if frame is empty.
func place(path, frame string) reason.Because {
	switch {
	case frame == "" && path == "":
		return say("topology.file")
	case frame == "":
		return say("topology.path", path)
	case path == "":
		return say("topology.test", frame)
	}
	return say("topology.path-of-test", path, frame)
}

// bad reports that n is no value of code's sort.
func bad(d *yamldoc.Decoder, n *yamldoc.Node, code reason.Code) *diag.Problem {
	return d.Add(n, page(code), reason.New(code, quote(n.Text)).With(here(d)))
}

// page returns the code of the problem that a variant belongs to.
func page(code reason.Code) string {
	before, _, _ := strings.Cut(string(code), ".")
	return before
}

// meant is the hint that names the word of known closest to word, if any is.
func meant(word string, known []string) reason.Because {
	if w, ok := yamldoc.Closest(word, known); ok {
		return say("hint.meant", quote(w))
	}
	return reason.Because{}
}

// dialect puts the problems of shape into the words of this format.
var dialect = yamldoc.Dialect{
	Unknown: unknownKey,
	Missing: missingKey,
	Empty:   emptyValue,
	Kind:    wrongKind,
	Word:    wrongWord,
	Range:   outOfRange,
}

func unknownKey(d *yamldoc.Decoder, key *yamldoc.Node, keys []string) (string, bool) {
	p := d.Add(key, "DG2102", say("DG2102", quote(key.Text)).With(here(d)))
	p.Hint = meant(key.Text, keys)
	if p.Hint.IsZero() {
		p.Hint = say("hint.one-of", strings.Join(keys, ", "))
	}
	return yamldoc.Closest(key.Text, keys)
}

func missingKey(d *yamldoc.Decoder, n *yamldoc.Node, key string) {
	d.Add(nameOf(d, n), "DG2101", say("DG2101", quote(key)).With(here(d)))
}

// nameOf returns where the object n is named: its key, the first key of a
// list's item, or the beginning of the file.
func nameOf(d *yamldoc.Decoder, n *yamldoc.Node) *yamldoc.Node {
	if object := d.Object(); object != nil {
		return object
	}
	return &yamldoc.Node{Pos: diag.Pos{File: n.Pos.File, Line: 1, Col: 1}}
}

func emptyValue(d *yamldoc.Decoder, n *yamldoc.Node) {
	name := n.Text
	if keys := strings.Split(d.Path(), "."); n.Kind != yamldoc.Text || name == "" {
		name = keys[len(keys)-1]
	}
	d.Add(n, "DG2105", say("DG2105", quote(name))).Hint = say("DG2105.hint")
}

// kinds are the words for what a value can be.
var kinds = map[yamldoc.Kind]string{
	yamldoc.Map: "topology.map", yamldoc.List: "topology.list", yamldoc.Text: "topology.text",
	yamldoc.Int: "topology.number", yamldoc.Bool: "topology.bool", yamldoc.Null: "topology.nothing",
}

func wrongKind(d *yamldoc.Decoder, n *yamldoc.Node, want yamldoc.Kind) {
	if n.Kind == yamldoc.Null {
		emptyValue(d, n)
		return
	}
	p := d.Add(n, "DG2104", reason.New("DG2104").With(here(d), say(kinds[want]), say(kinds[n.Kind])))
	if want == yamldoc.Text && n.Scalar() {
		p.Hint = say("DG2104.hint")
	}
}

func wrongWord(d *yamldoc.Decoder, n *yamldoc.Node, words []string) { notOneOf(d, n, words, words) }

// notOneOf reports that n is none of words; known holds further words that it
// may have been meant for.
func notOneOf(d *yamldoc.Decoder, n *yamldoc.Node, words, known []string) {
	d.Add(n, "DG2201", say("DG2201", strings.Join(words, ", "), found(n)).With(here(d))).Hint = meant(n.Text, known)
}

// found is how problems show the scalar n: text in quotes.
func found(n *yamldoc.Node) string {
	if n.Kind == yamldoc.Text {
		return quote(n.Text)
	}
	return n.Text
}

func outOfRange(d *yamldoc.Decoder, n *yamldoc.Node, low, high int) {
	d.Add(n, "DG2203", say("DG2203", fmt.Sprint(low), fmt.Sprint(high), n.Text).With(here(d)))
}

// isName reports whether s is a name: small letters, digits, ".", "_" and "-".
func isName(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-'
	})
}

// named checks the name of an entry of a group.
func named(d *yamldoc.Decoder, name *yamldoc.Node) bool {
	if isName(name.Text) {
		return true
	}
	d.Add(name, "DG2107", say("DG2107", quote(name.Text)))
	return false
}
