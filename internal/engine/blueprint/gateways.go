package blueprint

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// private4 are addresses that the internet has no way to.
var private4 = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("169.254.0.0/16"),
}

// gateways plans what leads out of VPCs: NAT gateways, gateway endpoints,
// internet gateways.
func (d *draft) gateways() {
	for _, v := range d.Topology.VPCs {
		for _, s := range v.Subnets {
			if s.NAT.V.Here {
				d.nat(s)
			}
		}
		for _, e := range v.Endpoints {
			if e.Kind == topology.Gateway {
				d.gateway(e)
			}
		}
		if v.IGW.V {
			d.igw(v)
		}
		if v.CIDR6.Is() && egressOnly(v) {
			d.eigw(v)
		}
	}
}

// nat plans the NAT gateway of s: it sends on, by the table of its subnet, under
// an address of its own.
func (d *draft) nat(s *topology.Subnet) {
	n := d.host(&Node{Name: "nat:" + s.Path()}, topology.Spot{Subnet: s}, none, none)
	n.Kind, n.Resolver = NAT, nil
	n.Sources = []Rewrite{{n.Ports[0], all4, n.Addrs[0]}}
	n.Chains = append(n.Chains, Chain{Hook: Passing, Rules: []Rule{{Stray: true, Drop: Drop{Cause: Stray}}}})
}

// gateway plans the gateway endpoint e. Its route stands in the tables of its
// subnets; it answers for the service's addresses, and only to its own VPC.
func (d *draft) gateway(e *topology.Endpoint) {
	n := d.add(&Node{Name: "vpce:" + e.Path(), Kind: Gateway, Place: e.VPC.Name})
	n.Answers = d.public.networks(e.AWSService, e.VPC.Region, false)
	if e.DualStack.V {
		n.Answers = append(n.Answers, d.public.networks(e.AWSService, e.VPC.Region, true)...)
	}
	n.Serves = []Service{{Kind: AWSFront, Ports: webPorts, Endpoint: e}}
	up := join(n, d.byName["vpc:"+e.VPC.Name])
	n.Tables = []Table{{Number: FirstTable, Name: "main", Routes: everywhere(up)}}
	c := Chain{Hook: Ending, Rules: []Rule{{In: "lo", Let: true}, {From: e.VPC.CIDR, Let: true}}}
	if e.VPC.CIDR6.Is() {
		c.Rules = append(c.Rules, Rule{From: e.VPC.CIDR6.V, Let: true})
	}
	c.Rules = append(c.Rules, Rule{Drop: Drop{Cause: Outside}})
	n.Chains = append(n.Chains, c)
}

// igw plans the internet gateway of v. It puts public addresses in the place of
// the private ones that have one, and knows nobody else.
func (d *draft) igw(v *topology.VPC) {
	n := d.router(&Node{Name: "igw:" + v.Name, Kind: Exit, Place: v.Name})
	in, out := join(n, d.byName["vpc:"+v.Name]), join(n, d.byName["internet"])
	n.Tables = []Table{{Number: FirstTable, Name: "main", Routes: append([]Route{{v.CIDR, in}}, everywhere(out)...)}}
	c := Chain{Hook: Passing}
	for _, p := range private4 {
		c.Rules = append(c.Rules, Rule{In: in.Name, To: p, Drop: Drop{Cause: Unrouted, For: "private"}})
	}
	c.Rules = append(c.Rules, Rule{In: in.Name, From: v.CIDR, Except: true, Drop: Drop{Cause: Outside}})
	if v.CIDR6.Is() {
		n.Tables[0].Routes = append(n.Tables[0].Routes, Route{v.CIDR6.V, in})
		c.Rules = append(c.Rules, Rule{In: in.Name, From: v.CIDR6.V, Let: true})
	}
	for _, m := range d.public4(v) {
		n.Sources = append(n.Sources, Rewrite{out, one(m.private), m.public})
		c.Rules = append(c.Rules, Rule{In: in.Name, From: one(m.private), Let: true})
	}
	c.Rules = append(c.Rules, Rule{In: in.Name, Drop: Drop{Cause: NoAddress}})
	n.Chains = append(n.Chains, c)
}

// mapping is a machine's address, and the public one that stands for it.
type mapping struct{ private, public netip.Addr }

// public4 are the public addresses in v.
func (d *draft) public4(v *topology.VPC) (all []mapping) {
	add := func(n *Node, public topology.Setting[netip.Addr]) {
		if n != nil && public.Is() {
			all = append(all, mapping{n.Addr(false), public.V})
		}
	}
	for _, x := range d.Topology.Proxies {
		if x.At.Subnet != nil && x.At.Subnet.VPC == v {
			add(d.byName["proxy:"+x.Name], x.PublicIP)
		}
	}
	for _, c := range d.Topology.Clients {
		switch {
		case c.At.Subnet != nil && c.At.Subnet.VPC == v:
			add(d.byName["client:"+c.Name], c.PublicIP)
		case c.At.Proxy != nil && c.At.Proxy.At.Subnet != nil && c.At.Proxy.At.Subnet.VPC == v && c.PublicIP.Is():
			n := d.byName["proxy:"+c.At.Proxy.Name]
			if c.IP.Is() || !c.At.Proxy.PublicIP.Is() {
				all = append(all, mapping{n.Addrs[len(n.Addrs)-1], c.PublicIP.V})
			}
		}
	}
	for _, s := range v.Subnets {
		if n := d.byName["nat:"+s.Path()]; n != nil {
			ip := s.NAT.V.IP
			if !ip.IsValid() {
				ip = d.sparePublic()
			}
			all = append(all, mapping{n.Addr(false), ip})
		}
	}
	return all
}

// sparePublic returns a public address for what has one that nobody wrote down.
func (d *draft) sparePublic() netip.Addr {
	d.spare++
	return netip.AddrFrom4([4]byte{192, 0, 2, byte(d.spare)})
}

// egressOnly reports whether a route of v leads to its egress-only gateway.
func egressOnly(v *topology.VPC) bool {
	for _, s := range v.Subnets {
		for _, r := range s.Routes {
			if r.Target.Kind == topology.EgressOnlyGateway {
				return true
			}
		}
	}
	return false
}

// eigw plans the egress-only gateway of v: IPv6, and from inside only.
func (d *draft) eigw(v *topology.VPC) {
	n := d.router(&Node{Name: "eigw:" + v.Name, Kind: Exit, Place: v.Name})
	in, out := join(n, d.byName["vpc:"+v.Name]), join(n, d.byName["internet"])
	n.Tables = []Table{{Number: FirstTable, Name: "main", Routes: append([]Route{{v.CIDR6.V, in}}, everywhere(out)...)}}
	n.Chains = append(n.Chains, Chain{Hook: Passing, Rules: []Rule{
		{In: in.Name, From: v.CIDR6.V, Let: true},
		{In: out.Name, Reply: true, Let: true},
		{Drop: Drop{Cause: Outside}},
	}})
}
