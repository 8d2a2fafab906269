// Package squid turns a squid.conf into a configuration of Deguchi, as text
// with comments that name the line of squid.conf behind every rule.
//
// # What is kept
//
// No request that Squid denies is allowed by the result. Both worlds stop at
// the first line that matches, so a line that allows may become narrower and a
// line that denies wider, never the other way round. Every ACL is therefore
// read as two sets of requests: those it certainly holds for and those it may
// hold for. They are the same for what Deguchi can ask (sources, names, IP
// literals, ports, CONNECT) and everything lies between them for what it cannot
// (the time, a regular expression, who logged in). Where they differ the line
// is a problem.
//
// The result decides on what is asked for. What Deguchi refuses whatever the
// rules say (metadata, loopback, private addresses that nobody admitted) it
// refuses here, too; of names that go to a parent, which resolves them, a problem
// says so.
//
// # What is not read
//
// The package evaluates no request, reads no file and resolves no name.
// Semantics of Squid are those of 5.7; differential_test.go asks the program.
package squid

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// Result is a squid.conf as a configuration.
type Result struct {
	Config   string // YAML; sound, and closed where something was not carried over
	Problems []diag.Problem
}

// Import turns f into a configuration. Comments in it are in lang; now is the
// day for which it must be sound.
func Import(f *squidconf.File, lang reason.Lang, now time.Time) Result {
	im := &importer{file: f, lang: lang, acls: make(map[string]*acl)}
	im.problems = append(im.problems, f.Problems...)
	im.readACLs()
	im.listeners()
	im.parents()
	im.settings()
	im.access()
	text := im.settle(now)
	diag.Sort(im.problems)
	return Result{text, im.problems}
}

// importer holds what is known of a squid.conf while it becomes a
// configuration.
type importer struct {
	file     *squidconf.File
	lang     reason.Lang
	acls     map[string]*acl
	problems []diag.Problem
	out      draft
}

// add reports a problem at a word of squid.conf. The first six letters of its
// words are its code.
func (im *importer) add(severity diag.Severity, at squidconf.Token, code reason.Code, args ...string) *diag.Problem {
	im.problems = append(im.problems, diag.Problem{
		Pos: at.Pos, Len: at.Len, Code: string(code)[:len("DG1701")], Severity: severity, Summary: reason.New(code, args...),
	})
	return &im.problems[len(im.problems)-1]
}

func (im *importer) fail(at squidconf.Token, code reason.Code, args ...string) *diag.Problem {
	return im.add(diag.Error, at, code, args...)
}

func (im *importer) warn(at squidconf.Token, code reason.Code, args ...string) *diag.Problem {
	return im.add(diag.Warning, at, code, args...)
}

func (im *importer) note(at squidconf.Token, code reason.Code, args ...string) *diag.Problem {
	return im.add(diag.Note, at, code, args...)
}

// say returns the words of code, for a comment.
func (im *importer) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(im.lang)
}

// lines returns the lines of a directive, in order.
func (im *importer) lines(word string) (found []*squidconf.Line) {
	for i := range im.file.Lines {
		if l := &im.file.Lines[i]; l.Word.Text == word {
			found = append(found, l)
		}
	}
	return found
}

// last returns the line of a directive that counts where the last one does,
// nil if there is none.
func (im *importer) last(word string) *squidconf.Line {
	all := im.lines(word)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}
