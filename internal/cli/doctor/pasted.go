package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/symptom"
)

// explanationJSON is the answer of "deguchi doctor explain --json -".
type explanationJSON struct {
	Causes  []string    `json:"causes"` // what fits best first
	Alike   []string    `json:"alike"`  // those of them that print the same text
	Apart   string      `json:"apart"`  // the command that tells them apart; empty where there is one cause
	Matches []matchJSON `json:"matches"`
	Taken   string      `json:"taken"` // the day of the table of symptoms
}

type matchJSON struct {
	ID       string   `json:"id"`
	Layer    string   `json:"layer"`
	Texts    []string `json:"texts"`
	Cause    string   `json:"cause"`
	Tell     string   `json:"tell"`
	Fix      string   `json:"fix"`
	Evidence string   `json:"evidence"`
	Sources  []string `json:"sources"`
}

// Explain reads a pasted message and shows what it can mean. It reports whether
// any symptom fits.
func (c *Clinic) Explain() (wrong bool, err error) {
	text, err := io.ReadAll(io.LimitReader(c.In, symptom.MaxText))
	if err != nil {
		return false, err
	}
	e := symptom.Explain(string(text))
	doc := explanationJSON{Causes: []string{}, Alike: e.Alike, Matches: []matchJSON{}, Taken: symptom.All().Taken}
	if doc.Alike == nil {
		doc.Alike = []string{}
	}
	for _, m := range e.Matches {
		cause, tell, fix := m.Words(c.Lang)
		doc.Causes = append(doc.Causes, m.ID)
		doc.Matches = append(doc.Matches, matchJSON{m.ID, m.Layer, m.Texts, cause, tell, fix, m.Evidence, m.Sources})
	}
	if len(e.Alike) > 0 {
		doc.Apart = apart(e)
	}
	if c.JSON {
		return len(doc.Matches) > 0, c.Print("doctor-explain", doc)
	}
	c.showExplanation(doc)
	return len(doc.Matches) > 0, nil
}

// apart is the command that tells causes with one text apart.
func apart(e symptom.Explanation) string {
	command := "deguchi doctor"
	if !slices.ContainsFunc(e.Alike, func(id string) bool { return !strings.HasPrefix(id, "ssm-") }) {
		command += " --ssm-agent"
	}
	if e.Proxy != "" {
		command += " --proxy " + facts.Conceal(e.Proxy)
	}
	if e.Target != "" {
		command += " --for " + facts.Conceal(e.Target)
	}
	return command
}

func (c *Clinic) showExplanation(doc explanationJSON) {
	if len(doc.Matches) == 0 {
		fmt.Fprintln(c.Out, c.say("doctor.explain.nothing"))
		return
	}
	best := max(1, len(doc.Alike))
	if len(doc.Alike) > 0 {
		indented(c.Out, "", term.Wrap(c.say("doctor.explain.alike", fmt.Sprint(len(doc.Alike)), doc.Apart), width))
	} else {
		fmt.Fprintln(c.Out, c.say("doctor.explain.best", c.Paint.In(term.Bold, doc.Causes[0])))
	}
	for i, m := range doc.Matches {
		if i == best {
			fmt.Fprintf(c.Out, "\n%s\n", c.say("doctor.explain.also"))
		}
		if i >= best && !c.Verbose {
			indented(c.Out, "  ", term.Wrap(m.ID+": "+m.Cause, width-2))
			continue
		}
		fmt.Fprintf(c.Out, "\n%s\n", c.Paint.In(term.Bold, m.ID))
		indented(c.Out, "   ", term.Wrap(m.Cause, width-3))
		c.part(c.Out, "doctor.explain.tell", term.Wrap(m.Tell, width-5))
		c.part(c.Out, "doctor.fix", term.Wrap(m.Fix, width-5))
	}
}
