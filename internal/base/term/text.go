package term

import (
	"fmt"
	"strings"
)

// Pad fills s up with spaces to width columns.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-Width(s)))
}

// Wrap breaks s at spaces into lines of at most width columns. A word that is
// longer stays whole.
func Wrap(s string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(s) {
		last := len(lines) - 1
		if last >= 0 && Width(lines[last]+" "+word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// Printable returns s, which somebody else wrote, as one word that no terminal
// obeys: quoted, unless it is one already.
func Printable(s string) string {
	quoted := fmt.Sprintf("%q", s)
	if quoted == `"`+s+`"` && s != "" && !strings.Contains(s, " ") {
		return s
	}
	return quoted
}
