package term

import (
	"slices"
	"strings"
	"testing"
)

func TestHang(t *testing.T) {
	var b strings.Builder
	Hang(&b, "  名前  ", "one two three", 16)
	if want := "  名前  one two\n        three\n"; b.String() != want {
		t.Errorf("Hang = %q, want %q", b.String(), want)
	}
}

func TestParagraphs(t *testing.T) {
	for text, want := range map[string][]string{
		"a word\nand another\n\nnext": {"a word and another", "", "next"},
		"閉域\nの出口\nAWS":                {"閉域の出口 AWS"},
		"a list:\n  one\n  two\nend":  {"a list:", "  one", "  two", "end"},
	} {
		if got := Paragraphs(text); !slices.Equal(got, want) {
			t.Errorf("Paragraphs(%q) = %q, want %q", text, got, want)
		}
	}
}
