package access

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

// clients names the client of a request: the first entry of the file that
// matches. An entry is known by its index there.
//
// A connection without an endpoint id matches entries of addresses alone; one
// with an id matches only entries that list it, and if such an entry has
// addresses too, these must hold as well: a consumer of PrivateLink chooses
// its own addresses, so they alone prove nothing.
type clients struct {
	entries   []config.Client
	asks      [][]netip.Prefix // from, of each entry
	from      spans            // of entries without endpoints
	endpoints map[string][]int // entries that list an id, in order
}

// loopback is who may ask when the file names no clients.
var loopback = config.Client{Name: "loopback", From: []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
}}

func newClients(cfg *config.Config) clients {
	entries := cfg.Clients
	if len(entries) == 0 {
		only := loopback
		only.Mode = cfg.Mode
		entries = []config.Client{only}
	}
	c := clients{entries: entries, asks: make([][]netip.Prefix, len(entries)), endpoints: make(map[string][]int)}
	var owned []ownedPrefix
	for i, e := range entries {
		for _, p := range e.From {
			c.asks[i] = append(c.asks[i], unmapped(p))
		}
		for _, id := range e.Endpoints {
			c.endpoints[id] = append(c.endpoints[id], i)
		}
		if len(e.Endpoints) > 0 {
			continue
		}
		for _, p := range c.asks[i] {
			owned = append(owned, ownedPrefix{p, i})
		}
	}
	c.from = newSpans(owned)
	return c
}

// find returns the index of the entry that names the client, or -1.
func (c *clients) find(addr netip.Addr, endpoint string) int {
	if addr = addr.Unmap().WithZone(""); endpoint == "" {
		return c.from.find(addr)
	}
	for _, i := range c.endpoints[endpoint] {
		if from := c.asks[i]; len(from) == 0 || within(from, addr) {
			return i
		}
	}
	return -1
}

// ownedPrefix is a prefix of a client entry.
type ownedPrefix struct {
	prefix netip.Prefix
	entry  int
}

// spans cuts the address space where the answer changes: from starts[i] up to
// starts[i+1] the first matching entry is entries[i], -1 for none. A lookup is
// one binary search, however many prefixes there are and however they nest.
type spans struct {
	starts  []netip.Addr
	entries []int
}

func (s *spans) find(addr netip.Addr) int {
	lo, hi := 0, len(s.starts)
	for lo < hi { // first start beyond addr
		if mid := int(uint(lo+hi) >> 1); s.starts[mid].Compare(addr) <= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 || !addr.IsValid() || s.starts[lo-1].Is4() != addr.Is4() {
		return -1
	}
	return s.entries[lo-1]
}

// newSpans sweeps over owned in the order of addresses. Prefixes nest and
// never cross, so those that hold the current address form a stack.
func newSpans(owned []ownedPrefix) spans {
	slices.SortFunc(owned, func(a, b ownedPrefix) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()),
			cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), cmp.Compare(a.entry, b.entry))
	})
	var s spans
	var open []ownedPrefix // each with the first entry of its whole chain
	closeUntil := func(next netip.Addr) {
		for len(open) > 0 && (!next.IsValid() || !open[len(open)-1].prefix.Contains(next)) {
			end := open[len(open)-1].prefix
			open = open[:len(open)-1]
			outer := -1
			if len(open) > 0 {
				outer = open[len(open)-1].entry
			}
			if after := last(end).Next(); after.IsValid() {
				s.add(after, outer)
			}
		}
	}
	for _, o := range owned {
		closeUntil(o.prefix.Addr())
		if len(open) > 0 {
			o.entry = min(o.entry, open[len(open)-1].entry)
		}
		open = append(open, o)
		s.add(o.prefix.Addr(), o.entry)
	}
	closeUntil(netip.Addr{})
	return s
}

// add says that from start on the answer is entry. A second word on the same
// start replaces the first.
func (s *spans) add(start netip.Addr, entry int) {
	if n := len(s.starts); n > 0 && s.starts[n-1] == start {
		s.entries[n-1] = entry
		return
	}
	s.starts = append(s.starts, start)
	s.entries = append(s.entries, entry)
}

// last is the highest address of p.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := range b {
		if host := max(0, min(8, (i+1)*8-p.Bits())); host > 0 {
			b[i] |= byte(1<<host - 1)
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
