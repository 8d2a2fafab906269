package noproxy

import (
	"net/netip"
	"strings"
)

// nodeHTTPFamily is http and https of Node 24 with NODE_USE_ENV_PROXY=1.
// Sources: Node 24 lib/internal/http.js (ProxyConfig), which reads the list in
// another way than fetch of the same process; process/pre_execution.js, which
// prepares fetch's undici in either case.
var nodeHTTPFamily = &family{
	name:    "node-http",
	numbers: true,
	settings: reading{
		http:  []string{"http_proxy", "HTTP_PROXY"},
		https: []string{"https_proxy", "HTTPS_PROXY"},
		no:    []string{"no_proxy", "NO_PROXY"},
	}.settings,
	values: values{own: nodeHTTPValue},
	fatal:  undiciValues.unreadable,
	match: func(list string, t Target) (string, match) {
		return first(commas(list), func(e string) bool { return nodeHTTPEntry(strings.ToLower(e), t) })
	},
}

// nodeHTTPValue ignores what does not begin with the two schemes, as they are
// written. What undici cannot read ends the process at its start.
func nodeHTTPValue(value string, t Target) (string, use) {
	if !strings.HasPrefix(value, "http://") && !strings.HasPrefix(value, "https://") {
		return "", ignored
	}
	return undiciValues.read(value, t)
}

// nodeHTTPEntry: "x" is x alone, ".x" is x and the names below, "*.x" the
// names below, "A-B" a range of IPv4 addresses.
func nodeHTTPEntry(entry string, t Target) bool {
	host := t.name()
	switch {
	case entry == "*", entry == host, entry == host+":"+t.port():
		return true
	case strings.HasPrefix(entry, "*."):
		return strings.HasSuffix(host, entry[1:])
	case strings.HasPrefix(entry, "."):
		return below(host, entry[1:])
	}
	a, ok := t.addr()
	if from, to, cut := strings.Cut(entry, "-"); ok && a.Is4() && cut {
		low, errLow := netip.ParseAddr(from)
		high, errHigh := netip.ParseAddr(to)
		return errLow == nil && errHigh == nil && low.Compare(a) <= 0 && a.Compare(high) <= 0
	}
	return false
}
