package noproxy

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// Target is what a program asks for: the parts of a URL that a list of
// exceptions is compared with.
type Target struct {
	Scheme string // "http" or "https"
	Host   string // as written, without the brackets of an IPv6 address
	Port   string // as written, or empty
	// Addrs are the addresses of Host, where they are known. Only a program
	// that resolves names before it compares them asks for them.
	Addrs []netip.Addr
	// user is what stands before the host in the URL, with the @: some programs
	// compare it, too.
	user string
}

// TargetError reports a URL that no program would send to a proxy.
type TargetError struct{ URL string }

// Error quotes the URL.
func (e *TargetError) Error() string {
	return fmt.Sprintf("%q is not the URL of a web server", e.URL)
}

// ParseTarget returns the target that raw, an http or https URL, names.
func ParseTarget(raw string) (Target, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Target{}, &TargetError{raw}
	}
	t := Target{Scheme: u.Scheme, Host: u.Hostname(), Port: u.Port()}
	if u.User != nil {
		t.user = u.User.String() + "@"
	}
	return t, nil
}

// numbered is t with an IPv4 address in the usual spelling.
func (t Target) numbered() Target {
	if h, err := netset.ParseHost(t.Host); err == nil && h.Odd && h.Addr.Is4() {
		t.Host = h.Addr.String()
	}
	return t
}

// aton returns the IPv4 address that s is for inet_aton, which takes "127.1" and
// "0x7f000001" for one.
func aton(s string) (netip.Addr, bool) {
	if s == "" || strings.HasSuffix(s, ".") {
		return netip.Addr{}, false
	}
	h, err := netset.ParseHost(s)
	return h.Addr, err == nil && h.Addr.Is4()
}

// numeric returns the address that s is for getaddrinfo: IPv6, or IPv4 as aton
// reads it.
func numeric(s string) (netip.Addr, bool) {
	if a, ok := parseAddr(s); ok {
		return a, true
	}
	return aton(s)
}

// addr returns the address that the host is, if it is one.
func (t Target) addr() (netip.Addr, bool) {
	return parseAddr(t.Host)
}

// parseAddr is netip.ParseAddr for what is mostly a name, of which it makes no
// error.
func parseAddr(s string) (netip.Addr, bool) {
	if s == "" || !strings.Contains(s, ":") && (s[len(s)-1] < '0' || s[len(s)-1] > '9') {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil
}

// is6 reports whether the host is an IPv6 address.
func (t Target) is6() bool { return strings.Contains(t.Host, ":") }

// shown is the host as a person is told of it, without who asks.
func (t Target) shown() string {
	if t.user != "" {
		return "…@" + t.Host
	}
	return t.Host
}

// name is the host in lower case, without brackets.
func (t Target) name() string { return strings.ToLower(t.Host) }

// bracketed is the host in lower case, as a URL shows it.
func (t Target) bracketed() string {
	if t.is6() {
		return "[" + t.name() + "]"
	}
	return t.name()
}

// netloc is user, host and port, as they stand in the URL; the host is in lower
// case.
func (t Target) netloc() string {
	if t.Port == "" {
		return t.user + t.bracketed()
	}
	return t.user + t.bracketed() + ":" + t.Port
}

// port is the port that is contacted: the one written, or the scheme's.
func (t Target) port() string {
	switch {
	case t.Port != "":
		return t.Port
	case t.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}
