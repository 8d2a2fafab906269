package iampolicy

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// condition reports whether c holds for v, the value of its key.
func (m *matcher) condition(c *policy.Condition, v Value) truth {
	o := &c.Operator
	switch {
	case o.Test == policy.Null:
		return null(c, v)
	case v.state == absent:
		return is(o.Not || o.IfExists)
	case v.state == unknown, v.state == several:
		return maybe
	}
	found := no
	if o.Test == policy.IP {
		found = inside(c, v)
	} else {
		for i := range c.Values {
			found = max(found, m.compare(c, c.Values[i].V, v))
		}
	}
	if o.Not {
		return found.not()
	}
	return found
}

// null holds if one of the values says of the key's absence what is so.
func null(c *policy.Condition, v Value) truth {
	found := no
	for i := range c.Values {
		wantAbsent := strings.EqualFold(c.Values[i].V, "true")
		if v.state == unknown {
			found = max(found, maybe)
			if i > 0 && wantAbsent != strings.EqualFold(c.Values[0].V, "true") {
				return yes // both are listed
			}
			continue
		}
		found = max(found, is(wantAbsent == (v.state == absent)))
	}
	return found
}

// compare reports whether v is what the value wanted says.
func (m *matcher) compare(c *policy.Condition, wanted string, v Value) truth {
	if v.state != single {
		return maybe // some address of a network, as text
	}
	wanted = m.request.Names.of(c.Key.V, wanted)
	test := c.Operator.Test
	if test == policy.ARN {
		return m.arn(wanted, v.text)
	}
	filled := m.fill(wanted, test == policy.Like)
	if filled.known != yes {
		return filled.known
	}
	ids := m.request.IDs
	switch test {
	case policy.Equals:
		if filled.text != v.text {
			return ids.equals(c.Key.V, filled.text, v.text)
		}
		return yes
	case policy.EqualsIgnoreCase, policy.Bool:
		if !strings.EqualFold(filled.text, v.text) {
			return ids.equals(c.Key.V, strings.ToLower(filled.text), v.text)
		}
		return yes
	case policy.Like:
		return ids.like(c.Key.V, glob{pattern: filled.text, escaped: filled.escaped}, v.text)
	case policy.ARN, policy.IP, policy.Null:
	}
	return maybe
}

// arn compares ARNs segment by segment; wildcards stay inside of theirs. What
// comes of a text that does not have six, nobody documents.
func (m *matcher) arn(wanted, got string) truth {
	g, valid := cutARN(got)
	w, ok := segmentsOf(wanted)
	if ok && valid {
		return m.segments(w, g, func(s string) text { return m.fill(s, true) })
	}
	whole := m.fill(wanted, true) // a variable may hold what is missing, or all of it
	if whole.known != yes {
		return whole.known
	}
	if w, ok = segmentsOf(whole.text); !ok || !valid {
		return maybe
	}
	return m.segments(w, g, func(s string) text { return text{yes, s, whole.escaped} })
}

// segments compares the segments of two ARNs; filled returns one of the wanted
// with its variables filled in.
func (m *matcher) segments(wanted, got [6]string, filled func(string) text) truth {
	result := yes
	for i := range wanted {
		w := filled(wanted[i])
		matches := w.known
		if matches == yes {
			g := glob{pattern: w.text, escaped: w.escaped}
			if i == accountSegment {
				matches = m.request.IDs.like("aws:PrincipalAccount", g, got[i])
			} else {
				matches = is(g.matches(got[i]))
			}
		}
		result = min(result, matches)
	}
	return result
}

// accountSegment is where the account stands in an ARN.
const accountSegment = 4

// inside reports whether the address, or every address of the network, that v
// holds is in one of the networks of c.
func inside(c *policy.Condition, v Value) truth {
	part := v.within
	if v.state == single {
		addr, err := netip.ParseAddr(v.text)
		if err != nil {
			return maybe
		}
		addr = addr.Unmap()
		part = netip.PrefixFrom(addr, addr.BitLen())
	}
	var room [8]netip.Prefix
	nets := room[:0]
	for i := range c.Values {
		n, ok := policy.Prefix(c.Values[i].V)
		switch {
		case !ok:
			return maybe
		case netset.Covers(n, part):
			return yes
		case n.Overlaps(part):
			nets = append(nets, n)
		}
	}
	if len(nets) == 0 {
		return no
	}
	if covered(nets, part) {
		return yes
	}
	return maybe
}

// covered reports whether nets together hold all of part.
func covered(nets []netip.Prefix, part netip.Prefix) bool {
	touched := false
	for _, n := range nets {
		if netset.Covers(n, part) {
			return true
		}
		touched = touched || n.Overlaps(part)
	}
	if !touched || part.IsSingleIP() {
		return false
	}
	low := netip.PrefixFrom(part.Addr(), part.Bits()+1)
	return covered(nets, low) && covered(nets, upper(low))
}

// upper returns the other half of the network that low is the lower half of.
func upper(low netip.Prefix) netip.Prefix {
	bytes := low.Addr().AsSlice()
	bit := low.Bits() - 1
	bytes[bit/8] |= 0x80 >> (bit % 8)
	addr, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(addr, low.Bits())
}
