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
