package phrase

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"no-rule: plain":         "no-rule: plain",
		"a\r\nX: b":              "a%0D%0AX: b",
		"\x1b[31m":               "%1B[31m",
		"ルール":                    "%E3%83%AB%E3%83%BC%E3%83%AB",
		"50% is kept, and %41":   "50% is kept, and %41",
		strings.Repeat("a", 400): strings.Repeat("a", 301) + "...",
	} {
		if got := Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
	if twice := Text(Text("ル")); twice != Text("ル") {
		t.Errorf("twice: %q", twice)
	}
}
