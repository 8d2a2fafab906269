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
	Causes   []string      `json:"causes"` // what fits best first
	Alike    []string      `json:"alike"`  // those of them that print the same text
	Apart    string        `json:"apart"`  // the command that tells them apart; empty where there is one cause
	Messages []messageJSON `json:"messages"`
	Matches  []matchJSON   `json:"matches"`
	Taken    string        `json:"taken"` // the day of the table of symptoms
}

// messageJSON is one of the things that the pasted text says.
type messageJSON struct {
	Text   string   `json:"text"`
	Causes []string `json:"causes"` // all of them print it
	Apart  string   `json:"apart"`
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
	doc := explanationJSON{Causes: []string{}, Alike: []string{}, Messages: []messageJSON{}, Matches: []matchJSON{}, Taken: symptom.All().Taken}
	for _, m := range e.Messages {
		doc.Messages = append(doc.Messages, messageJSON{facts.Conceal(m.Text), m.Causes, apart(e, m.Causes)})
	}
	for _, m := range e.Matches {
		cause, tell, fix := m.Words(c.Lang)
		doc.Causes = append(doc.Causes, m.ID)
		doc.Matches = append(doc.Matches, matchJSON{m.ID, m.Layer, m.Texts, cause, tell, fix, m.Evidence, m.Sources})
	}
	if len(e.Alike) > 0 {
		doc.Alike, doc.Apart = e.Alike, doc.Messages[0].Apart
	}
	if c.JSON {
		return len(doc.Matches) > 0, c.Print("doctor-explain", doc)
	}
	c.showExplanation(doc)
	return len(doc.Matches) > 0, nil
}

// apart is the command that tells causes with one text apart; of one cause there
// is nothing to tell.
func apart(e symptom.Explanation, causes []string) string {
	if len(causes) < 2 {
		return ""
	}
	command := "deguchi doctor"
	if !slices.ContainsFunc(causes, func(id string) bool { return !strings.HasPrefix(id, "ssm-") }) {
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
	if len(doc.Messages) > 1 {
		indented(c.Out, "", term.Wrap(c.say("doctor.explain.messages", fmt.Sprint(len(doc.Messages))), width))
	}
	shown := 0
	for i, m := range doc.Messages {
		if len(doc.Messages) > 1 {
			fmt.Fprintln(c.Out)
			indented(c.Out, "", term.Wrap(fmt.Sprintf("%d. %s", i+1, c.Paint.In(term.Bold, m.Text)), width))
		}
		if m.Apart != "" {
			indented(c.Out, "", term.Wrap(c.say("doctor.explain.alike", fmt.Sprint(len(m.Causes))), width))
			fmt.Fprintln(c.Out, "  "+m.Apart) // on one line, to be pasted
		} else {
			fmt.Fprintln(c.Out, c.say("doctor.explain.best", c.Paint.In(term.Bold, m.Causes[0])))
		}
		for ; shown < len(doc.Matches) && slices.Contains(m.Causes, doc.Matches[shown].ID); shown++ {
			c.showMatch(doc.Matches[shown])
		}
	}
	if shown == len(doc.Matches) {
		return
	}
	fmt.Fprintf(c.Out, "\n%s\n", c.say("doctor.explain.also"))
	for _, m := range doc.Matches[shown:] {
		if c.Verbose {
			c.showMatch(m)
			continue
		}
		indented(c.Out, "  ", term.Wrap(m.ID+": "+m.Cause, width-2))
	}
}

// showMatch writes what is to be known of a cause.
func (c *Clinic) showMatch(m matchJSON) {
	fmt.Fprintf(c.Out, "\n%s\n", c.Paint.In(term.Bold, m.ID))
	indented(c.Out, "   ", term.Wrap(m.Cause, width-3))
	c.part(c.Out, "doctor.explain.tell", term.Wrap(m.Tell, width-5))
	c.part(c.Out, "doctor.fix", term.Wrap(m.Fix, width-5))
}
