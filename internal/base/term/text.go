package term

import (
	"fmt"
	"strings"
)

// Pad fills s up with spaces to width columns.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-Width(s)))
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
