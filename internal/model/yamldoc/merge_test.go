package yamldoc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// text writes n on one line.
func text(n *Node) string {
	var parts []string
	switch n.Kind {
	case Map:
		for _, e := range n.Entries {
			parts = append(parts, e.Key.Text+": "+text(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		for _, item := range n.Items {
			parts = append(parts, text(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Broken, Text, Int, Bool, Null:
	}
	return n.Text
}

func TestMerge(t *testing.T) {
	tests := map[string]struct {
		base, over, want string
		missing          []string
	}{
		"maps are merged":                 {"{a: {x: 1, y: 2}, b: 3}", "{a: {y: 4, z: 5}}", "{a: {x: 1, y: 4, z: 5}, b: 3}", nil},
		"lists are replaced":              {"{a: [1, 2]}", "{a: [3]}", "{a: [3]}", nil},
		"a map replaces what is no map":   {"{a: 1}", "{a: {x: 2}}", "{a: {x: 2}}", nil},
		"what is no map replaces a map":   {"{a: {x: 2}}", "{a: 1}", "{a: 1}", nil},
		"null removes":                    {"{a: 1, b: {x: 1}}", "{a: null, b: {x: null}}", "{b: {}}", nil},
		"null removes only what is there": {"{a: {}}", "{a: {x: null}, b: {y: null}, c: null}", "{a: {}, b: {}}", []string{"x", "y", "c"}},
		"null in a list is a value":       {"{a: 1}", "{a: [null]}", "{a: [null]}", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			base, _ := Parse("base", []byte(tt.base))
			over, _ := Parse("over", []byte(tt.over))
			got, missing := Merge(base, over)
			if diff := cmp.Diff(tt.want, text(got)); diff != "" {
				t.Errorf("Merge(%s, %s) (-want +got):\n%s", tt.base, tt.over, diff)
			}
			var keys []string
			for _, n := range missing {
				keys = append(keys, n.Text)
			}
			if diff := cmp.Diff(tt.missing, keys); diff != "" {
				t.Errorf("missing of Merge(%s, %s) (-want +got):\n%s", tt.base, tt.over, diff)
			}
			if text(base) != text(first(Parse("base", []byte(tt.base)))) {
				t.Errorf("Merge has changed the base to %s", text(base))
			}
		})
	}
}

func first[A, B any](a A, _ B) A { return a }

// TestMergePlaces: every part stands where it was written; a key of both where
// the second has it.
func TestMergePlaces(t *testing.T) {
	base, _ := Parse("base", []byte("{a: {x: 1}}"))
	over, _ := Parse("over", []byte("{a: {y: 2}}"))
	got, _ := Merge(base, over)
	var places []string
	for n := range got.Nodes {
		places = append(places, fmt.Sprint(n.Text, " ", n.Pos))
	}
	want := []string{" over:1:1", "a over:1:2", " over:1:5", "x base:1:6", "1 base:1:9", "y over:1:6", "2 over:1:9"}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// TestClosest: at most a third of the letters of the word that is suggested may
// differ.
func TestClosest(t *testing.T) {
	tests := map[string]struct {
		word string
		of   []string
		want string
	}{
		"a third of its letters":              {"aws-cli", []string{"aws-cli-v1", "aws-cli-v2"}, "aws-cli-v1"},
		"more than a third":                   {"aws", []string{"awscli"}, ""},
		"the nearest, not the first":          {"clients", []string{"accounts", "client", "links"}, "client"},
		"the first in alphabetical order":     {"bat", []string{"cat", "bar", "hat"}, "bar"},
		"two letters, none of which may miss": {"ig", []string{"go"}, ""},
		"nothing to choose from":              {"x", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got, _ := Closest(tt.word, tt.of); got != tt.want {
				t.Errorf("Closest(%q, %q) = %q, want %q", tt.word, tt.of, got, tt.want)
			}
		})
	}
}
