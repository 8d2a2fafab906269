package draw

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// failer is what tests and rapid's checks have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// sound checks everything that holds for every picture of traces through top.
func sound(t failer, top *topology.Topology, traces []route.Trace, o Options) {
	t.Helper()
	svg := SVG(top, traces, o)
	wellFormed(t, svg)
	if again := SVG(top, traces, o); !bytes.Equal(svg, again) {
		t.Errorf("the same picture twice is not the same bytes")
	}
	say := speaker(o.Lang)
	p := mapped(top, "title", say)
	if len(traces) > 0 {
		p = strips(ways(top, traces, say), "title", say)
	}
	readable(t, p)
	balanced(t, Mermaid(top, traces, o))
	for _, trace := range traces {
		narrow(t, Text(top, trace, o.Lang, false))
	}
}

// wellFormed checks that svg is XML.
func wellFormed(t failer, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("not XML: %v\n%s", err, svg)
			return
		}
	}
}

// readable checks that nothing is cut off, and that no text is crossed by
// another, by a disc or by a line.
func readable(t failer, p *picture) {
	t.Helper()
	page := rect{0, 0, p.w, p.h}
	for _, l := range p.labels {
		if !within(l.rect, page) {
			t.Errorf("label %q %v leaves the page %v", l.text, l.rect, page)
		}
		for _, line := range p.lines {
			if crosses(line, l.rect) {
				t.Errorf("line %v crosses label %q %v", line.points, l.text, l.rect)
			}
		}
		for _, m := range p.marks {
			if overlap(l.rect, rect{m.x - 8, m.y - 8, 16, 16}) && m.sign != jointSign {
				t.Errorf("disc %v covers label %q %v", m, l.text, l.rect)
			}
		}
	}
	for i, a := range p.labels {
		for _, b := range p.labels[:i] {
			if overlap(a.rect, b.rect) {
				t.Errorf("labels overlap: %q %v, %q %v", a.text, a.rect, b.text, b.rect)
			}
		}
	}
	for i, a := range p.nodes {
		if !within(a.rect, page) {
			t.Errorf("node %q %v leaves the page %v", a.hover, a.rect, page)
		}
		for _, b := range p.nodes[:i] {
			if overlap(a.rect, b.rect) {
				t.Errorf("nodes overlap: %q %v, %q %v", a.hover, a.rect, b.hover, b.rect)
			}
		}
	}
	nested(t, p)
}

// nested checks that two areas are apart or one in the other, and that no
// node stands across the edge of one.
func nested(t failer, p *picture) {
	t.Helper()
	for i, a := range p.areas {
		if !within(a.rect, rect{0, 0, p.w, p.h}) {
			t.Errorf("area %v leaves the page", a.rect)
		}
		for _, b := range p.areas[:i] {
			if overlap(a.rect, b.rect) && !within(a.rect, b.rect) {
				t.Errorf("areas cross: %v, %v", a.rect, b.rect)
			}
		}
		for _, n := range p.nodes {
			if overlap(n.rect, a.rect) && !within(n.rect, a.rect) {
				t.Errorf("node %q %v stands across the edge of %v", n.hover, n.rect, a.rect)
			}
		}
	}
}

func within(a, b rect) bool {
	return a.x >= b.x && a.y >= b.y && a.right() <= b.right() && a.bottom() <= b.bottom()
}

func overlap(a, b rect) bool {
	return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

// crosses reports whether l, which runs along the axes, passes through r.
func crosses(l line, r rect) bool {
	for i := range l.points[1:] {
		a, b := l.points[i], l.points[i+1]
		seg := rect{min(a.x, b.x), min(a.y, b.y), max(a.x, b.x) - min(a.x, b.x) + 1, max(a.y, b.y) - min(a.y, b.y) + 1}
		if overlap(seg, r) {
			return true
		}
	}
	return false
}

// balanced checks that every box of a flowchart is closed.
func balanced(t failer, chart string) {
	t.Helper()
	depth := 0
	for line := range strings.Lines(chart) {
		switch text := strings.TrimSpace(line); {
		case strings.HasPrefix(text, "subgraph "):
			depth++
		case text == "end":
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		t.Errorf("boxes do not close:\n%s", chart)
	}
}

// narrow checks that text fits a terminal.
func narrow(t failer, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := columns(strings.TrimSuffix(line, "\n")); n > terminal {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

var _ failer = (*testing.T)(nil)
