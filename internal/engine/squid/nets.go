package squid

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// nets is a set of addresses, as prefixes of which none holds another.
type nets []netip.Prefix

var (
	allNets = nets{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	nowhere = netip.MustParsePrefix("0.0.0.0/8") // RFC 1122: no packet comes from it, or leads to it
)

// newNets returns the set of prefixes in any order.
func newNets(prefixes ...netip.Prefix) (n nets) {
	slices.SortFunc(prefixes, comparePrefixes)
	for _, p := range prefixes {
		if len(n) == 0 || !netset.Covers(n[len(n)-1], p) {
			n = append(n, p)
		}
	}
	return n
}

// comparePrefixes orders prefixes by address, wider ones first.
func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

// and returns the addresses that are in n and m.
func (n nets) and(m nets) (both nets) {
	for len(n) > 0 && len(m) > 0 {
		switch a, b := n[0], m[0]; {
		case netset.Covers(a, b):
			both, m = append(both, b), m[1:]
		case netset.Covers(b, a):
			both, n = append(both, a), n[1:]
		case a.Addr().Less(b.Addr()):
			n = n[1:]
		default:
			m = m[1:]
		}
	}
	return both
}

// not returns the addresses that are not in n.
func (n nets) not() (others nets) {
	for _, p := range allNets {
		others = append(others, n.outside(p)...)
	}
	return others
}

// outside returns the addresses of p that are not in n.
func (n nets) outside(p netip.Prefix) nets {
	inside := n.overlapping(p)
	switch {
	case len(inside) == 0:
		return nets{p}
	case netset.Covers(inside[0], p):
		return nil
	}
	low, high := halves(p)
	return append(inside.outside(low), inside.outside(high)...)
}

// overlapping returns the prefixes of n that p shares addresses with.
func (n nets) overlapping(p netip.Prefix) nets {
	from, _ := slices.BinarySearchFunc(n, p, func(q, p netip.Prefix) int { return lastOf(q).Compare(p.Addr()) })
	to, found := slices.BinarySearchFunc(n, lastOf(p), func(q netip.Prefix, last netip.Addr) int { return q.Addr().Compare(last) })
	if found {
		to++
	}
	return n[from:max(from, to)]
}

// has reports whether addr is in n.
func (n nets) has(addr netip.Addr) bool {
	return len(n.overlapping(netip.PrefixFrom(addr, addr.BitLen()))) > 0
}

// halves returns the two prefixes that make up p.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	b := p.Addr().AsSlice()
	b[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	addr, _ := netip.AddrFromSlice(b)
	return netip.PrefixFrom(p.Addr(), p.Bits()+1), netip.PrefixFrom(addr, p.Bits()+1)
}

// parseNets reads a value of an acl of addresses: all, an address, ADDR/BITS,
// ADDR/MASK, FIRST-LAST and FIRST-LAST/MASK. Squid takes host bits away.
func parseNets(s string) ([]netip.Prefix, bool) {
	switch s {
	case "all", "0.0.0.0/0", "0.0.0.0/0.0.0.0": // Squid overrides them, too
		return allNets, true
	case "ipv4": // of Squid 5.7 it holds for nobody
		return nil, false
	case "ipv6":
		return allNets[1:], true
	}
	text, mask, masked := strings.Cut(s, "/")
	first, last, isRange := strings.Cut(text, "-")
	from, err := netip.ParseAddr(first)
	if err != nil || from.Zone() != "" {
		return nil, false
	}
	from = from.Unmap()
	bits := from.BitLen()
	if masked {
		var ok bool
		if bits, ok = parseMask(mask, from); !ok {
			return nil, false
		}
		if bits == 0 { // no mask, for Squid: one address (measured with 5.7)
			bits = from.BitLen()
		}
	}
	if !isRange {
		p, err := from.Prefix(bits)
		return withMapped([]netip.Prefix{p}), err == nil
	}
	to, err := netip.ParseAddr(last)
	if err != nil || to.Unmap().BitLen() != from.BitLen() || to.Unmap().Less(from) {
		return nil, false
	}
	return withMapped(between(from, to.Unmap(), bits)), true
}

// withMapped adds IPv4 to networks of IPv6 that ::ffff:0:0/96 is in: Squid keeps
// all addresses as such of IPv6.
func withMapped(list []netip.Prefix) []netip.Prefix {
	mapped := netip.MustParsePrefix("::ffff:0:0/96")
	for _, p := range list {
		if p.Addr().Is6() && p.Overlaps(mapped) {
			return append(list, allNets[0])
		}
	}
	return list
}

func parseMask(s string, addr netip.Addr) (int, bool) {
	if m, err := netip.ParseAddr(s); err == nil && m.BitLen() == addr.BitLen() {
		for bits := range addr.BitLen() + 1 {
			if p, _ := m.Prefix(bits); p.Addr() == m {
				ones, _ := onesOf(addr.BitLen()).Prefix(bits)
				return bits, ones.Addr() == m
			}
		}
	}
	bits, err := netip.ParsePrefix(addr.String() + "/" + s)
	return bits.Bits(), err == nil
}

// onesOf returns the address of that many bits which are all set.
func onesOf(bits int) netip.Addr {
	addr, _ := netip.AddrFromSlice([]byte(strings.Repeat("\xff", bits/8)))
	return addr
}

// between returns the prefixes that hold the addresses first to last, both
// rounded to bits.
func between(first, last netip.Addr, bits int) (found []netip.Prefix) {
	p, _ := first.Prefix(bits)
	first = p.Addr()
	end, _ := last.Prefix(bits)
	last = lastOf(end)
	for first.IsValid() && !last.Less(first) {
		p := netip.PrefixFrom(first, first.BitLen())
		for p.Bits() > 0 {
			wider, _ := first.Prefix(p.Bits() - 1)
			if wider.Addr() != first || last.Less(lastOf(wider)) {
				break
			}
			p = wider
		}
		found = append(found, p)
		first = lastOf(p).Next()
	}
	return found
}

// lastOf returns the last address of p.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for at := p.Bits(); at < p.Addr().BitLen(); at++ {
		b[at/8] |= 0x80 >> (at % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}
