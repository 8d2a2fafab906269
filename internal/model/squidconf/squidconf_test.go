package squidconf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// files is a Source of texts by name.
type files map[string]string

func (f files) source() Source {
	return Source{
		Read: func(name string) ([]byte, error) {
			text, ok := f[name]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("no such file")}
			}
			return []byte(text), nil
		},
		Match: func(pattern string) (names []string, err error) {
			for name := range f {
				if ok, _ := path.Match(pattern, name); ok {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			return names, nil
		},
	}
}

// show writes a file as "LINE:COL word word …", a row a line, then problems.
func show(f *File) (rows []string) {
	for _, l := range f.Lines {
		row := fmt.Sprintf("%s %s", l.Word.Pos, strings.Join(append([]string{l.Word.Text}, Texts(l.Args)...), " "))
		if l.Conditional {
			row += " (conditional)"
		}
		if l.Partial {
			row += " (partial)"
		}
		rows = append(rows, row)
	}
	for _, p := range f.Problems {
		rows = append(rows, fmt.Sprintf("%s %s", p.Pos, p.Summary.Code))
	}
	return rows
}

func TestParse(t *testing.T) {
	tests := []struct {
		name  string
		files files
		want  []string
	}{
		{"a directive and its words", files{"c": "http_access allow  a !b\n"}, []string{"c:1:1 http_access allow a !b"}},
		{"white space before a directive is nothing", files{"c": "  via off"}, []string{"c:1:3 via off"}},
		{"comments at the beginning, and behind words", files{"c": "# one\nvia off # two\n  # three\n"}, []string{"c:2:1 via off"}},
		{"# inside a word is a letter of it", files{"c": "acl a dstdomain x#y"}, []string{"c:1:1 acl a dstdomain x#y"}},
		{"a backslash at the end continues, without the white space of the next line", files{"c": "acl a \\\n   src \\\n1.2.3.4\n"}, []string{"c:1:1 acl a src 1.2.3.4"}},
		{"it glues words that no space parts", files{"c": "acl a sr\\\n  c ::1"}, []string{"c:1:1 acl a src ::1"}},
		{"comments and empty lines between continued lines", files{"c": "acl a \\\n# no\n\nsrc ::1"}, []string{"c:1:1 acl a src ::1"}},
		{"a space behind the backslash ends the line", files{"c": "via off \\ \nfoo"}, []string{`c:1:1 via off \`, "c:2:1 foo"}},
		{"the last line may lack its end, and be continued", files{"c": "via off \\"}, []string{"c:1:1 via off"}},
		{"Windows line ends", files{"c": "via off\r\nfoo\r\n"}, []string{"c:1:1 via off", "c:2:1 foo"}},
		{"include in its place", files{"c": "a\ninclude d/*\nb", "d/1": "x", "d/2": "y"}, []string{"c:1:1 a", "d/1:1:1 x", "d/2:1:1 y", "c:3:1 b"}},
		{"include of a name in quotes", files{"c": "include \"d 1\" \"d/*\"", "d 1": "x", "d/2": "y"}, []string{"d 1:1:1 x", "d/2:1:1 y"}},
		{"include of nothing: what it would have said is not known", files{"c": "include d"}, []string{"c:1:1 include d (partial)", "c:1:9 DG1701.include"}},
		{"a pattern that nothing matches", files{"c": "include d/*"}, []string{"c:1:1 include d/* (partial)", "c:1:9 DG1701.include"}},
		{"a file that includes itself ends", files{"c": "include c"}, []string{"c:1:1 include c (partial)", "c:1:9 DG1701.include"}},
		{"a list in a file: a line is one value", files{"c": `acl a dstdomain .x "l"`, "l": "# c\n.y .z # d\n\n w#e\n"}, []string{"c:1:1 acl a dstdomain .x .y .z w#e"}},
		{"what stands behind a file is not read", files{"c": `acl a dstdomain "l" .x "m" # c`, "l": ".y"}, []string{"c:1:1 acl a dstdomain .y", "c:1:21 DG1702.behind", "c:1:24 DG1702.behind"}},
		{"a list in a file that is not there", files{"c": `acl a src ::2 "l" ::1`}, []string{"c:1:1 acl a src ::2 (partial)", "c:1:15 DG1701.list", "c:1:19 DG1702.behind"}},
		{"without quoted values, parameters is a word", files{"c": `acl a src parameters("l") ::1`, "l": "::2"}, []string{`c:1:1 acl a src parameters("l") ::1`}},
		{"with quoted values, quotes are no file", files{"c": "configuration_includes_quoted_values on\nacl a src \"::1\"\nacl b src parameters(\"l\") \"::4\"", "l": "::2 \"::3\""}, []string{"c:2:1 acl a src ::1", "c:3:1 acl b src ::2 ::3 ::4"}},
		{"between if and endif", files{"c": "if x\na\nendif\nb"}, []string{"c:2:1 a (conditional)", "c:4:1 b", "c:1:1 DG1702.if"}},
		{"the file itself is not there", files{}, []string{"c include (partial)", "c DG1701"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, show(Parse("c", tt.files.source()))); diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPlaces: problems about a continued line point at the line of the word.
func TestPlaces(t *testing.T) {
	f := Parse("c", files{"c": "acl a src \\\n  1.2.3.4 \\\n  é ::1\n"}.source())
	var got []string
	for _, a := range f.Lines[0].Args {
		got = append(got, fmt.Sprintf("%s+%d %s", a.Pos, a.Len, a.Text))
	}
	want := []string{"c:1:5+1 a", "c:1:7+3 src", "c:2:3+7 1.2.3.4", "c:3:3+1 é", "c:3:5+3 ::1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// FuzzParse: every word is where its place says, or begins there and goes on
// in the next line.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"acl a src 10.0.0.0/8 # x", "a \\\n b\n#c\nd", "\"a b\" 'c", "if\nacl a b \"c\"\nendif", "é \\\r\n\\\n", "\xc3\\\n\xa9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := Parse("c", files{"c": text}.source())
		if !utf8.ValidString(text) {
			return // where a continuation joins the halves of a rune, it stands nowhere
		}
		rows := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
		for _, l := range file.Lines {
			for _, tok := range append([]Token{l.Word}, l.Args...) {
				row := []rune(rows[tok.Pos.Line-1])
				at := string(row[tok.Pos.Col-1:])
				if n := min(len(at), len(tok.Text)); at == "" || !strings.HasPrefix(at, string([]rune(tok.Text)[:1])) || n == 0 {
					t.Errorf("Parse(%q) has %q at %s, where %q stands", text, tok.Text, tok.Pos, at)
				}
			}
		}
	})
}
