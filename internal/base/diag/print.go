package diag

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// String returns p as editors read it: "file:line:column". What is not known
// is left out.
func (p Pos) String() string {
	switch {
	case p.Line < 1:
		return p.File
	case p.Col < 1:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// String returns the word for s in JSON: "error", "warning", "note".
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Note:
		return "note"
	default:
		return "error"
	}
}

// Sort orders problems by position, then code: what a reader meets first
// comes first.
func Sort(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Code, b.Code),
		)
	})
}

// Worst returns the worst severity among problems; false if there are none.
func Worst(problems []Problem) (Severity, bool) {
	worst := Note
	for _, p := range problems {
		worst = min(worst, p.Severity)
	}
	return worst, len(problems) > 0
}

// Printer writes problems as people read them.
type Printer struct {
	Lang  reason.Lang
	Paint term.Paint
	Width int // columns of a line of words; 0: as long as it is, so that programs can read the first
}

// Head returns the first line of p: "file:line:column: summary [CODE]".
func (pr Printer) Head(p Problem) string {
	severity := ""
	if p.Severity != Error {
		severity = reason.New(reason.Code("diag."+p.Severity.String())).In(pr.Lang) + ": "
	}
	place := p.Pos.String()
	lines := pr.lines(fmt.Sprintf("%s: %s%s [%s]", place, severity, p.Summary.In(pr.Lang), p.Code))
	if rest, ok := strings.CutPrefix(lines[0], place+": "+severity); ok {
		if severity != "" {
			severity = pr.Paint.In(styles[p.Severity], severity)
		}
		lines[0] = pr.Paint.In(term.Bold, place) + ": " + severity + rest
	}
	return strings.Join(lines, "\n    ")
}

// lines breaks text where the printer's width ends; all lines but the first are
// indented by four.
func (pr Printer) lines(text string) []string {
	if pr.Width == 0 {
		return []string{text}
	}
	return term.Wrap(text, pr.Width-4)
}

// Print writes p, the line of src that it points at, and its hint. src may be
// nil: then there is no line.
func (pr Printer) Print(w io.Writer, p Problem, src []byte) error {
	return pr.print(w, p, linesOf(src))
}

// All writes problems as Print does. src holds the files that they point into.
func (pr Printer) All(w io.Writer, problems []Problem, src map[string][]byte) error {
	files := make(map[string][]string)
	for _, p := range problems {
		lines, ok := files[p.Pos.File]
		if !ok {
			lines = linesOf(src[p.Pos.File])
			files[p.Pos.File] = lines
		}
		if err := pr.print(w, p, lines); err != nil {
			return err
		}
	}
	return nil
}

func (pr Printer) print(w io.Writer, p Problem, lines []string) error {
	var b strings.Builder
	fmt.Fprintln(&b, pr.Head(p))
	if p.Pos.Line >= 1 && p.Pos.Line <= len(lines) && p.Pos.Col >= 1 && len(lines[p.Pos.Line-1]) <= widest {
		pr.excerpt(&b, p, strings.TrimSuffix(lines[p.Pos.Line-1], "\r"))
	}
	if !p.Hint.IsZero() {
		hint := reason.New("diag.hint").In(pr.Lang)
		lines := pr.lines("  " + hint + ": " + p.Hint.In(pr.Lang))
		lines[0] = "  " + pr.Paint.In(term.Bold, hint) + strings.TrimPrefix(lines[0], "  "+hint)
		fmt.Fprintln(&b, strings.Join(lines, "\n    "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// styles colours the severities.
var styles = [...]term.Style{Error: term.Red, Warning: term.Yellow, Note: term.Cyan}

// excerpt writes line with a caret below what p underlines.
func (pr Printer) excerpt(b *strings.Builder, p Problem, line string) {
	runes, from := window([]rune(masked(line)), p.Pos.Col-1)
	to := min(from+max(p.Len, 1), len(runes))
	gutter := fmt.Sprintf("%4d", p.Pos.Line)
	carets := strings.Repeat("^", max(term.Width(string(runes[from:to])), 1))
	fmt.Fprintf(b, "%s | %s\n", gutter, string(runes))
	fmt.Fprintf(b, "%s | %s%s\n", strings.Repeat(" ", len(gutter)),
		term.Blank(string(runes[:from])), pr.Paint.In(styles[p.Severity], carets))
}

// The part of a long line that is shown, in runes.
const (
	longest = 160
	ahead   = 40 // of it before what is underlined
)

// widest is the longest line, in bytes, of which anything is shown: what is
// longer was not written by a person.
const widest = 1 << 16

// window cuts a long line down to what is around the rune at from, and returns
// where that rune is then.
func window(line []rune, from int) ([]rune, int) {
	from = min(max(from, 0), len(line))
	if len(line) <= longest {
		return line, from
	}
	const cut = '…'
	begin := max(0, min(from-ahead, len(line)-longest))
	end := min(begin+longest, len(line))
	out := append([]rune(nil), line[begin:end]...)
	if begin > 0 {
		out[0] = cut
	}
	if end < len(line) {
		out[len(out)-1] = cut
	}
	return out, from - begin
}

// linesOf returns the lines of src as problems count them: without a byte order
// mark, and none after the last line end.
func linesOf(src []byte) []string {
	src = bytes.TrimSuffix(bytes.TrimPrefix(src, []byte("\ufeff")), []byte("\n"))
	if len(src) == 0 {
		return nil
	}
	return strings.Split(string(src), "\n")
}
