package planner

import (
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/engine/fix"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Route answers for urls asked as q says, and reports whether one of them does
// not reach.
func (d *Desk) Route(q *Question, file string, urls []string) (failing bool, err error) {
	format, err := RouteFormats().choose(q.Format, d.JSON)
	if err != nil {
		return false, err
	}
	t, err := d.open(file, q.Changes)
	if err != nil {
		return false, err
	}
	client, err := q.client(t.Topology)
	if err != nil {
		return false, err
	}
	requests, err := q.requests(t.Topology, urls)
	if err != nil {
		return false, err
	}
	p := d.plan(t.Topology, q.Strict)
	doc := Routes{Basis: basisOf(t.Topology, &q.Options)}
	w := ways{t: t.Topology}
	for i, q := range requests {
		trace := p.Trace(client, q)
		w.traces = append(w.traces, trace)
		r := routeOf(t.Topology, &trace, fix.Find(p, client, q, fix.Options{}), d.Lang)
		r.URL = diag.Redact(urls[i]) // as it was typed
		doc.Routes = append(doc.Routes, r)
	}
	if format == "json" {
		return doc.failed(), d.Print("route", doc)
	}
	return doc.failed(), d.printer().routesAs(format, doc, w)
}

// Survey answers for every client and destination of the topology in file, and
// reports whether something is wrong: a finding, or a destination asked for
// that someone does not reach.
func (d *Desk) Survey(e *Extent, file string) (wrong bool, err error) {
	format, err := RouteFormats().choose(e.Format, d.JSON)
	if err != nil {
		return false, err
	}
	t, err := d.open(file, e.Changes)
	if err != nil {
		return false, err
	}
	wanted, err := e.wanted(t.Topology)
	if err != nil {
		return false, err
	}
	tell, end := d.watch()
	w := ways{t: t.Topology, p: d.plan(t.Topology, e.Strict)}
	answer := survey.Of(w.p, survey.Destinations(t.Topology, wanted), tell)
	end()
	w.traces = answer.Examples(w.p)
	for _, d := range answer.Destinations {
		w.requests = append(w.requests, d.Request)
	}
	problems := check.Topology(t.Topology, d.Now)
	doc := surveyOf(answer, problems, d.Lang)
	doc.Basis = basisOf(t.Topology, &e.Options)
	worst, any := diag.Worst(problems)
	wrong = doc.misses() || any && worst != diag.Note
	if format == "json" {
		return wrong, d.Print("survey", doc)
	}
	err = d.printer().surveyAs(format, &doc, w)
	if err == nil && format == "text" && any {
		err = d.findings(problems, file, t.src)
	}
	return wrong, err
}

// findings writes problems below a survey.
func (d *Desk) findings(problems []diag.Problem, file string, src []byte) error {
	p := d.printer()
	p.printf("\n%s\n", p.say("plan.findings"))
	printer := diag.Printer{Lang: d.Lang, Paint: d.Paint, Width: columns}
	return printer.All(d.Out, problems, map[string][]byte{file: src})
}

// Verify runs the tests of files, and reports whether one fails.
func (d *Desk) Verify(format string, files []string) (failing bool, err error) {
	format, err = VerifyFormats().choose(format, d.JSON)
	if err != nil {
		return false, err
	}
	topologies, err := d.tested(files)
	if err != nil {
		return false, err
	}
	var r Record
	for _, t := range topologies {
		r.verify(t, func(t *topology.Topology) *route.Planner { return d.plan(t, false) }, d.Lang)
	}
	if format == "json" {
		return r.Failed > 0, d.Print("verify", r)
	}
	return r.Failed > 0, d.printer().recordAs(format, &r)
}

// tested returns the topologies in files, of which each must be sound and have
// tests. What is wrong with any is said before the first is refused.
func (d *Desk) tested(files []string) (all []*topology.Topology, err error) {
	for _, file := range files {
		t, why := d.open(file, nil)
		if why == nil && len(t.Tests) == 0 {
			why = failure("cli.verify.no-tests", file)
		}
		if err == nil {
			err = why
		}
		all = append(all, t.Topology)
	}
	return all, err
}

// Topology returns the topology in file, which must be sound: what is wrong with
// it is printed otherwise.
func (d *Desk) Topology(file string) (*topology.Topology, error) {
	t, err := d.open(file, nil)
	return t.Topology, err
}

func (d *Desk) plan(t *topology.Topology, strict bool) *route.Planner {
	return route.New(t, route.Options{Now: d.Now, Strict: strict})
}

// Diff returns the routes that after gives another way than before.
func (d *Desk) Diff(before, after *topology.Topology) []Change {
	tell, end := d.watch()
	defer end()
	return changesOf(survey.Diff(d.plan(before, false), d.plan(after, false), tell), d.Lang)
}

// Changes writes changes from the topology in the file old for a person.
func (d *Desk) Changes(old string, changes []Change) { d.printer().changes(old, changes) }
