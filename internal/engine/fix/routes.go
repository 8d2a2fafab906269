package fix

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// publicRoutes leads packets from the sender's subnet, or from the last subnet
// that they came to, to public addresses.
func publicRoutes(s *scene) (steps []step) {
	if !stuck(s.trace.Verdict) || s.via() != nil || s.trace.DNS.Answer != "public" {
		return nil
	}
	tables := []*topology.Subnet{s.sender.spot().Subnet}
	if n := len(s.trace.Hops); n > 0 {
		tables = append(tables, s.trace.Hops[n-1].Subnet)
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
		if l.Kind == topology.TGW && l.Joins(n.VPC) {
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

// wayBack leads answers back from a subnet on the way that is in another VPC,
// as that of a central NAT gateway.
func wayBack(s *scene) (steps []step) {
	if !stuck(s.trace.Verdict) {
		return nil
	}
	from := s.sender.spot()
	for _, h := range s.trace.Hops {
		if h.Subnet == nil || h.Subnet.VPC == vpcOf(from) {
			continue
		}
		for _, l := range s.t.Links {
			if joins(l, from) && l.Joins(h.Subnet.VPC) {
				if st := routeTo(h.Subnet, from, l.Name); st != nil {
					steps = append(steps, *st)
				}
			}
		}
	}
	return steps
}

// centralExit gives a transit gateway that has no way to the internet the one of
// a subnet behind it.
func centralExit(s *scene) (steps []step) {
	v := vpcOf(s.sender.spot())
	if !stuck(s.trace.Verdict) || v == nil || s.trace.DNS.Answer != "public" {
		return nil
	}
	for _, l := range s.t.Links {
		if l.Kind != topology.TGW || !l.Joins(v) || hasDefault(l) {
			continue
		}
		for _, m := range l.VPCs {
			for _, n := range m.Subnets {
				if m != v && slices.ContainsFunc(n.Routes, func(r *topology.Route) bool {
					return r.Target.Kind == topology.NATGateway && r.Prefix.IsValid() && r.Prefix.Bits() == 0
				}) {
					steps = append(steps, step{
						edits: []edit{set(scalar(n.Path()), "links", l.Name, "routes", "internet")},
						why:   reason.New("fix.central-exit", l.Name, n.Path()),
						size:  1, width: 4, opens: outwards,
					})
				}
			}
		}
	}
	return steps
}

func hasDefault(l *topology.Link) bool {
	return slices.ContainsFunc(l.Routes, func(r *topology.LinkRoute) bool { return r.Prefix.Bits() == 0 })
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
