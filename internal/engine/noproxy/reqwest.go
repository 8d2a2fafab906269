package noproxy

import (
	"net/netip"
	"strings"
)

// reqwestFamily is Rust's reqwest. Source: reqwest 0.11.13 src/proxy.rs.
// Upper case wins; a list in upper case that is set to nothing hides the other.
// A value that is no URL is ignored.
var reqwestFamily = &family{
	name:    "reqwest",
	numbers: true,
	settings: reading{
		http:    []string{"HTTP_PROXY", "http_proxy"},
		https:   []string{"HTTPS_PROXY", "https_proxy"},
		no:      []string{"NO_PROXY", "no_proxy"},
		hidesNo: true, cgi: cgiNoHTTP, cgiSet: true,
	}.settings,
	values: values{
		https: schemeSpoken, socks: schemeIgnored, other: schemeIgnored, unparsed: ignored, badHost: ignored,
		quirks: trimsLeft | trimsRight | lastAt | lostBackslash,
	},
	match: func(list string, t Target) (string, match) {
		return first(commas(list), func(e string) bool { return reqwestEntry(e, t) })
	},
}

// reqwestEntry: addresses are compared with addresses and prefixes only, names
// with names as written, and "*" covers names.
func reqwestEntry(entry string, t Target) bool {
	if a, ok := t.addr(); ok {
		e, err := netip.ParseAddr(entry)
		return err == nil && e == a || inNumbered(entry, a)
	}
	if _, ok := parseAddr(entry); ok {
		return false
	}
	if entry == "*" || strings.TrimPrefix(entry, ".") == t.name() {
		return true
	}
	return exactOrBelow("."+strings.TrimPrefix(entry, "."), t.name())
}
