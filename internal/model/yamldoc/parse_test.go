package yamldoc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// heads returns problems as their first lines, without the name of the file.
func heads(problems []diag.Problem) (out []string) {
	for _, p := range problems {
		out = append(out, strings.TrimPrefix(diag.Printer{}.Head(p), "f:"))
	}
	return out
}

func TestParseProblems(t *testing.T) {
	tests := map[string]struct {
		src  string
		want []string // none: it is sound
	}{
		"nothing at all is an empty map":        {"", nil},
		"only comments":                         {"# nothing\n", nil},
		"byte order mark":                       {"\ufeffa: 1\n", nil},
		"Windows line ends":                     {"a: 1\r\nb: 2\r\n", nil},
		"a tab that separates is no indent":     {"a:\t1\n", nil},
		"tabs in a block of text":               {"a: |\n  x\n  \ty\n", nil},
		"an escape for what cannot be seen":     {`a: "\u200b"`, nil},
		"not UTF-8":                             {"a: 1\nb: \xff\n", []string{"2:4: byte 0xff is not UTF-8 text [DG1002]"}},
		"UTF-16":                                {"a\x00:\x001\x00", []string{"1:2: invisible character U+0000 [DG1002]"}},
		"text that runs backwards":              {"a: x\u202ey\n", []string{"1:5: invisible character U+202E [DG1002]"}},
		"lone carriage return":                  {"a: 1\rb: 2\n", []string{"1:5: invisible character U+000D [DG1002]"}},
		"tab indent":                            {"a:\n\tb: 1\n", []string{"2:1: not YAML: a tab in the indentation [DG1003]"}},
		"tab after spaces":                      {"a:\n  b: 1\n \tc: 2\n", []string{"3:2: not YAML: a tab in the indentation [DG1003]"}},
		"key below its map":                     {"a: 1\n b: 2\n", []string{`2:3: not YAML: a ":" where no key can be [DG1003]`}},
		"item outside its list":                 {"x:\n  - a: 1\n   b: 2\n", []string{"3:4: not YAML: this line does not fit the indentation above it [DG1003]"}},
		"no colon":                              {"a: 1\nbcd\n", []string{`2:3: not YAML: no ":" after this key [DG1003]`}},
		"unclosed bracket is shown at the end":  {"a: [1, 2\n", []string{"1:8: not YAML: a value, a comma or a closing bracket is missing before this [DG1003]"}},
		"unclosed quote is shown where it is":   {"a: 'x\nb: 1\n", []string{"1:4: not YAML: a quote or bracket that is opened here is never closed [DG1003]"}},
		"text that begins with an at sign":      {"a: @DIR@\n", []string{"1:4: not YAML: a value cannot begin with this character [DG1003]"}},
		"Windows path in double quotes":         {`a: "C:\dir"`, []string{"1:7: not YAML: unknown escape in double quotes [DG1003]"}},
		"columns count Japanese letters as one": {"出口: {名: 値 @}}\n", []string{"1:13: not YAML: this line does not fit the indentation above it [DG1003]"}},
		"key twice":                             {"a: 1\nb: 2\n\"a\": 3\n", []string{`3:1: "a" appears twice here [DG1004]`}},
		"key twice in another map is sound":     {"a: {x: 1}\nb: {x: 1}\n", nil},
		"anchor and alias are one cause":        {"a: &x 1\nb: *x\n", []string{"1:4: anchors and aliases are not used in this format [DG1005]"}},
		"alias of nothing":                      {"b: *y\n", []string{"1:4: anchors and aliases are not used in this format [DG1005]"}},
		"merge key":                             {"<<: {a: 1}\n", []string{"1:1: merge key <<: these files have none [DG1005]"}},
		"tag":                                   {"a: !!str 1\n", []string{"1:4: tag !!str: these files have none [DG1005]"}},
		"key that is a list":                    {"[a]: 1\n", []string{"1:1: a key that is itself a map or a list [DG1005]"}},
		"second document":                       {"a: 1\n---\nb: 2\n", []string{"2:1: a second document [DG1006]"}},
		"deep in brackets":                      {strings.Repeat("[", 100) + strings.Repeat("]", 100), []string{"1:65: more than 64 maps and lists inside each other [DG1007]"}},
		"deep in lines":                         {deep(100), []string{"65:66: more than 64 maps and lists inside each other [DG1007]"}},
		"too large":                             {strings.Repeat("#", MaxBytes+1), []string{"1:1: the file is larger than 8 MiB [DG1007]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse("f", []byte(tt.src))
			if diff := cmp.Diff(tt.want, heads(problems)); diff != "" {
				t.Errorf("Parse(%.60q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func TestScalars(t *testing.T) {
	tests := map[string]struct {
		src  string
		kind Kind
		text string
		len  int
	}{
		"number":                             {"443", Int, "443", 3},
		"negative number":                    {"-1", Int, "-1", 2},
		"quoted number is text":              {`"443"`, Text, "443", 5},
		"account with a leading zero":        {"012345678901", Int, "012345678901", 12},
		"hexadecimal is text":                {"0x10", Text, "0x10", 4},
		"underscores are text":               {"1_000", Text, "1_000", 5},
		"a day is text":                      {"2027-03-31", Text, "2027-03-31", 10},
		"off is text, as in YAML 1.2":        {"off", Text, "off", 3},
		"true":                               {"true", Bool, "true", 4},
		"null":                               {"null", Null, "null", 4},
		"tilde":                              {"~", Null, "~", 1},
		"nothing":                            {"", Null, "", 1},
		"empty quotes are text":              {`""`, Text, "", 2},
		"single quotes with one inside":      {"'it''s' # x", Text, "it's", 7},
		"escaped double quote":               {`"a\"b" # x`, Text, `a"b`, 6},
		"Japanese":                           {"出口 # x", Text, "出口", 2},
		"text over two lines ends the first": {"a\n   b", Text, "a b", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n, problems := Parse("f", []byte("key: "+tt.src+"\n"))
			if len(problems) > 0 {
				t.Fatalf("Parse found %v", heads(problems))
			}
			got := n.Find("key")
			if got.Kind != tt.kind || got.Text != tt.text || got.Len != tt.len {
				t.Errorf("%s is kind %d, %q, %d runes; want %d, %q, %d", tt.src, got.Kind, got.Text, got.Len, tt.kind, tt.text, tt.len)
			}
		})
	}
}

// FuzzParse: no text panics, every problem has words and a place in the file,
// and a sound tree that is written out reads as the same tree.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"a: [1, 'x', {b: true}]\n", "a: |\n  x\n", "- 出口\n- ~\n", "a: &x 1\nb: *x\n", "{a: \"\\u200b\", b: }", "? a\n: b\n", "%YAML 1.2\n---\na: 1\n", "a:\n\tb: 1\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, problems := Parse("f", src)
		lines := strings.Count(string(src), "\n") + 1
		for _, p := range problems {
			if p.Pos.Line < 1 || p.Pos.Line > lines || p.Pos.Col < 1 || p.Summary.In(reason.Japanese) == "" {
				t.Fatalf("Parse(%q) found %+v", src, p)
			}
			if err := (diag.Printer{}).Print(&strings.Builder{}, p, src); err != nil {
				t.Fatal(err)
			}
		}
		if len(problems) > 0 {
			return
		}
		written := render(n)
		again, problems := Parse("f", []byte(written))
		if len(problems) > 0 || render(again) != written {
			t.Fatalf("%q is\n%s\nwhich reads as\n%s\n%v", src, written, render(again), heads(problems))
		}
	})
}

// render writes n in brackets and double quotes.
func render(n *Node) string {
	var parts []string
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == Map:
		for _, e := range n.Entries {
			parts = append(parts, escaped(e.Key.Text)+": "+render(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case n.Kind == List:
		for _, item := range n.Items {
			parts = append(parts, render(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case n.Kind == Text:
		return escaped(n.Text)
	case n.Kind == Null:
		return "null"
	}
	return n.Text
}

// escaped quotes s with every rune outside printable ASCII as an escape.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			fmt.Fprintf(&b, `\U%08X`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
