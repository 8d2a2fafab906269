package yamldoc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

var tags = []string{"!Ref", "!Sub", "!GetAtt"}

// TestWrite: what is written looks as a person would write it.
func TestWrite(t *testing.T) {
	cases := map[string]struct{ src, want string }{
		"blocks of two spaces":                    {"a: {b: {c: {d: [[1]], e: x}}}", "a:\n  b:\n    c: {d: [[1]], e: x}\n"},
		"a list of maps":                          {"a:\n- b: 1\n  c: |\n    x\n    y\n- b: 2\n  c: z", "a:\n  - b: 1\n    c: |\n      x\n      y\n  - {b: 2, c: z}\n"},
		"a number in quotes stays text":           {`a: "443"`, "a: \"443\"\n"},
		"an account with zeros in front":          {`a: "000000000012"`, "a: \"000000000012\"\n"},
		"words that old readers take for truth":   {`{a: "yes", b: "off", c: "Null"}`, "a: \"yes\"\nb: \"off\"\nc: \"Null\"\n"},
		"sixty to the base of sixty":              {`a: "12:30"`, "a: \"12:30\"\n"},
		"a pattern is no alias":                   {`a: "*.example"`, "a: \"*.example\"\n"},
		"what looks like a day":                   {`a: "2010-09-09"`, "a: \"2010-09-09\"\n"},
		"an address with a colon at its end":      {`a: "::"`, "a: \"::\"\n"},
		"an ARN needs no quotes":                  {`a: "arn:aws:iam::aws:policy/X"`, "a: arn:aws:iam::aws:policy/X\n"},
		"a tag stands before its value":           {"a: !Ref B\nc: [!GetAtt D.E, !Sub \"${F}\"]", "a: !Ref B\nc: [!GetAtt D.E, !Sub \"${F}\"]\n"},
		"text of several lines, with no last one": {`a: "x\ny"`, "a: |-\n  x\n  y\n"},
		"text that begins with a blank":           {`a: " x\ny"`, "a: \" x\\ny\"\n"},
		"an empty line inside":                    {`a: "x\n\ny\n"`, "a: |\n  x\n\n  y\n"},
		"nothing at all":                          {"", "{}\n"},
		"empty maps and lists":                    {"{a: {}, b: []}", "a: {}\nb: []\n"},
		"a tagged block":                          {`a: !Sub "x\ny\n"`, "a: !Sub |\n  x\n  y\n"},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			n, problems := yamldoc.ParseTagged("in", []byte(c.src), tags)
			if len(problems) > 0 {
				t.Fatalf("ParseTagged(%q): %v", c.src, problems)
			}
			if diff := cmp.Diff(c.want, yamldoc.Write(n)); diff != "" {
				t.Errorf("Write(%s) (-want +got):\n%s", c.src, diff)
			}
		})
	}
}

// TestTagsAreRefused: only those that are asked for may stand in a file.
func TestTagsAreRefused(t *testing.T) {
	for src, want := range map[string]int{"a: !Ref B": 0, "a: !If [b, c, d]": 1, "a: !!binary x": 1} {
		if _, problems := yamldoc.ParseTagged("in", []byte(src), tags); len(problems) != want {
			t.Errorf("ParseTagged(%q) = %v, want %d problems", src, problems, want)
		}
	}
	if _, problems := yamldoc.Parse("in", []byte("a: !Ref B")); len(problems) != 1 {
		t.Errorf("Parse of a tag = %v, want a problem", problems)
	}
}

// FuzzWrite: what is written reads as what was read.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"a: [b, {c: d}]", "a: |\n  x\n\n  y", "- - 1\n  - 2", `a: "1e3"`, "a: !Sub |-\n  ${b}\n  c", `"": ""`, "a: '#x'", "? a\n: b", "a: \"\\t\\n x\"", "- []\n- {}", "日本: 語"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		n, problems := yamldoc.ParseTagged("in", []byte(src), tags)
		if n == nil || len(problems) > 0 {
			return
		}
		text := yamldoc.Write(n)
		again, problems := yamldoc.ParseTagged("in", []byte(text), tags)
		places := cmp.Options{cmpopts.IgnoreTypes(diag.Pos{}), cmpopts.IgnoreFields(yamldoc.Node{}, "Len"), cmpopts.EquateEmpty(), cmp.Transformer("null", nulls)}
		if diff := cmp.Diff(n, again, places); diff != "" || len(problems) > 0 {
			t.Fatalf("%q is written as\n%s\nwhich reads as another, %v (-read +again):\n%s", src, text, problems, diff)
		}
	})
}

// nulls makes the spellings of nothing one.
func nulls(k yamldoc.Node) any {
	if k.Kind == yamldoc.Null {
		return "null"
	}
	return shown{k.Kind, k.Text, k.Tag, k.Entries, k.Items}
}

type shown struct {
	Kind      yamldoc.Kind
	Text, Tag string
	Entries   []yamldoc.Entry
	Items     []*yamldoc.Node
}
