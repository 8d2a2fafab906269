package route_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
)

// Taking a way away never makes a request reach that did not. What takes a way
// away, and what does not:
//
//   - A route whose target becomes blackhole. Its destination stays the longest
//     match, so that nothing else takes the packets; taking the line out could
//     uncover a shorter route that leads on.
//   - A default route that goes, of a subnet or a transit gateway: nothing is
//     shorter, so that taking it out is the same.
//   - Not a route for IPv6: a sender without a way by IPv6 turns to IPv4.
//   - Not where a site has several links: it takes the first that leads there
//     and back, so that losing one can turn it to another.
//   - Not a gateway endpoint, nor a route to a service's addresses (aws:…),
//     that goes: what is behind it, the default route, may lead on past a policy.
func TestLosingARouteNeverReaches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		before := s.trace(s.top)
		if before.Verdict == route.Reached || s.choosesLinks() {
			t.Skip("nothing to gain")
		}
		for _, path := range few(t, routes(s.doc)) {
			changes := []routetest.Doc{s.doc.Set("blackhole", path...)}
			if path[len(path)-1] == "internet" {
				changes = append(changes, s.doc.Set(nil, path...))
			}
			for _, doc := range changes {
				if after := s.after(doc); after.Verdict == route.Reached {
					t.Fatalf("%s comes to %s %v, and without %s it reaches: %v\n%s",
						s.client, before.Verdict, before.Path(), strings.Join(path, "."), after.Path(), s.story())
				}
			}
		}
	})
}

// choosesLinks reports whether a site has several links to choose from.
func (s *scene) choosesLinks() bool {
	at := map[string]int{}
	for _, l := range s.top.Links {
		for _, site := range l.Sites {
			at[site.Name]++
		}
	}
	for _, n := range at {
		if n > 1 {
			return true
		}
	}
	return false
}

// routes returns the paths of all routes of doc for IPv4, sorted.
func routes(doc routetest.Doc) (all [][]string) {
	objects(doc, func(group string, path []string, object routetest.Doc) {
		table, _ := object["routes"].(routetest.Doc)
		for destination := range table {
			if destination != "internet6" && !strings.Contains(destination, "::") {
				all = append(all, append(slices.Clone(path), "routes", destination))
			}
		}
	})
	slices.SortFunc(all, slices.Compare)
	return all
}

// Closing a gate never makes a request reach that did not, whatever the gate
// held: what the scene has there, or any other list. NO_PROXY and parent_for
// are no gates: an empty one sends the request another way. The gates that the
// request came to are few, and all tried; those that scenes come to too seldom
// are left to TestEmptyListsRefuse.
func TestClosingAGateNeverReaches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		before := s.trace(s.top)
		var met, others []gate
		for _, g := range gates(s.doc) {
			if g.on(before) {
				met = append(met, g)
			} else {
				others = append(others, g)
			}
		}
		for _, g := range append(met, few(t, others)...) {
			var closed any = []any{}
			switch key := g.path[len(g.path)-1]; key {
			case "no_proxy", "parent_for":
				continue
			case "policy":
				closed = policies[1]
			case "nacl":
				closed = routetest.Doc{"in": []any{}, "out": []any{}}
			}
			held := before
			if before.Verdict == route.Reached {
				held = s.after(s.doc.Set(g.values[len(g.values)-1], g.path...))
			}
			if held.Verdict == route.Reached {
				continue // nothing to gain
			}
			if after := s.after(s.doc.Set(closed, g.path...)); after.Verdict == route.Reached {
				t.Fatalf("%s comes to %s %v, and with %s closed it reaches: %v\n%s",
					s.client, held.Verdict, held.Path(), strings.Join(g.path, "."), after.Path(), s.story())
			}
		}
	})
}

// on reports whether the request of t came to g.
func (g gate) on(t route.Trace) bool {
	at := g.path[:len(g.path)-1]
	name := at[1]
	if len(at) == 4 { // a subnet or an endpoint
		name += "/" + at[3]
	}
	return slices.ContainsFunc(t.Hops, func(h route.Hop) bool {
		return h.Name == name || h.Subnet != nil && h.Subnet.Path() == name
	})
}
