package exceptions

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// agreeing are programs that do the same with every target.
type agreeing struct {
	ways     []noproxy.Way
	programs []string
}

// grouped puts programs that agree together, the largest group first.
func grouped(answers []OfProgram) []agreeing {
	var groups []agreeing
	for _, a := range answers {
		ways := make([]noproxy.Way, len(a.Decisions))
		for i, d := range a.Decisions {
			ways[i] = d.Route
		}
		i := slices.IndexFunc(groups, func(g agreeing) bool { return slices.Equal(g.ways, ways) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, agreeing{ways: ways})
		}
		groups[i].programs = append(groups[i].programs, a.Program.ID)
	}
	slices.SortStableFunc(groups, func(a, b agreeing) int {
		return cmp.Compare(len(b.programs), len(a.programs))
	})
	return groups
}

// Matrix prints a row for each of urls and a column for each group of programs
// that agree, and below it who is in which group. Where the row does not fit,
// the columns stand below the URL.
func (p *Printer) Matrix(answers []OfProgram, urls []string) error {
	groups := grouped(answers)
	cell, wide := 0, 0
	for _, w := range []noproxy.Way{noproxy.Direct, noproxy.Proxied, noproxy.Broken} {
		cell = max(cell, term.Width(p.way(w)))
	}
	for _, u := range urls {
		wide = max(wide, term.Width(term.Printable(u)))
	}
	below := wide+len(groups)*(cell+2) > columns
	var t term.Table
	head := []string{""}
	for i := range groups {
		head = append(head, term.Pad(strconv.Itoa(i+1), cell))
	}
	t.Row(head...)
	for i, u := range urls {
		row := []string{term.Printable(u)}
		if below {
			t.Row(term.Printable(u))
			row[0] = ""
		}
		for _, g := range groups {
			row = append(row, term.Pad(p.way(g.ways[i]), cell))
		}
		t.Row(row...)
	}
	var b strings.Builder
	if err := t.Print(&b, term.Paint(false)); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		p.printf("%s\n", strings.TrimRight(line, " \n"))
	}
	for i, g := range groups {
		p.printf("\n%d  %s\n", i+1, strings.Join(term.Wrap(strings.Join(g.programs, ", "), columns-4), "\n   "))
	}
	return nil
}
