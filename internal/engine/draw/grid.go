package draw

import "strconv"

const (
	margin   = 20
	innerPad = 10 // between a subnet's edge and its nodes
	outerPad = 9  // between a network's edge and its subnets
	leastGap = 36 // between nodes: room for the line and its head
	areaGap  = 16 // between networks
	labelPad = 8  // beside the label of an area
)

// grid is rows with the place of every column.
type grid struct {
	rows  []row
	x     map[string]int
	say   speaker
	tight bool // several ways: less room for each
}

// newGrid puts the cells of all into columns, shared where the order of all
// rows allows it.
func newGrid(all []row, say speaker, tight bool) grid {
	g := grid{rows: all, say: say, tight: tight}
	if g.align() {
		return g
	}
	for i, r := range all {
		r.alone(i)
	}
	g.align()
	return g
}

// align finds the place of every column, and makes cells as wide as theirs.
func (g *grid) align() bool {
	widths := map[string]int{}
	for _, r := range g.rows {
		for _, c := range r.cells {
			widths[c.key] = max(widths[c.key], c.w)
			for _, b := range c.below {
				widths[c.key] = max(widths[c.key], b.w)
			}
		}
	}
	var names []string
	var distances []atLeast
	for _, r := range g.rows {
		for i := range r.cells {
			r.cells[i].w = widths[r.cells[i].key]
			names = append(names, r.cells[i].key)
		}
		distances = append(distances, g.distances(r.cells)...)
	}
	x, ok := placed(names, distances)
	g.x = make(map[string]int, len(names))
	left := 0
	for _, r := range g.rows {
		left = max(left, enter(r.cells[0].place)-x[r.cells[0].key])
	}
	for _, name := range names {
		g.x[name] = x[name] + margin + left
	}
	return ok
}

// distances returns what keeps cells, and the labels of their areas, apart.
func (g *grid) distances(cells []cell) []atLeast {
	var found []atLeast
	for i := range cells[:len(cells)-1] {
		a, b := cells[i], cells[i+1]
		room := gap(a.place, b.place)
		if g.tight && i == 0 {
			room = max(room, leastGap+10) // for the way's number on its line
		}
		found = append(found, atLeast{a.key, b.key, a.w + room})
	}
	for _, s := range spans(cells) {
		if s.end == len(cells) {
			continue
		}
		a, next := cells[s.begin], cells[s.end]
		room := areaGap + enter(next.place) - enter(a.place)
		if s.inner {
			room = areaGap + enter(next.place) - innerPad + outerPad
		}
		found = append(found, atLeast{a.key, next.key, g.labelWidth(s) + room})
	}
	return found
}

// labelWidth is how wide the area of s is at least.
func (g *grid) labelWidth(s span) int {
	return smallFace.width(areaName(s.place, g.say)) + 2*labelPad
}

// enter is the room between the outermost edge around a node in p and the node.
func enter(p place) int {
	switch {
	case p == place{}:
		return 0
	case p.subnet == nil:
		return outerPad
	}
	return outerPad + innerPad
}

// gap is the room between two nodes of a row.
func gap(a, b place) int {
	switch {
	case a == b:
		return leastGap
	case a.network() == b.network():
		return max(leastGap, enter(a)+enter(b)-2*outerPad+areaGap)
	}
	return max(leastGap, enter(a)+areaGap+enter(b))
}

// span is a run of cells in one place: of a network, or of a subnet in it.
type span struct {
	begin, end int
	place      place
	inner      bool
}

// spans returns the networks and the subnets of cells, each network before its
// subnets.
func spans(cells []cell) []span {
	var found []span
	for begin := 0; begin < len(cells); {
		network := cells[begin].place.network()
		end := begin + 1
		for end < len(cells) && cells[end].place.network() == network {
			end++
		}
		if network != (place{}) {
			found = append(found, span{begin, end, network, false})
			found = append(found, subnets(cells, begin, end)...)
		}
		begin = end
	}
	return found
}

// subnets returns the subnets of cells[begin:end], which stand in one network.
func subnets(cells []cell, begin, end int) []span {
	var found []span
	for begin < end {
		p, from := cells[begin].place, begin
		for begin < end && cells[begin].place == p {
			begin++
		}
		if p.subnet != nil {
			found = append(found, span{from, begin, p, true})
		}
	}
	return found
}

// badge returns the number of w as its line shows it.
func (w *way) badge() string { return strconv.Itoa(w.number) }

// areaName returns what stands in the corner of the box around p.
func areaName(p place, say speaker) string {
	switch {
	case p.subnet != nil:
		return say.word("area.subnet", p.subnet.Name)
	case p.vpc != nil:
		return say.word("area.vpc", p.vpc.Name) + " · " + p.vpc.Region
	case p.site != nil:
		return say.word("area.site", p.site.Name)
	}
	return ""
}
