package blueprint

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Options are what a plan needs besides the topology.
type Options struct {
	// Requests are those that will be made: what they ask for has to have an
	// address.
	Requests []topology.Request
}

// New plans a network for t.
func New(t *topology.Topology, o Options) *Plan {
	d := &draft{
		Plan:  &Plan{Topology: t, byName: map[string]*Node{}, public: publicOf(t, o.Requests)},
		taken: map[string]map[netip.Addr]bool{},
	}
	d.written()
	d.internet()
	for _, s := range t.Sites {
		d.router(&Node{Name: "site:" + s.Name, Kind: Site, Place: s.Name})
	}
	for _, v := range t.VPCs {
		d.router(&Node{Name: "vpc:" + v.Name, Kind: VPC, Place: v.Name})
	}
	d.hosts()
	d.gateways()
	for _, l := range t.Links {
		d.link(l)
	}
	for _, v := range t.VPCs {
		d.vpc(v)
	}
	for _, s := range t.Sites {
		d.site(s)
	}
	d.routeInternet()
	return d.Plan
}

// draft is a plan in the making.
type draft struct {
	*Plan
	taken map[string]map[netip.Addr]bool // addresses, by VPC or site
	spare int                            // public addresses given out
}

// add takes n into the plan.
func (d *draft) add(n *Node) *Node {
	if n.Hop == "" {
		n.Hop = n.Name
	}
	d.Nodes = append(d.Nodes, n)
	d.byName[n.Name] = n
	return n
}

// router adds a node that only passes packets on: what its tables do not know
// ends in it.
func (d *draft) router(n *Node) *Node {
	n.Chains = append(n.Chains, Chain{Hook: Ending, Rules: []Rule{{In: "lo", Let: true}, {Drop: Drop{Cause: Unrouted}}}})
	return d.add(n)
}

// join lays a cable between a and b and returns its end at a.
func join(a, b *Node) *Port {
	pa, pb := &Port{Name: portName(a, b), Node: a}, &Port{Name: portName(b, a), Node: b}
	pa.Peer, pb.Peer = pb, pa
	a.Ports, b.Ports = append(a.Ports, pa), append(b.Ports, pb)
	return pa
}

// maxPortName is how long Linux lets the name of an interface be.
const maxPortName = 15

// portName names the end at n of a cable to peer: after the peer, with a number
// where that is not enough.
func portName(n, peer *Node) string {
	_, name, ok := strings.Cut(peer.Name, ":")
	if !ok {
		name = peer.Name
	}
	name = strings.NewReplacer("/", "-", "@", "-").Replace(name)
	if len(name) > maxPortName {
		name = name[:maxPortName]
	}
	for i := 2; ; i++ {
		free := name != "lo" && name != "all" && name != "default"
		for _, p := range n.Ports {
			free = free && p.Name != name
		}
		if free {
			return name
		}
		mark := "." + strconv.Itoa(i)
		name = name[:min(len(name), maxPortName-len(mark))] + mark
	}
}

// written takes the addresses that the file tells, before others are chosen.
func (d *draft) written() {
	t := d.Topology
	for _, x := range t.Proxies {
		d.take(x.At, x.IP, x.IPv6)
	}
	for _, c := range t.Clients {
		d.take(c.At, c.IP, c.IPv6)
	}
	for _, l := range t.NLBs {
		d.take(topology.Spot{Subnet: l.At[0]}, l.IP)
	}
}

func (d *draft) take(at topology.Spot, addrs ...topology.Setting[netip.Addr]) {
	for _, a := range addrs {
		if a.Is() {
			d.used(network(at))[a.V] = true
		}
	}
}

// network is the name of the network that at lies in.
func network(at topology.Spot) string {
	switch {
	case at.Proxy != nil:
		return network(at.Proxy.At)
	case at.Site != nil:
		return at.Site.Name
	}
	return at.Subnet.VPC.Name
}

func (d *draft) used(name string) map[netip.Addr]bool {
	if d.taken[name] == nil {
		d.taken[name] = map[netip.Addr]bool{}
	}
	return d.taken[name]
}

// reserved is how many addresses at the beginning of a subnet are AWS's.
const reserved = 4

// address returns a free address of the network that is called name, in p.
func (d *draft) address(name string, p netip.Prefix) netip.Addr {
	used, a := d.used(name), p.Addr()
	if p.Bits() <= a.BitLen()-4 {
		for range reserved {
			a = a.Next()
		}
	}
	last := span.Last(p)
	for ; used[a] && a != last; a = a.Next() {
	}
	used[a] = true
	return a
}

// host adds a machine at at, joined to the router there. Addresses that are not
// written are chosen.
func (d *draft) host(n *Node, at topology.Spot, ip, ip6 topology.Setting[netip.Addr]) *Node {
	n.Kind, n.Place = Host, at.String()
	router, cidr := d.byName["site:"+n.Place], netip.Prefix{}
	if at.Subnet != nil {
		router, cidr = d.byName["vpc:"+at.Subnet.VPC.Name], at.Subnet.CIDR
		n.Resolver = &Resolver{VPC: at.Subnet.VPC, Zone: at.Subnet.AZ.V}
	} else {
		cidr = at.Site.CIDR
		n.Resolver = &Resolver{Site: at.Site}
	}
	if !ip.Is() {
		ip.V = d.address(network(at), cidr)
	}
	n.Addrs = []netip.Addr{ip.V}
	if ip6.Is() {
		n.Addrs = append(n.Addrs, ip6.V)
	}
	d.add(n)
	up := join(n, router)
	up.Peer.place = at.Subnet
	n.Tables = []Table{{Number: FirstTable, Name: "main", Routes: everywhere(up)}}
	return n
}

var (
	all4 = netip.MustParsePrefix("0.0.0.0/0")
	all6 = netip.MustParsePrefix("::/0")
)

// everywhere leads everything out of p.
func everywhere(p *Port) []Route { return []Route{{all4, p}, {all6, p}} }

// one is the network of a alone.
func one(a netip.Addr) netip.Prefix { return span.Lone(a) }
