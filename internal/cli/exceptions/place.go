package exceptions

import (
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/exclude"
)

// Place is the answer of "deguchi noproxy for --json".
type Place struct {
	Client   string   `json:"client"`
	Programs []string `json:"programs"`
	Value    string   `json:"value"` // empty: leave the variable out
	Entries  []Entry  `json:"entries"`
	Proven   int      `json:"proven"` // requests that were traced and reach
	Unproven []Doubt  `json:"unproven"`
	// Unreached are requests that no list helps.
	Unreached []Doubt `json:"unreached"`
	Proxyless bool    `json:"proxyless"` // whether the client has no proxy
}

// Entry is an entry of the value.
type Entry struct {
	Entry   string `json:"entry"`
	Because string `json:"because"`
}

// Doubt is a request for which the value is not known to be right.
type Doubt struct {
	Program string `json:"program"` // empty if it does not depend on it
	URL     string `json:"url"`
	Because string `json:"because"`
}

// Placed returns v as JSON shows it.
func (p *Printer) Placed(client string, programs []string, v exclude.Value) Place {
	doc := Place{
		Client: client, Programs: programs, Value: v.String(), Proven: v.Proven,
		Entries: []Entry{}, Unproven: p.doubts(v.Unproven), Unreached: p.doubts(v.Unreached), Proxyless: v.Proxyless,
	}
	for _, e := range v.Entries {
		doc.Entries = append(doc.Entries, Entry{e.Text, e.Because.In(p.Lang)})
	}
	return doc
}

func (p *Printer) doubts(all []exclude.Doubt) []Doubt {
	doubts := []Doubt{}
	for _, d := range all {
		doubts = append(doubts, Doubt{d.Program, d.URL, d.Because.In(p.Lang)})
	}
	return doubts
}

// Place prints doc for a person: the value in the first line, for a shell to
// take, then why each entry stands in it, and what is proven.
func (p *Printer) Place(doc Place) error {
	p.printf("%s\n\n", doc.Value)
	var t term.Table
	for _, e := range doc.Entries {
		t.Row("  "+e.Entry, e.Because)
	}
	if len(doc.Entries) == 0 {
		p.printf("  %s\n", p.say("noproxy.empty"))
	}
	if err := t.Print(p.Out, p.Paint); err != nil {
		return err
	}
	p.printf("\n")
	if doc.Proxyless {
		p.printf("%s\n", p.say("noproxy.proxyless", doc.Client))
	}
	p.printf("%s\n", p.say("noproxy.proven", strconv.Itoa(doc.Proven)))
	for _, d := range doc.Unproven {
		who := d.Program
		if who == "" {
			who = p.say("noproxy.any-program")
		}
		p.printf("%s\n", p.say("noproxy.unproven", who, term.Printable(d.URL), d.Because))
	}
	for _, d := range doc.Unreached {
		p.printf("%s\n", p.say("noproxy.unreached", term.Printable(d.URL), d.Because))
	}
	return nil
}
