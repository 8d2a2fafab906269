package fix

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// sortTests keeps the tests of the file that pass: those that must go on
// passing, and the names of those that state the failure itself.
func (s *search) sortTests() {
	for _, test := range s.p.Topology().Tests {
		switch {
		case !s.holds(s.p.Topology(), s.p, test):
		case s.states(test):
			s.against = append(s.against, test.Name)
		default:
			s.tests = append(s.tests, test)
		}
	}
}

// states reports whether test says that the request fails that a fix is looked
// for, as it is or under a change: the same client, host and verdict.
func (s *search) states(test *topology.Test) bool {
	u, q := test.Request.URL, s.q.URL
	return test.Client == s.client && test.Expect.Verdict == string(s.failed.Verdict) &&
		u.Scheme == q.Scheme && u.Host == q.Host
}

// holds reports whether test passes with t, whose planner is p.
func (s *search) holds(t *topology.Topology, p *route.Planner, test *topology.Test) bool {
	if !test.Change.IsZero() {
		changed, problems := t.Apply(test.Change)
		if len(problems) > 0 {
			return false
		}
		t, p = changed, route.New(changed, s.p.Options())
	}
	c := t.Client(test.Client)
	if c == nil {
		return false
	}
	got := p.Trace(c, test.Request)
	return len(route.Compare(&got, &test.Expect)) == 0
}

// keeps reports whether every test that must pass does, with a's change. A note
// is about one client and one name, and changes nothing else.
func (s *search) keeps(a *attempt) bool {
	return a.note() || !slices.ContainsFunc(s.tests, func(test *topology.Test) bool {
		return !s.holds(a.planner.Topology(), a.planner, test)
	})
}

// effects are the other routes that go another way with a's change.
func (s *search) effects(a *attempt) (found []Effect) {
	if a.note() {
		return nil
	}
	t, p := a.planner.Topology(), a.planner
	own := survey.Key(s.q)
	for _, c := range s.p.Topology().Clients {
		now := t.Client(c.Name)
		for i, d := range s.destinations() {
			if now == nil || c.Name == s.client && survey.Key(d.Request) == own {
				continue
			}
			after := p.Trace(now, d.Request)
			if s.before(c, i) == way(&after) {
				continue
			}
			before := s.p.Trace(c, d.Request)
			found = append(found, Effect{
				Client: c.Name, URL: d.Request.URL.String(), Action: d.Request.Action.V, Principal: d.Request.Principal.V,
				Before: before.Verdict, After: after.Verdict,
				PathBefore: before.Path(), PathAfter: after.Path(),
			})
		}
	}
	return found
}

// before is the way from c to the i-th destination as the file is. It is asked
// for once: every change is compared with it.
func (s *search) before(c *topology.Client, i int) string {
	if s.ways == nil {
		s.ways = make(map[*topology.Client][]string)
	}
	if s.ways[c] == nil {
		for _, d := range s.destinations() {
			t := s.p.Trace(c, d.Request)
			s.ways[c] = append(s.ways[c], way(&t))
		}
	}
	return s.ways[c][i]
}

// way is t as text: equal for traces of one way with one verdict.
func way(t *route.Trace) string {
	var b strings.Builder
	b.WriteString(string(t.Verdict) + " " + t.Credentials)
	for _, h := range t.Hops {
		b.WriteString(" " + string(h.Kind) + ":" + h.Name)
	}
	return b.String()
}

// destinations are the requests that matter, by URL.
func (s *search) destinations() []survey.Destination {
	if s.asked == nil {
		s.asked = survey.Destinations(s.p.Topology(), survey.Wanted{})
		slices.SortStableFunc(s.asked, func(a, b survey.Destination) int {
			return strings.Compare(a.Request.URL.String(), b.Request.URL.String())
		})
	}
	return s.asked
}
