package noproxy

import (
	"net/netip"
	"strings"
)

// axiosFamily asks proxy-from-env first and then compares the list itself:
// addresses as addresses, prefixes of both kinds, and every spelling of the
// own machine for every other.
var axiosFamily = &family{
	name:     "axios",
	numbers:  true,
	settings: fromEnvReading.settings,
	values: values{
		bare: bareTarget, https: schemeSpoken, socks: schemeOnlyHTTPS, other: schemeOnlyHTTPS,
		quirks: trimsLeft | trimsRight | lastAt | backslashBad,
	},
	match: func(list string, t Target) (string, match) {
		if e, how := fromEnvMatch(list, t); how != differs {
			return e, how
		}
		return first(commasAndSpaces(list), func(e string) bool { return axiosEntry(strings.ToLower(e), t) })
	},
}

func axiosEntry(entry string, t Target) bool {
	if entry == "*" {
		return true
	}
	a, isAddr := t.addr()
	a = a.Unmap()
	if strings.Contains(entry, "/") {
		return isAddr && axiosPrefix(entry, a)
	}
	host, port := axiosHostPort(entry)
	if !samePort(port, t) {
		return false
	}
	host = strings.TrimPrefix(Target{Host: strings.TrimRight(host, ".")}.numbered().Host, "*")
	own := strings.TrimRight(t.name(), ".")
	if e, ok := parseAddr(host); ok && isAddr && e.Unmap() == a {
		return true
	}
	if ownMachine(host) && ownMachine(own) {
		return true
	}
	if strings.HasPrefix(host, ".") {
		return strings.HasSuffix(own, host)
	}
	return host != "" && host == own
}

// axiosPrefix: an IPv6 base may stand in brackets, without the bits, and a prefix
// of IPv4 inside IPv6 is one of IPv4. An IPv4 base may be short, but is no single
// number. No zero leads the bits.
func axiosPrefix(entry string, a netip.Addr) bool {
	base, bits, _ := strings.Cut(entry, "/")
	if len(bits) > 1 && bits[0] == '0' {
		return false
	}
	if network, ok := aton(base); ok && strings.Contains(base, ".") {
		base = network.String()
	}
	if inside, ok := strings.CutPrefix(base, "["); ok {
		if base, ok = strings.CutSuffix(inside, "]"); !ok {
			return false
		}
	}
	p, ok := goPrefix(base + "/" + bits)
	return ok && p.Contains(a)
}

// axiosHostPort takes brackets off and a port, which an IPv6 address without
// brackets cannot have.
func axiosHostPort(entry string) (host, port string) {
	if inside, rest, ok := strings.Cut(entry, "]"); ok && strings.HasPrefix(inside, "[") {
		return inside[1:], strings.TrimPrefix(rest, ":")
	}
	if strings.Count(entry, ":") == 1 {
		return cutPort(entry)
	}
	return entry, ""
}

// ownMachine reports whether axios takes host for the machine it runs on.
func ownMachine(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && (a.Unmap().IsLoopback() || a.IsUnspecified())
}
