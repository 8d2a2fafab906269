// Package span says how much of a range of addresses the rules of a topology
// cover: all of it, a part, or none. An address that nobody wrote down is some
// address of its range, so a rule that covers a part settles nothing.
//
// It knows places, network ACLs and what is public; which rules a packet meets,
// package route knows.
package span

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Extent is how much of a range a rule covers. The zero Extent is none of it.
type Extent uint8

// The extents.
const (
	None Extent = iota
	Part
	All
)

// Among returns how much of p lies in the places together.
func Among(p netip.Prefix, places []topology.Place) Extent {
	touched := false
	for i := range places {
		for _, q := range [...]netip.Prefix{places[i].Prefix, places[i].Prefix6} {
			if !q.IsValid() || !netset.Overlap(q, p) {
				continue
			}
			if netset.Covers(q, p) {
				return All
			}
			touched = true
		}
	}
	if !touched {
		return None
	}
	low, high := Halves(p)
	if Among(low, places) == All && Among(high, places) == All {
		return All
	}
	return Part
}

// AmongEach is Among for a range made of several networks.
func AmongEach(networks []netip.Prefix, places []topology.Place) Extent {
	covered, missed := 0, 0
	for _, p := range networks {
		switch Among(p, places) {
		case All:
			covered++
		case None:
			missed++
		case Part:
			return Part
		}
		if covered > 0 && missed > 0 {
			return Part
		}
	}
	if covered > 0 {
		return All
	}
	return None
}

// Halves splits p, which holds more than one address.
func Halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits()
	low = netip.PrefixFrom(p.Addr(), bits+1)
	if a := p.Addr(); a.Is4() {
		b := a.As4()
		b[bits/8] |= 0x80 >> (bits % 8)
		return low, netip.PrefixFrom(netip.AddrFrom4(b), bits+1)
	}
	b := p.Addr().As16()
	b[bits/8] |= 0x80 >> (bits % 8)
	return low, netip.PrefixFrom(netip.AddrFrom16(b), bits+1)
}

// Samples returns addresses of network that stand for all of them where they
// are told apart by parts only: one address of every piece.
func Samples(network netip.Prefix, parts []netip.Prefix) []netip.Addr {
	found := []netip.Addr{network.Addr()}
	for _, p := range parts {
		if network.IsSingleIP() || !netset.Overlap(p, network) || netset.Covers(p, network) {
			continue
		}
		found = append(found, p.Addr())
		if next := Last(p).Next(); next.IsValid() && network.Contains(next) {
			found = append(found, next)
		}
	}
	return found
}

// Last returns the last address of p.
func Last(p netip.Prefix) netip.Addr {
	for !p.IsSingleIP() {
		_, p = Halves(p)
	}
	return p.Addr()
}

// Lone is the network of one address.
func Lone(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// everywhere4 holds every address of IPv4.
var everywhere4 = netip.MustParsePrefix("0.0.0.0/0")

// Public4 are the networks of the internet: where a public address may lie that
// nobody wrote down.
var Public4 = sync.OnceValue(func() []netip.Prefix { return without(everywhere4, special4()) })

// Public6 is what is given out of the IPv6 internet.
var Public6 = []netip.Prefix{netip.MustParsePrefix("2000::/3")}

// Public reports whether p holds an address that may be public.
func Public(p netip.Prefix) bool {
	if p.Addr().Is6() {
		return netset.Overlap(Public6[0], p)
	}
	return !slices.ContainsFunc(special4(), func(q netip.Prefix) bool { return netset.Covers(q, p) })
}

// special4 are the networks of IPv4 in which no public service is (IANA's
// registry of special-purpose addresses).
var special4 = sync.OnceValue(func() []netip.Prefix {
	var special []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	} {
		special = append(special, netip.MustParsePrefix(s))
	}
	return special
})

// without returns p less the holes in it.
func without(p netip.Prefix, holes []netip.Prefix) []netip.Prefix {
	touched := false
	for _, h := range holes {
		if netset.Covers(h, p) {
			return nil
		}
		touched = touched || netset.Overlap(h, p)
	}
	if !touched {
		return []netip.Prefix{p}
	}
	low, high := Halves(p)
	return slices.Concat(without(low, holes), without(high, holes))
}
