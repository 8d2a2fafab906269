package noproxy

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// goFamily is Go's net/http, and with it the Go SDKs of AWS, Terraform,
// kubectl and the agents of AWS. Source: golang.org/x/net/http/httpproxy as in
// Go 1.26. Upper case wins. Loopback never goes to a proxy.
var goFamily = &family{
	name: "go",
	settings: reading{
		http:  []string{"HTTP_PROXY", "http_proxy"},
		https: []string{"HTTPS_PROXY", "https_proxy"},
		no:    []string{"NO_PROXY", "no_proxy"},
		cgi:   cgiRefuses,
	}.settings,
	values:   values{own: goValue},
	loopback: goLoopback,
	match: func(list string, t Target) (string, match) {
		return first(commas(list), func(e string) bool { return goEntry(strings.ToLower(e), t, false) })
	},
}

// goValue reads a proxy's value as parseProxy does: what is no URL is tried
// again behind "http://", and what is none then either is ignored.
func goValue(value string, t Target) (string, use) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" {
		again, errAgain := url.Parse("http://" + value)
		switch {
		case errAgain == nil && strings.Contains(value, "://"):
			return "", refused // the host is now called "http"
		case errAgain != nil && err != nil:
			return "", ignored
		case errAgain != nil:
			return "", refused
		}
		u = again
	}
	v := values{https: schemeSpoken, socks: schemeSpoken, other: schemePlain}
	if !hostShaped(u.Hostname()) {
		return "", refused
	}
	return v.endpoint(u.Scheme, u.Hostname(), u.Port(), t)
}

func goLoopback(t Target) bool {
	a, ok := t.addr()
	return t.Host == "localhost" || ok && a.Unmap().IsLoopback()
}

// goEntry compares one entry, in lower case. Where suffix holds, a name is also
// compared with an address, as text: golang.org/x/net did until 2024.
func goEntry(entry string, t Target, suffix bool) bool {
	if entry == "*" {
		return true
	}
	a, isAddr := t.addr()
	a = a.Unmap()
	if p, ok := goPrefix(entry); ok {
		return isAddr && p.Contains(a)
	}
	host, port := goHostPort(entry)
	if host == "" {
		return false
	}
	if e, ok := parseAddr(host); ok {
		return isAddr && e.Unmap() == a && (port == "" || port == t.port())
	}
	if isAddr && !suffix || port != "" && port != t.port() {
		return false
	}
	if h, ok := strings.CutPrefix(host, "*."); ok {
		host = "." + h
	}
	if strings.HasPrefix(host, ".") {
		return strings.HasSuffix(t.name(), host)
	}
	return below(t.name(), host)
}

// goPrefix reads a CIDR as net.ParseCIDR does: zeros may lead the number of
// bits, and a prefix of IPv4 inside IPv6 is one of IPv4.
func goPrefix(entry string) (netip.Prefix, bool) {
	base, bits, ok := strings.Cut(entry, "/")
	if !ok || !digits(bits) {
		return netip.Prefix{}, false
	}
	a, ok := parseAddr(base)
	n, err := strconv.Atoi(bits)
	if !ok || err != nil || a.Zone() != "" || n > a.BitLen() {
		return netip.Prefix{}, false
	}
	if a.Is4In6() && n >= 96 {
		a, n = a.Unmap(), n-96
	}
	return netip.PrefixFrom(a, n), true
}

// goHostPort splits as net.SplitHostPort: an IPv6 address needs brackets to
// have a port, and without a port brackets stay part of the host.
func goHostPort(entry string) (host, port string) {
	if inside, rest, ok := strings.Cut(entry, "]"); ok && strings.HasPrefix(inside, "[") {
		if port, ok := strings.CutPrefix(rest, ":"); ok && !strings.Contains(port, ":") {
			return inside[1:], port
		}
		return entry, ""
	}
	if strings.Count(entry, ":") != 1 || strings.ContainsAny(entry, "[]") {
		return entry, ""
	}
	host, port, _ = strings.Cut(entry, ":")
	return host, port
}
