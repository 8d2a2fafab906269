package diag

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

func TestPrint(t *testing.T) {
	unknown := func(line, col, length int) Problem {
		return Problem{
			Pos: Pos{"deguchi.yaml", line, col}, Len: length, Code: "DG1103",
			Summary: reason.New("DG1103", `"acton"`, `rule "onprem"`), Hint: reason.New("hint.meant", `"action"`),
		}
	}
	warning := unknown(1, 1, 5)
	warning.Severity, warning.Hint = Warning, reason.Because{}
	tests := map[string]struct {
		problem Problem
		lang    reason.Lang
		src     string
		want    string
	}{
		"caret below the key": {unknown(2, 5, 5), reason.English, "rules:\n    acton: allow\n", `deguchi.yaml:2:5: unknown key "acton" in rule "onprem" [DG1103]
   2 |     acton: allow
     |     ^^^^^
  hint: did you mean "action"?
`},
		"Japanese before and below the caret": {unknown(1, 4, 2), reason.Japanese, "名前: 出口\n", `deguchi.yaml:1:4: rule "onprem" に不明なキー "acton" があります [DG1103]
   1 | 名前: 出口
     |      ^^^
  ヒント: "action" の間違いではありませんか
`},
		"a tab stays a tab": {unknown(1, 2, 5), reason.English, "\tacton: x", `deguchi.yaml:1:2: unknown key "acton" in rule "onprem" [DG1103]
   1 | ` + "\t" + `acton: x
     | ` + "\t" + `^^^^^
  hint: did you mean "action"?
`},
		"warnings say so, and Windows line ends are not shown": {warning, reason.English, "acton: x\r\n", `deguchi.yaml:1:1: warning: unknown key "acton" in rule "onprem" [DG1103]
   1 | acton: x
     | ^^^^^
`},
		"no caret beyond the line": {unknown(1, 1, 50), reason.English, "acton\n", `deguchi.yaml:1:1: unknown key "acton" in rule "onprem" [DG1103]
   1 | acton
     | ^^^^^
  hint: did you mean "action"?
`},
		"a line the file does not have": {unknown(9, 1, 5), reason.English, "x\n", `deguchi.yaml:9:1: unknown key "acton" in rule "onprem" [DG1103]
  hint: did you mean "action"?
`},
		"a byte order mark takes no column": {unknown(1, 1, 5), reason.English, "\ufeffacton: x\n", `deguchi.yaml:1:1: unknown key "acton" in rule "onprem" [DG1103]
   1 | acton: x
     | ^^^^^
  hint: did you mean "action"?
`},
		"passwords are starred, and columns stay": {unknown(1, 30, 4), reason.English, "{proxy: http://u:secret@host, more: x}\n", `deguchi.yaml:1:30: unknown key "acton" in rule "onprem" [DG1103]
   1 | {proxy: http://u:******@host, more: x}
     |                              ^^^^
  hint: did you mean "action"?
`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := (Printer{Lang: tt.lang}).Print(&b, tt.problem, []byte(tt.src)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("Print (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPrintInColour: colour adds to the words and stands for none of them.
func TestPrintInColour(t *testing.T) {
	p := Problem{Pos: Pos{"f", 1, 1}, Len: 1, Code: "DG1306", Severity: Warning, Summary: reason.New("DG1306"), Hint: reason.New("DG1306.hint")}
	var plain, colour strings.Builder
	if err := (Printer{}).Print(&plain, p, []byte("a\n")); err != nil {
		t.Fatal(err)
	}
	if err := (Printer{Paint: true}).Print(&colour, p, []byte("a\n")); err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colour.String(), "")
	if bare != plain.String() || bare == colour.String() {
		t.Errorf("in colour Print wrote %q, without %q", colour.String(), plain.String())
	}
}

func TestPrintShortensLongLines(t *testing.T) {
	p := Problem{Pos: Pos{"f", 1, 1001}, Len: 3, Code: "DG1103"}
	var b strings.Builder
	if err := (Printer{}).Print(&b, p, []byte(strings.Repeat("a", 1000)+"bad"+strings.Repeat("c", 1000))); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if at := strings.Index(lines[2], "^^^"); len([]rune(lines[1])) > longest+10 || string([]rune(lines[1])[at:at+3]) != "bad" {
		t.Errorf("Print wrote\n%s, want a short line with the carets below bad", b.String())
	}
}

func TestSort(t *testing.T) {
	problems := []Problem{
		{Pos: Pos{"b", 1, 1}, Code: "3"}, {Pos: Pos{"a", 2, 1}, Code: "2"},
		{Pos: Pos{"a", 1, 9}, Code: "1"}, {Pos: Pos{"a", 1, 2}, Code: "0"},
	}
	Sort(problems)
	var got string
	for _, p := range problems {
		got += p.Code
	}
	if got != "0123" {
		t.Errorf("Sort ordered %s, want 0123: by file, line, column", got)
	}
}

func TestWorst(t *testing.T) {
	if _, any := Worst(nil); any {
		t.Error("Worst(nil) found something")
	}
	if got, _ := Worst([]Problem{{Severity: Note}, {Severity: Warning}}); got != Warning {
		t.Errorf("Worst(note, warning) = %v, want warning", got)
	}
}

// TestPrintInColumns: words are wrapped where somebody asks for it, and nothing
// is lost.
func TestPrintInColumns(t *testing.T) {
	p := Problem{
		Pos: Pos{"net.yaml", 1, 1}, Len: 3, Code: "DG1103", Severity: Warning,
		Summary: reason.New("DG1103", `"`+strings.Repeat("a long word ", 9)+`"`, `rule "onprem"`), Hint: reason.New("hint.meant", strings.Repeat("何か長い言葉 ", 9)),
	}
	for _, lang := range []reason.Lang{reason.English, reason.Japanese} {
		for _, paint := range []term.Paint{false, true} {
			var narrow, whole strings.Builder
			if err := (Printer{Lang: lang, Paint: paint, Width: 60}).Print(&narrow, p, []byte("abc")); err != nil {
				t.Fatal(err)
			}
			if err := (Printer{Lang: lang, Paint: paint}).Print(&whole, p, []byte("abc")); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(narrow.String()) {
				if plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(strings.TrimSuffix(line, "\n"), ""); term.Width(plain) > 60 {
					t.Errorf("%v: a line of %d columns: %q", lang, term.Width(plain), plain)
				}
			}
			bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if bare(narrow.String()) != bare(whole.String()) {
				t.Errorf("%v: wrapped, it says something else:\n%s\n%s", lang, narrow.String(), whole.String())
			}
		}
	}
}
