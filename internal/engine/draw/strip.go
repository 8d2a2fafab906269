package draw

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// leastWidth is how wide a picture is at least, so that words have room.
const leastWidth = 720

// strips draws told below each other.
func strips(told []way, title string, say speaker) *picture {
	g := newGrid(rows(told, say), say, len(told) > 1)
	p := &picture{title: plain(title), desc: described(told, say)}
	p.w = max(leastWidth, g.right()+margin)
	y := p.head(margin)
	for _, r := range g.rows {
		if r.first {
			y = p.announce(r.way, y, g.tight, say)
		} else {
			y = p.redirect(r.way, y, say)
		}
		y = g.draw(p, r, y) + 20
	}
	if !g.tight {
		y = p.reasons(&told[0], y, say)
	}
	p.legend(y, say)
	p.fit(margin)
	return p
}

// head writes the title and returns where the next thing begins.
func (p *picture) head(y int) int {
	for _, line := range evenly(p.title, p.w-2*margin, 3, titleFace.width) {
		p.write(margin, y, titleFace, line)
		y += titleFace.height()
	}
	return y + 10
}

// announce writes who asks for what, and what it comes to and why.
func (p *picture) announce(w *way, y int, numbered bool, say speaker) int {
	x := margin
	if numbered {
		p.marks = append(p.marks, mark{point{margin + 11, y + 9}, waySign, w.number})
		x += 30
	}
	limit := p.w - margin - x
	for _, line := range wrap(w.from()+" → "+w.asked(), limit, 3, headFace.width) {
		p.write(x, y, headFace, line)
		y += headFace.height()
	}
	y += 4
	p.marks = append(p.marks, mark{point: point{x + 8, y + 8}, sign: w.sign()})
	x += 22
	verdict := w.outcome(say)
	because := plain(say.because(w.deciding(numbered)))
	begin := p.write(x, y, strong, verdict) + 10
	if because == "" {
		return y + strong.height() + 8
	}
	for _, line := range wrap(because, p.w-margin-begin, 4, textFace.width) {
		p.write(begin, y, textFace, line)
		y += textFace.height()
	}
	return y + 8
}

// redirect writes why a second leg follows.
func (p *picture) redirect(w *way, y int, say speaker) int {
	text := plain(say.word("fact.redirect") + " " + w.trace.Redirect)
	p.write(margin, y-6, strong, shortened(text, p.w-2*margin, strong.width))
	return y + strong.height()
}

// deciding returns what is said of w in one sentence: why it is stopped, or,
// where there is no list of all reasons, what led it out to its goal.
func (w *way) deciding(brief bool) reason.Because {
	if brief && w.reached() {
		if leg := w.legs[len(w.legs)-1]; len(leg) > 1 && !leg[len(leg)-2].hop.Because.IsZero() {
			return leg[len(leg)-2].hop.Because
		}
	}
	return w.trace.Because
}

// sign returns the mark that w ends in.
func (w *way) sign() sign {
	switch {
	case !w.reached():
		return stoppedSign
	case w.surprising():
		return surpriseSign
	}
	return reachedSign
}

// described tells ways in words, for those who cannot see the picture.
func described(told []way, say speaker) string {
	var parts []string
	for i := range told {
		w := &told[i]
		parts = append(parts, plain(w.badge()+". "+w.from()+" → "+w.asked()+": "+
			strings.Join(w.trace.Path(), " → ")+": "+w.outcome(say)))
	}
	return strings.Join(parts, "\n")
}

// right returns where the last column ends.
func (g *grid) right() int {
	right := 0
	for _, r := range g.rows {
		for _, c := range r.cells {
			right = max(right, g.x[c.key]+c.w+enter(c.place))
		}
		for _, s := range spans(r.cells) {
			right = max(right, g.edge(r, s).right())
		}
	}
	return right
}

// edge returns the horizontal extent of an area.
func (g *grid) edge(r row, s span) rect {
	first, last := r.cells[s.begin], r.cells[s.end-1]
	left, right := g.x[first.key]-innerPad, g.x[last.key]+last.w+innerPad
	if !s.inner {
		left, right = g.x[first.key]-enter(first.place), g.x[last.key]+last.w+enter(last.place)
		for _, in := range subnets(r.cells, s.begin, s.end) {
			right = max(right, g.edge(r, in).right()+outerPad)
		}
	}
	return rect{x: left, w: max(right-left, g.labelWidth(s))}
}
