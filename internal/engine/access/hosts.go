package access

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// hosts is a matcher on the host: exact names, ".suffix", globs, and networks
// for IP literals. The zero hosts asks for nothing.
type hosts struct {
	exact  set
	suffix set // without the leading dot
	globs  []string
	nets   []netip.Prefix
}

func newHosts(names []string, nets []netip.Prefix) hosts {
	var exact, suffix, globs []string
	for _, n := range names {
		n = strings.TrimSuffix(strings.ToLower(n), ".")
		switch below, isSuffix := strings.CutPrefix(n, "."); {
		case wild(n):
			globs = append(globs, n)
		case isSuffix:
			suffix = append(suffix, below)
		default:
			exact = append(exact, n)
		}
	}
	h := hosts{exact: newSet(exact), suffix: newSet(suffix), globs: globs}
	for _, p := range nets {
		h.nets = append(h.nets, unmapped(p))
	}
	return h
}

func (h *hosts) asks() bool {
	return !h.exact.empty() || !h.suffix.empty() || len(h.globs) > 0 || len(h.nets) > 0
}

// holds reports whether h holds for the host of q. An address is compared with
// the networks only.
func (h *hosts) holds(q *Request) bool {
	if !h.asks() {
		return true
	}
	if q.Host.IsAddr() {
		return within(h.nets, q.Host.Addr)
	}
	return h.hasName(q.Host.Name)
}

func (h *hosts) hasName(name string) bool {
	if h.exact.has(name) || h.belowHolds(name) {
		return true
	}
	for _, g := range h.globs {
		if globHost(g, name) {
			return true
		}
	}
	return false
}

// belowHolds reports whether name is a suffix of h or below one.
func (h *hosts) belowHolds(name string) bool {
	for more := !h.suffix.empty(); more; {
		if h.suffix.has(name) {
			return true
		}
		_, name, more = strings.Cut(name, ".")
	}
	return false
}

// within reports whether one of nets holds addr, or the IPv4 address inside it.
func within(nets []netip.Prefix, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	inside, ok := netset.Embedded(addr)
	for _, p := range nets {
		if p.Contains(addr) || ok && p.Contains(inside) {
			return true
		}
	}
	return false
}

// unmapped is p with IPv4-mapped prefixes written as IPv4.
func unmapped(p netip.Prefix) netip.Prefix {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(a.Unmap(), p.Bits()-96).Masked()
	}
	return p.Masked()
}
