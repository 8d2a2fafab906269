package blueprint

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// tableOf is the number of the table of s at the router of its VPC.
func tableOf(s *topology.Subnet) int { return FirstTable + 1 + slices.Index(s.VPC.Subnets, s) }

// vpc routes in v: the first table is for what comes over links and gateways,
// and knows the machines of v only; each subnet has one of its own.
func (d *draft) vpc(v *topology.VPC) {
	n := d.byName["vpc:"+v.Name]
	n.Tables = []Table{{Number: FirstTable, Name: "edge", Routes: members(n)}}
	for _, s := range v.Subnets {
		n.Tables = append(n.Tables, d.subnet(n, s))
	}
	for _, p := range n.Ports {
		if p.place != nil {
			p.Table = tableOf(p.place)
		}
	}
	n.Chains = append(n.Chains, leaving(n, v), entering(n, v))
}

// members are the routes of n to the machines that stand at it.
func members(n *Node) (all []Route) {
	for _, p := range n.Ports {
		if k := p.Peer.Node.Kind; k != Host && k != NAT {
			continue
		}
		for _, a := range p.Peer.Node.Addrs {
			all = append(all, Route{one(a), p})
		}
	}
	return all
}

// subnet is the route table of s at the router n.
func (d *draft) subnet(n *Node, s *topology.Subnet) Table {
	t := Table{Number: tableOf(s), Name: s.Path()}
	add := func(to netip.Prefix, p *Port) {
		if !slices.ContainsFunc(t.Routes, func(r Route) bool { return r.To == to }) {
			t.Routes = append(t.Routes, Route{to, p})
		}
	}
	for _, m := range members(n) {
		if !overridden(s, m.To.Addr()) {
			add(m.To, m.Port)
		}
	}
	for _, r := range s.Routes {
		if r.Service != "" {
			for _, p := range d.public.networks(r.Service, r.Region, false) {
				add(p, d.target(n, s, r.Target))
			}
		}
	}
	for _, e := range s.Gateways {
		p := n.Port("vpce:" + e.Path())
		for _, to := range p.Peer.Node.Answers {
			add(to, p)
		}
	}
	for _, r := range s.Routes {
		if r.Prefix.IsValid() {
			add(r.Prefix, d.target(n, s, r.Target))
		}
	}
	add(s.VPC.CIDR, nil) // nobody has such an address
	if s.VPC.CIDR6.Is() {
		add(s.VPC.CIDR6.V, nil)
	}
	return t
}

// overridden reports whether a route of s that is longer than the local one
// covers a.
func overridden(s *topology.Subnet, a netip.Addr) bool {
	local := s.VPC.CIDR.Bits()
	if a.Is6() {
		local = s.VPC.CIDR6.V.Bits()
	}
	return slices.ContainsFunc(s.Routes, func(r *topology.Route) bool {
		return r.Prefix.IsValid() && r.Prefix.Bits() > local && r.Prefix.Contains(a)
	})
}

// target returns the port of n that leads to t, nil for a blackhole.
func (d *draft) target(n *Node, s *topology.Subnet, t topology.Target) *Port {
	switch t.Kind {
	case topology.InternetGateway:
		return n.Port("igw:" + s.VPC.Name)
	case topology.EgressOnlyGateway:
		return n.Port("eigw:" + s.VPC.Name)
	case topology.NATGateway:
		return n.Port("nat:" + t.Subnet.Path())
	case topology.ToLink:
		return n.Port(prefixOf(t.Link.Kind) + t.Link.Name)
	case topology.Interface:
		return d.interfaceOf(n, strings.TrimPrefix(t.Text, "eni:"))
	case topology.Blackhole:
	}
	return nil
}

// interfaceOf returns the port of n that leads to the first machine called
// name.
func (d *draft) interfaceOf(n *Node, name string) *Port {
	hops := []string{"vpce:" + n.Place + "/" + name, "proxy:" + name, "nlb:" + name, "alb:" + name, "client:" + name}
	for _, hop := range hops {
		i := slices.IndexFunc(n.Ports, func(p *Port) bool { return p.Peer.Node.Hop == hop && p.Peer.Node.Kind == Host })
		if i >= 0 {
			return n.Ports[i]
		}
	}
	return nil
}

// leaving are the network ACLs of what leaves the subnets of v.
func leaving(n *Node, v *topology.VPC) Chain {
	c := Chain{Hook: Passing}
	for _, s := range v.Subnets {
		if !s.Out.Is() {
			continue
		}
		within(&c, n, s)
		for _, p := range n.Ports {
			if p.place == s {
				for _, r := range s.Out.V {
					c.Rules = append(c.Rules, judged(r, Rule{In: p.Name}, Drop{Cause: ACL, For: s.Path() + " out"}, false)...)
				}
				c.Rules = append(c.Rules, Rule{In: p.Name, Drop: Drop{Cause: ACL, For: s.Path() + " out"}})
			}
		}
	}
	return c
}

// entering are the network ACLs of what enters the subnets of v.
func entering(n *Node, v *topology.VPC) Chain {
	c := Chain{Hook: Passing}
	for _, s := range v.Subnets {
		if !s.In.Is() {
			continue
		}
		within(&c, n, s)
		for _, p := range n.Ports {
			if p.place == s {
				for _, r := range s.In.V {
					c.Rules = append(c.Rules, judged(r, Rule{Out: p.Name}, Drop{Cause: ACL, For: s.Path() + " in"}, true)...)
				}
				c.Rules = append(c.Rules, Rule{Out: p.Name, Drop: Drop{Cause: ACL, For: s.Path() + " in"}})
			}
		}
	}
	return c
}

// within lets through what stays in s.
func within(c *Chain, n *Node, s *topology.Subnet) {
	for _, p := range n.Ports {
		for _, q := range n.Ports {
			if p.place == s && q.place == s {
				c.Rules = append(c.Rules, Rule{In: p.Name, Out: q.Name, Let: true})
			}
		}
	}
}

// judged is r for what base matches: the place is where packets come from, or
// go to.
func judged(r topology.ACLRule, base Rule, drop Drop, from bool) (rules []Rule) {
	base.First, base.Last, base.Let = r.First, r.Last, r.Allow
	if r.First == 0 && r.Last == 65535 {
		base.Last = 0
	}
	if !r.Allow {
		base.Drop = drop
	}
	if r.Any {
		return []Rule{base}
	}
	for _, p := range prefixes([]topology.Place{r.Place}) {
		one := base
		if from {
			one.From = p
		} else {
			one.To = p
		}
		rules = append(rules, one)
	}
	return rules
}
