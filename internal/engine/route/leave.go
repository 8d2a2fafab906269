package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// exit is how a request left for a public address.
type exit struct {
	leg
	from     spot                         // where the leg is
	inside   bool                         // the packets began in the VPC they are in, or behind its NAT
	v6       bool                         // they are IPv6
	arrived  bool                         // at the service or the internet
	endpoint *topology.Endpoint           // crossed
	public   topology.Setting[netip.Addr] // the address that AWS sees
	key      key                          // of public
}

// leave takes a request of s for a public address out: over a gateway endpoint,
// a gateway or the internet connection of a site.
func (w *walk) leave(s *sender) (exit, bool) {
	x := exit{from: s.spot, inside: true, public: s.public, key: s.key("public_ip"), v6: w.wantsIPv6(s)}
	if w.asked.Literal.Is6() && !x.v6 {
		return x, w.end(NoRoute, reason.New("route.no-ipv6", s.name, w.asked.Host), diag.Pos{})
	}
	dst := destination{w.asked.Networks(x.v6), w.prefixList(s, x.v6), source{known: true}}
	if !w.leaves(s, dst) {
		return x, false
	}
	for step := 0; x.verdict == "" && !x.arrived && step < mostSteps; step++ {
		if x.from.site != nil {
			w.leaveSite(&x)
		} else {
			if step == 0 {
				x.cross(x.from.subnet, false)
			}
			w.leaveSubnet(&x, s, dst.networks)
		}
	}
	if x.verdict == "" && !x.arrived {
		x.stop(NoRoute, reason.New("route.circle"), diag.Pos{})
	}
	w.assumeTables(x.links)
	if x.verdict != "" {
		w.hops = append(w.hops, x.hops...)
		return x, w.end(x.verdict, x.because, x.pos)
	}
	back := w.wayBack(&x, s)
	if back.verdict == "" && !w.crossings(&x.leg, s, dst, w.asked.Port) {
		return x, false
	}
	w.hops = append(w.hops, x.hops...)
	w.arriveAtService()
	w.trace.Endpoint = x.endpoint
	if back.verdict != "" {
		return x, w.end(back.verdict, reason.New("route.back", w.asked.Host).With(back.because), back.pos)
	}
	return x, w.answers(&x.leg, s, dst)
}

// prefixList returns the managed list that holds what is asked for, for the
// security group of s; empty if none does. A list is of one Region and of IPv4.
func (w *walk) prefixList(s *sender, v6 bool) string {
	if s.subnet == nil || v6 || s.subnet.VPC.Region != w.asked.Region {
		return ""
	}
	return w.asked.Service
}

// wayBack returns the way of the answers from where the packets of s left their
// networks for the public ones.
func (w *walk) wayBack(x *exit, s *sender) leg {
	if len(x.links) == 0 || x.from.site != nil && s.site != nil {
		return leg{}
	}
	last := x.links[len(x.links)-1]
	back := returned(x.links, w.p.ride(x.from, s.spot, s.ip.network, last), x.from, s.spot)
	w.unsettledIf(back.verdict, s.ip)
	return back
}

// arriveAtService adds the last hop: the service, or the internet.
func (w *walk) arriveAtService() {
	if w.asked.AWS {
		w.hop(Hop{Kind: AWSHop, Name: w.asked.Service + "." + w.asked.Region, Because: reason.New("route.aws", w.asked.Host)})
		return
	}
	if last := w.hops[len(w.hops)-1]; last.Kind != InternetHop {
		w.hop(Hop{Kind: InternetHop, Because: reason.New("route.internet", w.asked.Host)})
	}
}

// wantsIPv6 reports whether s sends IPv6: it has an address, the name has one,
// and the table of its subnet leads IPv6 out, or nothing but IPv6 will do.
func (w *walk) wantsIPv6(s *sender) bool {
	if !w.asked.Literal.Is6() && (!w.asked.IPv6 || s.subnet == nil) {
		return false
	}
	if !s.ip6.IsValid() {
		w.assume(true, s.key("ipv6"), "none")
		return false
	}
	if w.asked.Literal.Is6() {
		return true // there is no IPv4 to turn to
	}
	if g, _ := w.gateway(s.subnet, true); g != nil {
		return true
	}
	l := lookup(s.subnet, span.Public6[0])
	return l.route != nil && (l.route.Target.Kind == topology.InternetGateway || l.route.Target.Kind == topology.EgressOnlyGateway)
}

