package draw

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// cell is what stands in a row of a picture: a step, the sign where the way
// stops, or the goal that it does not reach.
type cell struct {
	key   string // of its column: cells of several rows may share one
	place place
	caption
	number int // of the step; 0 for what is none
	shape  shape
	look   look
	below  []cell // endpoints that are not used
	apart  bool   // of such an endpoint: it stands in another subnet of the VPC
	w, h   int
}

// row is a leg of a way, from left to right.
type row struct {
	way   *way
	cells []cell
	// ends is set in the last row of a way.
	ends, first bool
}

const (
	textLimit = 128 // pixels of a line inside a node
	nodePad   = 9   // between a node's edge and its text
	leastWide = 76
	leastHigh = 40
)

// rows returns the legs of told.
func rows(told []way, say speaker) []row {
	var all []row
	for i := range told {
		w := &told[i]
		if len(w.legs) == 0 {
			all = append(all, row{way: w, cells: w.stopCells(say), first: true, ends: true})
		}
		tight := len(told) > 1
		for j, leg := range w.legs {
			r := row{way: w, first: j == 0, ends: j == len(w.legs)-1}
			for k := range leg {
				r.cells = append(r.cells, stepCell(&leg[k], tight))
			}
			if r.ends && !w.arrived() {
				r.cells = append(r.cells, w.stopCells(say)...)
			}
			r.distinct(len(all))
			all = append(all, r)
		}
	}
	return all
}

// distinct gives every cell of r a column of its own. row makes the columns of
// what only this row has.
func (r row) distinct(row int) {
	seen := map[string]int{}
	for i := range r.cells {
		c := &r.cells[i]
		if c.shape == octagonShape {
			c.key = "stop " + strconv.Itoa(row)
		}
		seen[c.key]++
		if n := seen[c.key]; n > 1 {
			c.key += " " + strconv.Itoa(n)
		}
	}
}

// alone gives r columns that it shares with no other row.
func (r row) alone(row int) {
	for i := range r.cells {
		r.cells[i].key = strconv.Itoa(row) + " " + r.cells[i].key
	}
}

const goalColumn = "goal"

func stepCell(s *step, tight bool) cell {
	c := cell{
		key: s.place.key() + " " + string(s.hop.Kind), place: s.place,
		caption: s.caption, number: s.number, shape: shapeOf(s.hop.Kind),
	}
	if s.hop.Kind == route.AWSHop {
		c.key = goalColumn
	}
	if s.place == (place{}) && s.hop.Kind != route.AWSHop {
		c.key += s.hop.Name
	}
	if s.unmeant {
		c.look = hatch
	}
	for _, u := range s.unused {
		below := cell{place: s.place, caption: u.caption, shape: cutShape, look: dashed}
		if tight {
			below.kind = ""
		}
		below.apart = !slices.Contains(u.endpoint.Subnets, s.place.subnet)
		below.measure()
		c.below = append(c.below, below)
	}
	slices.SortStableFunc(c.below, func(a, b cell) int { return compareBool(a.apart, b.apart) })
	c.measure()
	return c
}

// compareBool sorts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// stopCells are the sign where w stops, and the goal that it does not reach.
func (w *way) stopCells(say speaker) []cell {
	stop := cell{caption: caption{name: w.verdict(say)}, shape: octagonShape, look: heavy}
	if w.last != nil {
		stop.place = w.last.place
	}
	goal := cell{key: goalColumn, caption: w.wanted(say), shape: goalShape, look: dashed}
	if !w.trace.Asked.AWS {
		goal.shape = cloudShape
	}
	stop.measure()
	goal.measure()
	return []cell{stop, goal}
}

// measure sets the size of c by its caption.
func (c *cell) measure() {
	h := 0
	for _, l := range c.lines() {
		c.w = max(c.w, l.face.width(l.text))
		h += l.face.height()
	}
	c.w = max(c.w+2*nodePad+c.side(), leastWide)
	c.h = max(h+2*nodePad-4, leastHigh)
}

// side is what the shape of c takes from the room for its text.
func (c *cell) side() int {
	switch c.shape {
	case proxyShape, slantShape, octagonShape, cloudShape:
		return 16
	case barsShape, pillShape, cutShape:
		return 10
	case boxShape, goalShape:
	}
	return 6
}

// lines are the lines of c's caption; only their text and face are set.
func (c *cell) lines() []label {
	var found []label
	add := func(f face, text string, most int) {
		for _, line := range evenly(text, textLimit, most, f.width) {
			found = append(found, label{text: line, face: f, pale: c.look == dashed})
		}
	}
	add(smallFace, c.kind, 2)
	add(nameFace, c.name, 3)
	for part := range strings.SplitSeq(c.detail, "\n") {
		add(smallFace, part, 2)
	}
	return found
}

func shapeOf(k route.HopKind) shape {
	switch k {
	case route.ClientHop, route.MetadataHop:
		return boxShape
	case route.ProxyHop:
		return proxyShape
	case route.NLBHop, route.ALBHop:
		return barsShape
	case route.EndpointHop:
		return cutShape
	case route.InternetGateway, route.EgressOnlyGateway, route.NATHop:
		return pillShape
	case route.PeeringHop, route.TGWHop, route.VPNHop, route.DXHop:
		return slantShape
	case route.InternetHop:
		return cloudShape
	case route.AWSHop:
		return goalShape
	}
	return boxShape
}
