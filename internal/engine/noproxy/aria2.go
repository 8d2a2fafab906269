package noproxy

import (
	"net/netip"
	"strconv"
	"strings"
)

// aria2Family reads lower case only. A proxy that it cannot read is as good as
// none: all_proxy is next.
// Source: aria2 1.36.0 src/AbstractCommand.cc (inNoProxy, createProxyRequest),
// src/util.cc (noProxyDomainMatch).
var aria2Family = &family{
	name:     "aria2",
	settings: passingOver(aria2Values, aria2Reading),
	values:   aria2Values,
	match: func(list string, t Target) (string, match) {
		return first(commas(list), func(e string) bool { return aria2Entry(e, t) })
	},
}

var aria2Reading = reading{
	http: lowerOnly.http, https: lowerOnly.https, no: lowerOnly.no,
	all: []string{"all_proxy"},
}

var aria2Values = values{
	https: schemePlain, socks: schemeIgnored, other: schemeIgnored,
	unparsed: ignored, quirks: lowerScheme | lostAt | noUserBad | emptyBad,
}

// aria2Entry compares as written, upper case and all: prefixes with addresses
// of both kinds, ".x" with names below, anything else exactly.
func aria2Entry(entry string, t Target) bool {
	a, isAddr := numeric(t.Host)
	if base, bits, ok := strings.Cut(entry, "/"); ok && isAddr {
		network, isNetwork := numeric(base)
		n, err := strconv.Atoi(bits)
		if !isNetwork || err != nil || n < 0 {
			return false
		}
		// More bits than there are count as all.
		return netip.PrefixFrom(network, min(n, network.BitLen())).Contains(a)
	}
	if isAddr {
		return entry == t.Host
	}
	return exactOrBelow(entry, t.Host)
}
