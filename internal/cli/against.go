package cli

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/cli/decisions"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// before returns what the file old holds, which must decide something: zero if
// old is empty. Findings keep no request of a topology from having an answer.
func (s *session) before(old string, now time.Time) (c checked, err error) {
	if old == "" {
		return c, nil
	}
	c = s.look(old, now)
	if c.top == nil && (c.cfg == nil || hasErrors(c.problems)) {
		if err = s.printProblems(s.Stderr, c.problems, map[string][]byte{old: c.src}); err == nil {
			err = failed("cli.check.invalid", old)
		}
	}
	return c, err
}

// changes puts into doc what after answers otherwise than before, as JSON shows
// it: nothing if after has an error. Of its file the name is in the problems.
func (s *session) changes(doc *checkJSON, before, after checked, now time.Time) error {
	switch {
	case after.cfg != nil && before.cfg != nil:
		doc.Changes, doc.Tried = decisions.Of(access.Diff(before.cfg, after.cfg, now))
	case after.top != nil && before.top != nil:
		doc.Changes = s.desk().Diff(before.top, after.top)
	case after.top != nil || after.cfg != nil:
		return failed("cli.check.two-sorts")
	}
	return nil
}

// notComparable is the usage error of --against with several files.
func notComparable() error { return usage("cli.check.one-file") }

// unreadable is the problem of a file that cannot be read.
func unreadable(file string, err error) diag.Problem {
	return diag.Problem{Pos: diag.Pos{File: file}, Code: "DG1001", Summary: reason.New("DG1001", cause(err))}
}
