package fabric

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// Fabric is a plan that has been built.
type Fabric struct {
	plan   *blueprint.Plan
	spaces map[*blueprint.Node]*space
	hub    *netlink.Handle
	v6     bool
}

// space is the namespace of a node.
type space struct {
	node  *blueprint.Node
	fd    int
	index map[*blueprint.Port]int
	tap   int // a socket that sees the first packets of connections
	rules *ruleset
}

// Build makes plan real. The calling process must have entered namespaces of
// its own; see Enter.
func Build(plan *blueprint.Plan) (*Fabric, error) {
	hub, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("speaking to the kernel: %w", err)
	}
	f := &Fabric{plan: plan, spaces: map[*blueprint.Node]*space{}, hub: hub, v6: plan.IPv6()}
	if err := f.build(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *Fabric) build() error {
	if err := f.namespaces(); err != nil {
		return err
	}
	for i, n := range f.plan.Nodes {
		for j, p := range n.Ports {
			if f.spaces[p.Peer.Node].index[p.Peer] == 0 {
				if err := f.cable(p, i, j); err != nil {
					return fmt.Errorf("laying the cable from %s to %s: %w", n.Name, p.Peer.Node.Name, err)
				}
				f.spaces[n].index[p], f.spaces[p.Peer.Node].index[p.Peer] = -1, -1
			}
		}
	}
	for _, n := range f.plan.Nodes {
		if err := f.furnish(f.spaces[n]); err != nil {
			return fmt.Errorf("furnishing %s: %w", n.Name, err)
		}
	}
	return nil
}

// cable lays a cable between p and its peer, straight into their namespaces.
func (f *Fabric) cable(p *blueprint.Port, i, j int) error {
	mac := net.HardwareAddr{0x02, 0xde, byte(i >> 8), byte(i), byte(j >> 8), byte(j)}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr = p.Name, mac
	attrs.Namespace = netlink.NsFd(f.spaces[p.Node].fd)
	return f.hub.LinkAdd(&netlink.Veth{
		LinkAttrs: attrs, PeerName: p.Peer.Name, PeerHardwareAddr: mac,
		PeerNamespace: netlink.NsFd(f.spaces[p.Peer.Node].fd),
	})
}

// furnish raises the ports of s and gives it addresses, routes and rules.
func (f *Fabric) furnish(s *space) error {
	h, err := s.netlink()
	if err != nil {
		return err
	}
	defer h.Close()
	links, err := h.LinkList()
	if err != nil {
		return err
	}
	named := map[string]netlink.Link{}
	for _, l := range links {
		named[l.Attrs().Name] = l
	}
	if err := h.LinkSetUp(named["lo"]); err != nil {
		return err
	}
	for _, p := range s.node.Ports {
		l := named[p.Name]
		if l == nil {
			return fmt.Errorf("port %s is not there", p.Name)
		}
		s.index[p] = l.Attrs().Index
		if err := errors.Join(h.LinkSetARPOff(l), h.LinkSetUp(l)); err != nil {
			return fmt.Errorf("raising %s: %w", p.Name, err)
		}
	}
	if err := errors.Join(f.addresses(h, s, named), f.routes(h, s)); err != nil {
		return err
	}
	return s.install(f.v6)
}

func (f *Fabric) addresses(h *netlink.Handle, s *space, named map[string]netlink.Link) error {
	add := func(link string, a netip.Addr) error {
		addr := &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(a, a.BitLen()))}
		if a.Is6() {
			addr.Flags = unix.IFA_F_NODAD
		}
		if err := h.AddrAdd(named[link], addr); err != nil {
			return fmt.Errorf("address %s: %w", a, err)
		}
		return nil
	}
	for _, a := range s.node.Addrs {
		if err := add(s.node.Ports[0].Name, a); err != nil {
			return err
		}
	}
	var local []netip.Addr
	if s.node.Resolver != nil {
		local = append(local, NameServer)
	}
	if s.node.Metadata != nil {
		local = append(local, MetadataAddrs...)
	}
	for _, a := range local {
		if err := add("lo", a); err != nil {
			return err
		}
	}
	return nil
}

// loopback is the index of lo in every namespace.
const loopback = 1

