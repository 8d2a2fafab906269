package squid

import (
	"maps"
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

// parseName reads a value of dstdomain. Squid compares text: a value that no
// host is spelt like holds for none.
func parseName(s string) (pattern string, ok bool) {
	pattern = strings.ToLower(strings.TrimSuffix(s, "."))
	h, err := netset.ParseHost(strings.TrimPrefix(pattern, "."))
	return pattern, err == nil && !h.IsAddr()
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
