package noproxy

import "strings"

// aptFamily reads lower case only, and takes http's proxy for https, unless
// https_proxy is there, if only empty. Source:
// apt 2.6.1 methods/http.cc, apt-pkg/contrib/proxy.cc and strutl.cc
// (CheckDomainList): an entry is a plain suffix, neither trimmed nor bound to a
// dot.
var aptFamily = &family{
	name: "apt",
	settings: reading{
		http: lowerOnly.http, https: lowerOnly.https, no: lowerOnly.no,
		fallback: true, hides: true, hidesAll: true,
	}.settings,
	values: values{own: aptValue},
	match: func(list string, t Target) (string, match) {
		return first(strings.Split(list, ","), func(e string) bool {
			return e != "" && strings.HasSuffix(t.name(), strings.ToLower(e))
		})
	},
}

var aptValues = values{
	bare: bareApt, https: schemeSpoken, socks: schemeSpoken, only: "socks5h",
	quirks: trimsRight | lastAt | onlySlash | lowerScheme | portOfTarget,
}

// aptValue: where no host is named, apt goes direct.
func aptValue(value string, t Target) (string, use) {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		rest = value
	}
	if rest == "" || rest[0] == ':' && !strings.Contains(rest, "@") {
		return "", ignored
	}
	return aptValues.read(value, t)
}
