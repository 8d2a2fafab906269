package netset

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strings"
)

// PrefixError says that a text is not a prefix. Meant is the prefix without
// the host bits that were set, if they were what is wrong.
type PrefixError struct {
	Text  string
	Meant netip.Prefix
}

// Error names the text, and what was probably meant.
func (e *PrefixError) Error() string {
	if e.Meant.IsValid() {
		return fmt.Sprintf("%q has host bits set; the network is %s", e.Text, e.Meant)
	}
	return fmt.Sprintf("%q is not an address or prefix", e.Text)
}

// ParsePrefix reads "10.0.0.0/8", or a lone address as the prefix that holds
// only it. It refuses zones and host bits; an IPv4-mapped prefix becomes the
// IPv4 one. Errors are a *PrefixError.
func ParsePrefix(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		addr, err := netip.ParseAddr(s)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, &PrefixError{Text: s}
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, &PrefixError{Text: s}
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return netip.Prefix{}, &PrefixError{Text: s, Meant: p.Masked()}
	}
	return p, nil
}

// Overlap reports whether some address is in both a and b.
func Overlap(a, b netip.Prefix) bool { return a.Overlaps(b) }

// Covers reports whether every address of b is in a.
func Covers(a, b netip.Prefix) bool { return a.Bits() <= b.Bits() && a.Overlaps(b) }

// MaskBits returns the length of the prefix that mask, such as 255.255.0.0,
// stands for. It is false for what is no mask of IPv4.
func MaskBits(mask netip.Addr) (n int, ok bool) {
	if !mask.Is4() {
		return 0, false
	}
	four := mask.As4()
	m := binary.BigEndian.Uint32(four[:])
	n = bits.LeadingZeros32(^m)
	return n, m<<n == 0
}

// Within reports whether every address of p is in one of set, be it in several
// together.
func Within(p netip.Prefix, set []netip.Prefix) bool {
	some := false
	for _, s := range set {
		if Covers(s, p) {
			return true
		}
		some = some || s.Overlaps(p)
	}
	if !some {
		return false
	}
	low := netip.PrefixFrom(p.Masked().Addr(), p.Bits()+1)
	first := low.Addr().AsSlice()
	first[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	middle, _ := netip.AddrFromSlice(first)
	return Within(low, set) && Within(netip.PrefixFrom(middle, p.Bits()+1), set)
}
