package noproxy

import (
	"regexp"
	"strings"
)

// nodeRequestFamily is the package request. Source: request 2.88.2
// lib/getProxyFromURI.js. Upper case wins, https takes http's proxy, and an
// empty list is none in either case.
var nodeRequestFamily = &family{
	name: "request",
	settings: reading{
		http:     []string{"HTTP_PROXY", "http_proxy"},
		https:    []string{"HTTPS_PROXY", "https_proxy"},
		no:       []string{"NO_PROXY", "no_proxy"},
		fallback: true,
	}.settings,
	values: values{own: nodeRequestValue},
	match: func(list string, t Target) (string, match) {
		if list == "*" {
			return "*", matches
		}
		return first(strings.Split(list, ","), func(e string) bool { return nodeRequestEntry(e, t) })
	},
}

var (
	nodeRequestValues = values{
		bare: bareBad, https: schemeSpoken, socks: schemeOnlyHTTPS, other: schemeOnlyHTTPS,
		quirks: trimsLeft | trimsRight | lastAt | backslashBad | percentBad,
	}
	nodeRequestScheme = regexp.MustCompile(`^\s*[A-Za-z0-9.+-]+:`)
)

// nodeRequestValue: a value without a scheme names no host. For an https target
// the tunnel is then sought at this machine's own port 80, and the proxy never
// hears of it.
func nodeRequestValue(value string, t Target) (string, use) {
	if t.Scheme == "https" && !nodeRequestScheme.MatchString(value) {
		return "", ignored
	}
	return nodeRequestValues.read(value, t)
}

// nodeRequestEntry: host and entry are compared by suffix behind one dot each,
// and an entry's port, which is what stands between its first two colons, must
// be the target's. An entry that stands in the host before its end as well does
// not match: the first place is looked at.
func nodeRequestEntry(entry string, t Target) bool {
	parts := strings.SplitN(strings.ToLower(strings.TrimSpace(entry)), ":", 3)
	if len(parts) > 1 && parts[1] != t.port() {
		return false
	}
	host, zone := dotted(t.name()), dotted(parts[0])
	at := strings.Index(host, zone)
	return at >= 0 && at == len(host)-len(zone)
}

func dotted(s string) string { return "." + strings.TrimLeft(s, ".") }
