package blueprint

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// none is an address that is not written.
var none topology.Setting[netip.Addr]

// hosts plans everything that stands in a subnet or at a site.
func (d *draft) hosts() {
	t := d.Topology
	for _, x := range t.Proxies {
		n := d.host(&Node{Name: "proxy:" + x.Name, Proxy: x}, x.At, x.IP, x.IPv6)
		n.Serves = []Service{{Kind: ProxyProgram, Ports: []uint16{x.Port}}}
		if x.At.Subnet != nil && x.IMDS.V != topology.NoIMDS {
			n.Metadata = &Metadata{Token: x.IMDS.V == topology.IMDSv2, Account: accountOf(x.At.Subnet.VPC), Role: x.Name}
		}
		d.guard(n, x.SGFrom)
		d.confine(n, x.SGTo, x.At.Subnet)
	}
	for _, c := range t.Clients {
		d.client(c)
	}
	for _, l := range t.NLBs {
		d.balancer(l)
	}
	for _, v := range t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind != topology.Gateway {
				d.endpoint(e)
			}
		}
	}
}

func accountOf(v *topology.VPC) string { return v.Account.V.Name }

// client plans c, a machine of its own unless it runs on a proxy's.
func (d *draft) client(c *topology.Client) {
	if c.At.Proxy != nil {
		n := d.byName["proxy:"+c.At.Proxy.Name]
		n.Clients = append(n.Clients, c)
		if c.IP.Is() && c.IP.V != n.Addr(false) {
			n.Addrs = append(n.Addrs, c.IP.V)
		}
		return
	}
	n := d.host(&Node{Name: "client:" + c.Name, Clients: []*topology.Client{c}}, c.At, c.IP, c.IPv6)
	if c.At.Subnet != nil {
		n.Metadata = &Metadata{Token: true, Account: accountOf(c.At.Subnet.VPC), Role: c.Name, Kind: c.Credentials.V}
	}
	n.Chains = append(n.Chains, mine(n))
	d.confine(n, c.SGTo, c.At.Subnet)
}

// mine lets in what is for an address of n: an interface forwards nothing.
func mine(n *Node) Chain {
	up := n.Ports[0].Name
	c := Chain{Hook: Arriving}
	for _, a := range n.Addrs {
		c.Rules = append(c.Rules, Rule{In: up, From: one(a), Drop: Drop{Cause: FromItself}})
	}
	for _, a := range n.Addrs {
		c.Rules = append(c.Rules, Rule{In: up, To: one(a), Let: true})
	}
	c.Rules = append(c.Rules, Rule{In: up, Drop: Drop{Cause: NotMine}})
	return c
}

// guard lets in what the security group from admits, to the ports on which n
// answers.
func (d *draft) guard(n *Node, from topology.Setting[[]topology.Place]) {
	c := Chain{Hook: Ending, Rules: entered()}
	for _, p := range admitted(from) {
		for _, s := range n.Serves {
			for _, number := range s.Ports {
				c.Rules = append(c.Rules, Rule{From: p, First: number, Last: number, Let: true})
			}
		}
		c.Rules = append(c.Rules, Rule{From: p, Drop: Drop{Cause: Closed}})
	}
	c.Rules = append(c.Rules, Rule{Drop: Drop{Cause: GroupIn}})
	n.Chains = append(n.Chains, mine(n), c)
}

// entered begins a chain of what ends at a machine: what it says to itself, and
// answers.
func entered() []Rule { return []Rule{{In: "lo", Let: true}, {Reply: true, Let: true}} }

// admitted are the networks that the group from admits.
func admitted(from topology.Setting[[]topology.Place]) []netip.Prefix {
	if !from.Is() {
		return []netip.Prefix{all4, all6}
	}
	return prefixes(from.V)
}

// prefixes are the networks of places.
func prefixes(places []topology.Place) (all []netip.Prefix) {
	for _, p := range places {
		for _, q := range []netip.Prefix{p.Prefix, p.Prefix6} {
			if q.IsValid() {
				all = append(all, q)
			}
		}
	}
	return all
}

// confine lets out what the security group of n says. Prefix lists are those of
// the Region of its subnet.
func (d *draft) confine(n *Node, to topology.Setting[[]topology.Place], at *topology.Subnet) {
	if !to.Is() {
		return
	}
	c := Chain{Hook: Originated, Rules: []Rule{{Out: "lo", Let: true}, {Reply: true, Let: true}}}
	networks := prefixes(to.V)
	for _, p := range to.V {
		if p.List != "" && at != nil {
			networks = append(networks, d.public.networks(p.List, at.VPC.Region, false)...)
		}
	}
	for _, p := range networks {
		c.Rules = append(c.Rules, Rule{To: p, Let: true})
	}
	c.Rules = append(c.Rules, Rule{Drop: Drop{Cause: GroupOut}})
	n.Chains = append(n.Chains, c)
}

