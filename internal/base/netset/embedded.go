package netset

import "net/netip"

var (
	compatible = netip.MustParsePrefix("::/96")           // RFC 4291, deprecated
	translated = netip.MustParsePrefix("::ffff:0:0:0/96") // RFC 2765, stateless translation
	nat64      = netip.MustParsePrefix("64:ff9b::/96")    // RFC 6052
	nat64Local = netip.MustParsePrefix("64:ff9b:1::/48")  // RFC 8215, a site's own layout
	sixToFour  = netip.MustParsePrefix("2002::/16")       // RFC 3056
	teredo     = netip.MustParsePrefix("2001::/32")       // RFC 4380

	// carriers hold addresses that mean nothing but the IPv4 address inside.
	carriers = []netip.Prefix{compatible, translated, nat64, nat64Local, sixToFour, teredo}
)

// Embedded returns the IPv4 address inside an IPv6 address, if it has one: the
// worst, where there are several, the first of those that are equally bad.
func Embedded(addr netip.Addr) (netip.Addr, bool) {
	addr = addr.WithZone("")
	if addr.Is4In6() {
		return addr.Unmap(), true
	}
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	var inside [4]netip.Addr
	var worst netip.Addr
	for _, a := range embedded(addr, &inside) {
		if !worst.IsValid() || classify4(a) < classify4(worst) {
			worst = a
		}
	}
	return worst, worst.IsValid()
}

// embedded puts every IPv4 address that addr, an unmapped IPv6 address, may
// stand for into buf and returns what it used of it.
func embedded(addr netip.Addr, buf *[4]netip.Addr) []netip.Addr {
	b := addr.As16()
	last := netip.AddrFrom4([4]byte(b[12:]))
	found := buf[:0]
	switch {
	case compatible.Contains(addr):
		if addr != netip.IPv6Unspecified() && addr != netip.IPv6Loopback() {
			found = append(found, last)
		}
	case translated.Contains(addr), nat64.Contains(addr):
		found = append(found, last)
	case nat64Local.Contains(addr):
		found = localNAT64(b, found)
	case sixToFour.Contains(addr):
		found = append(found, netip.AddrFrom4([4]byte(b[2:6])))
	case teredo.Contains(addr):
		client := [4]byte{^b[12], ^b[13], ^b[14], ^b[15]}                                // RFC 4380, 4: obfuscated by inversion
		found = append(found, netip.AddrFrom4(client), netip.AddrFrom4([4]byte(b[4:8]))) // whom it leads to comes before the server
	case isatap(addr):
		found = append(found, last)
	}
	return found
}

// isatap reports whether addr has an interface identifier of RFC 5214. Its
// prefix can be any, so the address around the IPv4 one counts as well.
func isatap(addr netip.Addr) bool {
	b := addr.As16()
	return b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

// localNAT64 reads b in every layout of RFC 6052, 2.2 that a site may have
// chosen below its /48. The layouts other than /96 leave a tail of zeros; they
// count when it is there, or when they lead to a link-local address.
func localNAT64(b [16]byte, found []netip.Addr) []netip.Addr {
	layouts := [...]struct {
		at   [4]int // where the four octets are
		tail int    // where the zeros begin
	}{
		{[4]int{6, 7, 9, 10}, 11},   // /48
		{[4]int{7, 9, 10, 11}, 12},  // /56
		{[4]int{9, 10, 11, 12}, 13}, // /64
	}
	for _, l := range layouts {
		a := netip.AddrFrom4([4]byte{b[l.at[0]], b[l.at[1]], b[l.at[2]], b[l.at[3]]})
		zeros := b[8] == 0
		for _, octet := range b[l.tail:] {
			zeros = zeros && octet == 0
		}
		if zeros && a.As4()[0] != 0 || classify4(a) == LinkLocal {
			found = append(found, a)
		}
	}
	if last := netip.AddrFrom4([4]byte(b[12:])); b[12] != 0 || len(found) == 0 {
		found = append(found, last)
	}
	return found
}
