package noproxy

import (
	"net/netip"
	"strconv"
	"strings"
)

// requests, and the copy of an older one in pip. Sources: requests 2.34
// utils.py (should_bypass_proxies, select_proxy); pip 23.2.1 _vendor/requests,
// which compares suffixes without a dot. What requests itself does not match
// it asks urllib about, from which an empty no_proxy hides NO_PROXY.
var (
	requestsFamily = &family{name: "requests", settings: requestsReading.settings, values: requestsValues, match: requestsMatch(below), second: urllibMatch(Target.name)}
	pipFamily      = &family{name: "requests", settings: requestsReading.settings, values: requestsValues, match: requestsMatch(strings.HasSuffix), second: urllibMatch(Target.name)}
)

var requestsReading = reading{
	http:  pythonReading.http,
	https: pythonReading.https,
	all:   []string{"all_proxy", "ALL_PROXY"},
	no:    pythonReading.no,
	hides: true, anyCase: true, cgi: cgiNotUpper, cgiSet: true,
}

var requestsValues = values{https: schemeSpoken, quirks: lastAt | backslashBad}

func requestsMatch(suffix func(host, entry string) bool) matcher {
	return func(list string, t Target) (string, match) {
		return first(strings.Split(strings.ReplaceAll(list, " ", ""), ","), func(e string) bool {
			return e != "" && requestsEntry(e, t, suffix)
		})
	}
}

// requestsEntry compares one entry: an IPv4 address with addresses and
// prefixes, anything else by suffix, with and without the written port.
func requestsEntry(entry string, t Target, suffix func(host, entry string) bool) bool {
	if a, ok := aton(t.Host); ok {
		return requests4(entry, t.Host, a)
	}
	host := t.name()
	if t.Port != "" {
		if suffix(host+":"+t.Port, bareDomain(entry, suffix)) {
			return true
		}
	}
	return suffix(host, bareDomain(entry, suffix))
}

// bareDomain is the entry as it is compared: at dots the leading ones go.
func bareDomain(entry string, suffix func(host, entry string) bool) string {
	if suffix("a.b", ".b") { // a plain suffix takes the entry as it stands
		return entry
	}
	return strings.TrimLeft(entry, ".")
}

// requests4: an address is compared as it is spelt, a prefix as inet_aton reads
// it, and it has 1 to 32 bits.
func requests4(entry, host string, a netip.Addr) bool {
	base, bits, ok := strings.Cut(entry, "/")
	network, isAddr := aton(base)
	if n, err := strconv.Atoi(bits); ok && isAddr && err == nil && digits(bits) && 1 <= n && n <= 32 {
		return netip.PrefixFrom(network, n).Contains(a)
	}
	return entry == host
}
