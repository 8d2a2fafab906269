// Package planner is the answers of "deguchi route", "survey" and "verify" as
// they are printed: the shapes of their JSON, and from these the text, Markdown,
// CSV and JUnit, which never know more than the JSON. Pictures are package draw's.
// It reads no files and parses no flags: a Desk is handed what it needs. What the
// answers are, the engine says.
package planner

import (
	"fmt"
	"io"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// printer puts answers into words and writes them.
type printer struct {
	Out     io.Writer
	Lang    reason.Lang
	Paint   term.Paint
	Verbose bool
}

// columns is how wide an answer for a person may be.
const columns = 80

// say returns the words of code.
func (p *printer) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(p.Lang)
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(p.Out, format, args...) }

// verdict returns v as people read it: the word of the format, in Japanese
// beside one of its own.
func (p *printer) verdict(v string) string {
	if v == "" {
		return p.say("plan.nobody")
	}
	return p.say("plan.verdict." + reason.Code(v))
}

// style is how a verdict stands out.
func style(verdict string) term.Style {
	switch verdict {
	case "reached":
		return term.Green
	case "unknown":
		return term.Yellow
	}
	return term.Red
}

// place returns pos, "" for nowhere.
func place(pos diag.Pos) string {
	if pos.Line == 0 {
		return ""
	}
	return pos.String()
}

// placed is text with the position it stands on, if it has one and does not say
// it itself.
func placed(text, position string) string {
	if position == "" || strings.Contains(text, position) {
		return text
	}
	return text + " (" + position + ")"
}
