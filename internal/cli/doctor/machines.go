package doctor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/collector"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// machinesJSON is the answer of "deguchi doctor read --json". Of one file it
// holds the report as "deguchi doctor --json" has it, too.
type machinesJSON struct {
	*reportJSON
	Machines []machineJSON `json:"machines"`
}

type machineJSON struct {
	File    string `json:"file"`
	Error   string `json:"error,omitempty"` // why the file tells nothing; then it has no report
	Machine string `json:"machine"`
	Subject string `json:"subject"`
	*reportJSON
}

// reading is what became of one file.
type reading struct {
	file   string
	report *diagnose.Report
	err    error // why there is none
}

// Read examines the facts in files. It reports whether anything is wrong with
// any of them. A file that cannot be read keeps nobody from the others; the
// error says how many there are.
func (c *Clinic) Read(files []string) (wrong bool, err error) {
	all := make([]reading, len(files))
	unread := 0
	for i, name := range files {
		r, err := c.examined(name)
		if all[i] = (reading{name, r, err}); err != nil {
			if unread++; len(files) == 1 {
				return false, err
			}
			continue
		}
		wrong = wrong || isWrong(r)
		if r.Facts.Cut {
			fmt.Fprintln(c.Stderr, c.say("doctor.read.cut", name))
		}
	}
	if c.JSON {
		err = c.Print("doctor", c.machines(all))
	} else {
		err = c.tell(all)
	}
	if err == nil && unread > 0 {
		err = &Failure{reason.New("cli.doctor.unread", strconv.Itoa(unread), strconv.Itoa(len(files)))}
	}
	return wrong, err
}

// machines is all as JSON has it.
func (c *Clinic) machines(all []reading) machinesJSON {
	var doc machinesJSON
	for _, r := range all {
		m := machineJSON{File: r.file}
		if r.err != nil {
			m.Error = c.inWords(r.err)
		} else {
			report := c.document(r.report)
			m.Machine, m.Subject, m.reportJSON = r.report.Facts.Machine, r.report.Facts.Subject.String(), &report
		}
		doc.Machines = append(doc.Machines, m)
	}
	if len(all) == 1 {
		doc.reportJSON = doc.Machines[0].reportJSON
	}
	return doc
}

// inWords is err in the language that was asked for, as far as it is ours.
func (c *Clinic) inWords(err error) string {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Why.In(c.Lang)
	}
	return err.Error()
}

// tell shows all to a person: one report, or a line for each machine.
func (c *Clinic) tell(all []reading) error {
	if len(all) > 1 && !c.Verbose {
		return c.rows(all)
	}
	for i, r := range all {
		if i > 0 {
			fmt.Fprintf(c.Out, "\n\n")
		}
		if r.err != nil {
			fmt.Fprintln(c.Out, c.inWords(r.err))
			continue
		}
		if err := c.show(c.Out, r.report); err != nil {
			return err
		}
	}
	return nil
}

// examined reads one file of facts, or standard input for "-", and examines them.
func (c *Clinic) examined(name string) (*diagnose.Report, error) {
	text, err := c.content(name)
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return nil, &Failure{reason.New("cli.unreadable", name, e.Err.Error())}
	}
	if err != nil {
		return nil, err
	}
	sheet, err := facts.Parse(text)
	if e, ok := errors.AsType[*facts.FormatError](err); ok {
		return nil, &Failure{reason.New("cli.doctor.bad-facts", name, strconv.Itoa(e.Line))}
	}
	if err != nil {
		return nil, err
	}
	return diagnose.Examine(sheet), nil
}

// content is what a collector wrote, as far as it may be read.
func (c *Clinic) content(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(c.In, facts.MaxText+1))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, facts.MaxText+1))
}

// rows writes a line for each machine.
func (c *Clinic) rows(all []reading) error {
	var t term.Table
	t.Row(c.say("doctor.read.file"), c.say("doctor.read.machine"), c.say("doctor.read.subject"), c.say("doctor.read.causes"))
	for _, r := range all {
		if r.err != nil {
			t.Styled(term.Yellow, r.file, "?", "?", c.say("doctor.read.unread", c.inWords(r.err)))
			continue
		}
		causes, style := strings.Join(r.report.Causes, ", "), term.Red
		if causes == "" {
			causes, style = c.say("doctor.read.none"), term.Green
		}
		t.Styled(style, r.file, r.report.Facts.Machine, r.report.Facts.Subject.String(), causes)
	}
	return t.Print(c.Out, c.Paint)
}

// Script writes the collector that asks q.
func (c *Clinic) Script(shell string, q *Question) error {
	if err := q.check(); err != nil {
		return err
	}
	subject, err := q.subject()
	if err != nil {
		return err
	}
	targets, _, err := q.targets(&facts.Sheet{Subject: subject, Region: q.Region})
	if err != nil {
		return err
	}
	for _, target := range targets { // is only the bucket's name refused?
		if below := diagnose.WithoutBucket(target); below != "" {
			targets = append(targets, below)
		}
	}
	large := slices.DeleteFunc(slices.Clone(targets), func(t string) bool { return !diagnose.TakesLarge(t) })
	text, ok := collector.Script(shell, collector.Question{
		Kind: string(subject.Kind), Name: subject.Name, Proxy: q.Proxy, Region: q.Region, Programs: q.Programs, Targets: targets, Large: large, Metadata: true,
	})
	if !ok {
		return mistake("cli.doctor.shells", strconv.Quote(shell))
	}
	_, err = io.WriteString(c.Out, text)
	return err
}
