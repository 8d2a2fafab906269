package noproxy

import "strings"

// npmFamily is npm's own agent. Source: npm 11.19 @npmcli/agent lib/proxy.js.
// The variables are read in any case, https_proxy before http_proxy also for
// http targets, and an entry is compared label by label, case and all.
// An IPv6 target that is excluded fails: npm asks DNS for the brackets, too.
var npmFamily = &family{
	name:    "npm",
	numbers: true,
	settings: reading{
		http:  []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "PROXY", "proxy"},
		https: []string{"HTTPS_PROXY", "https_proxy"},
		no:    []string{"NO_PROXY", "no_proxy"},
	}.settings,
	values: values{
		bare: bareBad, https: schemeSpoken, socks: schemeSpoken,
		quirks: trimsLeft | trimsRight | lastAt | backslashBad | percentBadHTTP,
	},
	match: func(list string, t Target) (string, match) {
		e, how := first(commas(list), func(e string) bool { return npmEntry(e, t.bracketed()) })
		if how == matches && t.is6() {
			return e, fails
		}
		return e, how
	},
}

// npmEntry reports whether the labels of entry, empty ones left out, end host.
func npmEntry(entry, host string) bool {
	labels := strings.FieldsFunc(entry, func(r rune) bool { return r == '.' })
	return len(labels) > 0 && below(host, strings.Join(labels, "."))
}
