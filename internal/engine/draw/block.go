package draw

// block is a rectangle of a map: a node, or an area with blocks in it.
type block struct {
	w, h  int
	cell  *cell // of a node
	kind  areaKind
	label []label // of an area, in its corner; only text and face are set
	parts []part
}

// part is a block at its place in the block around it.
type part struct {
	block
	x, y int
}

const (
	blockPad = 10
	blockGap = 12
	labelMax = 330 // pixels of a line in an area's corner
)

// nodeBlock is a block for c.
func nodeBlock(c cell) block {
	c.measure()
	return block{w: c.w, h: c.h, cell: &c}
}

// areaBlock puts inside into an area, in lines of at most limit pixels.
func areaBlock(kind areaKind, labels []label, inside []block, limit int) block {
	b := block{kind: kind, label: labels}
	y := 5
	for _, l := range labels {
		b.w = max(b.w, l.face.width(l.text)+2*labelPad)
		y += l.face.height()
	}
	y += 5
	x, high := blockPad, 0
	for _, in := range inside {
		if x > blockPad && x+in.w+blockPad > limit {
			x, y, high = blockPad, y+high+blockGap, 0
		}
		b.parts = append(b.parts, part{in, x, y})
		x += in.w + blockGap
		high = max(high, in.h)
		b.w = max(b.w, x-blockGap+blockPad)
	}
	b.h = y + high + blockPad
	return b
}

// labels returns lines for an area's corner: its name, and what matters less.
func labels(name string, less ...string) []label {
	found := []label{{text: shortened(plain(name), labelMax, strong.width), face: strong}}
	for _, text := range less {
		for _, line := range wrap(text, labelMax, 3, smallFace.width) {
			found = append(found, label{text: line, face: smallFace, pale: true})
		}
	}
	return found
}

// draw draws b with its top left corner at x, y.
func (b *block) draw(p *picture, x, y int) {
	if b.cell != nil {
		p.put(rect{x, y, b.w, b.h}, b.cell)
		return
	}
	p.areas = append(p.areas, area{rect{x, y, b.w, b.h}, b.kind})
	at := y + 5
	for _, l := range b.label {
		p.write(x+labelPad, at, l.face, l.text)
		p.labels[len(p.labels)-1].pale = l.pale
		at += l.face.height()
	}
	for i := range b.parts {
		b.parts[i].draw(p, x+b.parts[i].x, y+b.parts[i].y)
	}
}
