package access

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Details says more of d, the answer to q, than its reason does: which facts
// the request does not tell, and which rule would almost have allowed it. It
// asks every rule, so it is for people, not for every request.
func (r *Rules) Details(q *Request, d Decision) []reason.Because {
	f := r.facts(q)
	switch d.Code {
	case reason.RuleDenies:
		for i := range r.rules {
			if c := &r.rules[i]; c.source == d.Rule {
				return untoldDetail(c.untold(&f))
			}
		}
	case reason.NoRule:
		return r.nearly(q, &f, r.clients.find(q.Client, q.Endpoint))
	}
	return nil
}

func untoldDetail(keys []string) []reason.Because {
	if len(keys) == 0 {
		return nil
	}
	return []reason.Because{reason.New("access.untold", strings.Join(keys, ", "))}
}

// nearly names the first allow that fails by one matcher only. A rule for
// another service or host is not near.
func (r *Rules) nearly(q *Request, f *facts, client int) []reason.Because {
	for i := range r.rules {
		c := &r.rules[i]
		if c.deny {
			continue
		}
		failed := c.failed(q, f)
		if !c.appliesTo(client) {
			failed = append(failed, "clients")
		}
		if len(failed) != 1 || slices.Contains([]string{"job", "services", "kinds", "hosts"}, failed[0]) {
			continue
		}
		details := []reason.Because{reason.New("access.nearly", c.source.Name, c.source.Pos.String(), failed[0])}
		for _, key := range c.untold(f) {
			if key == failed[0] {
				details = append(details, reason.New("access.untold", key))
			}
		}
		return details
	}
	return nil
}

// failed returns the keys of the matchers of r that do not hold for q.
func (r *rule) failed(q *Request, f *facts) []string {
	var keys []string
	for _, m := range r.matchers(q, f) {
		if m.asks && !m.holds {
			keys = append(keys, m.key)
		}
	}
	return keys
}

// untold returns the keys of the matchers of r on facts that are not told.
func (r *rule) untold(f *facts) []string {
	var keys []string
	for _, m := range r.matchers(&Request{}, f) {
		if m.asks && m.state == untold {
			keys = append(keys, m.key)
		}
	}
	return keys
}

// matcher is one matcher of a rule, asked about a request.
type matcher struct {
	key   string
	asks  bool
	holds bool
	state state // of the fact
}

// matchers asks the matchers of r one by one, in the order of the manual. It
// agrees with holds, which asks them all at once; a test compares the two.
func (r *rule) matchers(q *Request, f *facts) []matcher {
	fact := func(key string, t *texts, of fact) matcher {
		return matcher{key, t.asks(), t.holds(of, r.deny), of.state}
	}
	few := func(key string, c choice, s state, value uint) matcher {
		return matcher{key, c.asks, c.holds(s, value, r.deny), s}
	}
	regions := fact("regions", &r.regions, f.region)
	if r.askJob {
		regions.holds, regions.state = r.regionsHold(f), told
	}
	buckets := fact("buckets", &r.buckets, f.bucket)
	if f.alias && r.deny {
		buckets.holds, buckets.state = true, untold
	}
	return []matcher{
		{"job", r.askJob, r.job&f.jobs.all() != 0, told},
		fact("services", &r.services, f.service),
		regions,
		fact("partitions", &r.partitions, f.partition),
		few("kinds", r.kinds, told, uint(f.kind)),
		few("owner", r.owners, f.ownerState(), uint(f.owner)),
		buckets,
		fact("accounts", &r.accounts, f.account),
		few("variants", r.variants, f.flavour, uint(f.variant)),
		{"hosts", r.hosts.asks(), r.hosts.holds(q), told},
		{"ports", true, r.hasPort(q.Port), told},
		{"schemes", true, r.schemes&(1<<q.Scheme) != 0, told},
		{"until", !r.until.IsZero(), q.Now.Before(r.until), told},
	}
}
