package noproxy

import (
	"regexp"
	"strings"
)

// undiciFamily is undici's EnvHttpProxyAgent, which is fetch of Node 24 with
// NODE_USE_ENV_PROXY=1. Source: undici 7.30.2
// lib/dispatcher/env-http-proxy-agent.js. A variable in lower case that is set
// to nothing hides the other; https takes http's proxy if it has none.
var undiciFamily = &family{
	name:    "undici",
	numbers: true,
	settings: reading{
		http:  []string{"http_proxy", "HTTP_PROXY"},
		https: []string{"https_proxy", "HTTPS_PROXY"},
		no:    []string{"no_proxy", "NO_PROXY"},
		hides: true, hidesNo: true, fallback: true,
	}.settings,
	values: undiciValues,
	fatal:  undiciValues.unreadable,
	match: func(list string, t Target) (string, match) {
		if list == "*" {
			return "*", matches
		}
		return first(commasAndSpaces(list), func(e string) bool {
			host, port := cutPort(e)
			host = undiciStart.ReplaceAllString(strings.ToLower(host), "")
			return samePort(port, t) && below(t.bracketed(), host)
		})
	},
}

var undiciValues = values{
	bare: bareBad, https: schemeSpoken, socks: schemeSpoken, only: "socks socks5",
	quirks: trimsLeft | trimsRight | lastAt | backslashBad | percentBad | pathBad,
}

var undiciStart = regexp.MustCompile(`^\*?\.`)
