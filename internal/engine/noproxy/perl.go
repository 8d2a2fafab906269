package noproxy

import (
	"regexp"
	"strings"
)

// Perl. Sources: libwww-perl 6.68 lib/LWP/UserAgent.pm (env_proxy,
// _need_proxy): variables are taken in the order of their names, so upper case
// wins. HTTP::Tiny 0.080 (_set_proxies): no_proxy in lower case only. Both
// compare plain suffixes, case and all, LWP also that of the host, and an empty
// entry ends every host.
var (
	lwpFamily = &family{
		name: "lwp",
		settings: reading{
			http:  []string{"HTTP_PROXY", "http_proxy"},
			https: []string{"HTTPS_PROXY", "https_proxy"},
			no:    []string{"NO_PROXY", "no_proxy"},
			cgi:   cgiNotUpper, anyCase: true,
		}.settings,
		values: values{bare: bareBad, https: schemeSpoken, quirks: trimsRight | lastAt},
		match:  perlMatch(func(t Target) string { return t.Host }),
		fatal:  func(value string) bool { return !lwpShape.MatchString(value) },
	}
	httpTinyFamily = &family{
		name: "http-tiny",
		settings: reading{
			http:  []string{"http_proxy", "HTTP_PROXY"},
			https: []string{"https_proxy", "HTTPS_PROXY"},
			all:   []string{"all_proxy", "ALL_PROXY"},
			no:    []string{"no_proxy"},
			cgi:   cgiNotUpper,
		}.settings,
		values: values{
			bare: bareBad, https: schemeOnlyHTTP, socks: schemePlain, other: schemePlain,
			quirks: trimsLeft | pathBad,
		},
		match:   perlMatch(Target.bracketed),
		fatal:   func(value string) bool { return !tinyShape.MatchString(value) },
		checked: []string{"all_proxy", "ALL_PROXY"},
	}
)

// What the two take for a proxy when they start: an absolute URI; one without a
// path, whose port is known.
var (
	lwpShape  = regexp.MustCompile(`^(?i:[a-z][a-z0-9.+-]*):(//[\w\[]|[^/])`)
	tinyShape = regexp.MustCompile(`^((?i:https?)://[^/?#]*|[^:/?#]+://[^/?#]*:\d+)/?(#.*)?$`)
)

var perlComma = regexp.MustCompile(`\s*,\s*`)

func perlMatch(spelt func(Target) string) matcher {
	return func(list string, t Target) (string, match) {
		entries := perlComma.Split(list, -1)
		for len(entries) > 0 && entries[len(entries)-1] == "" { // as Perl's split does
			entries = entries[:len(entries)-1]
		}
		return first(entries, func(e string) bool { return strings.HasSuffix(spelt(t), e) })
	}
}
