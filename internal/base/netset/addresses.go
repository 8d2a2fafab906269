package netset

import "net/netip"

// Class says who may be at an address. The classes run from the worst to the
// best, and the zero Class is one that is always refused.
type Class uint8

// The classes.
const (
	LinkLocal Class = iota // 169.254/16, fe80::/10, and AWS's instance services at fd00:ec2::/32
	Special                // loopback, unspecified, multicast, reserved, documentation, unallocated
	Private                // RFC 1918, RFC 6598 and unique local addresses
	Public
)

// String returns the name of c.
func (c Class) String() string {
	return [...]string{"link-local", "special", "private", "public"}[min(c, Public)]
}

// Classify says what addr is. An IPv6 address that carries an IPv4 address is
// what that one is, and the worse of the two where both mean something. The
// zero Addr is Special; a zone changes nothing.
func Classify(addr netip.Addr) Class {
	if !addr.IsValid() {
		return Special
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return classify4(addr)
	}
	class := Public
	var buf [4]netip.Addr
	inside := embedded(addr, &buf)
	for _, a := range inside {
		class = min(class, classify4(a))
	}
	if len(inside) == 0 || !inAny(carriers, addr) {
		class = min(class, classify6(addr))
	}
	return class
}

// IsMetadata reports whether addr is, in any spelling, one of the services
// that AWS offers to an instance itself: metadata, container credentials,
// resolver, clock, licences.
func IsMetadata(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || addr.Is4() {
		return inAny(metadata, addr)
	}
	var inside [4]netip.Addr
	for _, a := range embedded(addr, &inside) {
		if inAny(metadata, a) {
			return true
		}
	}
	return inAny(metadata, addr)
}

var metadata = prefixes("169.254.169.0/24", "169.254.170.0/24", "fd00:ec2::/32")

// The tables follow the IANA special-purpose address registries
// (iana-ipv4-special-registry, iana-ipv6-special-registry) as of 2026-11.
// The AS112 and AMT anycast prefixes are ordinary public addresses.
var (
	private4 = prefixes("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
	special4 = prefixes(
		"0.0.0.0/8", "127.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")
	linkLocal4 = netip.MustParsePrefix("169.254.0.0/16")

	linkLocal6 = prefixes("fe80::/10", "fd00:ec2::/32")
	private6   = netip.MustParsePrefix("fc00::/7")
	allocated6 = netip.MustParsePrefix("2000::/3") // all unicast space that IANA has given out
	special6   = prefixes("2001::/23", "2001:db8::/32", "3fff::/20")
)

func classify4(addr netip.Addr) Class {
	switch {
	case linkLocal4.Contains(addr):
		return LinkLocal
	case inAny(special4, addr):
		return Special
	case inAny(private4, addr):
		return Private
	}
	return Public
}

// classify6 judges an address with no IPv4 address inside. What is outside the
// allocated space is Special: loopback, multicast, discard, site-local, and
// whatever the registries add there.
func classify6(addr netip.Addr) Class {
	switch {
	case inAny(linkLocal6, addr):
		return LinkLocal
	case private6.Contains(addr):
		return Private
	case !allocated6.Contains(addr), inAny(special6, addr):
		return Special
	}
	return Public
}

func inAny(set []netip.Prefix, addr netip.Addr) bool {
	for _, p := range set {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

func prefixes(texts ...string) []netip.Prefix {
	set := make([]netip.Prefix, len(texts))
	for i, s := range texts {
		set[i] = netip.MustParsePrefix(s)
	}
	return set
}
