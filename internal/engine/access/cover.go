package access

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// covering answers whether one rule holds for every request that another holds
// for. It says yes only where that is certain; patterns whose overlap would
// have to be worked out count as not covered.
type covering struct{ *Rules }

// covers reports whether a holds for every request that b holds for.
func (c *covering) covers(a, b *rule) bool {
	return a.schemes|b.schemes == a.schemes &&
		portsCover(a.ports, b.ports) &&
		c.clientsCover(a, b) &&
		(a.until.IsZero() || !b.until.IsZero() && !a.until.Before(b.until)) &&
		c.targetsCover(a, b)
}

func portsCover(a, b []config.PortRange) bool {
	for _, want := range b {
		for port := uint32(want.First); port <= uint32(want.Last); {
			i := slices.IndexFunc(a, func(p config.PortRange) bool { return uint32(p.First) <= port && port <= uint32(p.Last) })
			if i < 0 {
				return false
			}
			port = uint32(a[i].Last) + 1
		}
	}
	return true
}

// clientsCover reports whether a is for every client that b is for.
func (c *covering) clientsCover(a, b *rule) bool {
	if len(a.source.Clients) == 0 {
		return true
	}
	if len(b.source.Clients) > 0 {
		return !slices.ContainsFunc(b.clients, func(i int) bool { return !a.appliesTo(i) })
	}
	return len(a.clients) == len(c.clients.entries)
}

// targetsCover answers for hosts and their facts. A host that b names in full
// tells all its facts, so a can simply be asked about it.
func (c *covering) targetsCover(a, b *rule) bool {
	for host := range b.hosts.exact.all() {
		if q, f := c.exact(host); b.targetHolds(q, &f) && !a.targetHolds(q, &f) {
			return false
		}
	}
	address := facts{kind: awsname.NotAWS}
	for _, n := range b.hosts.nets {
		if b.literalHolds(&address) && !(a.literalHolds(&address) && a.hosts.coverNet(n)) {
			return false
		}
	}
	patterns := b.hosts.patterns()
	if !b.hosts.asks() {
		return !a.hosts.asks() && factsCover(a, b)
	}
	if a.hosts.asks() && slices.ContainsFunc(patterns, func(p string) bool { return !a.hosts.coverPattern(p) }) {
		return false
	}
	return len(patterns) == 0 || factsCover(a, b)
}

// exact is the request for a host that a rule names, as far as it is known.
func (c *covering) exact(host string) (*Request, facts) {
	q := &Request{Host: netset.Host{Name: host}, Name: nameOf(host)}
	return q, c.facts(q)
}

// literalHolds answers for all but the address of a literal.
func (r *rule) literalHolds(f *facts) bool { return r.factsHold(f) && r.placeHolds(f) }

// factsCover answers for the facts of names that are not written out.
func factsCover(a, b *rule) bool {
	opens := b.deny && !a.deny // b holds for what is not told, a does not
	return a.kinds.covers(b.kinds, false) &&
		a.owners.covers(b.owners, opens) &&
		a.variants.covers(b.variants, opens) &&
		a.services.covers(&b.services, opens) &&
		a.buckets.covers(&b.buckets, opens) &&
		a.accounts.covers(&b.accounts, opens) &&
		(a.partitions.covers(&b.partitions, opens) || a.partitionsFollow(b)) &&
		a.placesCover(b, opens)
}

// placesCover answers for job and regions.
func (r *rule) placesCover(b *rule, opens bool) bool {
	switch {
	case !r.askJob && !b.askJob:
		return r.regions.covers(&b.regions, opens)
	case !r.askJob:
		return !r.regions.asks() // the job's global hosts have no region
	}
	return r.job != 0 && r.job == b.job && r.regions.covers(&b.regions, false)
}

// partitionsFollow reports whether the regions that b allows are all of
// partitions that r asks for: a known name's region tells its partition.
func (r *rule) partitionsFollow(b *rule) bool {
	if b.deny || b.askJob || !b.regions.asks() || len(b.regions.globs) > 0 {
		return false
	}
	for region := range b.regions.exact.all() {
		if p, ok := awsname.PartitionOf(region); !ok || !r.partitions.has(p) {
			return false
		}
	}
	return true
}

// covers reports whether t holds for every fact that u holds for. opens says
// that u also holds for what is not told, and t does not.
func (t *texts) covers(u *texts, opens bool) bool {
	if !t.asks() {
		return true
	}
	if opens || !u.asks() {
		return false
	}
	for v := range u.exact.all() {
		if !t.has(v) {
			return false
		}
	}
	return !slices.ContainsFunc(u.globs, func(g string) bool { return !t.hasGlob(g) })
}

// hasGlob reports whether one glob of t takes all that g stands for: read as a
// text, g is of its form, because only a * takes a *.
func (t *texts) hasGlob(g string) bool {
	return slices.ContainsFunc(t.globs, func(wide string) bool { return netset.Glob(wide, g) })
}

func (c choice) covers(o choice, opens bool) bool {
	return !c.asks || o.asks && !opens && c.bits|o.bits == c.bits
}

// patterns returns what of h stands for more than one name.
func (h *hosts) patterns() []string {
	all := slices.Clone(h.globs)
	for s := range h.suffix.all() {
		all = append(all, "."+s)
	}
	return all
}

// coverPattern reports whether h holds for all names of the form of p.
func (h *hosts) coverPattern(p string) bool {
	if name, below := strings.CutPrefix(p, "."); below {
		return h.belowHolds(name) || slices.ContainsFunc(h.globs, func(g string) bool {
			return strings.HasPrefix(g, ".") && globHost(g, name)
		})
	}
	return h.hasName(p)
}

// coverNet reports whether one network of h holds all of p.
func (h *hosts) coverNet(p netip.Prefix) bool {
	if !h.asks() {
		return true
	}
	return slices.ContainsFunc(h.nets, func(n netip.Prefix) bool { return n.Bits() <= p.Bits() && n.Contains(p.Addr()) })
}
