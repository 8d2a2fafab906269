package planner

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Record is the answer of "deguchi verify --json".
type Record struct {
	Tests  []Test `json:"tests"`
	Passed int    `json:"passed"`
	Failed int    `json:"failed"`
}

// Test is one test with its outcome.
type Test struct {
	File     string       `json:"file"`
	Name     string       `json:"name"`
	Position string       `json:"position"`
	Client   string       `json:"client"`
	URL      string       `json:"url"`
	OK       bool         `json:"ok"`
	Got      Expect       `json:"got"`
	Want     Expect       `json:"want"`
	Differs  []Difference `json:"differs"` // empty if it is ok
	Reason   string       `json:"reason"`  // why the request comes to what it does
	Because  string       `json:"because"` // what the author of the test says
	line     int
}

// Expect is an answer in the shape of a test's expect. Got has every condition
// key; want has what the test names.
type Expect struct {
	Verdict     string            `json:"verdict"`
	Path        []string          `json:"path"`
	Endpoint    string            `json:"endpoint"`
	DNS         DNS               `json:"dns"`
	Context     map[string]string `json:"context,omitempty"`
	Credentials string            `json:"credentials,omitempty"`
	Redirect    string            `json:"redirect,omitempty"`
}

// Difference is a field in which a test got something else than it wants.
type Difference struct {
	Field string `json:"field"` // "verdict", "dns.by", "context.aws:SourceIp"
	Got   string `json:"got"`
	Want  string `json:"want"`
}

// verify runs the tests of t, of which plan makes what a change leaves ready to
// answer, and adds them to r.
func (r *Record) verify(t *topology.Topology, plan func(*topology.Topology) *route.Planner, lang reason.Lang) {
	unchanged := plan(t)
	for _, test := range t.Tests {
		p := unchanged
		if !test.Change.IsZero() {
			changed, problems := t.Apply(test.Change)
			if changed == nil { // Parse has applied it before
				r.add(broken(test, problems, lang))
				continue
			}
			p = plan(changed)
		}
		got := p.Trace(p.Topology().Client(test.Client), test.Request)
		r.add(testOf(test, &got, lang))
	}
}

func (r *Record) add(t Test) {
	r.Tests = append(r.Tests, t)
	if t.OK {
		r.Passed++
	} else {
		r.Failed++
	}
}

// testOf is the outcome of a test that got answered.
func testOf(t *topology.Test, got *route.Trace, lang reason.Lang) Test {
	doc := started(t)
	doc.Got, doc.Reason, doc.Differs = gotOf(got), placed(got.Because.In(lang), place(got.Pos)), []Difference{}
	for _, d := range route.Compare(got, &t.Expect) {
		doc.Differs = append(doc.Differs, Difference(d))
	}
	doc.OK = len(doc.Differs) == 0
	return doc
}

// broken is the outcome of a test whose change cannot be applied.
func broken(t *topology.Test, problems []diag.Problem, lang reason.Lang) Test {
	doc := started(t)
	doc.Got.Path, doc.Differs = []string{}, []Difference{{"verdict", "", t.Expect.Verdict}}
	if len(problems) > 0 {
		doc.Reason = problems[0].Summary.In(lang)
	}
	return doc
}

func started(t *topology.Test) Test {
	doc := Test{
		File: t.Pos.File, Name: t.Name, Position: t.Pos.String(), line: t.Pos.Line,
		Client: t.Client, URL: address(t.Request.URL), Because: t.Because,
		Want: Expect{
			Verdict: t.Expect.Verdict, Path: listOf(t.Expect.Path), Endpoint: t.Expect.Endpoint, DNS: dnsOf(t.Expect.DNS),
			Credentials: t.Expect.Credentials.V, Redirect: t.Expect.Redirect,
		},
	}
	for _, c := range t.Expect.Context {
		if doc.Want.Context == nil {
			doc.Want.Context = map[string]string{}
		}
		doc.Want.Context[c.Key] = c.Value
	}
	return doc
}

func gotOf(t *route.Trace) Expect {
	e := Expect{
		Verdict: string(t.Verdict), Path: listOf(t.Path()), Endpoint: t.Crossed(), DNS: dnsOf(t.DNS),
		Context: map[string]string{}, Credentials: t.Credentials, Redirect: t.Redirect,
	}
	for _, k := range t.Context {
		e.Context[k.Name] = k.Value
	}
	return e
}

// record writes r for a person: the tests that failed, then a line for each
// file. With Verbose, those that passed stand there, too.
func (p *printer) record(r *Record) error {
	for i := range r.Tests {
		if t := &r.Tests[i]; !t.OK {
			p.failed(t)
		} else if p.Verbose {
			p.printf("%s  %s: %s\n", p.Paint.In(term.Green, p.say("plan.passed")), t.Position, printable(t.Name))
		}
	}
	for _, f := range r.files() {
		code := reason.Code("plan.file.failed")
		if f.failed == 0 {
			code = "plan.file.passed"
		}
		p.printf("%s\n", p.say(code, f.name, strconv.Itoa(f.passed), strconv.Itoa(f.failed)))
	}
	return nil
}

// failed writes what a test got beside what it wants, field by field.
func (p *printer) failed(t *Test) {
	p.printf("%s  %s: %s\n", p.Paint.In(term.Red, p.say("plan.failed")), t.Position, printable(t.Name))
	p.part("plan.request", t.Client+" → "+t.URL)
	for _, d := range t.Differs {
		p.printf("  %s\n", d.Field)
		p.side("plan.want", d.Want)
		p.side("plan.got", d.Got)
	}
	p.part("plan.because", t.Reason)
	p.part("plan.author", t.Because)
	p.printf("\n")
}

// side writes one side of a difference.
func (p *printer) side(label reason.Code, value string) {
	p.printf("    %s%s\n", pad(p.say(label), 11), printable(p.orNothing(value)))
}

// file is how the tests of a file went.
type file struct {
	name           string
	passed, failed int
	tests          []*Test
}

// files returns r by file, in the order of the tests.
func (r *Record) files() []file {
	var all []file
	for i := range r.Tests {
		t := &r.Tests[i]
		if len(all) == 0 || all[len(all)-1].name != t.File {
			all = append(all, file{name: t.File})
		}
		f := &all[len(all)-1]
		f.tests = append(f.tests, t)
		if t.OK {
			f.passed++
		} else {
			f.failed++
		}
	}
	return all
}

// summary is t's differences in one line.
func (p *printer) summary(t *Test) string {
	parts := make([]string, len(t.Differs))
	for i, d := range t.Differs {
		parts[i] = p.say("plan.differs", d.Field, p.orNothing(d.Got), p.orNothing(d.Want))
	}
	return strings.Join(parts, "; ")
}

func (p *printer) orNothing(value string) string {
	if value == "" {
		return p.say("plan.nothing")
	}
	return value
}
