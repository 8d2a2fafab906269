package noproxy

import "strings"

// globalAgentFamily is the package global-agent with an empty namespace: upper
// case only. Source: global-agent 4.1.3 dist/utilities/isUrlMatchingNoProxy.js,
// which compares with the package matcher; a leading dot becomes "*", so that
// ".x" covers every name that ends in x. An IPv6 target is an error, and an
// HTTPS_PROXY that is set to nothing is none, and keeps https from HTTP_PROXY.
var globalAgentFamily = &family{
	name:    "global-agent",
	numbers: true,
	settings: reading{
		http:     []string{"HTTP_PROXY"},
		https:    []string{"HTTPS_PROXY"},
		no:       []string{"NO_PROXY"},
		fallback: true, hides: true, hidesAll: true,
	}.settings,
	values: values{own: globalAgentValue},
	match: func(list string, t Target) (string, match) {
		if t.is6() {
			return "", fails
		}
		return first(commasAndSpaces(list), func(e string) bool {
			host, port := cutPort(e)
			if strings.HasPrefix(host, ".") {
				host = "*" + host[1:]
			}
			return (port == "" || port == t.Port) && glob(host, t.name())
		})
	},
}

// globalAgentValue: a query or a fragment is an error, and the brackets of an IPv6
// proxy stay part of its host, which nobody finds.
func globalAgentValue(value string, t Target) (string, use) {
	v := values{bare: bareBad, quirks: trimsLeft | trimsRight | lastAt | backslashBad}
	proxy, u := v.read(value, t)
	behind := strings.IndexAny(value, "?#")
	if strings.Contains(proxy, "://[") || behind >= 0 && behind < len(strings.TrimSpace(value))-1 {
		return "", refused
	}
	return proxy, u
}
