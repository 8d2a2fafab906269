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
	Machine string `json:"machine"`
	Subject string `json:"subject"`
	reportJSON
}

// Read examines the facts in files. It reports whether anything is wrong with
// any of them.
func (c *Clinic) Read(files []string) (wrong bool, err error) {
	reports := make([]*diagnose.Report, len(files))
	for i, name := range files {
		if reports[i], err = examined(name); err != nil {
			return false, err
		}
		wrong = wrong || isWrong(reports[i])
	}
	if c.JSON {
		var doc machinesJSON
		for i, r := range reports {
			doc.Machines = append(doc.Machines, machineJSON{files[i], r.Facts.Machine, r.Facts.Subject.String(), c.document(r)})
		}
		if len(reports) == 1 {
			doc.reportJSON = &doc.Machines[0].reportJSON
		}
		return wrong, c.Print("doctor", doc)
	}
	if len(reports) == 1 || c.Verbose {
		for i, r := range reports {
			if i > 0 {
				fmt.Fprintf(c.Out, "\n\n")
			}
			if err := c.show(c.Out, r); err != nil {
				return wrong, err
			}
		}
		return wrong, nil
	}
	return wrong, c.rows(files, reports)
}

// examined reads one file of facts and examines them.
func examined(name string) (*diagnose.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, facts.MaxText+1))
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

// rows writes a line for each machine.
func (c *Clinic) rows(files []string, reports []*diagnose.Report) error {
	var t term.Table
	t.Row(c.say("doctor.read.file"), c.say("doctor.read.machine"), c.say("doctor.read.subject"), c.say("doctor.read.causes"))
	for i, r := range reports {
		causes, style := strings.Join(r.Causes, ", "), term.Red
		if causes == "" {
			causes, style = c.say("doctor.read.none"), term.Green
		}
		t.Styled(style, files[i], r.Facts.Machine, r.Facts.Subject.String(), causes)
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
