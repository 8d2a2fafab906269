package draw

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

const (
	terminal  = 80 // columns
	leastRoom = 30 // columns for a reason beside its hop
	anyLines  = 1 << 20
)

// Text returns trace, a way through t, for a terminal: who asks for what, a
// line for every hop with its reason, what it comes to, and what is known
// about it. It fits 80 columns where names allow.
func Text(t *topology.Topology, trace route.Trace, lang reason.Lang, paint term.Paint) string {
	say := speaker(lang)
	w := newWay(t, trace, say)
	p := &page{paint: paint}
	p.line(term.Bold, "", w.from()+" → "+w.asked())
	p.WriteByte('\n')
	p.hops(&w, say)
	style := term.Red
	switch {
	case w.reached() && w.surprising():
		style = term.Yellow
	case w.reached():
		style = term.Green
	}
	head := w.outcome(say)
	if because := say.because(trace.Because); because != "" {
		head += ": " + because
	}
	p.WriteByte('\n')
	p.line(style, "", head)
	p.facts(&w, say)
	return p.String()
}

// page is lines of a terminal.
type page struct {
	strings.Builder
	paint term.Paint
}

// line writes text, wrapped below its beginning.
func (p *page) line(style term.Style, indent, text string) {
	for i, l := range wrap(text, max(leastRoom, terminal-columns(indent)), anyLines, columns) {
		if i > 0 {
			indent = term.Blank(indent)
		}
		p.WriteString(strings.TrimRight(indent+p.paint.In(style, l), " ") + "\n")
	}
}

// row writes name and beside it text; the text stands below if name is longer
// than width.
func (p *page) row(number, name string, width int, text string) {
	indent := number + "  " + name + strings.Repeat(" ", max(0, width-columns(name))) + "  "
	if text = plain(text); text == "" {
		p.WriteString(strings.TrimRight(indent, " ") + "\n")
		return
	}
	if columns(name) > width {
		p.WriteString(number + "  " + name + "\n")
		indent = term.Blank(number) + "  " + strings.Repeat(" ", width+2)
	}
	p.line(term.Plain, indent, text)
}

// hops writes the steps of w.
func (p *page) hops(w *way, say speaker) {
	width := 0
	for _, h := range w.trace.Hops {
		if n := columns(h.String()); n <= terminal-leastRoom-6 {
			width = max(width, n)
		}
	}
	digits := len(strconv.Itoa(len(w.trace.Hops)))
	for i, h := range w.trace.Hops {
		number := strconv.Itoa(i + 1)
		number = "  " + strings.Repeat(" ", digits-len(number)) + number
		p.row(number, plain(h.String()), width, say.because(h.Because))
	}
	if !w.reached() {
		p.row("  "+strings.Repeat(" ", digits-1)+"x", w.verdict(say), width, "")
	}
}

// facts writes what is known about w beside its hops.
func (p *page) facts(w *way, say speaker) {
	all := facts(w, say)
	all = append(all, believed(w, say)...)
	add := func(name, value string) { all = append(all, [2]string{say.word("fact." + name), value}) }
	if c := w.trace.Credentials; c != "" && c != "own" {
		add("credentials", c)
	}
	if at := w.trace.Pos; at != (diag.Pos{}) {
		add("decided", at.String())
	}
	for _, a := range w.trace.Assumed {
		add("assumed", a.String())
	}
	width, before := 0, ""
	for _, f := range all {
		width = max(width, columns(f[0]))
	}
	for _, f := range all {
		name := f[0]
		if name == before {
			name = ""
		}
		before = f[0]
		p.row("", name, width, f[1])
	}
}

// believed returns the endpoints that senders on the way of w do not use, with
// why.
func believed(w *way, say speaker) [][2]string {
	var found [][2]string
	for _, leg := range w.legs {
		for _, s := range leg {
			for _, u := range s.unused {
				name := u.endpoint.Path()
				if u.why != "" {
					name += " (" + u.why + ")"
				}
				found = append(found, [2]string{say.word("unused"), name})
			}
		}
	}
	return found
}