func (f *Fabric) routes(h *netlink.Handle, s *space) error {
	for _, p := range s.node.Answers {
		if p.Addr().Is6() && !f.v6 {
			continue
		}
		if err := route(h, &netlink.Route{LinkIndex: loopback, Dst: ipNet(p), Type: unix.RTN_LOCAL, Scope: netlink.SCOPE_HOST, Table: unix.RT_TABLE_LOCAL}); err != nil {
			return fmt.Errorf("answering for %s: %w", p, err)
		}
	}
	first := true
	for _, t := range s.node.Tables {
		number := t.Number
		if first { // what the node itself sends takes the first table, too
			number = unix.RT_TABLE_MAIN
		}
		first = false
		if err := f.table(h, s, number, t.Routes); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return f.choices(h, s)
}

// table fills a route table. What ends in it, and what it does not know, ends
// in this node, where it is counted and dropped.
func (f *Fabric) table(h *netlink.Handle, s *space, number int, routes []blueprint.Route) error {
	covered := map[netip.Prefix]bool{}
	for _, r := range routes {
		if r.To.Addr().Is6() && !f.v6 {
			continue
		}
		covered[r.To] = true
		line := netlink.Route{Dst: ipNet(r.To), Table: number, LinkIndex: s.index[r.Port], Scope: netlink.SCOPE_LINK}
		if r.Port == nil {
			line.LinkIndex, line.Type, line.Scope = loopback, unix.RTN_LOCAL, netlink.SCOPE_HOST
		} else if src := s.node.Addr(r.To.Addr().Is6()); src.IsValid() {
			line.Src = src.AsSlice()
		}
		if err := route(h, &line); err != nil {
			return fmt.Errorf("%s: %w", r.To, err)
		}
	}
	for _, p := range everything(f.v6) {
		if covered[p] {
			continue
		}
		if err := route(h, &netlink.Route{Dst: ipNet(p), Table: number, LinkIndex: loopback, Type: unix.RTN_LOCAL, Scope: netlink.SCOPE_HOST}); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

// choices says which table is asked about what comes in by which port.
func (f *Fabric) choices(h *netlink.Handle, s *space) error {
	rule := func(port string, table int) error {
		for _, p := range everything(f.v6) {
			r := netlink.NewRule()
			r.IifName, r.Table, r.Priority, r.Family = port, table, blueprint.FirstTable, family(p)
			if err := h.RuleAdd(r); err != nil {
				return fmt.Errorf("choosing table %d for %s: %w", table, port, err)
			}
		}
		return nil
	}
	if s.node.Takes {
		const mine = blueprint.FirstTable
		if err := f.table(h, s, mine, nil); err != nil {
			return err
		}
		return rule(s.node.Ports[0].Name, mine)
	}
	for i, p := range s.node.Ports {
		if p.Returns {
			if err := f.returns(h, s, p, i+1); err != nil {
				return fmt.Errorf("answers to %s: %w", p.Name, err)
			}
		}
		if p.Table > blueprint.FirstTable {
			if err := rule(p.Name, p.Table); err != nil {
				return err
			}
		}
	}
	return nil
}

// marks is added to a mark for the number of its table.
const marks = 1000

// returns leads packets with mark back to p. See ruleset.returns.
func (f *Fabric) returns(h *netlink.Handle, s *space, p *blueprint.Port, mark int) error {
	for _, all := range everything(f.v6) {
		r := netlink.NewRule()
		r.Mark, r.Table, r.Priority, r.Family = uint32(mark), marks+mark, blueprint.FirstTable-1, family(all)
		if err := h.RuleAdd(r); err != nil {
			return err
		}
	}
	routes := []blueprint.Route{}
	for _, all := range everything(f.v6) {
		routes = append(routes, blueprint.Route{To: all, Port: p})
	}
	return f.table(h, s, marks+mark, routes)
}

// route adds r. The first of two for one destination stays.
func route(h *netlink.Handle, r *netlink.Route) error {
	if err := h.RouteAdd(r); err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	return nil
}

func everything(v6 bool) []netip.Prefix {
	all := []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0)}
	if v6 {
		all = append(all, netip.PrefixFrom(netip.IPv6Unspecified(), 0))
	}
	return all
}

func family(p netip.Prefix) int {
	if p.Addr().Is6() {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// Close lets everything go. Programs that were started are not waited for.
func (f *Fabric) Close() error {
	var errs []error
	for _, s := range f.spaces {
		errs = append(errs, s.close())
	}
	f.hub.Close()
	f.spaces = nil
	return errors.Join(errs...)
}
