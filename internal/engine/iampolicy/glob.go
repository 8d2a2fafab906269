package iampolicy

import "unicode/utf8"

// glob reports whether pattern matches all of text. "*" stands for any number
// of characters, "?" for one. An escaped pattern has a backslash before each
// character that stands for itself, though it looks like one of these.
type glob struct {
	pattern string
	escaped bool
	fold    bool // ASCII letters match in either case
	loose   bool // a character matches what may stand in the place of a blank
}

// matches takes time in the product of both lengths at worst: of all "*" only
// the last one met is ever taken back.
func (g glob) matches(text string) bool {
	p, t := 0, 0
	star, resume := -1, 0 // the last "*", and where in text it is tried to end
	for t < len(text) {
		if p < len(g.pattern) && g.pattern[p] == '*' {
			star, resume = p, t
			p++
			continue
		}
		if pn, tn, ok := g.step(p, text[t:]); ok {
			p, t = p+pn, t+tn
			continue
		}
		if star < 0 {
			return false
		}
		_, size := utf8.DecodeRuneInString(text[resume:])
		resume += size
		p, t = star+1, resume
	}
	for p < len(g.pattern) && g.pattern[p] == '*' {
		p++
	}
	return p == len(g.pattern)
}

// step matches what stands at p, which is no "*", with the beginning of text,
// and returns how far both go.
func (g glob) step(p int, text string) (inPattern, inText int, ok bool) {
	if p == len(g.pattern) {
		return 0, 0, false
	}
	c := g.pattern[p]
	if c == '?' {
		_, size := utf8.DecodeRuneInString(text)
		return 1, size, true
	}
	width := 1
	if g.escaped && c == '\\' && p+1 < len(g.pattern) {
		c, width = g.pattern[p+1], 2
	}
	if c == text[0] || g.fold && lower(c) == lower(text[0]) || g.loose && text[0] == blank && isHex(c) {
		return width, 1, true
	}
	return 0, 0, false
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// blank stands in an id for a hexadecimal digit that nobody told.
const blank = '\x00'

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }
