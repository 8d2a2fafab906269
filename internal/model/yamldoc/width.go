package yamldoc

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// cursor finds places in the text of a file. Places that are asked for in the
// order of the file cost one walk through it, however long its lines are.
type cursor struct {
	lines     []string
	line, col int // of the last place asked for
	at        int // its byte in the line
}

// from returns the line from a place on, "" if it is not in the file. Line and
// column count from 1, the column in runes.
func (c *cursor) from(line, col int) string {
	if line < 1 || line > len(c.lines) || col < 1 {
		return ""
	}
	if line != c.line || col < c.col {
		c.line, c.col, c.at = line, 1, 0
	}
	text := c.lines[line-1]
	for ; c.col < col && c.at < len(text); c.col++ {
		_, size := utf8.DecodeRuneInString(text[c.at:])
		c.at += size
	}
	return text[c.at:]
}

// width returns how many runes of its line the scalar n takes. The library
// tells where a node begins, not where it ends.
func (c *converter) width(n *yaml.Node) int {
	rest := c.src.from(n.Line, n.Column)
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return quoted(rest, '"', '\\')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return quoted(rest, '\'', '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 1
	}
	if !strings.HasPrefix(rest, n.Value) { // it goes on in the next line
		return max(1, utf8.RuneCountInString(strings.TrimRight(rest, " \t\r")))
	}
	return max(1, utf8.RuneCountInString(n.Value))
}

// quoted returns the width of the quoted text that rest begins with, or 1 if
// it does not end on this line. What follows an escape does not end it.
func quoted(rest string, quote, escape byte) int {
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == escape && i+1 < len(rest) && (escape == '\\' || rest[i+1] == quote):
			i++
		case rest[i] == quote:
			return utf8.RuneCountInString(rest[:i+1])
		}
	}
	return 1
}
