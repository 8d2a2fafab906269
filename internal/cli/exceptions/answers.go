package exceptions

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// OfProgram is what one program does with each target.
type OfProgram struct {
	Program   *noproxy.Program
	Decisions []noproxy.Decision
}

// Answers is the answer of "deguchi noproxy test --json URL...".
type Answers struct {
	Programs []Program `json:"programs"`
	Answers  []Answer  `json:"answers"`
}

// Program is what is known of a program.
type Program struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Version     string      `json:"version,omitempty"`
	Family      string      `json:"family"`
	Level       string      `json:"level"` // measured or documented
	Source      string      `json:"source,omitempty"`
	Credentials Credentials `json:"credentials_through_proxy"`
}

// Credentials says which calls for credentials a program sends to the proxy.
type Credentials struct {
	Instance  bool `json:"instance"`
	Container bool `json:"container"`
}

// Answer is one answer, and a line of "deguchi noproxy test --json -".
type Answer struct {
	Program string      `json:"program"`
	Target  string      `json:"target"`
	Route   noproxy.Way `json:"route"`
	Proxy   string      `json:"proxy"`
	Entry   string      `json:"entry"`
	Because string      `json:"because"`
}

// Document returns answers for urls as JSON shows them.
func (p *Printer) Document(answers []OfProgram, urls []string) Answers {
	var doc Answers
	for _, a := range answers {
		doc.Programs = append(doc.Programs, Program{
			a.Program.ID, a.Program.Name, a.Program.Version, a.Program.Family(), string(a.Program.Level), a.Program.Source,
			Credentials(a.Program.Credentials),
		})
		for i, d := range a.Decisions {
			doc.Answers = append(doc.Answers, p.answer(a.Program.ID, urls[i], d))
		}
	}
	return doc
}

func (p *Printer) answer(program, target string, d noproxy.Decision) Answer {
	return Answer{program, target, d.Route, d.Proxy, d.Entry, d.Because.In(p.Lang)}
}

// Answers prints every answer with its reason.
func (p *Printer) Answers(answers []OfProgram, urls []string) {
	for i, a := range answers {
		if i > 0 {
			p.printf("\n")
		}
		p.printf("%s: %s\n", a.Program.ID, p.known(a.Program))
		for j, d := range a.Decisions {
			p.printf("  %s\n    %s\n", term.Printable(urls[j]), strings.Join(term.Wrap(p.words(d), columns-4), "\n    "))
		}
	}
}

// known says what program is and how it is known what it does.
func (p *Printer) known(program *noproxy.Program) string {
	if program.Level == noproxy.Measured {
		return p.say("noproxy.measured", program.Name, program.Version)
	}
	return p.say("noproxy.documented", program.Name)
}

// words puts d into words.
func (p *Printer) words(d noproxy.Decision) string {
	because := d.Because.In(p.Lang)
	if d.Route == noproxy.Proxied {
		return p.say("noproxy.by", d.Proxy, because)
	}
	return p.say("noproxy.way", p.way(d.Route), because)
}

func (p *Printer) way(w noproxy.Way) string { return p.say("noproxy.answer." + reason.Code(w)) }
