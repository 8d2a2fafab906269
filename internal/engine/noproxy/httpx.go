package noproxy

import "strings"

// httpxFamily is Python's httpx. Source: httpx 0.23.3 _utils.py
// (get_environment_proxies, URLPattern): an entry becomes the pattern
// "all://*ENTRY", so what follows a slash is a path and no part of the host. The
// proxies of all variables are made before any is asked.
var httpxFamily = &family{
	name: "httpx",
	settings: reading{
		http:  pythonReading.http,
		https: pythonReading.https,
		all:   []string{"all_proxy", "ALL_PROXY"},
		no:    pythonReading.no,
		hides: true, hidesNo: true, anyCase: true, cgi: cgiNotUpper, cgiSet: true,
	}.settings,
	values: httpxValues,
	fatal: func(value string) bool {
		value = strings.TrimRight(value, " ") // makes a host that is only not found
		return value != "" && httpxValues.unreadable(value)
	},
	checked: []string{"all_proxy", "ALL_PROXY"},
	match: func(list string, t Target) (string, match) {
		return first(commas(list), func(e string) bool { return httpxEntry(strings.ToLower(e), t) })
	},
}

var httpxValues = values{https: schemeSpoken, quirks: backslashBad | percentBad}

// httpxEntry compares one entry: "x" covers x and names below, ".x" only names
// below, and a port is compared with the one that is written in the URL, where
// the scheme's own counts as none.
func httpxEntry(entry string, t Target) bool {
	if entry == "*" {
		return true
	}
	if t.is6() {
		return false // "*2001:db8::5" and "*[2001:db8::5]" are no hosts
	}
	authority, _, _ := strings.Cut(entry, "/")
	_, authority, _ = cutUser(authority)
	host, port := cutPort(strings.TrimSuffix(authority, ":"))
	if port != "" && (port != t.Port || port == Target{Scheme: t.Scheme}.port()) {
		return false
	}
	if strings.HasPrefix(host, ".") {
		return strings.HasSuffix(t.name(), host)
	}
	return host != "" && below(t.name(), host)
}
