package doctor

import (
	"fmt"
	"io"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// reportJSON is the answer of "deguchi doctor --json".
type reportJSON struct {
	Facts  *facts.Sheet `json:"facts"`
	Checks []checkJSON  `json:"checks"`
	Causes []string     `json:"causes"` // ids of symptoms, the most causal one first
}

type checkJSON struct {
	ID string `json:"id"`
	findingJSON
	More []findingJSON `json:"more,omitempty"` // what else this check found
}

type findingJSON struct {
	Status   diagnose.Status `json:"status"`
	Cause    string          `json:"cause,omitempty"`
	Because  string          `json:"because"`
	Evidence []string        `json:"evidence"`
	Fix      string          `json:"fix"`
	Verify   string          `json:"verify"`
}

// document is r as JSON has it. The words are in the language that was asked
// for; ids are the same in both.
func (c *Clinic) document(r *diagnose.Report) reportJSON {
	doc := reportJSON{Facts: r.Facts.Redacted(), Causes: r.Causes}
	for _, answer := range []*facts.Answer{&doc.Facts.EC2, &doc.Facts.Container} {
		if *answer == "" {
			*answer = facts.Unknown
		}
	}
	if doc.Causes == nil {
		doc.Causes = []string{}
	}
	for _, check := range r.Checks {
		j := checkJSON{ID: check.ID, findingJSON: c.finding(check.Finding)}
		for _, f := range check.More {
			j.More = append(j.More, c.finding(f))
		}
		doc.Checks = append(doc.Checks, j)
	}
	return doc
}

func (c *Clinic) finding(f diagnose.Finding) findingJSON {
	j := findingJSON{Status: f.Status, Cause: f.Cause, Because: f.Because.In(c.Lang), Evidence: f.Evidence, Verify: f.Verify}
	if j.Evidence == nil {
		j.Evidence = []string{}
	}
	j.Fix = strings.Join(append(words(c.cure(f)), f.Commands...), "\n")
	return j
}

// cure is what to do about f. Its commands may hold a proxy with a password,
// which is not shown: whoever runs them has to put it in.
func (c *Clinic) cure(f diagnose.Finding) string {
	text := f.Fix.In(c.Lang)
	if strings.Contains(strings.Join(f.Commands, ""), ":***@") {
		text += c.say("doctor.fix.password")
	}
	return text
}

// words is text as a list, which is empty where it is.
func words(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// width is that of a terminal.
const width = 80

// show writes r as people read it: a line for each check, then what is wrong,
// numbered in the order of cause.
func (c *Clinic) show(w io.Writer, r *diagnose.Report) error {
	f := r.Facts
	fmt.Fprintf(w, "%s\n\n", c.say("doctor.machine", f.Machine, system(f), f.Subject.String()))
	var t term.Table
	for _, check := range r.Checks {
		t.Styled(style(check.Status), c.say(reason.Code("doctor.status."+check.Status)), check.ID, first(check.Because.In(c.Lang), width-22))
	}
	if err := t.Print(w, c.Paint); err != nil {
		return err
	}
	n := 0
	for _, status := range []diagnose.Status{diagnose.Fail, diagnose.Warn, diagnose.Untested} {
		for _, check := range r.Checks {
			for _, f := range append([]diagnose.Finding{check.Finding}, check.More...) {
				if f.Status == status && (f.Cause != "" || len(f.Commands) > 0) {
					n++
					c.problem(w, n, check.ID, f)
				}
			}
		}
	}
	if len(r.Causes) == 0 {
		_, err := fmt.Fprintf(w, "\n%s\n", c.say("doctor.healthy"))
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", c.say("doctor.first-cause", c.Paint.In(term.Bold, r.Causes[0])))
	if c.Verbose && err == nil {
		err = c.evidence(w, r)
	}
	return err
}

// system is the name of the machine's system.
func system(f *facts.Sheet) string {
	if f.Release != "" {
		return f.Release
	}
	return f.OS
}

func style(s diagnose.Status) term.Style {
	switch s {
	case diagnose.Fail:
		return term.Red
	case diagnose.Warn:
		return term.Yellow
	case diagnose.Good:
		return term.Green
	case diagnose.Skip, diagnose.Untested:
	}
	return term.Dim
}

// first is the first line of text, with a mark where there are more.
func first(text string, width int) string {
	const more = " ..."
	lines := term.Wrap(text, width)
	if len(lines) == 1 {
		return lines[0]
	}
	return term.Wrap(text, width-len(more))[0] + more
}

// problem writes one finding with its ground and its cure.
func (c *Clinic) problem(w io.Writer, n int, check string, f diagnose.Finding) {
	name := f.Cause
	if name == "" {
		name = check
	}
	fmt.Fprintf(w, "\n%d. %s\n", n, c.Paint.In(term.Bold, name))
	indented(w, "   ", term.Wrap(f.Because.In(c.Lang), width-3))
	c.part(w, "doctor.evidence", f.Evidence)
	c.part(w, "doctor.fix", append(term.Wrap(c.cure(f), width-5), f.Commands...))
	c.part(w, "doctor.verify", words(f.Verify))
}

// part writes a titled list, if there is anything in it.
func (c *Clinic) part(w io.Writer, title reason.Code, lines []string) {
	if len(strings.Join(lines, "")) == 0 {
		return
	}
	fmt.Fprintf(w, "   %s:\n", c.say(title))
	indented(w, "     ", lines)
}

func indented(w io.Writer, by string, lines []string) {
	for _, l := range lines {
		fmt.Fprintln(w, by+l)
	}
}

// evidence writes what the checks saw in which nothing is wrong.
func (c *Clinic) evidence(w io.Writer, r *diagnose.Report) error {
	for _, check := range r.Checks {
		if check.Status != diagnose.Good || len(check.Evidence) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", check.ID)
		indented(w, "     ", check.Evidence)
	}
	return nil
}
