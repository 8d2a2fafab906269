package fix

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// privateRoutes leads packets to the private address that the sender goes to,
// and back.
func privateRoutes(s *scene) (steps []step) {
	if !stuck(s.trace.Verdict) {
		return nil
	}
	from := s.sender.spot()
	for _, to := range s.private() {
		for _, l := range s.t.Links {
			steps = append(steps, linkRoutes(from, to, l)...)
		}
		if a, b := vpcOf(from), vpcOf(to); a != nil && b != nil && a != b && !joined(s.t, a, b) && !a.CIDR.Overlaps(b.CIDR) {
			steps = append(steps, peering(s.t, from.Subnet, to.Subnet))
		}
	}
	return append(steps, blackholes(s)...)
}

// stuck reports whether v may be a matter of routes.
func stuck(v route.Verdict) bool {
	return v == route.NoRoute || v == route.TimesOut || v == route.Unknown
}

func vpcOf(at topology.Spot) *topology.VPC {
	if at.Subnet == nil {
		return nil
	}
	return at.Subnet.VPC
}

// joins reports whether the network of at is a member of l.
func joins(l *topology.Link, at topology.Spot) bool {
	if at.Site != nil {
		return l.JoinsSite(at.Site)
	}
	return at.Subnet != nil && l.Joins(at.Subnet.VPC)
}

func joined(t *topology.Topology, a, b *topology.VPC) bool {
	return slices.ContainsFunc(t.Links, func(l *topology.Link) bool { return l.Joins(a) && l.Joins(b) })
}

// linkRoutes are routes over l from one place to the other, back, and both.
// Sites route to their links by themselves. A transit gateway that lacks one of
// the two networks takes it in.
func linkRoutes(from, to topology.Spot, l *topology.Link) (steps []step) {
	if l.Kind == topology.DXPublic || from.String() == to.String() {
		return nil
	}
	here, there := joins(l, from), joins(l, to)
	if l.Kind == topology.TGW && here != there {
		return []step{member(l, from, to, there)}
	}
	if !here || !there || vpcOf(from) != nil && vpcOf(from) == vpcOf(to) {
		return nil
	}
	out, back := routeTo(from.Subnet, to, l.Name), routeTo(to.Subnet, from, l.Name)
	for _, st := range []*step{out, back} {
		if st != nil {
			steps = append(steps, *st)
		}
	}
	if out != nil && back != nil {
		steps = append(steps, both(*out, *back))
	}
	return steps
}

// routeTo is the route of subnet n to the place to, over the link called name;
// nil if n's table has it.
func routeTo(n *topology.Subnet, to topology.Spot, name string) *step {
	if n == nil {
		return nil
	}
	place := to.String()
	for _, r := range n.Routes {
		switch {
		case r.Prefix != prefixOf(to):
		case r.Target.Text == name:
			return nil
		default:
			place = r.Text
		}
	}
	return newRoute(n, place, name, 1)
}

// newRoute is the step that sets a route of n.
func newRoute(n *topology.Subnet, to, target string, width int) *step {
	return &step{
		edits: []edit{set(scalar(target), "vpcs", n.VPC.Name, "subnets", n.Name, "routes", to)},
		why:   reason.New("fix.route", to, target, n.Path()),
		size:  1, width: width,
	}
}

func prefixOf(at topology.Spot) netip.Prefix {
	if at.Site != nil {
		return at.Site.CIDR
	}
	return at.Subnet.CIDR
}

// both is a and b at once.
func both(a, b step) step {
	return step{
		edits: append(slices.Clone(a.edits), b.edits...),
		why:   reason.New("fix.both").With(a.why, b.why),
		size:  a.size + b.size, width: max(a.width, b.width),
		opens: max(a.opens, b.opens),
	}
}

// member takes the network that is not on the transit gateway l into it.
func member(l *topology.Link, from, to topology.Spot, there bool) step {
	missing := to
	if there {
		missing = from
	}
	name := missing.String()
	if v := vpcOf(missing); v != nil {
		name = v.Name
	}
	var members []string
	for _, v := range l.VPCs {
		members = append(members, v.Name)
	}
	for _, m := range l.Sites {
		members = append(members, m.Name)
	}
	return step{
		edits: []edit{set(list(append(members, name)...), "links", l.Name, "tgw")},
		why:   reason.New("fix.member", name, l.Name),
		size:  1, width: 2,
	}
}

// peering joins the VPCs of two subnets, with the routes of both.
func peering(t *topology.Topology, a, b *topology.Subnet) step {
	name := a.VPC.Name + "-" + b.VPC.Name
	for t.Link(name) != nil {
		name += "-2"
	}
	return step{
		edits: []edit{
			set(list(a.VPC.Name, b.VPC.Name), "links", name, "peering"),
			set(name, "vpcs", a.VPC.Name, "subnets", a.Name, "routes", b.Path()),
			set(name, "vpcs", b.VPC.Name, "subnets", b.Name, "routes", a.Path()),
		},
		why:  reason.New("fix.peering", a.Path(), b.Path()),
		size: 4, width: 2,
	}
}

