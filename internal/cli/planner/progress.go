package planner

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// A survey that takes longer than patience says how far it is, no more often
// than every refresh.
const (
	patience = 2 * time.Second
	refresh  = 200 * time.Millisecond
)

// Progress tells a person at a terminal how far a long answer is.
type Progress struct {
	w    io.Writer
	lang reason.Lang
	next time.Time // when it speaks again
	said bool
}

// NewProgress returns a Progress that writes to w, a terminal.
func NewProgress(w io.Writer, lang reason.Lang) *Progress {
	return &Progress{w: w, lang: lang, next: time.Now().Add(patience)}
}

// Done says that done of all are done, if it is time to say so.
func (p *Progress) Done(done, all int) {
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next, p.said = now.Add(refresh), true
	fmt.Fprintf(p.w, "\r%s", reason.New("cli.survey.progress", strconv.Itoa(done), strconv.Itoa(all)).In(p.lang))
}

// End takes the line away, if there is one.
func (p *Progress) End() {
	if p.said {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
