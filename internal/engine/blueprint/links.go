package blueprint

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// prefixOf is how hops of links begin.
func prefixOf(k topology.LinkKind) string {
	switch k {
	case topology.Peering:
		return "pcx:"
	case topology.TGW:
		return "tgw:"
	case topology.VPN:
		return "vpn:"
	case topology.DX, topology.DXPublic:
	}
	return "dx:"
}

// link plans l with its cables.
func (d *draft) link(l *topology.Link) {
	n := d.router(&Node{Name: prefixOf(l.Kind) + l.Name, Kind: Link})
	n.Tables = []Table{{Number: FirstTable, Name: "main"}}
	switch l.Kind {
	case topology.Peering:
		d.peering(n, l)
	case topology.TGW:
		d.transit(n, l)
	case topology.DX, topology.VPN:
		site, vpc := join(n, d.byName["site:"+l.Sites[0].Name]), join(n, d.byName["vpc:"+l.VPCs[0].Name])
		n.lead(l.VPCs[0].CIDR, vpc)
		n.lead(all4, site)
		n.Chains = append(n.Chains, Chain{Hook: Passing, Rules: []Rule{{In: site.Name, Out: site.Name, Drop: Drop{Cause: Beyond}}}})
	case topology.DXPublic:
		site, net := join(n, d.byName["site:"+l.Sites[0].Name]), join(n, d.byName["internet"])
		for _, p := range d.aws() {
			n.lead(p, net)
		}
		n.lead(l.Sites[0].CIDR, site)
		n.Sources = []Rewrite{{net, l.Sites[0].CIDR, d.siteIP(l.Sites[0])}}
	}
}

// lead adds a route to the first table of n, unless there is one.
func (n *Node) lead(to netip.Prefix, p *Port) {
	t := &n.Tables[0]
	if !slices.ContainsFunc(t.Routes, func(r Route) bool { return r.To == to }) {
		t.Routes = append(t.Routes, Route{to, p})
	}
}

// aws are the public networks of AWS.
func (d *draft) aws() (all []netip.Prefix) {
	for _, r := range d.public.regions {
		all = append(all, d.public.ofRegion(r, false)...)
	}
	return all
}

// siteIP is the public address of s, once it has one.
func (d *draft) siteIP(s *topology.Site) netip.Addr {
	if s.PublicIP.Is() {
		return s.PublicIP.V
	}
	for _, n := range d.Nodes {
		for _, r := range n.Sources {
			if r.From == s.CIDR && (n.Name == "site:"+s.Name || n.Kind == Link) {
				return r.Source
			}
		}
	}
	return d.sparePublic()
}

// peering joins two VPCs, and carries nothing from or to anybody else.
func (d *draft) peering(n *Node, l *topology.Link) {
	c := Chain{Hook: Passing}
	for _, v := range l.VPCs {
		p := join(n, d.byName["vpc:"+v.Name])
		n.lead(v.CIDR, p)
		c.Rules = append(c.Rules, Rule{In: p.Name, From: v.CIDR, Except: true, Drop: Drop{Cause: Beyond}})
	}
	n.Chains = append(n.Chains, c)
}

// transit joins VPCs and sites: static routes, then those to its members. Each
// subnet that a static route names is an attachment of its own, so that what
// comes out of it meets the table of that subnet.
func (d *draft) transit(n *Node, l *topology.Link) {
	ports := map[any]*Port{}
	for _, v := range l.VPCs {
		ports[v] = join(n, d.byName["vpc:"+v.Name])
	}
	for _, s := range l.Sites {
		ports[s] = join(n, d.byName["site:"+s.Name])
	}
	for _, r := range l.Routes {
		switch {
		case r.Subnet != nil:
			if ports[r.Subnet] == nil {
				ports[r.Subnet] = join(n, d.byName["vpc:"+r.Subnet.VPC.Name])
				ports[r.Subnet].Peer.Table = tableOf(r.Subnet)
				ports[r.Subnet].Peer.place = r.Subnet
			}
			n.lead(r.Prefix, ports[r.Subnet])
		case r.VPC != nil:
			n.lead(r.Prefix, ports[r.VPC])
		case r.Site != nil:
			n.lead(r.Prefix, ports[r.Site])
		default:
			n.lead(r.Prefix, nil)
		}
	}
	for _, v := range l.VPCs {
		n.lead(v.CIDR, ports[v])
	}
	for _, s := range l.Sites {
		n.lead(s.CIDR, ports[s])
	}
}

// byPreference are the links that lead from a site to VPCs, as AWS prefers
// them.
var byPreference = []topology.LinkKind{topology.DX, topology.TGW, topology.VPN}

// site routes at s: to its machines, over its links, to the internet.
func (d *draft) site(s *topology.Site) {
	n := d.byName["site:"+s.Name]
	n.Tables = []Table{{Number: FirstTable, Name: "main"}}
	for _, p := range n.Ports {
		for _, a := range p.Peer.Node.Addrs {
			n.lead(one(a), p)
		}
	}
	for _, kind := range byPreference {
		for _, l := range d.Topology.Links {
			if l.Kind == kind && l.JoinsSite(s) {
				p := n.Port(prefixOf(kind) + l.Name)
				for _, to := range reaches(l, s) {
					n.lead(to, p)
				}
			}
		}
	}
	for _, l := range d.Topology.Links {
		if l.Kind == topology.DXPublic && l.JoinsSite(s) {
			for _, to := range d.aws() {
				n.lead(to, n.Port("dx:"+l.Name))
			}
		}
	}
	n.lead(s.CIDR, nil)
	if s.Internet.V {
		out := join(n, d.byName["internet"])
		for _, c := range d.Topology.Clients {
			if c.At.Site == s && c.PublicIP.Is() {
				n.Sources = append(n.Sources, Rewrite{out, one(d.byName["client:"+c.Name].Addr(false)), c.PublicIP.V})
			}
		}
		for _, x := range d.Topology.Proxies {
			if x.At.Site == s && x.PublicIP.Is() {
				n.Sources = append(n.Sources, Rewrite{out, one(d.byName["proxy:"+x.Name].Addr(false)), x.PublicIP.V})
			}
		}
		n.Sources = append(n.Sources, Rewrite{out, all4, d.siteIP(s)})
		n.lead(all4, out)
		c := Chain{Hook: Passing}
		for _, p := range private4 {
			c.Rules = append(c.Rules, Rule{Out: out.Name, To: p, Drop: Drop{Cause: Unrouted, For: "private"}})
		}
		n.Chains = append(n.Chains, c)
	}
}

// reaches are the private networks that l leads to from s.
func reaches(l *topology.Link, s *topology.Site) (all []netip.Prefix) {
	for _, v := range l.VPCs {
		all = append(all, v.CIDR)
	}
	for _, other := range l.Sites {
		if other != s {
			all = append(all, other.CIDR)
		}
	}
	for _, r := range l.Routes {
		if slices.ContainsFunc(private4, func(p netip.Prefix) bool { return netset.Covers(p, r.Prefix) }) {
			all = append(all, r.Prefix)
		}
	}
	return all
}
