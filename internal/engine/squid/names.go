package squid

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// names is a set of host names as dstdomain writes it: "name", and ".suffix"
// for the name and all below it.
type names map[string]bool

// newNames returns the set of patterns, without those that others cover.
func newNames(patterns ...string) names {
	all := make(names, len(patterns))
	for _, p := range patterns {
		all[p] = true
	}
	n := make(names, len(all))
	for p := range all {
		if !all.coversMore(p) {
			n[p] = true
		}
	}
	return n
}

// spelling is what a value of dstdomain is.
type spelling uint8

const (
	noHost        spelling = iota // no host is spelt like it
	aName                         // a name, or ".suffix"
	aLiteral                      // an address as it stands in a request
	partOfLiteral                 // ".1.1" holds for addresses that end so, as text
	oddName                       // a name with a dot at its end, an address as no request has it
)

// parseName reads a value of dstdomain. Squid compares text: an address of IPv6
// stands in brackets there, and a name loses the dot at its end, which a value
// keeps (measured with 5.7).
func parseName(s string) (pattern string, literal netip.Prefix, kind spelling) {
	pattern = strings.ToLower(s)
	inner, bracketed := strings.CutPrefix(pattern, "[")
	if bracketed {
		inner, bracketed = strings.CutSuffix(inner, "]")
	}
	if addr, err := netip.ParseAddr(inner); err == nil && addr.Zone() == "" {
		literal = netip.PrefixFrom(addr, addr.BitLen())
		if bracketed != addr.Is4() && addr.String() == inner && !addr.Is4In6() {
			return "", literal, aLiteral
		}
		return "", literal, partOfLiteral
	}
	last := pattern[strings.LastIndexByte(pattern, '.')+1:]
	if strings.ContainsAny(pattern, "[]:") || last != "" && strings.Trim(last, "0123456789") == "" {
		return "", literal, partOfLiteral
	}
	bare := strings.TrimSuffix(pattern, ".")
	h, err := netset.ParseHost(strings.TrimPrefix(bare, "."))
	switch {
	case err != nil || h.IsAddr():
		return "", literal, noHost
	case bare != pattern:
		return bare, literal, oddName
	}
	return pattern, literal, aName
}

// covers reports whether every name of pattern is in n.
func (n names) covers(pattern string) bool { return n[pattern] || n.coversMore(pattern) }

// coversMore reports whether a pattern of n covers pattern and more.
func (n names) coversMore(pattern string) bool {
	below, isSuffix := strings.CutPrefix(pattern, ".")
	if !isSuffix && n["."+pattern] {
		return true
	}
	for {
		_, parent, ok := strings.Cut(below, ".")
		if !ok {
			return false
		}
		if n["."+parent] {
			return true
		}
		below = parent
	}
}

// and returns the names that are in n and m.
func (n names) and(m names) names {
	both := make(names)
	for p := range n {
		if m.covers(p) {
			both[p] = true
		}
	}
	for p := range m {
		if n.covers(p) {
			both[p] = true
		}
	}
	return both
}

// or returns the names that are in n or m.
func (n names) or(m names) names {
	return newNames(slices.Concat(n.sorted(), m.sorted())...)
}

// sorted returns the patterns of n, names of one domain beside each other.
func (n names) sorted() []string {
	return slices.Sorted(maps.Keys(n))
}