// balancer plans the nodes of l.
func (d *draft) balancer(l *topology.NLB) {
	sort := "nlb:"
	if l.ALB.V {
		sort = "alb:"
	}
	for i, subnet := range l.At {
		n := &Node{Name: numbered(sort+l.Name, l.At, subnet), Hop: sort + l.Name}
		ip := none
		if i == 0 {
			ip = l.IP
		}
		n = d.host(n, topology.Spot{Subnet: subnet}, ip, none)
		n.Serves = []Service{{Kind: Balancer, Ports: l.Listeners, NLB: l, Subnet: subnet}}
		n.Takes = l.PreserveClientIP.V && !l.ALB.V
		n.Ports[0].Peer.Returns = n.Takes
		c := Chain{Hook: Ending, Rules: entered()}
		for _, p := range admitted(l.SGFrom) {
			for _, number := range l.Listeners {
				r := Rule{From: p, First: number, Last: number, Let: true}
				if !l.ALB.V && Target(l, subnet) == nil {
					r.Let, r.Drop = false, Drop{Cause: NoTarget}
				}
				c.Rules = append(c.Rules, r)
			}
			c.Rules = append(c.Rules, Rule{From: p, Drop: Drop{Cause: Closed}})
		}
		c.Rules = append(c.Rules, Rule{Drop: Drop{Cause: GroupIn}})
		n.Chains = append(n.Chains, c)
		if !n.Takes {
			n.Chains = append(n.Chains, mine(n))
		}
	}
}

// numbered is name, with the subnet where there are several.
func numbered(name string, all []*topology.Subnet, at *topology.Subnet) string {
	if len(all) > 1 {
		return name + "@" + at.Path()
	}
	return name
}

// Target returns the proxy that the node of l in subnet hands connections to,
// the first that qualifies; nil if there is none.
func Target(l *topology.NLB, subnet *topology.Subnet) *topology.Proxy {
	i := slices.IndexFunc(l.Targets, func(x *topology.Proxy) bool {
		return l.CrossZone.V || x.At.Subnet != nil && sameZone(x.At.Subnet, subnet)
	})
	if i < 0 {
		return nil
	}
	return l.Targets[i]
}

func sameZone(a, b *topology.Subnet) bool { return a.VPC.Region == b.VPC.Region && a.AZ.V == b.AZ.V }

// endpoint plans the interfaces of e.
func (d *draft) endpoint(e *topology.Endpoint) {
	for _, subnet := range e.Subnets {
		n := d.host(&Node{Name: numbered("vpce:"+e.Path(), e.Subnets, subnet), Hop: "vpce:" + e.Path()}, topology.Spot{Subnet: subnet}, none, none)
		if e.Kind == topology.InterfaceEndpoint {
			n.Serves = []Service{{Kind: AWSFront, Ports: webPorts, Endpoint: e}}
			d.guard(n, e.SGFrom)
			continue
		}
		d.consumer(n, e, subnet)
	}
}

// webPorts are those on which AWS and other hosts answer.
var webPorts = []uint16{80, 443}

// consumer plans an interface of PrivateLink, and what stands between it and
// the load balancer, in the order of AWS: is it let in, its own security group,
// the listener, the load balancer's group, a target.
func (d *draft) consumer(n *Node, e *topology.Endpoint, subnet *topology.Subnet) {
	l := e.Service.NLB
	node := Connected(e, subnet)
	c := Chain{Hook: Ending, Rules: entered()}
	if node == nil {
		c.Rules = append(c.Rules, Rule{Drop: Drop{Cause: NotConnected}})
		n.Chains = append(n.Chains, mine(n), c)
		return
	}
	hop := "nlb:" + l.Name
	if l.ALB.V {
		hop = "alb:" + l.Name
	}
	n.Serves = []Service{{Kind: ConsumerENI, Ports: l.Listeners, Endpoint: e, NLB: l, Subnet: node}}
	groups := topology.Setting[[]topology.Place]{}
	if l.EnforceSG.V {
		groups = l.SGFrom
	}
	for _, p := range admitted(e.SGFrom) {
		for _, number := range l.Listeners {
			for _, q := range admitted(groups) {
				if both := narrower(p, q); both.IsValid() {
					r := Rule{From: both, First: number, Last: number, Let: true}
					if !l.ALB.V && Target(l, node) == nil {
						r.Let, r.Drop = false, Drop{Cause: NoTarget, At: hop}
					}
					c.Rules = append(c.Rules, r)
				}
			}
			c.Rules = append(c.Rules, Rule{From: p, First: number, Last: number, Drop: Drop{Cause: GroupIn, At: hop}})
		}
		c.Rules = append(c.Rules, Rule{From: p, Drop: Drop{Cause: Closed}})
	}
	c.Rules = append(c.Rules, Rule{Drop: Drop{Cause: GroupIn}})
	n.Chains = append(n.Chains, mine(n), c)
}

// narrower is what p and q have in common; not valid if that is nothing.
func narrower(p, q netip.Prefix) netip.Prefix {
	switch {
	case !p.Overlaps(q):
		return netip.Prefix{}
	case p.Bits() > q.Bits():
		return p
	}
	return q
}

// Connected returns the subnet of the load balancer's node that the interface
// of e in subnet leads to; nil if the service has not let it in.
func Connected(e *topology.Endpoint, subnet *topology.Subnet) *topology.Subnet {
	s := e.Service
	owner := s.NLB.At[0].VPC
	switch {
	case e.VPC.Account.V != owner.Account.V && !slices.Contains(s.Allow.V, e.VPC.Account.V),
		e.VPC.Region != owner.Region && !slices.Contains(s.Regions.V, e.VPC.Region),
		!s.Auto.V && !e.Accepted.V:
		return nil
	case e.VPC.Region != owner.Region:
		return s.NLB.At[0]
	}
	i := slices.IndexFunc(s.NLB.At, func(n *topology.Subnet) bool { return sameZone(n, subnet) })
	if i < 0 {
		return nil
	}
	return s.NLB.At[i]
}
