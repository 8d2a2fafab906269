package squid

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// client is an entry of clients: sources that every line treats alike.
type client struct {
	name   string
	from   nets
	sample netip.Addr // one of them, in no narrower entry
	kept   bool
}

// clients parts the sources by the acls that hold for them, the narrowest
// prefixes first: the first entry that matches names the client.
func (im *importer) clients() {
	named := im.sourceACLs()
	levels := levelled(named)
	all := newPrefixes(named)
	var found []*client
	byKey := make(map[string]*client)
	for depth := len(levels) - 1; depth >= 0; depth-- {
		for _, p := range levels[depth] {
			sample, ok := outsideAddr(p, all)
			if !ok {
				continue // narrower ones take all of it
			}
			acls := named.over(p)
			key := fmt.Sprint(depth, acls)
			c := byKey[key]
			if c == nil {
				c = &client{name: im.clientName(acls), sample: sample}
				byKey[key] = c
				found = append(found, c)
			}
			c.from = append(c.from, p)
		}
	}
	im.out.clients = im.needed(found)
}

// sources are prefixes with the acls that name them.
type sources map[netip.Prefix][]string

// perhaps marks the name of an acl that may hold, and is not known to.
const perhaps = "?"

// add enters n, unless it is everybody: that tells nobody apart.
func (s sources) add(name string, n nets) {
	if len(n.not()) == 0 {
		return
	}
	for _, p := range n {
		s[p] = append(s[p], name)
	}
}

// sourceACLs returns the prefixes of all acls on sources that http_access uses,
// and those of everybody.
func (im *importer) sourceACLs() sources {
	named := sources{allNets[0]: nil, allNets[1]: nil}
	seen := make(map[string]bool)
	for _, l := range im.lines("http_access") {
		for _, w := range l.Args[min(1, len(l.Args)):] {
			name := strings.TrimPrefix(w.Text, "!")
			a := im.acl(name)
			if a == nil || a.kind != "src" || seen[a.name] {
				continue
			}
			name, seen[a.name] = a.name, true
			named.add(name, a.sure.sources)
			named.add(name+perhaps, a.may.sources)
		}
	}
	return named
}

// over returns the acls that hold for p: its own and those of wider prefixes.
func (s sources) over(p netip.Prefix) (acls []string) {
	for bits := p.Bits(); bits >= 0; bits-- {
		wider, _ := p.Addr().Prefix(bits)
		acls = append(acls, s[wider]...)
	}
	slices.Sort(acls)
	return slices.Compact(acls)
}

// levelled returns the prefixes by how many wider ones each stands in.
func levelled(s sources) (levels []nets) {
	all := newPrefixes(s)
	for _, p := range all {
		depth := 0
		for bits := p.Bits() - 1; bits >= 0; bits-- {
			wider, _ := p.Addr().Prefix(bits)
			if _, ok := s[wider]; ok {
				depth++
			}
		}
		for len(levels) <= depth {
			levels = append(levels, nil)
		}
		levels[depth] = append(levels[depth], p)
	}
	return levels
}

// newPrefixes returns the prefixes of s in order, wider ones first.
func newPrefixes(s sources) (all nets) {
	for p := range s {
		all = append(all, p)
	}
	slices.SortFunc(all, comparePrefixes)
	return all
}

// outsideAddr returns an address of p that no narrower prefix of all has.
func outsideAddr(p netip.Prefix, all nets) (netip.Addr, bool) {
	at, _ := slices.BinarySearchFunc(all, p, comparePrefixes)
	end := at
	for end < len(all) && p.Overlaps(all[end]) {
		end++
	}
	rest := newNets(slices.Clone(all[min(at+1, end):end])...).outside(p)
	if len(rest) == 0 {
		return netip.Addr{}, false
	}
	return rest[0].Addr(), true
}

// clientName makes a name of the acls that hold for a client.
func (im *importer) clientName(acls []string) string {
	var bare []string
	for _, a := range acls {
		bare = append(bare, strings.TrimSuffix(a, perhaps))
	}
	slices.Sort(bare)
	name := strings.Join(slices.Compact(bare), "+")
	if name == "" {
		name = "everyone"
		if len(im.sourceACLs()) > len(allNets) {
			name = "others"
		}
	}
	return shortened(name, 60)
}

// needed returns the entries that rules allow something, and those that a
// wider one would otherwise swallow. Names are made unique.
func (im *importer) needed(all []*client) (kept []*client) {
	taken := make(map[string]int)
	for i := len(all) - 1; i >= 0; i-- {
		c := all[i]
		c.kept = slices.ContainsFunc(im.out.rules, func(r rule) bool { return !r.entry.deny && r.region.sources.has(c.sample) }) ||
			slices.ContainsFunc(all[i+1:], func(wider *client) bool { return wider.kept && overlap(wider.from, c.from) })
	}
	for _, c := range all {
		if !c.kept {
			continue
		}
		if taken[c.name]++; taken[c.name] > 1 {
			c.name = fmt.Sprintf("%s %d", c.name, taken[c.name])
		}
		kept = append(kept, c)
	}
	return kept
}

func overlap(a, b nets) bool {
	return slices.ContainsFunc(b, func(p netip.Prefix) bool {
		return slices.ContainsFunc(a, func(q netip.Prefix) bool { return p.Overlaps(q) })
	})
}

// of returns the names of the clients that r is for, and whether these are all.
func (d *draft) of(r region) (names []string, all bool) {
	for _, c := range d.clients {
		if r.sources.has(c.sample) {
			names = append(names, c.name)
		}
	}
	return names, len(names) == len(d.clients)
}
