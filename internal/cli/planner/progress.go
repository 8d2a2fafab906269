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

// progress tells a person at a terminal how far a long answer is.
type progress struct {
	w    io.Writer
	lang reason.Lang
	next time.Time // when it speaks again
	said bool
}

// newProgress returns a progress that writes to w, a terminal.
func newProgress(w io.Writer, lang reason.Lang) *progress {
	return &progress{w: w, lang: lang, next: time.Now().Add(patience)}
}

// done says that done of all are done, if it is time to say so.
func (p *progress) done(done, all int) {
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next, p.said = now.Add(refresh), true
	fmt.Fprintf(p.w, "\r%s", reason.New("cli.survey.progress", strconv.Itoa(done), strconv.Itoa(all)).In(p.lang))
}

// end takes the line away, if there is one.
func (p *progress) end() {
	if p.said {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
