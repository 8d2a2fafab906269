package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// rules checks each rule, and what its names lead to.
func (c *checker) rules(f *file) {
	clients := f.clientNames()
	known := setOf(clients)
	lines := make(map[string]int) // of the rules by name
	for i, r := range f.rules {
		name := ruleName(r, i)
		if line, twice := lines[name]; twice {
			at := r.at
			if r.name.V != "" {
				at = r.name.Node()
			}
			c.add(at, "DG1107", hint("DG1107", yamldoc.Quote(name))).Hint = hint("DG1107.hint", fmt.Sprint(line))
		} else {
			lines[name] = r.at.Pos.Line
		}
		for _, name := range r.clients {
			if !known[name.V] {
				c.add(name.Node(), "DG1301", hint("DG1301", yamldoc.Quote(name.V))).Hint = yamldoc.Meant(name.V, clients)
			}
		}
		c.past(r)
		c.matcher(f, r)
	}
}

func setOf(words []string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

func ruleName(r rule, i int) string {
	if r.name.V != "" {
		return r.name.V
	}
	return fmt.Sprintf("rule %d", i+1)
}

// clientNames returns the names that rules may use.
func (f *file) clientNames() []string {
	if len(f.clients) == 0 {
		return []string{Loopback}
	}
	names := make([]string, len(f.clients))
	for i, e := range f.clients {
		names[i] = e.Name.V
	}
	return names
}

// past warns of a rule whose last day is over.
func (c *checker) past(r rule) {
	if u := r.until; !u.V.IsZero() && !c.now.Before(u.V.AddDate(0, 0, 1)) {
		c.warn(u.Node(), "DG1304", hint("DG1304", u.V.Format(time.DateOnly))).Hint = hint("DG1304.hint")
	}
}

// matcher checks that r has one of allow and deny, and that it can match.
func (c *checker) matcher(f *file, r rule) {
	allow, deny := r.at.Find("allow"), r.at.Find("deny")
	switch {
	case allow == nil && deny == nil:
		c.add(r.at, "DG1106", hint("DG1106.none")).Hint = hint("DG1106.hint.none")
	case allow != nil && deny != nil:
		second := keyNode(r.at, "deny")
		if before(second, keyNode(r.at, "allow")) {
			second = keyNode(r.at, "allow")
		}
		c.add(second, "DG1106", hint("DG1106.both")).Hint = hint("DG1106.hint.both")
	case r.allow != nil:
		c.refusedHosts(f, r.allow)
		if !r.allow.broken && !c.impossible(r.allow, false) {
			c.wide(r.allow)
		}
	case r.deny != nil && !r.deny.broken:
		if !c.impossible(r.deny, true) {
			c.narrow(r.deny)
		}
	}
}

func before(a, b *yamldoc.Node) bool {
	return a.Pos.Line < b.Pos.Line || a.Pos.Line == b.Pos.Line && a.Pos.Col < b.Pos.Col
}

func keyNode(n *yamldoc.Node, key string) *yamldoc.Node {
	for _, e := range n.Entries {
		if e.Key.Text == key && e.Key.Len > 0 {
			return e.Key
		}
	}
	return n
}

// refusedHosts reports literals that are refused whatever the rules say.
func (c *checker) refusedHosts(f *file, m *match) {
	for _, h := range m.hosts {
		if !h.net.IsValid() {
			if name := strings.TrimPrefix(h.name.V, "."); name == "localhost" && len(f.unsafe) == 0 {
				c.add(h.name.Node(), "DG1303", hint("DG1303", yamldoc.Quote(h.name.V)))
			}
			continue
		}
		opened := slices.ContainsFunc(f.unsafe, func(p prefix) bool { return p.V.Overlaps(h.net) })
		switch class := best(h.net); {
		case class == netset.LinkLocal, class == netset.Special && !opened:
			c.add(h.name.Node(), "DG1303", hint("DG1303", yamldoc.Quote(h.name.V)))
		case class == netset.Private && !opened:
			if !slices.ContainsFunc(f.private.networks, func(p prefix) bool { return p.V.Overlaps(h.net) }) {
				c.add(h.name.Node(), "DG1303", hint("DG1303.private", yamldoc.Quote(h.name.V))).Hint = hint("DG1303.hint.private", h.net.String())
			}
		}
	}
}

// tests checks what the file's tests name.
func (c *checker) tests(f *file) {
	if len(f.tests) == 0 {
		return
	}
	names := make([]string, len(f.rules))
	for i, r := range f.rules {
		names[i] = ruleName(r, i)
	}
	known := setOf(names)
	for _, t := range f.tests {
		if t.at.Find("from") == nil && t.at.Find("endpoint") == nil {
			c.add(t.at, "DG1102", hint("DG1102.test"))
		}
		if t.rule.V != "" && !known[t.rule.V] {
			p := c.add(t.rule.Node(), "DG1309", hint("DG1309", yamldoc.Quote(t.rule.V)))
			if meant, ok := yamldoc.Nearest(t.rule.V, names); ok {
				p.Hint = hint("hint.meant", yamldoc.Quote(meant))
			}
		}
	}
}

// best returns the best class of addresses in p. It looks at the first address
// of each sixteenth of p and at the last: no special block is so placed that
// all of them miss the public addresses around it.
func best(p netip.Prefix) netset.Class {
	class := netset.Classify(last(p))
	bits := min(p.Bits()+4, p.Addr().BitLen())
	for i := range 1 << (bits - p.Bits()) {
		b := p.Addr().AsSlice()
		for j := range bits - p.Bits() {
			if i>>j&1 == 1 {
				at := bits - 1 - j
				b[at/8] |= 0x80 >> (at % 8)
			}
		}
		addr, _ := netip.AddrFromSlice(b)
		class = max(class, netset.Classify(addr))
	}
	return class
}

// last returns the last address of p.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for at := p.Bits(); at < p.Addr().BitLen(); at++ {
		b[at/8] |= 0x80 >> (at % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}
