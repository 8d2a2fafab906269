package planner

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/term"
)

// survey writes doc for a person: clients against destinations, then what the
// letters in it mean. Findings are for the caller to add.
func (p *printer) survey(doc *Survey) error {
	p.printf("%s\n", p.surveyed(doc))
	if len(doc.Destinations) == 0 {
		p.printf("%s\n", p.say("plan.no-destinations"))
	}
	if doc.Routes == 0 {
		return nil
	}
	p.matrix(doc)
	p.printf("\n%s\n", p.say("plan.ways"))
	for i := range doc.Ways {
		p.surveyWay(&doc.Ways[i])
	}
	p.printf("\n%s\n", p.say("plan.destinations"))
	for c, urls := range columnsOf(doc) {
		p.numbered(strconv.Itoa(c+1), urls)
	}
	p.members(doc)
	return nil
}

// surveyed is how much was asked, and how much of it reaches.
func (p *printer) surveyed(doc *Survey) string {
	return p.say("plan.surveyed", strconv.Itoa(doc.Clients), strconv.Itoa(len(doc.Destinations)),
		strconv.Itoa(doc.Routes), strconv.Itoa(doc.Reached), strconv.Itoa(doc.Routes-doc.Reached))
}

// matrix writes a row for each group of clients and a column for each group of
// destinations; what does not fit the width stands in further blocks.
func (p *printer) matrix(doc *Survey) {
	names, left, cell := make([]string, len(doc.Groups)), 0, 0
	for i, g := range doc.Groups {
		names[i] = clip(p.called(g), columns/2)
		left = max(left, term.Width(names[i]))
		for _, c := range g.Cells {
			cell = max(cell, len(c))
		}
	}
	n := len(doc.Groups[0].Cells)
	cell = max(cell, len(strconv.Itoa(n))) + 1
	step := max(1, (columns-left-1)/cell)
	for from := 0; from < n; from += step {
		to := min(from+step, n)
		line := strings.Repeat(" ", left+1)
		for c := from; c < to; c++ {
			line += " " + pad(strconv.Itoa(c+1), cell-1)
		}
		p.printf("\n%s\n", strings.TrimRight(line, " "))
		for i, g := range doc.Groups {
			line = pad(names[i], left) + " "
			for _, c := range g.Cells[from:to] {
				line += " " + p.Paint.In(markStyle(c), c) + strings.Repeat(" ", max(0, cell-1-len(c)))
			}
			p.printf("%s\n", strings.TrimRight(line, " "))
		}
	}
}

// called is the name of a group: of its first client, and how many more there
// are.
func (p *printer) called(g Group) string {
	if len(g.Clients) == 1 {
		return g.Clients[0]
	}
	return p.say("plan.group", g.Clients[0], strconv.Itoa(len(g.Clients)-1))
}

func markStyle(mark string) term.Style {
	switch mark[len(mark)-1] {
	case '!':
		return term.Red
	case '?':
		return term.Yellow
	}
	return term.Green
}

// clip shortens text to width columns.
func clip(text string, width int) string {
	if term.Width(text) <= width {
		return text
	}
	for term.Width(text) > width-1 {
		r := []rune(text)
		text = string(r[:len(r)-1])
	}
	return text + "…"
}

func (p *printer) surveyWay(w *Way) {
	verdict := p.verdict(w.Verdict)
	head := "  " + pad(w.Way, 4)
	path := strings.Join(w.Path, " > ")
	if path == "" {
		path = p.say("plan.nowhere")
	}
	first := verdict + "  " + path
	for i, line := range term.Wrap(first, columns-6) {
		if i == 0 {
			line = p.Paint.In(style(w.Verdict), verdict) + strings.TrimPrefix(line, verdict)
		} else {
			head = strings.Repeat(" ", 6)
		}
		p.printf("%s%s\n", head, line)
	}
	if w.Verdict == "reached" && !p.Verbose {
		return
	}
	for _, line := range term.Wrap(printable(w.Because), columns-6) {
		p.printf("      %s\n", line)
	}
	p.printf("      %s\n", printable(p.say("plan.example", w.Client, w.URL)))
}

// mostListed bounds what text lists of a group.
const mostListed = 6

// numbered writes lines beside what they are called by, the first of them
// unless all are asked for.
func (p *printer) numbered(name string, lines []string) {
	for i, line := range lines {
		if i == mostListed && len(lines) > mostListed+1 && !p.Verbose {
			p.printf("      %s\n", p.say("plan.more", strconv.Itoa(len(lines)-i)))
			return
		}
		p.printf("  %s%s\n", pad(name, 4), printable(line))
		name = ""
	}
}

// columnsOf are the destinations of each column.
func columnsOf(doc *Survey) [][]string {
	var all [][]string
	for _, d := range doc.Destinations {
		for len(all) < d.Column {
			all = append(all, nil)
		}
		all[d.Column-1] = append(all[d.Column-1], d.label())
	}
	return all
}

// label is a destination in one line.
func (d *Destination) label() string {
	var more []string
	for _, text := range []string{d.Action, d.Principal} {
		if text != "" {
			more = append(more, text)
		}
	}
	if len(more) == 0 {
		return d.URL
	}
	return d.URL + " (" + strings.Join(more, ", ") + ")"
}

// members writes who is in the groups of several clients.
func (p *printer) members(doc *Survey) {
	heading := false
	for _, g := range doc.Groups {
		if len(g.Clients) == 1 {
			continue
		}
		if !heading {
			p.printf("\n%s\n", p.say("plan.groups"))
			heading = true
		}
		names := g.Clients
		if len(names) > 4*mostListed && !p.Verbose {
			names = append(listOf(names[:4*mostListed]), p.say("plan.more", strconv.Itoa(len(names)-4*mostListed)))
		}
		for i, line := range term.Wrap(strings.Join(names, ", "), columns-4) {
			p.printf("  %s%s\n", strings.Repeat("  ", min(i, 1)), line)
		}
	}
}
