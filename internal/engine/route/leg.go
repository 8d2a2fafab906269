package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// leg is a way through the networks, from one host to another. It ends early,
// with a verdict, where no route leads on.
type leg struct {
	p         *Planner
	hops      []Hop
	crossings []crossing
	links     []*topology.Link
	nat       *topology.Subnet // whose NAT gateway the packets left with, if one

	verdict Verdict
	because reason.Because
	pos     diag.Pos
}

// crossing is a network ACL on the way: packets leave or enter its subnet.
type crossing struct {
	subnet *topology.Subnet
	in     bool
	hops   int              // of the leg before it
	nat    *topology.Subnet // whose NAT gateway is the packets' source by then, if one is
}

func (l *leg) stop(verdict Verdict, because reason.Because, pos diag.Pos) {
	l.verdict, l.because, l.pos = verdict, because, pos
}

func (l *leg) hop(h Hop) {
	if l.hops == nil {
		l.hops = make([]Hop, 0, 2) // few legs have more
	}
	l.hops = append(l.hops, h)
}

// circles ends the leg if it comes to the hop called name again: tables do not
// remember, and lead there for ever.
func (l *leg) circles(kind HopKind, name string, pos diag.Pos) bool {
	for i := range l.hops {
		if l.hops[i].Kind == kind && l.hops[i].Name == name {
			l.stop(NoRoute, reason.New("route.circle"), pos)
			return true
		}
	}
	return false
}

func (l *leg) cross(s *topology.Subnet, in bool) {
	if l.crossings == nil {
		l.crossings = make([]crossing, 0, 4)
	}
	l.crossings = append(l.crossings, crossing{s, in, len(l.hops), l.nat})
}

// mostSteps bounds the route tables that one packet may meet.
const mostSteps = 16

// ride returns the way of packets for dst, an address at to, from from. From a
// site they take first, where several links lead on.
func (p *Planner) ride(from, to spot, dst netip.Prefix, first *topology.Link) (l leg) {
	l.p = p
	at := from
	for step := 0; l.verdict == "" && step < mostSteps; step++ {
		if at.site != nil {
			if at.site == to.site {
				return l
			}
			if first == nil {
				l.stop(NoRoute, reason.New("route.none.site", at.site.Name, to.String()), at.site.Pos)
				return l
			}
			at = l.over(first, at, to, dst, diag.Pos{})
			if at == to {
				l.crossIn(to)
				return l
			}
			continue
		}
		if step == 0 && (to.subnet != at.subnet) {
			l.cross(at.subnet, false)
		}
		found := lookup(at.subnet, dst)
		switch {
		case found.split:
			l.stop(Unknown, reason.New("route.split", at.subnet.Path(), dst.String()), at.subnet.Pos)
		case found.local:
			l.arrive(at, to)
			return l
		case found.route == nil:
			l.stop(NoRoute, reason.New("route.none", at.subnet.Path(), to.String()), at.subnet.Pos)
		default:
			at = l.follow(found.route, at, to, dst)
			if at == to {
				l.crossIn(to)
				return l
			}
		}
	}
	if l.verdict == "" {
		l.stop(NoRoute, reason.New("route.circle"), diag.Pos{})
	}
	return l
}

// arrive ends the leg in the VPC that at is in.
func (l *leg) arrive(at, to spot) {
	if to.subnet == nil || to.subnet.VPC != at.subnet.VPC {
		l.stop(NoRoute, reason.New("route.local", at.subnet.VPC.Name, to.String()), at.subnet.VPC.Pos)
		return
	}
	if to.subnet != at.subnet {
		l.crossIn(to)
	}
}

func (l *leg) crossIn(to spot) {
	if to.subnet != nil {
		l.cross(to.subnet, true)
	}
}

// follow takes the route r, which a private address matched, and returns where
// it leads.
func (l *leg) follow(r *topology.Route, at, to spot, dst netip.Prefix) spot {
	switch r.Target.Kind {
	case topology.ToLink:
		return l.over(r.Target.Link, at, to, dst, r.Pos)
	case topology.NATGateway:
		l.enterNAT(r, at, reason.New("route.table", at.subnet.Path(), r.Text, r.Target.Text))
		return spot{subnet: r.Target.Subnet}
	case topology.Interface:
		l.stop(TimesOut, reason.New("route.eni", at.subnet.Path(), r.Text, r.Target.Text), r.Pos)
	case topology.Blackhole:
		l.stop(NoRoute, reason.New("route.blackhole", at.subnet.Path(), r.Text), r.Pos)
	case topology.InternetGateway, topology.EgressOnlyGateway:
		l.stop(NoRoute, reason.New("route.private-address", at.subnet.Path(), r.Text, r.Target.Text), r.Pos)
	}
	return at
}

// enterNAT adds the NAT gateway that r leads to.
func (l *leg) enterNAT(r *topology.Route, at spot, because reason.Because) {
	subnet := r.Target.Subnet
	if l.circles(NATHop, subnet.Path(), r.Pos) {
		return
	}
	if subnet != at.subnet {
		l.cross(subnet, true)
	}
	l.hop(Hop{Kind: NATHop, Name: subnet.Path(), Because: because, Pos: r.Pos, Subnet: subnet})
	l.nat = subnet
	l.cross(subnet, false)
}

// over takes link and returns where packets for dst at to come out: to itself,
// if the link delivers them.
func (l *leg) over(link *topology.Link, at, to spot, dst netip.Prefix, pos diag.Pos) spot {
	if l.circles(linkHop(link), link.Name, pos) {
		return at
	}
	because := reason.New("route.link", at.String(), to.String(), link.Name)
	l.hop(Hop{Kind: linkHop(link), Name: link.Name, Because: because, Pos: pos})
	l.links = append(l.links, link)
	switch link.Kind {
	case topology.Peering:
		if to.subnet != nil && at.subnet != nil && to.subnet.VPC != at.subnet.VPC && link.Joins(to.subnet.VPC) {
			return to
		}
	case topology.DX, topology.VPN:
		if at.site == nil && to.site != nil && link.JoinsSite(to.site) || at.site != nil && to.subnet != nil && link.Joins(to.subnet.VPC) {
			return to
		}
	case topology.DXPublic:
	case topology.TGW:
		return l.through(link, to, dst)
	}
	l.stop(NoRoute, reason.New("route.link.beyond", link.Name, to.String()), link.Pos)
	return at
}

// through asks the transit gateway where packets for dst go on.
func (l *leg) through(link *topology.Link, to spot, dst netip.Prefix) spot {
	next := l.p.transit(link, dst)
	switch {
	case next.split:
		l.stop(Unknown, reason.New("route.split", link.Name, dst.String()), link.Pos)
	case !next.found:
		l.stop(NoRoute, reason.New("route.none", link.Name, to.String()), link.Pos)
	case next.vpc == nil && next.site == nil:
		l.stop(NoRoute, reason.New("route.blackhole", link.Name, next.route.Text), next.route.Pos)
	case next.site != nil && next.site == to.site, to.subnet != nil && next.vpc == to.subnet.VPC:
		return to
	case next.subnet != nil:
		l.cross(next.subnet, false)
		return next.spot
	default:
		l.stop(NoRoute, reason.New("route.link.beyond", link.Name, to.String()), link.Pos)
	}
	return to
}

// linkHop returns what sort of hop link is.
func linkHop(link *topology.Link) HopKind {
	switch link.Kind {
	case topology.Peering:
		return PeeringHop
	case topology.TGW:
		return TGWHop
	case topology.VPN:
		return VPNHop
	case topology.DX, topology.DXPublic:
	}
	return DXHop
}
