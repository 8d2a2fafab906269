package exceptions

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy/lint"
)

// Lint is the answer of "deguchi noproxy lint --json".
type Lint struct {
	Value    string    `json:"value"`
	Programs []string  `json:"programs"`
	Problems []Problem `json:"problems"`
	Portable string    `json:"portable"` // the shortest value that does what Value is meant to
	Complete bool      `json:"complete"` // whether it does all of that for every program
	Missed   []Missed  `json:"missed"`   // what it does not do
	LeftOut  []string  `json:"left_out"` // entries that mean no host
}

// Problem is a problem as every command prints it, and what it is about.
type Problem struct {
	File     string   `json:"file"` // NO_PROXY: positions are those of the value
	Line     int      `json:"line"`
	Column   int      `json:"column"` // counts from 1, in runes
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Summary  string   `json:"summary"`
	Hint     string   `json:"hint"`
	Entry    string   `json:"entry"` // as written; empty if it is about the list
	Programs []string `json:"programs"`
	Witness  string   `json:"witness"` // a URL with which it shows
	Instead  []string `json:"instead"` // entries that all of the programs read
}

// Missed is a URL that a program asks the proxy for whatever is listed, or that it
// fails on where it is listed.
type Missed struct {
	Program string      `json:"program"`
	URL     string      `json:"url"`
	Route   noproxy.Way `json:"route"` // proxy or error
}

// Linted returns r as JSON shows it.
func (p *Printer) Linted(value string, programs []string, r lint.Report) Lint {
	doc := Lint{
		Value: value, Programs: programs, Portable: r.Portable, Complete: len(r.Missed) == 0 && len(r.LeftOut) == 0,
		Problems: []Problem{}, Missed: []Missed{}, LeftOut: some(r.LeftOut),
	}
	for _, f := range r.Findings {
		doc.Problems = append(doc.Problems, Problem{
			f.Pos.File, f.Pos.Line, f.Pos.Col, f.Code, f.Severity.String(), f.Summary.In(p.Lang), f.Hint.In(p.Lang),
			f.Entry, some(f.Programs), f.Witness, some(f.Instead),
		})
	}
	for _, m := range r.Missed {
		doc.Missed = append(doc.Missed, Missed(m))
	}
	return doc
}

// some is list, or an empty one: JSON has no null for it.
func some(list []string) []string { return append([]string{}, list...) }

// Lint prints r for a person: the problems with the value below each, and the
// value that all of the programs read alike.
func (p *Printer) Lint(value string, programs []string, r lint.Report) error {
	printer := diag.Printer{Lang: p.Lang, Paint: p.Paint}
	if err := printer.All(p.Out, r.Problems(), map[string][]byte{lint.File: []byte(value)}); err != nil {
		return err
	}
	switch {
	case len(r.Findings) == 0:
		p.printf("%s\n", p.say("cli.check.clean", lint.File))
	case len(r.Missed) > 0:
		p.closest(programs, r)
	case r.Portable != "" && len(r.LeftOut) > 0:
		p.printf("%s\n", p.say("noproxy.portable-rest", r.Portable))
	case r.Portable != "" && r.Portable != value:
		p.printf("%s\n", p.say("noproxy.portable", r.Portable))
	}
	return nil
}

// closest prints the value that comes closest, and who does not read it so.
func (p *Printer) closest(programs []string, r lint.Report) {
	if r.Portable != "" {
		p.printf("%s\n", p.say("noproxy.closest", r.Portable))
	} else {
		p.printf("%s\n", p.say("noproxy.no-value"))
	}
	for _, name := range programs {
		p.missed("noproxy.missed", name, noproxy.Proxied, r.Missed)
		p.missed("noproxy.missed.fails", name, noproxy.Broken, r.Missed)
	}
}

// missed says in one line what of all program name does by way.
func (p *Printer) missed(code reason.Code, name string, way noproxy.Way, all []lint.Missed) {
	var urls []string
	for _, m := range all {
		if m.Program == name && m.Route == way {
			urls = append(urls, m.URL)
		}
	}
	if len(urls) > 0 {
		p.printf("  %s\n", p.say(code, name, strings.Join(urls, " ")))
	}
}
