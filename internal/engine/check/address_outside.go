package check

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// addressOutside finds addresses of machines that are not in the network where
// the machine stands. (Of the machine itself: a client on a proxy has the
// proxy's addresses.)
func addressOutside(f *finder) {
	for _, c := range f.t.Clients {
		f.outside(c.At, c.IP, ofClient(c).to("ip"))
		f.outside(c.At, c.IPv6, ofClient(c).to("ipv6"))
	}
	for _, p := range f.t.Proxies {
		f.outside(p.At, p.IP, ofProxy(p).to("ip"))
		f.outside(p.At, p.IPv6, ofProxy(p).to("ipv6"))
	}
	for _, l := range f.t.NLBs {
		inside := func(s *topology.Subnet) bool { return s.CIDR.Contains(l.IP.V) }
		if l.IP.Is() && len(l.At) > 0 && !slices.ContainsFunc(l.At, inside) {
			f.fail(ofNLB(l).to("ip"), say("DG3503", l.IP.V.String(), l.At[0].Path(), l.At[0].CIDR.String()))
		}
	}
}

// outside reports addr, which is written at, if it is not in the network of s.
func (f *finder) outside(s topology.Spot, addr topology.Setting[netip.Addr], at path) {
	if !addr.Is() {
		return
	}
	switch is6 := addr.V.Is6(); {
	case s.Site != nil && !is6 && !s.Site.CIDR.Contains(addr.V):
		f.fail(at, say("DG3503", addr.V.String(), s.Site.Name, s.Site.CIDR.String()))
	case s.Subnet != nil && !is6 && !s.Subnet.CIDR.Contains(addr.V):
		f.fail(at, say("DG3503", addr.V.String(), s.Subnet.Path(), s.Subnet.CIDR.String()))
	case s.Subnet != nil && is6 && !s.Subnet.CIDR6.Is():
		f.fail(at, say("DG3503.none", addr.V.String(), s.Subnet.Path())).Hint = say("DG3503.hint.none")
	case s.Subnet != nil && is6 && !s.Subnet.CIDR6.V.Contains(addr.V):
		f.fail(at, say("DG3503", addr.V.String(), s.Subnet.Path(), s.Subnet.CIDR6.V.String()))
	}
}
