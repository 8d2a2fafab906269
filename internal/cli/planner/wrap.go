package planner

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/term"
)

// noStart are the signs that no line begins with.
const noStart = "、。，．：；）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;)]}!?"

// noEnd are the signs that no line ends with.
const noEnd = "（「『【〔〈《([{"

// wrap breaks text into lines of at most width columns: at spaces, and between
// wide letters, as Japanese is broken. A word that is longer stays whole.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, piece := range pieces(text) {
		w := term.Width(strings.TrimRight(piece, " "))
		if used > 0 && used+w > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += piece
		used += term.Width(piece)
	}
	if line = strings.TrimRight(line, " "); line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// pieces splits text where a line may end. A piece ends with its spaces.
func pieces(text string) []string {
	var all []string
	start, last := 0, rune(0)
	for i, r := range text {
		between := (wide(r) || wide(last)) && !strings.ContainsRune(noEnd, last) && !strings.ContainsRune(noStart, r)
		if i > start && r != ' ' && (last == ' ' || between) {
			all = append(all, text[start:i])
			start = i
		}
		last = r
	}
	return append(all, text[start:])
}

func wide(r rune) bool { return r >= 0x80 && term.Width(string(r)) == 2 }
