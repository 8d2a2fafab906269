package noproxy

import (
	"net/netip"
	"strings"
)

// Families that were not run: they follow documents and sources, which the
// table of programs names.
var (
	// dotnetFamily is HttpClient of .NET 8 and with it the SDK for .NET. Source:
	// dotnet/runtime HttpEnvironmentProxy.cs (IsMatchInBypassList), which compares
	// with Uri.Host, so that an IPv6 address has its brackets, and takes ".x" for x
	// too, although the page on HttpClient.DefaultProxy says that it does not.
	dotnetFamily = &family{
		name: "dotnet",
		settings: reading{
			http:  []string{"http_proxy", "HTTP_PROXY"},
			https: []string{"https_proxy", "HTTPS_PROXY"},
			all:   []string{"all_proxy", "ALL_PROXY"},
			no:    []string{"no_proxy", "NO_PROXY"},
			cgi:   cgiNotUpper, cgiNamed: "GATEWAY_INTERFACE", cgiSet: true,
		}.settings,
		values: values{https: schemeSpoken, socks: schemeSpoken, unparsed: ignored, badHost: ignored, quirks: lastAt},
		match: func(list string, t Target) (string, match) {
			return first(commas(list), func(e string) bool {
				e = strings.ToLower(e)
				if domain, ok := strings.CutPrefix(e, "."); ok {
					return below(t.bracketed(), domain)
				}
				return e == t.bracketed()
			})
		},
	}
	// ecsFamily is the ECS agent's own copy of an older golang.org/x/net
	// (ecs-agent/utils/httpproxy/proxy.go): http's proxy serves https where that
	// has none, and names end addresses.
	ecsFamily = &family{
		name: "ecs-agent",
		settings: reading{
			http:  []string{"HTTP_PROXY", "http_proxy"},
			https: []string{"HTTPS_PROXY", "https_proxy"},
			no:    []string{"NO_PROXY", "no_proxy"},
			cgi:   cgiRefuses, fallback: true,
		}.settings,
		values:   values{own: goValue},
		loopback: goLoopback,
		match: func(list string, t Target) (string, match) {
			return first(commas(list), func(e string) bool { return goEntry(strings.ToLower(e), t, true) })
		},
	}
	// javaV2Family is the SDK for Java 2.x on its Apache client: it asks for http's
	// proxy whatever the target is. Sources: utils ProxyConfigProvider.java and
	// ProxyEnvironmentVariableConfigProvider.java, apache-client
	// ApacheHttpClient.java (isProxyEnabled), SdkProxyRoutePlanner.java.
	javaV2Family = &family{
		name:     "java-v2",
		settings: javaV2Settings,
		values:   values{own: javaV2Value},
		match: func(list string, t Target) (string, match) {
			return first(fields(list, func(r rune) bool { return r == ',' || r == '|' }), func(e string) bool {
				return glob(e, t.name())
			})
		},
	}
	// rustFamily is the SDK for Rust: the matcher of hyper-util 0.1
	// (src/client/proxy/matcher.rs), which grew out of reqwest's and compares names
	// in any case. Under CGI it reads nothing at all.
	rustFamily = &family{
		name: "rust",
		settings: passingOver(rustValues, reading{
			http:  []string{"HTTP_PROXY", "http_proxy"},
			https: []string{"HTTPS_PROXY", "https_proxy"},
			all:   []string{"ALL_PROXY", "all_proxy"},
			no:    []string{"NO_PROXY", "no_proxy"},
			hides: true, hidesNo: true, cgi: cgiNothing, cgiSet: true,
		}),
		values: rustValues,
		match: func(list string, t Target) (string, match) {
			return first(commas(list), func(e string) bool { return reqwestEntry(strings.ToLower(e), t) })
		},
	}
	// phpFamily is Guzzle 7, which the SDK for PHP runs on: it reads upper case,
	// and libcurl below it what it finds in lower case.
	phpFamily = &family{
		name: "guzzle",
		settings: reading{
			http:  []string{"HTTP_PROXY", "http_proxy"},
			https: []string{"HTTPS_PROXY", "https_proxy"},
			all:   []string{"all_proxy", "ALL_PROXY"},
			no:    []string{"NO_PROXY", "no_proxy"},
		}.settings,
		values: curlValues,
		match: func(list string, t Target) (string, match) {
			return first(strings.Split(strings.ReplaceAll(list, " ", ""), ","), func(e string) bool {
				return e == "*" || e != "" && below(t.bracketed(), strings.TrimLeft(e, "."))
			})
		},
	}
)

var rustValues = values{https: schemeSpoken, socks: schemeIgnored, other: schemeIgnored, unparsed: ignored, badHost: ignored, quirks: lastAt}

// javaV2Value: a value that is no URL, or names no port, is passed over, and the
// client speaks plain HTTP to the proxy unless its code says otherwise.
func javaV2Value(value string, t Target) (string, use) {
	v := values{
		bare: bareIgnored, https: schemePlain, other: schemeIgnored, unparsed: ignored, badHost: ignored,
		quirks: trimsLeft | trimsRight | lastAt,
	}
	proxy, u := v.read(value, t)
	_, behind, _ := cutUser(value)
	if u == usable && !strings.Contains(behind, proxy[strings.LastIndexByte(proxy, ':'):]) {
		return "", ignored
	}
	return proxy, u
}

// javaV2Settings takes properties before variables, as the SDK does: any of them,
// a list without a proxy, too, keeps it from the variables. The list that Java
// adds by itself is not the SDK's.
func javaV2Settings(vars Vars, t Target) setting {
	properties := javaProperties(vars)
	host, port, list := properties["http.proxyHost"], properties["http.proxyPort"], properties["http.nonProxyHosts"]
	if host == "" && port == "" && list == "" {
		return reading{
			http: []string{"http_proxy", "HTTP_PROXY"},
			no:   []string{"no_proxy", "NO_PROXY"},
		}.settings(vars, Target{Scheme: "http", Host: t.Host})
	}
	s := setting{asked: []string{"http.proxyHost", "http.proxyPort"}, listFrom: "http.nonProxyHosts", list: list}
	if host != "" && javaPort(port) != "" {
		s.from, s.value = "http.proxyHost", "http://"+host+":"+port
	}
	return s
}

// The hosts that credentials come from.
const (
	metadata4 = "169.254.169.254"
	metadata6 = "fd00:ec2::254"
	ecs       = "169.254.170.2"
	podID4    = "169.254.170.23"
	podID6    = "fd00:ec2::23"
)

// oneOf reports whether a target is one of hosts.
func oneOf(hosts ...string) func(Target) bool {
	return func(t Target) bool {
		a, ok := t.addr()
		for _, h := range hosts {
			if ok && netip.MustParseAddr(h) == a {
				return true
			}
		}
		return false
	}
}
