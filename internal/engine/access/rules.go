package access

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Rules is a configuration ready to decide. It is immutable and may be used by
// any number of goroutines. The zero Rules knows no client and denies.
type Rules struct {
	clients   clients
	rules     []rule
	jobs      jobs
	index     *index
	addresses addresses
	parents   []parent
}

// Compile makes cfg ready to decide. It keeps cfg: decisions point into it.
func Compile(cfg *config.Config) *Rules {
	r := &Rules{clients: newClients(cfg), addresses: newAddresses(cfg), parents: newParents(cfg)}
	entry := make(map[string]int, len(r.clients.entries))
	for i, c := range r.clients.entries {
		entry[c.Name] = i
	}
	r.jobs = newJobs(cfg.Rules)
	r.rules = make([]rule, len(cfg.Rules))
	for i := range cfg.Rules {
		r.rules[i] = compile(&cfg.Rules[i], entry, r.jobs.numbers)
	}
	r.index = newIndex(r.rules)
	return r
}

// Decide answers q from what is known before resolution. Who asks comes first,
// then what no rule can permit, then the rules.
func (r *Rules) Decide(q *Request) Decision {
	client := r.clients.find(q.Client, q.Endpoint)
	if client < 0 {
		return Decision{Code: reason.UnknownClient}
	}
	d := Decision{Client: &r.clients.entries[client]}
	if d.Code = r.addresses.refusesHost(q); d.Code != "" {
		d.Addr = q.Host.Addr
		return d
	}
	f := r.facts(q)
	d.Rule = r.first(q, &f, client)
	switch {
	case d.Rule == nil:
		d.Code = reason.NoRule
	case d.Rule.Deny:
		d.Code = reason.RuleDenies
	default:
		d.Verdict, d.Code = Allowed, reason.RuleAllows
		return d
	}
	if d.Client.Mode == config.Observe {
		d.Verdict = WouldDeny
	}
	return d
}

// facts returns what q tells, its jobs among it.
func (r *Rules) facts(q *Request) facts {
	f := factsOf(q)
	f.jobs, f.read = r.jobs.of(q), q.Name.Region
	return f
}

// first returns the first rule that holds for q, nil if none does.
func (r *Rules) first(q *Request, f *facts, client int) *config.Rule {
	var p probe
	r.index.look(&p, q, f, client)
	none := int32(len(r.rules))
	best := r.index.find(&p, none, func(found []int32, best int32) int32 {
		for _, i := range found {
			if i >= best {
				break
			}
			if c := &r.rules[i]; c.appliesTo(client) && c.holds(q, f) {
				return i
			}
		}
		return best
	})
	if best == none {
		return nil
	}
	return r.rules[best].source
}

// Answer judges the addresses that the name of q turned out to have, after
// Decide answered d. One refused address refuses the name, observed or not. No
// addresses leave d as it is: that a name has none is the resolver's to say.
func (r *Rules) Answer(q *Request, d Decision, addrs []netip.Addr) Decision {
	if !d.Passes() {
		return d
	}
	kind := q.Name.Kind
	if q.Host.IsAddr() {
		kind = awsname.NotAWS
	}
	for _, a := range addrs {
		if code := r.addresses.refuses(a, kind, q.Own); code != "" {
			return Decision{Code: code, Client: d.Client, Addr: a}
		}
	}
	return d
}
