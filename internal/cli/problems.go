package cli

import (
	"io"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// problemJSON is one problem in the JSON of every command that finds some.
type problemJSON struct {
	File     string `json:"file"`
	Line     int    `json:"line"`   // counts from 1; 0 is nowhere
	Column   int    `json:"column"` // counts from 1, in runes
	Code     string `json:"code"`
	Severity string `json:"severity"` // error, warning or note
	Summary  string `json:"summary"`
	Hint     string `json:"hint"` // empty if there is nothing to advise
}

// problemsJSON returns problems as JSON shows them, in the session's language.
func (s *session) problemsJSON(problems []diag.Problem) []problemJSON {
	docs := make([]problemJSON, 0, len(problems))
	for _, p := range problems {
		docs = append(docs, problemJSON{
			p.Pos.File, p.Pos.Line, p.Pos.Col, p.Code, p.Severity.String(), p.Summary.In(s.lang), p.Hint.In(s.lang),
		})
	}
	return docs
}

// printProblems writes problems to w as a person reads them. src holds the
// text of the files that they point into.
func (s *session) printProblems(w io.Writer, problems []diag.Problem, src map[string][]byte) error {
	pr := diag.Printer{Lang: s.lang, Paint: term.Paint(s.colored())}
	return pr.All(w, problems, src)
}

// hasErrors reports whether one of problems stops its file from being used.
func hasErrors(problems []diag.Problem) bool {
	worst, any := diag.Worst(problems)
	return any && worst == diag.Error
}
