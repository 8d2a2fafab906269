package planner

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// to is a printer, and what it wrote.
func to(lang reason.Lang) (*printer, *strings.Builder) {
	var out strings.Builder
	return &printer{Out: &out, Lang: lang}, &out
}

func TestSheet(t *testing.T) {
	tests := []struct {
		why  string
		row  []string
		want string
	}{
		{"plain", []string{"a", "b"}, "a,b\r\n"},
		{"separators and quotes", []string{`a,b`, `say "x"`, ";"}, "\"a,b\",\"say \"\"x\"\"\",;\r\n"},
		{"several lines in a cell", []string{"a\nb", "c"}, "\"a\r\nb\",c\r\n"},
		{"Japanese needs the mark by which Excel knows UTF-8", []string{"大阪"}, "\uFEFF大阪\r\n"},
		{"a formula", []string{"=cmd|' /C calc'!A0"}, "'=cmd|' /C calc'!A0\r\n"},
		{"the other signs of formulas", []string{"+1", "-1", "@SUM(A1)", "\t=1"}, "'+1,'-1,'@SUM(A1),'\t=1\r\n"},
		{"in full width", []string{"＝1+1", "＠x"}, "\uFEFF'＝1+1,'＠x\r\n"},
		{"signs inside are none", []string{"a=1", "1-2"}, "a=1,1-2\r\n"},
		{"NUL", []string{"a\x00b"}, "ab\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			p, out := to(reason.English)
			if err := p.sheet([][]string{tt.row}); err != nil {
				t.Fatal(err)
			}
			if out.String() != tt.want {
				t.Errorf("sheet(%q) = %q, want %q", tt.row, out, tt.want)
			}
		})
	}
}

// FuzzSheet: whatever the cells hold, a reader gets the same number of cells
// back, and none that a spreadsheet would evaluate.
func FuzzSheet(f *testing.F) {
	f.Add("=1", "a\"b\nc,d")
	f.Add("", "\r\n=x")
	f.Fuzz(func(t *testing.T, a, b string) {
		p, out := to(reason.English)
		if err := p.sheet([][]string{{"head", "x"}, {a, b}}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), bom))).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 2 {
			t.Fatalf("sheet(%q, %q) reads as %q, %v", a, b, rows, err)
		}
		for _, c := range rows[1] {
			if strings.IndexAny(c, "=+-@\t\r\n") == 0 {
				t.Errorf("sheet(%q, %q) has the cell %q", a, b, c)
			}
		}
	})
}

func TestMarkdown(t *testing.T) {
	tests := []struct{ why, got, want string }{
		{"pipes end no cell", md("a|b"), `a\|b`},
		{"names are not emphasised", md("my_own_*"), `my\_own\_\*`},
		{"no HTML", md("<b>&amp;"), "&lt;b&gt;&amp;amp;"},
		{"a backslash before a pipe", md(`a\|b`), `a\\\|b`},
		{"lines", md("a\nb"), "a<br>b"},
		{"what a terminal would obey", md("a\x1b[31mb"), `a\[31mb`},
		{"Japanese stays", md("大阪の出口"), "大阪の出口"},
		{"code", code("vpce:app/s3"), "`vpce:app/s3`"},
		{"code with a pipe", code("a|b"), "`a\\|b`"},
		{"code with back quotes", code("a`b"), "`` a`b ``"},
		{"no code", code(""), ""},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, tt.got, tt.want)
		}
	}
	p, out := to(reason.English)
	p.fence("yaml", "a: |\n  ```\n")
	if want := "````yaml\na: |\n  ```\n````\n\n"; out.String() != want {
		t.Errorf("fence = %q, want %q", out, want)
	}
}