// gateway returns the gateway endpoint in the table of s that takes what is
// asked for, and another that would, if the file has two.
func (w *walk) gateway(s *topology.Subnet, v6 bool) (first, second *topology.Endpoint) {
	for _, e := range s.Gateways {
		if e.AWSService != w.asked.Service || s.VPC.Region != w.asked.Region {
			continue
		}
		if v6 {
			w.assume(unwritten(e.DualStack.State), key{"vpcs.", e.VPC.Name, ".endpoints.", e.Name, ".ip"}, "ipv4")
			if !e.DualStack.V {
				continue
			}
		}
		if first == nil {
			first = e
		} else if second == nil {
			second = e
		}
	}
	return first, second
}

// leaveSite takes packets out of a site: over a public virtual interface to
// AWS, else over its internet connection.
func (w *walk) leaveSite(x *exit) {
	site := x.from.site
	if w.asked.AWS && w.asked.Partition() == "aws" {
		if link := w.p.publicVIF[site]; link != nil {
			x.hop(Hop{Kind: DXHop, Name: link.Name, Because: reason.New("route.dx.public", site.Name, link.Name), Pos: link.Pos, Site: site})
			x.seenAs(site)
			return
		}
	}
	w.assume(unwritten(site.Internet.State), key{"sites.", site.Name, ".internet"}, "false")
	if !site.Internet.V {
		x.stop(NoRoute, reason.New("route.site.closed", site.Name), site.Internet.Pos)
		return
	}
	x.hop(Hop{Kind: InternetHop, Because: reason.New("route.site.internet", site.Name), Pos: site.Internet.Pos, Site: site})
	x.seenAs(site)
}

// seenAs ends the way at site: AWS sees the sender's public address if it has
// one of its own there, else the site's.
func (x *exit) seenAs(site *topology.Site) {
	x.arrived = true
	if !x.public.Is() || len(x.links) > 0 {
		x.public, x.key = site.PublicIP, key{"sites.", site.Name, ".public_ip"}
	}
}

// leaveSubnet takes one step out of a subnet: a static route to the service's
// addresses, then a gateway endpoint, then the longest of the other routes.
func (w *walk) leaveSubnet(x *exit, s *sender, dst []netip.Prefix) {
	subnet := x.from.subnet
	for _, r := range subnet.Routes {
		if r.Service != "" && r.Service == w.asked.Service && r.Region == w.asked.Region && !x.v6 {
			w.take(x, s, r)
			return
		}
	}
	if g, other := w.gateway(subnet, x.v6); g != nil {
		w.enter(x, g, other, dst)
		return
	}
	w.assume(len(subnet.Routes) == 0, key{"vpcs.", subnet.VPC.Name, ".subnets.", subnet.Name, ".routes"}, "none")
	l := lookupEach(subnet, dst)
	switch {
	case l.split:
		x.stop(Unknown, reason.New("route.split", subnet.Path(), w.asked.Host), subnet.Pos)
	case l.route == nil:
		x.stop(NoRoute, reason.New("route.none.public", subnet.Path(), w.asked.Host), subnet.Pos)
	default:
		w.take(x, s, l.route)
	}
}

// enter takes the gateway endpoint g, whose route stands beside others.
func (w *walk) enter(x *exit, g, other *topology.Endpoint, dst []netip.Prefix) {
	subnet := x.from.subnet
	because := reason.New("route.gateway", subnet.Path(), g.Path(), g.AWSService)
	switch {
	case other != nil:
		x.stop(Unknown, reason.New("route.gateway.two", subnet.Path(), g.Path(), other.Path()), other.Pos)
	case !x.inside:
		x.stop(NoRoute, reason.New("route.gateway.outside", g.Path()), g.Pos)
	case rival(subnet, dst) != nil:
		r := rival(subnet, dst)
		x.stop(Unknown, reason.New("route.gateway.rival", subnet.Path(), r.Text, g.Path()), r.Pos)
	default:
		x.hop(Hop{Kind: EndpointHop, Name: g.Path(), Because: because, Pos: g.Pos, Subnet: subnet})
		x.endpoint, x.arrived = g, true
	}
}

// rival returns a written route for some of the addresses that is as long as
// the prefix list's entries or longer, and so beats the endpoint's route there.
func rival(s *topology.Subnet, dst []netip.Prefix) *topology.Route {
	for _, r := range s.Routes {
		if !r.Prefix.IsValid() || r.Prefix.Bits() == 0 {
			continue
		}
		for _, d := range dst {
			if r.Prefix.Overlaps(d) && r.Prefix.Bits() >= d.Bits() {
				return r
			}
		}
	}
	return nil
}

