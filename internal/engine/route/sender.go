package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// sender is who sends packets: a client, or a proxy on behalf of one.
type sender struct {
	spot
	group, name string // "clients", "ec2"
	asks        string // as the format has it: "client", "proxy:squid"
	home        key    // whose addresses and security group it has: "proxies.squid."
	ip          source
	ip6         netip.Addr
	public      topology.Setting[netip.Addr]
	sgTo        topology.Setting[[]topology.Place]
	host        *topology.Proxy // that it is, or on whose host it runs
}

// source is an address that packets come from: one, or some address of network
// while nobody wrote it at the key k.
type source struct {
	network netip.Prefix
	known   bool
	k       key
}

func sourceAt(at spot, ip topology.Setting[netip.Addr], k key) source {
	if ip.Is() {
		return source{span.Lone(ip.V), true, k}
	}
	return source{at.network(), false, k}
}

// unsettled notes that the address of s, had it been written, could change the
// verdict.
func (w *walk) unsettled(s source) { w.assume(!s.known, s.k, "not known") }

func (p *Planner) clientSender(c *topology.Client) *sender {
	if on := c.At.Proxy; on != nil {
		s := *p.senders[on]
		s.group, s.name, s.asks = "clients", c.Name, "client" // its home stays the proxy
		if c.IP.Is() {
			s.ip.network, s.ip.known = span.Lone(c.IP.V), true
		}
		if c.IPv6.Is() {
			s.ip6 = c.IPv6.V
		}
		if c.PublicIP.Is() {
			s.public = c.PublicIP
		}
		if !unwritten(c.SGTo.State) {
			s.sgTo = c.SGTo
		}
		return &s
	}
	s := &sender{spot: spot{c.At.Subnet, c.At.Site}, group: "clients", name: c.Name, asks: "client", home: key{"clients.", c.Name, "."}, public: c.PublicIP, sgTo: c.SGTo}
	s.addressed(c.IP, c.IPv6)
	return s
}

func proxySender(x *topology.Proxy) *sender {
	s := &sender{spot: spot{x.At.Subnet, x.At.Site}, group: "proxies", name: x.Name, asks: "proxy:" + x.Name, home: key{"proxies.", x.Name, "."}, public: x.PublicIP, sgTo: x.SGTo, host: x}
	s.addressed(x.IP, x.IPv6)
	return s
}

func (s *sender) addressed(ip, ip6 topology.Setting[netip.Addr]) {
	s.ip = sourceAt(s.spot, ip, s.key("ip"))
	if ip6.Is() {
		s.ip6 = ip6.V
	}
}

// network is the range that an address at s lies in.
func (s spot) network() netip.Prefix {
	if s.site != nil {
		return s.site.CIDR
	}
	return s.subnet.CIDR
}

// key returns the path of a key of s, or of the proxy on whose host it runs.
func (s *sender) key(name string) key {
	k := s.home
	k[3] = name
	return k
}

// destination is where packets go: to an address of networks.
type destination struct {
	networks []netip.Prefix
	list     string // the prefix list that holds them, empty if none does
	address  source // what would settle which of them it is
}

// leaves reports whether the security group of s lets packets for to out.
func (w *walk) leaves(s *sender, to destination) bool {
	if w.open(s.sgTo.State, s.key("sg_to"), "open") {
		return w.end(Unknown, reason.New("route.sg.out.unknown", s.name), s.sgTo.Pos)
	}
	if unwritten(s.sgTo.State) {
		return true
	}
	for i := range s.sgTo.V {
		if l := s.sgTo.V[i].List; l != "" && l == to.list {
			return true
		}
	}
	switch span.AmongEach(to.networks, s.sgTo.V) {
	case span.All:
		return true
	case span.Part:
		w.unsettled(to.address)
		return w.end(Unknown, reason.New("route.sg.out.part", s.name), s.sgTo.Pos)
	case span.None:
	}
	return w.end(DeniedBySecurityGroup, reason.New("route.sg.out", s.name), s.sgTo.Pos)
}

// admits reports whether the security group of the hop that k belongs to lets
// packets from from in.
func (w *walk) admits(group topology.Setting[[]topology.Place], k key, from source, hop string) bool {
	if w.open(group.State, k, "open") {
		return w.end(Unknown, reason.New("route.sg.in.unknown", hop), group.Pos)
	}
	if unwritten(group.State) {
		return true
	}
	switch span.Among(from.network, group.V) {
	case span.All:
		return true
	case span.Part:
		w.unsettled(from)
		return w.end(Unknown, reason.New("route.sg.in.part", hop, from.network.String()), group.Pos)
	case span.None:
	}
	return w.end(DeniedBySecurityGroup, reason.New("route.sg.in", hop, shown(from.network)), group.Pos)
}

// shown returns p as people write it: a lone address without its length.
func shown(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}
