package draw

// The heights in a row, in pixels.
const (
	labelHigh = 19 // of an area, with its line of text
	discRoom  = 9  // above nodes, for their numbers
	belowGap  = 12 // between a sender and the endpoint it does not use
)

// levels are where things of a row begin and end; from apart on stand the
// endpoints of other subnets.
type levels struct{ top, inner, nodes, axis, bottom, apart int }

// draw draws r from y on and returns where it ends.
func (g *grid) draw(p *picture, r row, y int) int {
	room := discRoom
	if g.tight {
		room = 4
	}
	l := levels{top: y, inner: y, nodes: y + room}
	all := spans(r.cells)
	for _, s := range all {
		if l.inner == y {
			l.inner, l.nodes = y+labelHigh, y+labelHigh+room
		}
		if s.inner {
			l.nodes = y + 2*labelHigh + room
			break
		}
	}
	high := 0
	for _, c := range r.cells {
		high = max(high, c.h)
	}
	l.axis, l.bottom = l.nodes+high/2, l.nodes+high
	l.apart = g.inside(r.cells, l) + innerPad
	end := l.bottom
	for i := range r.cells {
		end = max(end, g.node(p, r, i, l))
	}
	for i := range r.cells[:len(r.cells)-1] {
		g.join(p, r, i, l)
	}
	for _, s := range all {
		end = max(end, g.area(p, r, s, l))
	}
	return end
}

// area draws the box of s with its label and returns its lower edge.
func (g *grid) area(p *picture, r row, s span, l levels) int {
	box := g.edge(r, s)
	kind, bottom := subnetArea, g.bottom(r, s, l)
	box.y = l.inner
	if !s.inner {
		box.y, kind = l.top, vpcArea
		if s.place.site != nil {
			kind = siteArea
		}
	}
	box.h = bottom - box.y
	p.areas = append(p.areas, area{box, kind})
	p.write(box.x+labelPad, box.y+4, smallFace, areaName(s.place, g.say))
	return bottom
}

// inside returns the lower edge of what stands in the subnets of cells.
func (g *grid) inside(cells []cell, l levels) int {
	end := l.bottom
	for _, c := range cells {
		y := l.bottom
		for _, b := range c.below {
			if !b.apart {
				y += belowGap + b.h
			}
		}
		end = max(end, y)
	}
	return end
}

// bottom returns the lower edge of s.
func (g *grid) bottom(r row, s span, l levels) int {
	cells := r.cells[s.begin:s.end]
	end := g.inside(cells, l) + innerPad
	if s.inner {
		return end
	}
	for _, c := range cells {
		y := l.apart
		for _, b := range c.below {
			if b.apart {
				y += belowGap + b.h
				end = max(end, y)
			}
		}
	}
	return end + outerPad
}

// node draws cell i of r, with the endpoints below it, and returns where the
// lowest ends.
func (g *grid) node(p *picture, r row, i int, l levels) int {
	c := &r.cells[i]
	box := rect{g.x[c.key], l.axis - c.h/2, c.w, c.h}
	p.put(box, c)
	if c.number > 0 && !g.tight {
		p.marks = append(p.marks, mark{point{box.x + 2, box.y + 1}, stepSign, c.number})
	}
	if r.ends && i == len(r.cells)-1 && c.number > 0 {
		p.marks = append(p.marks, mark{point: point{box.right() - 2, box.y + 1}, sign: r.way.sign()})
	}
	from, y := box.bottom(), l.bottom
	for j := range c.below {
		b := &c.below[j]
		if b.apart && (j == 0 || !c.below[j-1].apart) {
			y = l.apart
		}
		y += belowGap
		p.lines = append(p.lines, line{[]point{{box.x + c.w/2, from}, {box.x + c.w/2, y}}, wishLine})
		p.put(rect{box.x, y, c.w, b.h}, b)
		y += b.h
		from = y
	}
	return y
}

// put draws c with its caption in box.
func (p *picture) put(box rect, c *cell) {
	hover := plain(c.kind + " " + c.name)
	p.nodes = append(p.nodes, node{box, c.shape, c.look, hover})
	lines := c.lines()
	high := 0
	for _, l := range lines {
		high += l.face.height()
	}
	y := box.y + (box.h-high)/2
	for _, l := range lines {
		p.writeMiddle(box.x, y, box.w, l.face, l.text, l.pale)
		y += l.face.height()
	}
}

// join draws the line from cell i of r to the next.
func (g *grid) join(p *picture, r row, i int, l levels) {
	a, b := r.cells[i], r.cells[i+1]
	from, to := point{g.x[a.key] + a.w, l.axis}, point{g.x[b.key], l.axis}
	kind := wayLine
	switch {
	case a.shape == octagonShape:
		kind = wishLine
	case b.shape == octagonShape:
		kind = stopLine
	}
	p.lines = append(p.lines, line{[]point{from, to}, kind})
	if g.tight && i == 0 && kind != wishLine {
		p.marks = append(p.marks, mark{point{from.x + 14, l.axis}, stepSign, r.way.number})
	}
}
