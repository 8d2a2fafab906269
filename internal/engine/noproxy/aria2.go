package noproxy

// aria2Family reads lower case only and ignores a proxy it cannot read.
// Source: aria2 1.36.0 src/AbstractCommand.cc (inNoProxy, createProxyRequest),
// src/util.cc (noProxyDomainMatch).
var aria2Family = &family{
	name: "aria2",
	settings: reading{
		http: lowerOnly.http, https: lowerOnly.https, no: lowerOnly.no,
		all: []string{"all_proxy"},
	}.settings,
	values: values{
		https: schemePlain, socks: schemeIgnored, other: schemeIgnored,
		unparsed: ignored, quirks: lowerScheme | lostAt,
	},
	match: func(list string, t Target) (string, match) {
		return first(commas(list), func(e string) bool { return aria2Entry(e, t) })
	},
}

// aria2Entry compares as written, upper case and all: prefixes with addresses
// of both kinds, ".x" with names below, anything else exactly.
func aria2Entry(entry string, t Target) bool {
	a, isAddr := t.addr()
	if isAddr && inPrefix(entry, a) {
		return true
	}
	if isAddr {
		return entry == t.Host
	}
	return exactOrBelow(entry, t.Host)
}
