package draw

import (
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

const (
	linkHigh = 22 // pixels between two links of a network
	busGap   = 14 // between the lines of two links
)

// links returns the links that n is a member of, in the order of the topology.
func (a *atlas) links(n place) []*topology.Link {
	var found []*topology.Link
	for _, l := range a.t.Links {
		if joins(l, n) {
			found = append(found, l)
		}
	}
	return found
}

// joins reports whether n is a member of l.
func joins(l *topology.Link, n place) bool {
	return n.vpc != nil && l.Joins(n.vpc) || n.site != nil && l.JoinsSite(n.site)
}

// join draws the links right of x: beside every network the names of its
// links, and for each link a line that joins its members.
func (a *atlas) join(networks []place, x int) {
	x += blockPad + 6
	right := x
	ends := map[*topology.Link][]point{} // at the edges of its members
	for _, n := range networks {
		box := a.drawn[n]
		for i, l := range a.links(n) {
			y := box.y + blockPad + linkHigh*(i+1) - 4
			name := shortened(l.Name+" · "+a.linkWords(l), labelMax, smallFace.width)
			right = max(right, a.p.write(x, y-smallFace.height()-2, smallFace, name))
			ends[l] = append(ends[l], point{box.right(), y})
		}
	}
	for i, l := range a.t.Links {
		bus := right + 16 + i*busGap
		at := ends[l]
		for _, end := range at {
			a.p.lines = append(a.p.lines, line{[]point{end, {bus, end.y}}, linkLine})
			a.p.marks = append(a.p.marks, mark{point: point{bus, end.y}, sign: jointSign})
		}
		if len(at) > 1 {
			a.p.lines = append(a.p.lines, line{[]point{{bus, at[0].y}, {bus, at[len(at)-1].y}}, linkLine})
		}
		a.p.w = max(a.p.w, bus+margin)
	}
}

// linkWords returns what sort of link l is.
func (a *atlas) linkWords(l *topology.Link) string {
	switch l.Kind {
	case topology.Peering:
		return a.say.word("hop." + string(route.PeeringHop))
	case topology.TGW:
		return a.say.word("hop." + string(route.TGWHop))
	case topology.VPN:
		return a.say.word("hop." + string(route.VPNHop))
	case topology.DXPublic:
		return a.say.word("link.public")
	case topology.DX:
	}
	return a.say.word("hop." + string(route.DXHop))
}
