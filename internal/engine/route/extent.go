package route

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// extent says how much of a range a rule covers: an address that nobody wrote
// down is some address of its range.
type extent uint8

const (
	none extent = iota
	part
	all
)

// among returns how much of p lies in the places together.
func among(p netip.Prefix, places []topology.Place) extent {
	touched := false
	for i := range places {
		for _, q := range [...]netip.Prefix{places[i].Prefix, places[i].Prefix6} {
			if !q.IsValid() || !netset.Overlap(q, p) {
				continue
			}
			if netset.Covers(q, p) {
				return all
			}
			touched = true
		}
	}
	if !touched {
		return none
	}
	low, high := halves(p)
	if among(low, places) == all && among(high, places) == all {
		return all
	}
	return part
}

// amongEach is among for a range made of several networks.
func amongEach(networks []netip.Prefix, places []topology.Place) extent {
	covered, missed := 0, 0
	for _, p := range networks {
		switch among(p, places) {
		case all:
			covered++
		case none:
			missed++
		case part:
			return part
		}
		if covered > 0 && missed > 0 {
			return part
		}
	}
	if covered > 0 {
		return all
	}
	return none
}

// halves splits p, which holds more than one address.
func halves(p netip.Prefix) (low, high netip.Prefix) {
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

// lone is the network of one address.
func lone(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// everywhere4 and everywhere6 hold every address.
var (
	everywhere4 = netip.MustParsePrefix("0.0.0.0/0")
	everywhere6 = netip.MustParsePrefix("::/0")
)

// public4 are the networks of the internet: where a public address may lie that
// nobody wrote down.
var public4 = sync.OnceValue(func() []netip.Prefix { return without(everywhere4, special4()) })

// public6 is what is given out of the IPv6 internet.
var public6 = []netip.Prefix{netip.MustParsePrefix("2000::/3")}

// special4 are the networks of IPv4 in which no public service is (IANA's
// registry of special-purpose addresses).
func special4() []netip.Prefix {
	var special []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	} {
		special = append(special, netip.MustParsePrefix(s))
	}
	return special
}

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
	low, high := halves(p)
	return slices.Concat(without(low, holes), without(high, holes))
}
