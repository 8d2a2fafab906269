package planner

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// surveyMarkdown writes doc for a document.
func (p *printer) surveyMarkdown(doc *Survey) error {
	p.head("plan.title.survey", doc.Basis)
	p.printf("%s\n\n", md(p.surveyed(doc)))
	if doc.Routes > 0 {
		head, columns := p.heads("plan.client"), columnsOf(doc)
		for c := range columns {
			head = append(head, strconv.Itoa(c+1))
		}
		var rows [][]string
		for _, g := range doc.Groups {
			rows = append(rows, append([]string{code(p.called(g))}, g.Cells...))
		}
		p.tableOf(head, rows)
		p.legends(doc, columns)
	}
	p.findings(doc.Problems)
	return nil
}

// legends say what the numbers and letters of the matrix mean.
func (p *printer) legends(doc *Survey, columns [][]string) {
	var rows [][]string
	for _, w := range doc.Ways {
		rows = append(rows, []string{w.Way, md(p.verdict(w.Verdict)), codes(w.Path, " → "), md(w.Because)})
	}
	p.printf("## %s\n\n", md(p.say("plan.ways")))
	p.tableOf(p.heads("plan.way", "plan.verdict", "plan.path", "plan.because"), rows)
	rows = nil
	for c, urls := range columns {
		rows = append(rows, []string{strconv.Itoa(c + 1), codes(urls, "<br>")})
	}
	p.printf("## %s\n\n", md(p.say("plan.destinations")))
	p.tableOf(p.heads("plan.number", "plan.url"), rows)
	rows = nil
	for _, g := range doc.Groups {
		if len(g.Clients) > 1 {
			rows = append(rows, []string{code(p.called(g)), codes(g.Clients, ", ")})
		}
	}
	if len(rows) > 0 {
		p.printf("## %s\n\n", md(p.say("plan.groups")))
		p.tableOf(p.heads("plan.row", "plan.members"), rows)
	}
}

// findings writes what the checks found.
func (p *printer) findings(all []Finding) {
	if len(all) == 0 {
		return
	}
	var rows [][]string
	for _, f := range all {
		at := f.File + ":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column)
		rows = append(rows, []string{code(f.Code), md(p.say("plan.severity." + reason.Code(f.Severity))), code(at), md(f.Summary), md(f.Hint)})
	}
	p.printf("## %s\n\n", md(p.say("plan.findings")))
	p.tableOf(p.heads("plan.code", "plan.severity", "plan.position", "plan.finding", "plan.hint"), rows)
}

// surveyCSV writes what w answers for a spreadsheet: a row for every client and
// destination, so that it can be filtered.
func (p *printer) surveyCSV(doc *Survey, w ways) error {
	rows := [][]string{{
		"client", "url", "action", "principal", "verdict", "way", "path", "endpoint", "dns_by", "dns_answer", "because", "position",
	}}
	for _, g := range doc.Groups {
		for _, client := range g.Clients {
			for i, d := range doc.Destinations {
				t := w.p.Trace(w.t.Client(client), w.requests[i])
				because, pos := led(&t)
				rows = append(rows, []string{
					client, d.URL, d.Action, d.Principal, string(t.Verdict), g.Routes[i].Way, strings.Join(t.Path(), " > "),
					t.Crossed(), t.DNS.By, t.DNS.Answer, because.In(p.Lang), place(pos),
				})
			}
		}
	}
	return p.sheet(rows)
}
