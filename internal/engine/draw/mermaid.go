package draw

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Mermaid returns traces, which are ways through t, as a flowchart that GitHub
// renders in a code block of the language "mermaid", or t if there is none. It
// says what SVG says, but has a title only if Options.Title is one.
func Mermaid(t *topology.Topology, traces []route.Trace, o Options) string {
	say := speaker(o.Lang)
	m := &chart{say: say, last: -1}
	if title := plain(o.Title); title != "" {
		m.f("---\ntitle: %s\n---\n", heading(title))
	}
	m.f("flowchart TB\n")
	if len(traces) == 0 {
		m.topology(&atlas{t: t, say: say})
	}
	told := ways(t, traces, say)
	for _, r := range rows(told, say) {
		m.row(r, len(told) > 1)
	}
	m.f("  classDef unused stroke-dasharray:4 3,color:#57606a\n")
	m.f("  classDef unmeant stroke-width:5px\n")
	m.f("  classDef stopped stroke-width:4px\n")
	return m.String()
}

// chart writes a flowchart.
type chart struct {
	strings.Builder
	say   speaker
	nodes int
	boxes int
	last  int // the box of the row before; -1 if there is none
}

func (m *chart) f(format string, args ...any) { fmt.Fprintf(&m.Builder, format, args...) }

// row writes a leg in a box of its own.
func (m *chart) row(r row, numbered bool) {
	first := m.nodes
	head := r.way.from() + " → " + r.way.asked() + ": " + r.way.outcome(m.say)
	if numbered {
		head = r.way.badge() + ". " + head
	}
	box := m.boxes
	m.open("  ", head)
	m.f("    direction LR\n")
	var edges []string
	network, inner := place{}, place{}
	leave := func(to place) {
		if inner.subnet != nil && to != inner {
			m.f("    end\n")
			inner = place{}
		}
		if network != (place{}) && to.network() != network {
			m.f("  end\n")
			network = place{}
		}
	}
	for i := range r.cells {
		c := &r.cells[i]
		leave(c.place)
		if c.place != (place{}) && network == (place{}) {
			network = c.place.network()
			m.open("  ", areaName(network, m.say))
		}
		if c.place.subnet != nil && inner != c.place {
			inner = c.place
			m.open("    ", areaName(inner, m.say))
		}
		id := m.node(c)
		for j := range c.below {
			edges = append(edges, id+" -.- "+m.node(&c.below[j]))
		}
	}
	leave(place{})
	for _, e := range append(m.way(r, first), edges...) {
		m.f("    %s\n", e)
	}
	m.f("  end\n")
	if m.last >= 0 {
		m.f("  g%d ~~~ g%d\n", m.last, box) // keeps the order of the ways
	}
	m.last = box
}

// way returns the edges of r, whose nodes count from first.
func (m *chart) way(r row, first int) []string {
	var edges []string
	id := first
	for i := range r.cells {
		c := &r.cells[i]
		if i > 0 {
			arrow := fmt.Sprintf(`==>|"%d"|`, c.number)
			switch {
			case r.cells[i-1].shape == octagonShape:
				arrow = "-.-"
			case c.shape == octagonShape:
				arrow = "==="
			}
			before := id - 1 - len(r.cells[i-1].below)
			edges = append(edges, fmt.Sprintf("n%d %s n%d", before, arrow, id))
		}
		id += 1 + len(c.below)
	}
	return edges
}

// open begins a box.
func (m *chart) open(indent, label string) {
	m.f("%ssubgraph g%d[\"%s\"]\n", indent, m.boxes, quoted(label))
	m.boxes++
}

// node writes c and returns its id.
func (m *chart) node(c *cell) string {
	id := "n" + strconv.Itoa(m.nodes)
	m.nodes++
	var parts []string
	for _, part := range append([]string{c.kind, c.name}, strings.Split(c.detail, "\n")...) {
		if part != "" {
			parts = append(parts, quoted(part))
		}
	}
	begin, end := brackets(c.shape)
	class := ""
	switch c.look {
	case solid:
	case dashed:
		class = ":::unused"
	case hatch:
		class = ":::unmeant"
	case heavy:
		class = ":::stopped"
	}
	m.f("      %s%s\"%s\"%s%s\n", id, begin, strings.Join(parts, "<br/>"), end, class)
	return id
}

// brackets are what Mermaid writes around the text of a shape.
func brackets(s shape) (begin, end string) {
	switch s {
	case proxyShape, octagonShape:
		return "{{", "}}"
	case barsShape, goalShape:
		return "[[", "]]"
	case cutShape:
		return "[/", "\\]"
	case pillShape:
		return "([", "])"
	case slantShape:
		return "[/", "/]"
	case cloudShape:
		return "((", "))"
	case boxShape:
	}
	return "[", "]"
}

// heading returns s as a YAML string. Mermaid looks for its directives before
// it reads YAML, and so finds none.
func heading(s string) string {
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "%", `\u0025`, "{", `\u007b`).Replace(strconv.Quote(s))
}

// quoted returns s for a quoted label, where Mermaid reads markup, entities
// and Markdown.
func quoted(s string) string {
	var b strings.Builder
	for _, r := range plain(s) {
		if strings.ContainsRune("\"#&;<>`*_~|\\[]{}()", r) {
			fmt.Fprintf(&b, "#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
