package span

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Ports is a range of ports.
type Ports struct{ First, Last uint16 }

// Ephemeral are the ports that answers go to: Linux's
// net.ipv4.ip_local_port_range.
var Ephemeral = Ports{32768, 60999}

// judge returns how much of the traffic with the addresses of p at the ports at
// the rules of a network ACL admit, and the rule that denies, if one alone does.
// The first rule that matches counts; what no rule matches is denied.
func judge(rules []topology.ACLRule, p netip.Prefix, at Ports) (Extent, diag.Pos) {
	for i := range rules {
		r := &rules[i]
		if r.Last < at.First || at.Last < r.First {
			continue
		}
		network := placed(r, p)
		if !network.IsValid() {
			continue
		}
		if !netset.Covers(network, p) {
			low, high := Halves(p)
			return both(rules[i:], low, at, high, at)
		}
		if r.First > at.First {
			return both(rules[i:], p, Ports{at.First, r.First - 1}, p, Ports{r.First, at.Last})
		}
		if r.Last < at.Last {
			return both(rules[i:], p, Ports{at.First, r.Last}, p, Ports{r.Last + 1, at.Last})
		}
		if r.Allow {
			return All, r.Pos
		}
		return None, r.Pos
	}
	return None, diag.Pos{}
}

// both joins what the rules make of two parts of some traffic.
func both(rules []topology.ACLRule, p netip.Prefix, at Ports, q netip.Prefix, also Ports) (Extent, diag.Pos) {
	one, pos := judge(rules, p, at)
	if one == Part {
		return Part, pos
	}
	if other, at := judge(rules, q, also); other != one {
		return Part, at
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

// JudgeEach is judge for addresses in several networks.
func JudgeEach(rules []topology.ACLRule, networks []netip.Prefix, at Ports) (Extent, diag.Pos) {
	var whole Extent
	var pos diag.Pos
	for i, p := range networks {
		e, where := judge(rules, p, at)
		switch {
		case i == 0:
			whole, pos = e, where
		case e != whole:
			return Part, where
		}
	}
	return whole, pos
}

// String returns p as a person writes it.
func (p Ports) String() string {
	if p.First == p.Last {
		return strconv.Itoa(int(p.First))
	}
	return fmt.Sprintf("%d-%d", p.First, p.Last)
}

// Port is the range of one port.
func Port(p uint16) Ports { return Ports{p, p} }
