package squid

import (
	"net/netip"
	"slices"
)

// refused are addresses that Deguchi connects to in no case, or, those that are
// private, only where private.networks says so: the result never does. The
// tables are those of the IANA special-purpose address registries; IPv6 is
// public in 2000::/3 only, and where a translator's prefix carries IPv4.
var refused = newNets(
	prefix("0.0.0.0/8"), prefix("10.0.0.0/8"), prefix("100.64.0.0/10"), prefix("127.0.0.0/8"),
	prefix("169.254.0.0/16"), prefix("172.16.0.0/12"), prefix("192.0.0.0/24"), prefix("192.0.2.0/24"),
	prefix("192.168.0.0/16"), prefix("198.18.0.0/15"), prefix("198.51.100.0/24"), prefix("203.0.113.0/24"),
	prefix("224.0.0.0/4"), prefix("240.0.0.0/4"),
	prefix("::/127"), prefix("100::/8"), prefix("4000::/2"), prefix("8000::/1"),
)

// unicast are the networks of which any address may be allowed.
var unicast = newNets(prefix("0.0.0.0/0"), prefix("2000::/3"), prefix("64:ff9b::/96"))

// dialled returns the prefixes of n without those that are refused as a whole,
// which an allow must not name.
func dialled(n nets) nets {
	return slices.DeleteFunc(n.and(unicast), func(p netip.Prefix) bool { return len(refused.outside(p)) == 0 })
}

// private are those of them that an answer for a name of AWS may be.
var private = newNets(
	prefix("10.0.0.0/8"), prefix("100.64.0.0/10"), prefix("172.16.0.0/12"), prefix("192.168.0.0/16"), prefix("fc00::/7"),
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
