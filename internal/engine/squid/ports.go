package squid

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// ports is a set of ports: ranges in order, which neither touch nor overlap.
type ports []config.PortRange

var allPorts = ports{{First: 1, Last: 65535}}

// parsePorts reads "443" and "1025-65535".
func parsePorts(s string) (config.PortRange, bool) {
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	from, ok := netset.Port(first)
	to, ok2 := netset.Port(last)
	return config.PortRange{First: from, Last: to}, ok && ok2 && from <= to
}

// newPorts returns the set of ranges in any order.
func newPorts(ranges ...config.PortRange) (p ports) {
	slices.SortFunc(ranges, func(a, b config.PortRange) int { return int(a.First) - int(b.First) })
	for _, r := range ranges {
		if n := len(p); n > 0 && int(r.First) <= int(p[n-1].Last)+1 {
			p[n-1].Last = max(p[n-1].Last, r.Last)
			continue
		}
		p = append(p, r)
	}
	return p
}

// and returns the ports that are in p and q.
func (p ports) and(q ports) (both ports) {
	for _, a := range p {
		for _, b := range q {
			if first, last := max(a.First, b.First), min(a.Last, b.Last); first <= last {
				both = append(both, config.PortRange{First: first, Last: last})
			}
		}
	}
	return newPorts(both...)
}

// not returns the ports that are not in p.
func (p ports) not() (others ports) {
	next := 1
	for _, r := range p {
		if int(r.First) > next {
			others = append(others, config.PortRange{First: uint16(next), Last: r.First - 1})
		}
		next = int(r.Last) + 1
	}
	if next <= 65535 {
		others = append(others, config.PortRange{First: uint16(next), Last: 65535})
	}
	return others
}
