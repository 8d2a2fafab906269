package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Formats are the forms of an answer, the default first.
type Formats []string

// RouteFormats returns those of "deguchi route" and "survey".
func RouteFormats() Formats { return Formats{"text", "json", "markdown", "csv"} }

// VerifyFormats returns those of "deguchi verify".
func VerifyFormats() Formats { return Formats{"text", "json", "junit", "markdown", "csv"} }

// Choose returns the format that --format and --json ask for.
func (f Formats) Choose(format string, asJSON bool) (string, error) {
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

// Ways are the traces behind an answer and the topology that they lead through,
// for pictures.
type Ways struct {
	Topology *topology.Topology
	Traces   []route.Trace
}

// RoutesAs writes doc in format, which is not JSON.
func (p *Printer) RoutesAs(format string, doc Routes, w Ways) error {
	switch format {
	case "markdown":
		return p.RoutesMarkdown(doc)
	case "csv":
		return p.RoutesCSV(doc)
	}
	return p.Routes(doc)
}

// SurveyAs writes doc in format, which is not JSON.
func (p *Printer) SurveyAs(format string, doc *Survey, w Ways) error {
	switch format {
	case "markdown":
		return p.SurveyMarkdown(doc)
	case "csv":
		return p.SurveyCSV(doc)
	}
	return p.Survey(doc)
}

// RecordAs writes r in format, which is not JSON.
func (p *Printer) RecordAs(format string, r *Record) error {
	switch format {
	case "markdown":
		return p.RecordMarkdown(r)
	case "csv":
		return p.RecordCSV(r)
	case "junit":
		return p.RecordJUnit(r)
	}
	return p.Record(r)
}
