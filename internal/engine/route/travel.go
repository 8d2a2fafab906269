package route

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// travel takes packets of s to port at the address dst at to, which is arrive:
// past the security group of s, over the routes there and back, past the
// network ACLs. It returns the source that arrive sees; what arrive itself
// admits is the caller's to ask.
func (w *walk) travel(s *sender, to spot, dst source, port uint16, arrive Hop) (source, bool) {
	peer := destination{networks: []netip.Prefix{dst.network}, address: dst}
	if !w.leaves(s, peer) {
		return s.ip, false
	}
	there, back := w.choose(s, to, dst)
	w.assumeTables(there.links)
	w.assumeTables(back.links)
	if there.verdict != "" {
		w.unsettledIf(there.verdict, dst)
		w.hops = append(w.hops, there.hops...)
		return s.ip, w.end(there.verdict, there.because, there.pos)
	}
	if back.verdict != "" {
		w.unsettledIf(back.verdict, s.ip)
		w.hops = append(append(w.hops, there.hops...), arrive)
		return s.ip, w.end(back.verdict, reason.New("route.back", arrive.String()).With(back.because), back.pos)
	}
	if !w.crossings(&there, s, peer, port) {
		return s.ip, false
	}
	w.hops = append(append(w.hops, there.hops...), arrive)
	return s.seenBehind(there.nat), w.answers(&there, s, peer)
}

// unsettledIf is unsettled where verdict says that nobody can tell.
func (w *walk) unsettledIf(verdict Verdict, s source) {
	if verdict == Unknown {
		w.unsettled(s)
	}
}

// assumeTables notes which of links, the transit gateways, have no routes but
// propagated ones.
func (w *walk) assumeTables(links []*topology.Link) {
	for _, l := range links {
		w.assume(l.Kind == topology.TGW && len(l.Routes) == 0, key{"links.", l.Name, ".routes"}, "none")
	}
}

// choose returns the way from s to dst and the way of the answers. Answers have
// to come back over the same links. Of several links at a site it takes the
// first that leads there and back.
func (w *walk) choose(s *sender, to spot, dst source) (there, back leg) {
	if s.site == nil || s.site == to.site {
		there = w.p.ride(s.spot, to, dst.network, nil)
		return there, w.p.wayBack(&there, s, to)
	}
	tried := false
	w.assumeTables(w.p.links[s.site])
	for _, link := range w.p.links[s.site] {
		if !w.p.leads(link, to, dst.network) {
			continue
		}
		l := w.p.ride(s.spot, to, dst.network, link)
		b := w.p.wayBack(&l, s, to)
		if l.verdict == "" && b.verdict == "" {
			return l, b
		}
		if !tried || there.verdict != "" && l.verdict == "" {
			there, back, tried = l, b, true
		}
	}
	if !tried {
		there = w.p.ride(s.spot, to, dst.network, nil)
	}
	return there, back
}

// leads reports whether a site knows link as a way to dst at to.
func (p *Planner) leads(link *topology.Link, to spot, dst netip.Prefix) bool {
	switch link.Kind {
	case topology.DX, topology.VPN:
		return to.subnet != nil && link.Joins(to.subnet.VPC)
	case topology.TGW:
		return p.transit(link, dst).found
	case topology.Peering, topology.DXPublic:
	}
	return false
}

// wayBack returns the way of the answers to what there led to to.
func (p *Planner) wayBack(there *leg, s *sender, to spot) leg {
	if there.verdict != "" {
		return leg{}
	}
	home, ip := s.spot, s.ip.network
	if there.nat != nil {
		home, ip = spot{subnet: there.nat}, there.nat.CIDR
	}
	var last *topology.Link
	if n := len(there.links); n > 0 {
		last = there.links[n-1]
	}
	return returned(there.links, p.ride(to, home, ip, last), to, home)
}

// returned returns back, the way from from to home, which is none unless it
// takes the links of there: a NAT gateway on it sends under an address of its
// own, and what an interface swallows is answered no more than what no route
// leads back.
func returned(there []*topology.Link, back leg, from, home spot) leg {
	switch {
	case back.verdict == TimesOut:
		back.verdict = NoRoute
	case back.verdict == "" && (back.nat != nil || !mirrored(there, back.links)):
		back.stop(NoRoute, reason.New("route.back.other", from.String(), home.String()), diag.Pos{})
	}
	return back
}

// mirrored reports whether back are the links of there, the last first.
func mirrored(there, back []*topology.Link) bool {
	if len(there) != len(back) {
		return false
	}
	for i, l := range there {
		if back[len(back)-1-i] != l {
			return false
		}
	}
	return true
}

// crossings asks the network ACLs on the way for packets to port at dst.
func (w *walk) crossings(l *leg, s *sender, dst destination, port uint16) bool {
	for _, c := range l.crossings {
		ok := false
		if c.in {
			src := s.seenBehind(c.nat)
			ok = w.acl(c.subnet, true, []netip.Prefix{src.network}, span.Port(port), src)
		} else {
			ok = w.acl(c.subnet, false, dst.networks, span.Port(port), dst.address)
		}
		if !ok {
			w.hops = append(w.hops, l.hops[:c.hops]...)
			return false
		}
	}
	return true
}

// answers asks the network ACLs for what dst answers.
func (w *walk) answers(l *leg, s *sender, dst destination) bool {
	for _, c := range slices.Backward(l.crossings) {
		if c.in {
			src := s.seenBehind(c.nat)
			if !w.acl(c.subnet, false, []netip.Prefix{src.network}, span.Ephemeral, src) {
				return false
			}
		} else if !w.acl(c.subnet, true, dst.networks, span.Ephemeral, dst.address) {
			return false
		}
	}
	return true
}

// seenBehind returns the source that packets of s have, behind the NAT gateway
// in nat if that is not nil: the gateway's own address.
func (s *sender) seenBehind(nat *topology.Subnet) source {
	if nat != nil {
		return source{network: nat.CIDR, known: true}
	}
	return s.ip
}

// acl reports whether the network ACL of s admits packets, those that enter it
// or those that leave it, with the addresses of peers at the ports at.
func (w *walk) acl(s *topology.Subnet, in bool, peers []netip.Prefix, at span.Ports, src source) bool {
	rules, way := s.Out, "out"
	if in {
		rules, way = s.In, "in"
	}
	if w.open(rules.State, key{"vpcs.", s.VPC.Name, ".subnets.", s.Name, ".nacl.", way}, "open") {
		return w.end(Unknown, reason.New("route.acl.unknown", s.Path(), way), rules.Pos)
	}
	if unwritten(rules.State) {
		return true
	}
	admitted, pos := span.JudgeEach(rules.V, peers, at)
	if pos.Line == 0 {
		pos = rules.Pos
	}
	switch admitted {
	case span.All:
		return true
	case span.Part:
		w.unsettled(src)
		return w.end(Unknown, reason.New("route.acl.part", s.Path(), way, at.String()), pos)
	case span.None:
	}
	return w.end(DeniedByNetworkACL, reason.New("route.acl", s.Path(), way, at.String()), pos)
}
