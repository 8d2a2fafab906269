package term

import "strings"

// noStart are the signs that no line begins with.
const noStart = "、。，．：；）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;)]}!?"

// noEnd are the signs that no line ends with.
const noEnd = "（「『【〔〈《([{"

// Wrap breaks text into lines of at most width columns: at spaces, and between
// wide letters, as Japanese is broken. A word that is longer stays whole. There is
// always a line, if only an empty one.
func Wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, piece := range pieces(text) {
		w := Width(strings.TrimRight(piece, " "))
		if used > 0 && used+w > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += piece
		used += Width(piece)
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

func wide(r rune) bool { return r >= 0x80 && Width(string(r)) == 2 }
