package noproxy

import "strings"

// Python's urllib and what asks it: botocore and so the AWS CLI, aiohttp, and
// in part requests. Sources: CPython 3.11 Lib/urllib/request.py
// (getproxies_environment, proxy_bypass_environment, ProxyHandler), botocore
// 1.43 httpsession.py (ProxyConfiguration), aiohttp 3.8.4 helpers.py
// (get_env_proxy_for_url).
var (
	// With a space before the value the scheme is " http", which is nobody's;
	// for https targets the scheme does not matter.
	urllibFamily = &family{
		name:     "urllib",
		settings: urllibSettings,
		values: values{
			https: schemePlainHTTPS, socks: schemeOnlyHTTPS, other: schemeOnlyHTTPS,
			quirks: trimsRight | trimsForHTTPS | lastAt | slashInUser | portOfTarget,
		},
		match: urllibMatch(Target.netloc),
	}
	botocoreFamily = &family{
		name:     "urllib",
		settings: pythonReading.settings,
		values:   values{https: schemeSpoken, quirks: lastAt | backslashBad | lowerScheme | onlyASCII},
		match:    urllibMatch(Target.netloc),
	}
	// aiohttp hands only the host to urllib, without port and brackets.
	aiohttpFamily = &family{
		name:     "aiohttp",
		settings: pythonReading.settings,
		values:   values{bare: bareBad, https: schemeIgnored, socks: schemePlain, quirks: trimsLeft | lastAt},
		match:    urllibMatch(Target.name),
	}
)

// pythonReading: both cases of a name are read, and lower case wins even where
// it is set to nothing. There is no all_proxy.
var pythonReading = reading{
	http:  []string{"http_proxy", "HTTP_PROXY"},
	https: []string{"https_proxy", "HTTPS_PROXY"},
	no:    []string{"no_proxy", "NO_PROXY"},
	hides: true, hidesNo: true, anyCase: true, cgi: cgiNotUpper, cgiSet: true,
}

// urllibSettings: a proxy of scheme https makes a request for http one for
// https, and that asks for the proxy of https, where there is one.
func urllibSettings(vars Vars, t Target) setting {
	s := pythonReading.settings(vars, t)
	if t.Scheme != "http" || !strings.HasPrefix(strings.ToLower(s.value), "https://") {
		return s
	}
	over := t
	over.Scheme = "https"
	if next := pythonReading.settings(vars, over); next.from != "" {
		s.from, s.value = next.from, strings.Replace(next.value, "https://", "http://", 1)
	}
	return s
}

// urllibMatch compares by suffix at a dot, addresses like names, with and
// without the port. Only a list that is "*" as a whole matches everything.
func urllibMatch(spelt func(Target) string) matcher {
	return func(list string, t Target) (string, match) {
		if list == "*" {
			return "*", matches
		}
		host := spelt(t)
		only, _ := urllibPort(host)
		return first(commas(list), func(e string) bool {
			e = strings.ToLower(strings.TrimLeft(e, "."))
			return below(only, e) || below(host, e)
		})
	}
}

// urllibPort splits as urllib's _splitport: at the last colon, if digits or
// nothing follow. An IPv6 address without brackets loses its last group.
func urllibPort(host string) (string, string) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.Trim(host[i+1:], "0123456789") != "" {
		return host, ""
	}
	return host[:i], host[i+1:]
}
