package term

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		why, text string
		width     int
		want      []string
	}{
		{"nothing", "", 10, []string{""}},
		{"fits", "one two", 7, []string{"one two"}},
		{"at spaces", "one two three", 8, []string{"one two", "three"}},
		{"a long word stays whole", "see https://a.example/b x", 6, []string{"see", "https://a.example/b", "x"}},
		{"Japanese has no spaces", "経路がありません", 8, []string{"経路があ", "りません"}},
		{"no line begins with a full stop", "経路です。次", 8, []string{"経路で", "す。次"}},
		{"no line ends with an opening bracket", "経路「東京」", 6, []string{"経路", "「東", "京」"}},
		{"words in Japanese", "プロキシ osaka-proxy が拒否", 12, []string{"プロキシ", "osaka-proxy", "が拒否"}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := Wrap(tt.text, tt.width); !slices.Equal(got, tt.want) {
				t.Errorf("Wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
			}
		})
	}
}

// FuzzWrap: nothing is lost but spaces, and only words are too wide.
func FuzzWrap(f *testing.F) {
	f.Add("プロキシ osaka-proxy が、拒否。", 7)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = max(2, width%100)
		lines := Wrap(text, width)
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
			t.Errorf("Wrap(%q, %d) = %q: not the same text", text, width, lines)
		}
		for _, line := range lines {
			if Width(line) > width && strings.Contains(strings.TrimLeft(line, " "), " ") {
				t.Errorf("Wrap(%q, %d) has the line %q, which could be broken", text, width, line)
			}
		}
	})
}
