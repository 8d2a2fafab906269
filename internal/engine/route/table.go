package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// spot is where a packet is or goes to: in a subnet or at a site.
type spot struct {
	subnet *topology.Subnet
	site   *topology.Site
}

// line is what a route table says of a destination. The zero line is no route.
type line struct {
	route *topology.Route // nil for local
	local bool
	// split says that a part of the destination has a route of its own, so
	// that nobody can tell without its address.
	split bool
}

// lookup returns the longest route of the table of s that covers dst. A route
// to a service is not one of them: see leave.
func lookup(s *topology.Subnet, dst netip.Prefix) line {
	var best line
	length := -1
	for _, local := range [...]netip.Prefix{s.VPC.CIDR, s.VPC.CIDR6.V} {
		if local.IsValid() && netset.Covers(local, dst) {
			best.local, length = true, local.Bits()
		}
	}
	for _, r := range s.Routes {
		if r.Prefix.IsValid() && r.Prefix.Bits() > length && netset.Covers(r.Prefix, dst) {
			best, length = line{route: r}, r.Prefix.Bits()
		}
	}
	if local := s.VPC.CIDR; local.Bits() > dst.Bits() && netset.Overlap(local, dst) {
		best.split = true
	}
	for _, r := range s.Routes {
		if r.Prefix.IsValid() && r.Prefix.Bits() > dst.Bits() && netset.Overlap(r.Prefix, dst) && !best.leadsTo(r.Target) {
			best.split = true
		}
	}
	return best
}

// leadsTo reports whether l has target.
func (l line) leadsTo(target topology.Target) bool {
	return l.route != nil && l.route.Target.Kind == target.Kind && l.route.Target.Link == target.Link && l.route.Target.Subnet == target.Subnet
}

// lookupEach is lookup for an address in one of several networks, none of which
// is private.
func lookupEach(s *topology.Subnet, networks []netip.Prefix) line {
	best := lookup(s, networks[0])
	for _, r := range s.Routes {
		if !r.Prefix.IsValid() || r.Prefix.Bits() == 0 || !span.Public(r.Prefix) {
			continue
		}
		for _, n := range networks {
			if other := lookup(s, n); other.split || other.route != best.route {
				return line{split: true}
			}
		}
		return best
	}
	return best
}

// attachment is what a transit gateway knows of a destination.
type attachment struct {
	spot
	vpc   *topology.VPC // also of the subnet
	route *topology.LinkRoute
	found bool // also if it is a blackhole
	split bool
}

// transit returns where the transit gateway l sends packets for dst: the
// longest of its routes, a static one before a propagated one.
func (p *Planner) transit(l *topology.Link, dst netip.Prefix) attachment {
	best, length := p.attached[l].longest(dst)
	for _, r := range l.Routes {
		if r.Prefix.Bits() >= length && netset.Covers(r.Prefix, dst) {
			best, length = static(r), r.Prefix.Bits()
		}
	}
	for _, r := range l.Routes {
		if r.Prefix.Bits() > dst.Bits() && netset.Overlap(r.Prefix, dst) {
			other := static(r)
			best.split = best.split || other.vpc != best.vpc || other.spot != best.spot
		}
	}
	return best
}

func static(r *topology.LinkRoute) attachment {
	vpc := r.VPC
	if r.Subnet != nil {
		vpc = r.Subnet.VPC
	}
	return attachment{spot: spot{r.Subnet, r.Site}, vpc: vpc, route: r, found: true}
}
