package noproxy

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// rubyFamily is Ruby's Net::HTTP and with it the SDK for Ruby. Sources: Ruby
// 3.1 lib/uri/generic.rb (find_proxy, use_proxy?), lib/net/http.rb
// (proxy_uri), which asks for the proxy of an http URL whatever the target is:
// https_proxy is never read. It looks the target up before it compares.
var rubyFamily = &family{
	name: "ruby",
	settings: reading{
		http:  []string{"http_proxy", "HTTP_PROXY"},
		https: []string{"http_proxy", "HTTP_PROXY"},
		no:    []string{"no_proxy", "NO_PROXY"},
		hides: true, hidesNo: true, cgi: cgiNotUpper, cgiSet: true,
	}.settings,
	values: values{
		bare: bareBad, https: schemePlain, socks: schemePlain, other: schemePlain,
		quirks: backslashBad | percentBad | onlyURI,
	},
	loopback: func(t Target) bool {
		for _, a := range t.resolved() {
			if a == netip.IPv6Loopback() || a.Is4() && a.IsLoopback() { // not ::ffff:127.0.0.1
				return true
			}
		}
		return false
	},
	match: rubyMatch,
}

// resolved is what the host resolves to, as far as it is known.
func (t Target) resolved() []netip.Addr {
	if a, ok := numeric(t.Host); ok {
		return []netip.Addr{a}
	}
	if strings.TrimSuffix(t.Host, ".") == "localhost" && len(t.Addrs) == 0 {
		return []netip.Addr{netip.IPv6Loopback()}
	}
	return t.Addrs
}

var rubyItem = regexp.MustCompile(`([^:,\s]+)(?::(\d+))?`)

// rubyMatch takes the entries out of the list as use_proxy? does: colons part
// them, so that no IPv6 address is ever one.
func rubyMatch(list string, t Target) (string, match) {
	maybe := ""
	for _, m := range rubyItem.FindAllStringSubmatch(list, -1) {
		entry, host, port := m[0], strings.ToLower(m[1]), m[2]
		if !samePort(port, t) {
			continue
		}
		if rubyName(host, t.name()) || rubyHolds(host, t.resolved()) {
			return entry, matches
		}
		if maybe == "" && len(t.resolved()) == 0 && private(host) {
			maybe = entry
		}
	}
	if maybe != "" {
		return maybe, mayMatch
	}
	return "", differs
}

func rubyName(entry, host string) bool {
	if strings.HasPrefix(entry, ".") {
		return strings.HasSuffix(host, entry)
	}
	return below(host, entry)
}

// rubyHolds reports whether entry is one of addrs, or a prefix of one, whose bits
// may be written as a mask.
func rubyHolds(entry string, addrs []netip.Addr) bool {
	if base, mask, ok := strings.Cut(entry, "/"); ok {
		if m, isAddr := parseAddr(mask); isAddr {
			if n, isMask := netset.MaskBits(m); isMask {
				entry = base + "/" + strconv.Itoa(n)
			}
		}
	}
	for _, a := range addrs {
		if e, ok := parseAddr(entry); ok && e == a || inPrefix(entry, a) {
			return true
		}
	}
	return false
}

// private reports whether entry is an address or prefix of a private network:
// one that a name of unknown address may well resolve into. Names do not
// resolve to loopback or link-local addresses.
func private(entry string) bool {
	base, _, _ := strings.Cut(entry, "/")
	a, err := netip.ParseAddr(base)
	return err == nil && a.IsPrivate()
}
