package noproxy

import (
	"strings"
)

// proxy-from-env, which proxy-agent and axios ask. Sources: proxy-from-env
// 2.1.0 index.js, axios 1.21.1 lib/helpers/shouldBypassProxy.js (for axios.go).
// A proxy without a scheme gets the target's, so an https target opens TLS to
// it.
var fromEnvFamily = &family{
	name:     "proxy-from-env",
	numbers:  true,
	settings: fromEnvReading.settings,
	values: values{
		bare: bareTarget, https: schemeSpoken, socks: schemeSpoken,
		quirks: trimsLeft | trimsRight | lastAt | backslashBad | percentBadHTTP,
	},
	match: fromEnvMatch,
}

var fromEnvReading = reading{
	http:  []string{"http_proxy", "HTTP_PROXY"},
	https: []string{"https_proxy", "HTTPS_PROXY"},
	all:   []string{"all_proxy", "ALL_PROXY"},
	no:    []string{"no_proxy", "NO_PROXY"},
}

// fromEnvMatch: "x" is x alone; ".x" and "*.x" are the names below, "*x" all
// that end so.
func fromEnvMatch(list string, t Target) (string, match) {
	if list == "*" {
		return "*", matches
	}
	return first(commasAndSpaces(list), func(e string) bool {
		host, port := cutPort(strings.ToLower(e))
		if !samePort(port, t) {
			return false
		}
		if strings.HasPrefix(host, ".") || strings.HasPrefix(host, "*") {
			return strings.HasSuffix(t.bracketed(), strings.TrimPrefix(host, "*"))
		}
		return host == t.bracketed()
	})
}