// blackholes takes away the blackholes of transit gateways on the way.
func blackholes(s *scene) (steps []step) {
	for _, l := range s.t.Links {
		if l.Kind != topology.TGW || !joins(l, s.sender.spot()) {
			continue
		}
		for _, r := range l.Routes {
			if r.VPC == nil && r.Subnet == nil && r.Site == nil {
				steps = append(steps, step{
					edits: []edit{set("null", "links", l.Name, "routes", r.Text)},
					why:   reason.New("fix.blackhole", r.Text, l.Name),
					size:  1, width: 1,
				})
			}
		}
	}
	return steps
}

// publicRoutes leads packets from the sender's subnet, or from the last subnet
// that they came to, to public addresses.
func publicRoutes(s *scene) (steps []step) {
	if !stuck(s.trace.Verdict) || s.via() != nil || s.trace.DNS.Answer != "public" {
		return nil
	}
	tables := []*topology.Subnet{s.sender.spot().Subnet}
	if last := s.trace.Hops[len(s.trace.Hops)-1]; last.Subnet != nil {
		tables = append(tables, last.Subnet)
	}
	for i, n := range tables {
		if n == nil || i > 0 && n == tables[0] {
			continue
		}
		for _, target := range exits(s.t, n) {
			if a := s.trace.Asked; a.Service == "s3" || a.Service == "dynamodb" {
				steps = append(steps, *newRoute(n, "aws:"+a.Service+"."+a.Region, target, 2))
			}
			all := newRoute(n, toInternet(n), target, 4)
			all.opens = outwards
			steps = append(steps, *all)
		}
		steps = append(steps, newNAT(n)...)
	}
	return steps
}

// toInternet is how n's table calls the default route.
func toInternet(n *topology.Subnet) string {
	for _, r := range n.Routes {
		if r.Prefix.IsValid() && r.Prefix.Bits() == 0 && r.Prefix.Addr().Is4() {
			return r.Text
		}
	}
	return "internet"
}

// exits are the targets by which n's packets may leave for the internet.
func exits(t *topology.Topology, n *topology.Subnet) (targets []string) {
	for _, m := range n.VPC.Subnets {
		if m.NAT.V.Here && m != n {
			targets = append(targets, "nat:"+m.Name)
		}
	}
	if n.VPC.IGW.V {
		targets = append(targets, "igw")
	}
	for _, l := range t.Links {
		if l.Kind == topology.TGW && l.Joins(n.VPC) && slices.ContainsFunc(l.Routes, func(r *topology.LinkRoute) bool { return r.Prefix.Bits() == 0 }) {
			targets = append(targets, l.Name)
		}
	}
	return targets
}

// newNAT puts a NAT gateway into a public subnet of n's VPC, if there is none.
func newNAT(n *topology.Subnet) (steps []step) {
	public := func(m *topology.Subnet) bool {
		return m != n && slices.ContainsFunc(m.Routes, func(r *topology.Route) bool {
			return r.Target.Kind == topology.InternetGateway && r.Prefix.IsValid() && r.Prefix.Bits() == 0
		})
	}
	if slices.ContainsFunc(n.VPC.Subnets, func(m *topology.Subnet) bool { return m.NAT.V.Here }) {
		return nil
	}
	for _, m := range n.VPC.Subnets {
		if public(m) {
			steps = append(steps, step{
				edits: []edit{
					set("true", "vpcs", n.VPC.Name, "subnets", m.Name, "nat"),
					set(scalar("nat:"+m.Name), "vpcs", n.VPC.Name, "subnets", n.Name, "routes", toInternet(n)),
				},
				why:  reason.New("fix.nat", m.Path(), n.Path()),
				size: 2, width: 5, opens: outwards,
			})
		}
	}
	return steps
}

// publicAddress gives a sender behind an internet gateway an address to leave
// with. That of a client is a door, too.
func publicAddress(s *scene) []step {
	ip := s.client.PublicIP
	if s.sender.proxy != nil {
		ip = s.sender.proxy.PublicIP
	}
	if s.trace.Verdict != route.TimesOut || ip.Is() || s.sender.spot().Subnet == nil {
		return nil
	}
	path := []string{"clients", s.client.Name, "public_ip"}
	if s.sender.proxy != nil {
		path = []string{"proxies", s.sender.proxy.Name, "public_ip"}
	}
	st := step{
		edits: []edit{set(unusedAddress, path...)},
		why:   reason.New("fix.public-ip", path[1], unusedAddress),
		size:  1,
	}
	if s.sender.proxy == nil {
		st.opens = strangers
	}
	return []step{st}
}

// unusedAddress stands for the Elastic IP that AWS will give (RFC 5737).
const unusedAddress = "192.0.2.1"
