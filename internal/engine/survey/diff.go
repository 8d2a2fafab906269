package survey

import (
	"cmp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Effect is what a change means to someone who must approve it, the gravest
// first.
type Effect uint8

// The effects.
const (
	Opens   Effect = iota // reaches now, and did not
	Moves                 // reaches as before, another way
	Closes                // reached, and does not now
	Differs               // fails otherwise than before
)

// String returns the word for e in JSON.
func (e Effect) String() string {
	return []string{"opens", "moves", "closes", "differs"}[e]
}

// Change is a request whose answer differs between two topologies. Old or New
// is nil where the topology has no such client.
type Change struct {
	Client   string
	Request  topology.Request
	Effect   Effect
	Old, New *route.Trace
}

// Diff returns the requests that before and after answer differently: every
// client of either × every destination of either, those of the tests with
// their idle seconds, and samples of what neither file names: those that open
// something, and others where nothing that is named shows the same. What is newly let through stands first, then by client.
// progress, if not nil, hears after each client how many are done of how many.
func Diff(before, after *route.Planner, progress func(done, all int)) []Change {
	named, samples := both(before.Topology(), after.Topology())
	var changes []Change
	names := clients(before.Topology(), after.Topology())
	for i, name := range names {
		shown := make(map[Effect]bool)
		for n, d := range slices.Concat(named, samples) {
			old, now := ask(before, name, d.Request), ask(after, name, d.Request)
			effect, differ := effectOf(old, now)
			switch {
			case !differ:
			case n < len(named):
				shown[effect] = true
				fallthrough
			case effect == Opens || !shown[effect]:
				changes = append(changes, Change{name, d.Request, effect, old, now})
			}
		}
		if progress != nil {
			progress(i+1, len(names))
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Effect, b.Effect) })
	return changes
}

// both returns the destinations of either topology and the samples, each once.
func both(before, after *topology.Topology) (named, sampled []Destination) {
	known := make(map[string]bool)
	add := func(to, from []Destination) []Destination {
		for _, d := range from {
			if key := Key(d.Request); !known[key] {
				known[key] = true
				to = append(to, d)
			}
		}
		return to
	}
	named = add(add(nil, Destinations(before, Wanted{Idle: true})), Destinations(after, Wanted{Idle: true}))
	return named, add(add(nil, samples(before)), samples(after))
}

// samples are requests for what t does not name: an API and a bucket of every
// Region, a name below every suffix of a list, and a host that is not AWS's. A
// list that is widened, or taken away, shows in them alone.
func samples(t *topology.Topology) []Destination {
	l := &list{t: t, at: make(map[string]int)}
	for _, region := range Regions(t) {
		l.name("", regional("sts", region))
		l.name("", regional("any-bucket.s3", region))
	}
	for _, p := range t.Proxies {
		l.below(p.AllowDomains.V)
		l.below(p.ParentFor.V)
	}
	for _, c := range t.Clients {
		l.below(c.NoProxy.V)
	}
	l.name("", "example.com")
	return l.all
}

// below adds a name below each suffix among entries.
func (l *list) below(entries []string) {
	for _, e := range entries {
		zone := strings.TrimLeft(e, "*.")
		if zone == e || zone == "" || strings.ContainsAny(zone, "*/:") {
			continue
		}
		host := someName + "." + zone
		if _, _, aws := awsname.Place(host); aws {
			l.names("", []string{host})
		} else {
			l.name("", host)
		}
	}
}

// clients returns the names of the clients of either topology, sorted.
func clients(before, after *topology.Topology) []string {
	var names []string
	for _, t := range []*topology.Topology{before, after} {
		for _, c := range t.Clients {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ask returns p's answer, or nil if its topology has no such client. A
// principal of an account that it does not have is left out.
func ask(p *route.Planner, client string, q topology.Request) *route.Trace {
	c := p.Topology().Client(client)
	if c == nil {
		return nil
	}
	if q.Principal.Is() && p.Topology().Account(q.Principal.V.Account) == nil {
		q.Principal = topology.Setting[topology.Principal]{}
	}
	t := p.Trace(c, q)
	return &t
}

// effectOf returns what it means that now stands where old stood, and whether
// they differ at all. A client that is not there reaches nothing.
func effectOf(old, now *route.Trace) (Effect, bool) {
	was, is := reaches(old), reaches(now)
	switch {
	case is && !was:
		return Opens, true
	case was && !is:
		return Closes, true
	case old == nil || now == nil:
		return Differs, false // it fails on one side and is not there on the other
	case same(old, now):
		return Differs, false
	case is:
		return Moves, true
	}
	return Differs, true
}

func reaches(t *route.Trace) bool { return t != nil && t.Verdict == route.Reached }

// same reports whether a test could not tell a and b apart, condition keys
// aside.
func same(a, b *route.Trace) bool {
	return len(route.Compare(a, &topology.Expect{
		Verdict: string(b.Verdict), Path: b.Path(), Endpoint: b.Crossed(), DNS: b.DNS, Redirect: b.Redirect,
		Credentials: topology.Setting[string]{V: b.Credentials, State: topology.Written},
	})) == 0
}
