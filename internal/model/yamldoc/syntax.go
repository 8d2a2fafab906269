package yamldoc

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// badText reports the first rune of src that is not text a person can see: a
// broken UTF-8 sequence, a control character, or one that reorders the line.
func badText(file string, src []byte) (diag.Problem, bool) {
	line, col := 1, 1
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		at := diag.Pos{File: file, Line: line, Col: col}
		switch {
		case r == utf8.RuneError && size == 1:
			p := problem(at, 1, "DG1002", reason.New("DG1002", fmt.Sprintf("0x%02x", src[i])))
			p.Hint = reason.New("DG1002.hint")
			return p, true
		case r == '\r' && i+1 < len(src) && src[i+1] == '\n', r == '\t':
		case invisible(r):
			p := problem(at, 1, "DG1002", reason.New("DG1002.invisible", fmt.Sprintf("U+%04X", r)))
			p.Hint = reason.New("DG1002.hint.invisible")
			return p, true
		}
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
		i += size
	}
	return diag.Problem{}, false
}

// invisible reports whether r is a control character, a line break other than
// \n, or one of the marks that make text look other than it is.
func invisible(r rune) bool {
	switch {
	case r == '\n':
		return false
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x2069:
		return true
	}
	return r == 0xfeff || r == 0xfffe || r == 0xffff
}

// meaning puts the library's words for a syntax error into ours. The first
// entry whose text is part of the message counts.
var meaning = []struct{ message, variant, hint string }{
	{"could not find expected ':'", "colon", "DG1003.hint.colon"},
	{"mapping values are not allowed", "colon-here", "DG1003.hint.quote"},
	{"did not find expected ',' or", "bracket", "DG1003.hint.bracket"},
	{"did not find expected '-' indicator", "indent", "DG1003.hint.indent"},
	{"did not find expected key", "indent", "DG1003.hint.indent"},
	{"block sequence entries are not allowed", "indent", "DG1003.hint.indent"},
	{"mapping keys are not allowed", "indent", "DG1003.hint.indent"},
	{"cannot start any token", "start", "DG1003.hint.quote"},
	{"did not find expected node content", "bracket", "DG1003.hint.bracket"},
	{"unexpected end of stream", "unclosed", ""},
	{"unexpected document indicator", "unclosed", ""},
	{"escape", "escape", "DG1003.hint.escape"},
	{"hexadecimal", "escape", "DG1003.hint.escape"},
}

// syntaxProblem puts err, which the library returned for src, into a problem.
func syntaxProblem(file string, src []byte, err error) diag.Problem {
	at := diag.Pos{File: file, Line: 1, Col: 1}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return problem(at, 1, "DG1003", reason.New("DG1003", err.Error()))
	}
	mark := e.Mark
	if strings.Contains(e.Message, "unexpected end of stream") || strings.Contains(e.Message, "document indicator") {
		mark = e.ContextMark // where the unclosed text begins
	}
	at.Line, at.Col = max(mark.Line, 1), max(mark.Column, 1)
	lines := strings.Split(string(src), "\n")
	if line, col := tabIndent(lines, at.Line); line > 0 {
		at.Line, at.Col = line, col
		p := problem(at, 1, "DG1003", reason.New("DG1003.tab"))
		p.Hint = reason.New("DG1003.hint.tab")
		return p
	}
	at = onText(lines, at)
	switch {
	case strings.Contains(e.Message, "max depth"):
		return problem(at, 1, "DG1007", reason.New("DG1007.deep", fmt.Sprint(maxDepth)))
	case strings.Contains(e.Message, "unknown anchor"):
		p := problem(at, 1, "DG1005", reason.New("DG1005.anchor"))
		p.Hint = reason.New("DG1005.hint")
		return p
	}
	for _, m := range meaning {
		if strings.Contains(e.Message, m.message) {
			p := problem(at, 1, "DG1003", reason.New(reason.Code("DG1003."+m.variant)))
			if m.hint != "" {
				p.Hint = reason.New(reason.Code(m.hint))
			}
			return p
		}
	}
	return problem(at, 1, "DG1003", reason.New("DG1003", e.Message))
}

// tabIndent looks for a tab in the indentation of line or of the last line
// before it that holds anything, and returns its place, or zero.
func tabIndent(lines []string, line int) (int, int) {
	for n := min(line, len(lines)); n >= 1 && n >= line-1; n-- {
		text := lines[n-1]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 && strings.TrimSpace(text) != "" {
			return n, i + 1
		}
	}
	return 0, 0
}

// onText moves a place on an empty line, or after the last one, back to the end
// of the text before it.
func onText(lines []string, at diag.Pos) diag.Pos {
	if at.Line <= len(lines) && strings.TrimSpace(lines[at.Line-1]) != "" {
		return at
	}
	for n := min(at.Line, len(lines)); n >= 1; n-- {
		if text := strings.TrimRight(lines[n-1], " \t\r"); text != "" {
			at.Line, at.Col = n, utf8.RuneCountInString(text)
			return at
		}
	}
	at.Line, at.Col = 1, 1
	return at
}
