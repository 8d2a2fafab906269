package term

import (
	"strings"
	"testing"
)

func TestWidth(t *testing.T) {
	tests := map[string]struct {
		text string
		want int
	}{
		"ASCII takes one column a letter":              {"proxy", 5},
		"Japanese takes two":                           {"出口", 4},
		"half-width kana take one":                     {"ﾌﾟﾛｷｼ", 5},
		"an accent takes none of its own":              {"e\u0301", 1},
		"ambiguous letters are narrow in every locale": {"…①", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Width(tt.text); got != tt.want {
				t.Errorf("Width(%q) = %d, want %d", tt.text, got, tt.want)
			}
		})
	}
}

func TestBlankKeepsTabs(t *testing.T) {
	if got, want := Blank("a\t出口: "), " \t      "; got != want {
		t.Errorf("Blank = %q, want %q", got, want)
	}
}

func TestTableAlignsJapanese(t *testing.T) {
	var table Table
	table.Row("名前", "verdict", "because")
	table.Row("office", "許可", "rule our buckets")
	table.Styled(Red, "x")
	var b strings.Builder
	if err := table.Print(&b, false); err != nil {
		t.Fatal(err)
	}
	want := "名前    verdict  because\noffice  許可     rule our buckets\nx\n"
	if b.String() != want {
		t.Errorf("Print wrote\n%s, want\n%s", b.String(), want)
	}
}

func TestPaint(t *testing.T) {
	if got := Paint(false).In(Red, "x"); got != "x" {
		t.Errorf("without colour In = %q, want the bare text", got)
	}
	if got, want := Paint(true).In(Red, "x"), "\x1b[31mx\x1b[0m"; got != want {
		t.Errorf("with colour In = %q, want %q", got, want)
	}
}

func TestPad(t *testing.T) {
	for _, tt := range []struct {
		why, text, want string
	}{
		{"letters of two columns", "直接", "直接  |"},
		{"what is wider stays", "proxied", "proxied|"},
	} {
		if got := Pad(tt.text, 6) + "|"; got != tt.want {
			t.Errorf("%s: Pad(%q, 6) = %q, want %q", tt.why, tt.text, got, tt.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example/": "https://a.example/",
		"two words":          `"two words"`,
		"\x1b[31mred":        `"\x1b[31mred"`,
		"":                   `""`,
		"日本":                 "日本",
	} {
		if got := Printable(text); got != want {
			t.Errorf("Printable(%q) = %s, want %s", text, got, want)
		}
	}
}
