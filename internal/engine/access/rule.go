package access

import (
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// rule is a rule of the file, compiled.
type rule struct {
	source  *config.Rule
	deny    bool
	clients []int // indexes of entries, sorted; nil for every named client
	until   time.Time

	schemes  uint8 // bits of Scheme
	ports    []config.PortRange
	kinds    choice // of awsname.Kind
	owners   choice // of awsname.Owner
	variants choice // of awsname.Variant

	services, regions, partitions, buckets, accounts texts
	hosts                                            hosts
	job                                              jobSet // of one; empty asks for nothing
	askJob                                           bool
}

// compile returns r ready to be asked. entry gives the index of a client by
// its name, jobs the number of a job.
func compile(r *config.Rule, entry, jobs map[string]int) rule {
	m := &r.Match
	c := rule{
		source:     r,
		deny:       r.Deny,
		until:      r.Until,
		schemes:    schemeBits(m.Schemes),
		ports:      portsOf(m),
		kinds:      newChoice(kindNames, m.Kinds),
		variants:   newChoice(variantNames, m.Variants),
		services:   newTexts(m.Services),
		regions:    newTexts(m.Regions),
		partitions: newTexts(m.Partitions),
		buckets:    newTexts(m.Buckets),
		accounts:   newTexts(m.Accounts),
		hosts:      newHosts(m.Hosts, m.Networks),
	}
	if !c.deny {
		c.kinds.bits &^= 1 << awsname.Unknown
	}
	if m.Owner != "" {
		c.owners = newChoice(ownerNames, []string{m.Owner})
	}
	if m.Job != "" {
		c.askJob = true
		if n, ok := jobs[m.Job]; ok {
			c.job = 1 << n
		}
	}
	for _, name := range r.Clients {
		if i, ok := entry[name]; ok {
			c.clients = append(c.clients, i)
		}
	}
	slices.Sort(c.clients)
	return c
}

// appliesTo reports whether the rule is for the client with this index. A rule
// that names clients none of which exist is for nobody.
func (r *rule) appliesTo(client int) bool {
	if len(r.source.Clients) == 0 {
		return true
	}
	_, ok := slices.BinarySearch(r.clients, client)
	return ok
}

// holds reports whether all matchers of r hold for q, whose facts are f.
func (r *rule) holds(q *Request, f *facts) bool {
	return r.schemes&(1<<q.Scheme) != 0 &&
		r.hasPort(q.Port) &&
		(r.until.IsZero() || q.Now.Before(r.until)) &&
		r.targetHolds(q, f)
}

// targetHolds answers for all that is said of the host.
func (r *rule) targetHolds(q *Request, f *facts) bool {
	return r.factsHold(f) && r.placeHolds(f) && r.hosts.holds(q)
}

// factsHold answers for all facts but the region.
func (r *rule) factsHold(f *facts) bool {
	return r.services.holds(f.service, r.deny) &&
		r.bucketHolds(f) &&
		r.accounts.holds(f.account, r.deny) &&
		r.partitions.holds(f.partition, r.deny) &&
		r.kinds.holds(told, uint(f.kind), r.deny) &&
		r.owners.holds(f.ownerState(), uint(f.owner), r.deny) &&
		r.variants.holds(f.flavour, uint(f.variant), r.deny)
}

// portsOf returns the ports of m: 443 if it names none.
func portsOf(m *config.Match) []config.PortRange {
	if len(m.Ports) == 0 {
		return []config.PortRange{{First: 443, Last: 443}}
	}
	return m.Ports
}

func (r *rule) hasPort(port uint16) bool {
	for _, p := range r.ports {
		if p.First <= port && port <= p.Last {
			return true
		}
	}
	return false
}

// bucketHolds takes the bucket behind an alias for untold in deny.
func (r *rule) bucketHolds(f *facts) bool {
	if f.alias && r.deny {
		return true
	}
	return r.buckets.holds(f.bucket, r.deny)
}

// placeHolds answers for job and regions.
func (r *rule) placeHolds(f *facts) bool {
	return (!r.askJob || r.job&f.jobs.all() != 0) && r.regionsHold(f)
}

// regionsHold answers for regions: beside a job, they are those of the hosts
// that have one.
func (r *rule) regionsHold(f *facts) bool {
	switch {
	case !r.askJob:
		return r.regions.holds(f.region, r.deny)
	case r.job&f.jobs.local != 0:
		return r.regions.holds(fact{told, f.read}, r.deny)
	case f.region.state == told:
		return r.regions.holds(f.region, r.deny)
	}
	return true
}

func schemeBits(schemes []string) uint8 {
	var b uint8
	for _, s := range schemes {
		switch s {
		case "https":
			b |= 1 << HTTPS
		case "http":
			b |= 1 << HTTP
		}
	}
	if len(schemes) == 0 {
		b = 1<<HTTPS | 1<<HTTP
	}
	return b
}

// choice is a matcher on a fact with few values. The zero choice asks for
// nothing.
type choice struct {
	asks bool
	bits uint16 // by value
}

// newChoice is the choice of every value whose name one of patterns holds for;
// names are in the order of the values.
func newChoice(names []string, patterns []string) choice {
	c := choice{asks: len(patterns) > 0}
	for i, n := range names {
		for _, p := range patterns {
			if netset.Glob(p, n) {
				c.bits |= 1 << i
			}
		}
	}
	return c
}

// holds follows the same rule for facts as texts.holds.
func (c choice) holds(s state, value uint, deny bool) bool {
	switch {
	case !c.asks:
		return true
	case s == told:
		return c.bits&(1<<value) != 0
	}
	return s == untold && deny
}
