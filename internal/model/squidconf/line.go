package squidconf

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// logical is a line as Squid sees it: pieces of the lines of a file, joined.
type logical struct {
	text   string
	pieces []piece
}

// piece is where a part of a logical line stands.
type piece struct {
	from int // byte offset in the logical line
	pos  diag.Pos
}

// physicalLines returns the lines of a file, each by itself.
func physicalLines(name string, text []byte) (lines []logical) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	number := 0
	for raw := range strings.Lines(string(text)) {
		number++
		raw = strings.TrimSuffix(raw, "\n")
		raw, _, _ = strings.Cut(raw, "\r")
		lines = append(lines, logical{raw, []piece{{0, diag.Pos{File: name, Line: number, Col: 1}}}})
	}
	return lines
}

// logicalLines joins the lines that end in a backslash with the next one,
// without what it begins with that is white. A line that is empty, or begins
// with #, is passed over, between continued lines too.
func logicalLines(name string, text []byte) (lines []logical) {
	var open logical
	flush := func() {
		if open.text != "" {
			lines = append(lines, open)
		}
		open = logical{}
	}
	for _, l := range physicalLines(name, text) {
		if l.text == "" || l.text[0] == '#' {
			continue
		}
		white := 0
		if len(open.pieces) > 0 {
			white = len(l.text) - len(strings.TrimLeft(l.text, spaces))
		}
		pos := l.pieces[0].pos
		pos.Col += white
		open.pieces = append(open.pieces, piece{len(open.text), pos})
		more, continued := strings.CutSuffix(l.text[white:], `\`)
		open.text += more
		if !continued {
			flush()
		}
	}
	flush()
	return lines
}

const spaces = " \t\v\f"

// tokens returns the words of l up to a comment. A quote at the beginning of a
// word holds it together up to the next one.
func (l logical) tokens() (tokens []Token) {
	at := 0
	for {
		at += len(l.text[at:]) - len(strings.TrimLeft(l.text[at:], spaces))
		if at == len(l.text) || l.text[at] == '#' {
			return tokens
		}
		word := l.text[at:]
		if end := strings.IndexAny(word, spaces); end >= 0 {
			word = word[:end]
		}
		if q := l.text[at]; q == '"' || q == '\'' {
			if end := strings.IndexByte(l.text[at+1:], q); end >= 0 {
				word = l.text[at : at+end+2]
			}
		}
		tokens = append(tokens, Token{Text: word, Pos: l.pos(at), Len: utf8.RuneCountInString(word)})
		at += len(word)
	}
}

// value returns the line of a list: all words up to a comment, as they stand.
func (l logical) value() (Token, bool) {
	words := l.tokens()
	if len(words) == 0 {
		return Token{}, false
	}
	from := strings.Index(l.text, words[0].Text)
	to := from
	for _, w := range words {
		to += strings.Index(l.text[to:], w.Text) + len(w.Text)
	}
	text := l.text[from:to]
	return Token{Text: text, Pos: words[0].Pos, Len: utf8.RuneCountInString(text)}, true
}

// pos returns where the byte at offset at of l stands.
func (l logical) pos(at int) diag.Pos {
	i := len(l.pieces) - 1
	for l.pieces[i].from > at {
		i--
	}
	pos := l.pieces[i].pos
	pos.Col += utf8.RuneCountInString(l.text[l.pieces[i].from:at])
	return pos
}
