package planner

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// recordMarkdown writes r as a test record: who approves it sees what was asked,
// expected and found, for every test.
func (p *printer) recordMarkdown(r *Record) error {
	p.printf("# %s\n\n", md(p.say("plan.title.verify")))
	var rows [][]string
	files := r.files()
	for _, f := range files {
		rows = append(rows, []string{code(f.name), strconv.Itoa(len(f.tests)), strconv.Itoa(f.passed), strconv.Itoa(f.failed)})
	}
	p.tableOf(p.heads("plan.file", "plan.tests", "plan.passed", "plan.failed"), rows)
	for _, f := range files {
		p.printf("## %s\n\n", code(f.name))
		rows = nil
		for i, t := range f.tests {
			rows = append(rows, []string{
				strconv.Itoa(i + 1), md(t.Name), code(t.Client), code(t.URL), p.expected(t.Want), p.expected(t.Got),
				md(p.outcome(t)), md(t.Because),
			})
		}
		p.tableOf(p.heads("plan.number", "plan.test", "plan.client", "plan.url", "plan.want", "plan.got", "plan.result", "plan.author"), rows)
		for _, t := range f.tests {
			p.differences(t)
		}
	}
	return nil
}

// expected is an answer in a cell: the verdict and the way.
func (p *printer) expected(e Expect) string {
	return md(p.verdict(e.Verdict)) + "<br>" + codes(e.Path, " → ")
}

func (p *printer) outcome(t *Test) string {
	if t.OK {
		return p.say("plan.passed")
	}
	return p.say("plan.failed")
}

// differences writes in which fields a test failed.
func (p *printer) differences(t *Test) {
	if t.OK {
		return
	}
	p.printf("### %s: %s (%s)\n\n", md(p.say("plan.failed")), md(t.Name), code(t.Position))
	var rows [][]string
	for _, d := range t.Differs {
		rows = append(rows, []string{code(d.Field), code(d.Want), code(d.Got)})
	}
	p.tableOf(p.heads("plan.field", "plan.want", "plan.got"), rows)
	p.printf("%s\n\n", md(t.Reason))
}

// recordCSV writes r for a spreadsheet, a row for each test.
func (p *printer) recordCSV(r *Record) error {
	rows := [][]string{{
		"file", "position", "test", "client", "url", "ok", "want_verdict", "got_verdict", "want_path", "got_path",
		"want_endpoint", "got_endpoint", "want_dns", "got_dns", "differs", "reason", "because",
	}}
	for i := range r.Tests {
		t := &r.Tests[i]
		rows = append(rows, []string{
			t.File, t.Position, t.Name, t.Client, t.URL, strconv.FormatBool(t.OK), t.Want.Verdict, t.Got.Verdict,
			strings.Join(t.Want.Path, " > "), strings.Join(t.Got.Path, " > "), t.Want.Endpoint, t.Got.Endpoint,
			dnsCell(t.Want.DNS), dnsCell(t.Got.DNS), p.summary(t), t.Reason, t.Because,
		})
	}
	return p.sheet(rows)
}

func dnsCell(d DNS) string { return d.By + ": " + d.Answer }

// The elements of JUnit's XML as Jenkins, GitLab and GitHub's actions read it:
// names and counts on every suite, a class name on every case. Times are 0:
// the same files give the same bytes.
type (
	suitesXML struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr"`
		Suites   []suiteXML `xml:"testsuite"`
	}
	suiteXML struct {
		Name     string    `xml:"name,attr"`
		Tests    int       `xml:"tests,attr"`
		Failures int       `xml:"failures,attr"`
		Errors   int       `xml:"errors,attr"`
		Skipped  int       `xml:"skipped,attr"`
		Time     string    `xml:"time,attr"`
		Cases    []caseXML `xml:"testcase"`
	}
	caseXML struct {
		Name    string      `xml:"name,attr"`
		Class   string      `xml:"classname,attr"`
		File    string      `xml:"file,attr"`
		Line    int         `xml:"line,attr"`
		Time    string      `xml:"time,attr"`
		Failure *failureXML `xml:"failure"`
	}
	failureXML struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
)

// recordJUnit writes r as CI systems read it: a suite for each file.
func (p *printer) recordJUnit(r *Record) error {
	doc := suitesXML{Name: "deguchi verify", Tests: len(r.Tests), Failures: r.Failed, Time: "0"}
	for _, f := range r.files() {
		suite := suiteXML{Name: printable(f.name), Tests: len(f.tests), Failures: f.failed, Time: "0"}
		for _, t := range f.tests {
			suite.Cases = append(suite.Cases, p.caseOf(t))
		}
		doc.Suites = append(doc.Suites, suite)
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.Out, xml.Header+string(text)+"\n")
	return err
}

func (p *printer) caseOf(t *Test) caseXML {
	c := caseXML{Name: printable(t.Name), Class: printable(t.File), File: printable(t.File), Line: t.line, Time: "0"}
	if t.OK {
		return c
	}
	var b strings.Builder
	plain := printer{Out: &b, Lang: p.Lang}
	plain.failed(t)
	c.Failure = &failureXML{Message: printable(p.summary(t)), Type: failureType(t), Text: printableLines(strings.TrimSpace(b.String()))}
	return c
}

// failureType is the field that differs first.
func failureType(t *Test) string {
	if len(t.Differs) == 0 {
		return string(reason.Code("verdict"))
	}
	field, _, _ := strings.Cut(t.Differs[0].Field, ".")
	return field
}
