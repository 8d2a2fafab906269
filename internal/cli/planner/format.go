package planner

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/draw"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Formats are the forms of an answer, the default first.
type Formats []string

// RouteFormats returns those of "deguchi route" and "survey".
func RouteFormats() Formats { return Formats{"text", "json", "svg", "mermaid", "markdown", "csv"} }

// VerifyFormats returns those of "deguchi verify".
func VerifyFormats() Formats { return Formats{"text", "json", "junit", "markdown", "csv"} }

// choose returns the format that --format and --json ask for.
func (f Formats) choose(format string, asJSON bool) (string, error) {
	switch {
	case !slices.Contains(f, format):
		return "", mistake("cli.bad-choice", "--format", strconv.Quote(format), strings.Join(f, ", "))
	case asJSON && format != "text" && format != "json":
		return "", mistake("cli.route.two-formats", format)
	case asJSON:
		return "json", nil
	}
	return format, nil
}

// ways are the traces behind an answer and the topology that they lead through,
// for pictures; and for the table of a survey, what answers its requests.
type ways struct {
	t        *topology.Topology
	traces   []route.Trace
	p        *route.Planner
	requests []topology.Request
}

// picture writes w in a form that shows it.
func (p *printer) picture(format string, w ways) error {
	o := draw.Options{Lang: p.Lang}
	text := ""
	if format == "mermaid" {
		text = draw.Mermaid(w.t, w.traces, o)
	} else {
		text = string(draw.SVG(w.t, w.traces, o))
	}
	_, err := io.WriteString(p.Out, text)
	return err
}

// routesAs writes doc in format, which is not JSON.
func (p *printer) routesAs(format string, doc Routes, w ways) error {
	switch format {
	case "markdown":
		return p.routesMarkdown(doc)
	case "csv":
		return p.routesCSV(doc)
	case "svg", "mermaid":
		return p.picture(format, w)
	}
	return p.routes(doc)
}

// surveyAs writes doc in format, which is not JSON.
func (p *printer) surveyAs(format string, doc *Survey, w ways) error {
	switch format {
	case "markdown":
		return p.surveyMarkdown(doc)
	case "csv":
		return p.surveyCSV(doc, w)
	case "svg", "mermaid":
		return p.picture(format, w)
	}
	return p.survey(doc)
}

// recordAs writes r in format, which is not JSON.
func (p *printer) recordAs(format string, r *Record) error {
	switch format {
	case "markdown":
		return p.recordMarkdown(r)
	case "csv":
		return p.recordCSV(r)
	case "junit":
		return p.recordJUnit(r)
	}
	return p.record(r)
}