// take follows the route r of a public address.
func (w *walk) take(x *exit, s *sender, r *topology.Route) {
	subnet := x.from.subnet
	because := reason.New("route.table", subnet.Path(), r.Text, r.Target.Text)
	switch r.Target.Kind {
	case topology.InternetGateway:
		w.takeIGW(x, r, because)
	case topology.EgressOnlyGateway:
		if !x.v6 || !x.inside {
			x.stop(NoRoute, reason.New("route.eigw", subnet.Path(), r.Text), r.Pos)
			return
		}
		x.hop(Hop{Kind: EgressOnlyGateway, Name: subnet.VPC.Name, Because: because, Pos: r.Pos, Subnet: subnet})
		x.arrived = true
	case topology.NATGateway:
		if x.v6 {
			x.stop(NoRoute, reason.New("route.nat.ipv6", subnet.Path(), r.Text), r.Pos)
			return
		}
		w.takeNAT(x, r, because)
	case topology.ToLink:
		if x.v6 {
			x.stop(NoRoute, reason.New("route.link.beyond", r.Target.Link.Name, w.asked.Host), r.Pos)
			return
		}
		w.takeLink(x, r.Target.Link, because, r.Pos, w.asked.Networks(false))
	case topology.Interface:
		x.stop(TimesOut, reason.New("route.eni", subnet.Path(), r.Text, r.Target.Text), r.Pos)
	case topology.Blackhole:
		x.stop(NoRoute, reason.New("route.blackhole", subnet.Path(), r.Text), r.Pos)
	}
}

// takeIGW leaves by the internet gateway, which translates only interfaces of
// its VPC that have a public address.
func (w *walk) takeIGW(x *exit, r *topology.Route, because reason.Because) {
	subnet := x.from.subnet
	if !x.inside {
		x.stop(NoRoute, reason.New("route.igw.outside", subnet.VPC.Name), r.Pos)
		return
	}
	if !x.v6 && x.nat == nil && !x.public.Is() {
		w.assume(true, x.key, "none")
		x.stop(TimesOut, reason.New("route.igw.no-address", subnet.Path()), r.Pos)
		return
	}
	x.hop(Hop{Kind: InternetGateway, Name: subnet.VPC.Name, Because: because, Pos: r.Pos, Subnet: subnet})
	x.arrived = true
}

// takeNAT goes on behind a NAT gateway, as the table of its subnet says.
func (w *walk) takeNAT(x *exit, r *topology.Route, because reason.Because) {
	if x.enterNAT(r, x.from, because); x.verdict != "" {
		return
	}
	x.from, x.inside = spot{subnet: x.nat}, true
	x.public = topology.Setting[netip.Addr]{V: x.nat.NAT.V.IP}
	if x.nat.NAT.V.IP.IsValid() {
		x.public.State = topology.Written
	}
	x.key = key{"vpcs.", x.nat.VPC.Name, ".subnets.", x.nat.Name, ".nat"}
}

// takeLink goes on at the far end of link.
func (w *walk) takeLink(x *exit, link *topology.Link, because reason.Because, pos diag.Pos, dst []netip.Prefix) {
	if x.circles(linkHop(link), link.Name, pos) {
		return
	}
	x.hop(Hop{Kind: linkHop(link), Name: link.Name, Because: because, Pos: pos})
	x.links = append(x.links, link)
	x.inside = false
	switch link.Kind {
	case topology.DX, topology.VPN:
		x.from = spot{site: link.Sites[0]}
		return
	case topology.TGW:
		w.takeTGW(x, link, dst)
		return
	case topology.Peering, topology.DXPublic:
	}
	x.stop(NoRoute, reason.New("route.link.beyond", link.Name, w.asked.Host), link.Pos)
}

func (w *walk) takeTGW(x *exit, link *topology.Link, dst []netip.Prefix) {
	next := w.p.transit(link, dst[0])
	for _, d := range dst[1:] {
		if len(link.Routes) > 0 && w.p.transit(link, d) != next {
			next.split = true
		}
	}
	switch {
	case next.split:
		x.stop(Unknown, reason.New("route.split", link.Name, w.asked.Host), link.Pos)
	case !next.found:
		x.stop(NoRoute, reason.New("route.none", link.Name, w.asked.Host), link.Pos)
	case next.site != nil:
		x.from = spot{site: next.site}
	case next.subnet != nil:
		x.cross(next.subnet, false)
		x.from = spot{subnet: next.subnet}
	case next.vpc == nil:
		x.stop(NoRoute, reason.New("route.blackhole", link.Name, next.route.Text), next.route.Pos)
	default:
		x.stop(NoRoute, reason.New("route.link.beyond", link.Name, w.asked.Host), link.Pos)
	}
}
