// Package term knows how text looks on a terminal: how many columns it takes,
// how to align it, and how to colour it. It does not know whether there is a
// terminal; the caller says so.
package term

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// widths counts ambiguous characters as narrow whatever the locale is, so that
// the same answer is the same bytes everywhere.
var widths = &runewidth.Condition{}

// Width returns the columns that s takes; Japanese letters take two.
func Width(s string) int { return widths.StringWidth(s) }

// Blank returns as much space as s takes. Tabs stay, so that what follows
// stands below what follows s.
func Blank(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(strings.Repeat(" ", Width(part)))
	}
	return b.String()
}

// Style is how a piece of text stands out.
type Style string

// The styles, as the parameters of the terminal's own escape sequence.
const (
	Plain  Style = ""
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Cyan   Style = "36"
)

// Paint is whether to colour.
type Paint bool

// In returns s in style if p colours, else s.
func (p Paint) In(style Style, s string) string {
	if !p || style == Plain || s == "" {
		return s
	}
	return "\x1b[" + string(style) + "m" + s + "\x1b[0m"
}
