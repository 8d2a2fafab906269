package route

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// ports is a range of ports.
type ports struct{ first, last uint16 }

// ephemeral are the ports that answers go to: Linux's
// net.ipv4.ip_local_port_range.
var ephemeral = ports{32768, 60999}

// judge returns how much of the traffic with the addresses of p at the ports at
// the rules of a network ACL admit, and the rule that denies, if one alone does.
// The first rule that matches counts; what no rule matches is denied.
func judge(rules []topology.ACLRule, p netip.Prefix, at ports) (extent, diag.Pos) {
	for i := range rules {
		r := &rules[i]
		if r.Last < at.first || at.last < r.First {
			continue
		}
		network := placed(r, p)
		if !network.IsValid() {
			continue
		}
		if !netset.Covers(network, p) {
			low, high := halves(p)
			return both(rules[i:], low, at, high, at)
		}
		if r.First > at.first {
			return both(rules[i:], p, ports{at.first, r.First - 1}, p, ports{r.First, at.last})
		}
		if r.Last < at.last {
			return both(rules[i:], p, ports{at.first, r.Last}, p, ports{r.Last + 1, at.last})
		}
		if r.Allow {
			return all, r.Pos
		}
		return none, r.Pos
	}
	return none, diag.Pos{}
}

// both joins what the rules make of two parts of some traffic.
func both(rules []topology.ACLRule, p netip.Prefix, at ports, q netip.Prefix, also ports) (extent, diag.Pos) {
	one, pos := judge(rules, p, at)
	if one == part {
		return part, pos
	}
	if other, at := judge(rules, q, also); other != one {
		return part, at
	}
	return one, pos
}

// placed returns the network of r that p overlaps; zero if there is none.
func placed(r *topology.ACLRule, p netip.Prefix) netip.Prefix {
	if r.Any {
		return p
	}
	for _, q := range [...]netip.Prefix{r.Place.Prefix, r.Place.Prefix6} {
		if q.IsValid() && netset.Overlap(q, p) {
			return q
		}
	}
	return netip.Prefix{}
}

// judgeEach is judge for addresses in several networks.
func judgeEach(rules []topology.ACLRule, networks []netip.Prefix, at ports) (extent, diag.Pos) {
	var whole extent
	var pos diag.Pos
	for i, p := range networks {
		e, where := judge(rules, p, at)
		switch {
		case i == 0:
			whole, pos = e, where
		case e != whole:
			return part, where
		}
	}
	return whole, pos
}

// String returns p as a person writes it.
func (p ports) String() string {
	if p.first == p.last {
		return strconv.Itoa(int(p.first))
	}
	return fmt.Sprintf("%d-%d", p.first, p.last)
}
