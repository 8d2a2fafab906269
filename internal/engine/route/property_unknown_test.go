package route_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// lists are the keys that may be written as unknown, by the group of the
// object they belong to, with other values that an author could have meant.
var lists = map[string]map[string][]any{
	"clients": {
		"sg_to": places, "no_proxy": {[]any{}, []any{"*"}, []any{".amazonaws.com", ".api.aws"}},
	},
	"proxies": {
		"allow_domains": domains, "allow_sources": places, "sg_from": places, "sg_to": places, "parent_for": domains,
	},
	"nlbs":              {"sg_from": places},
	"endpoint_services": {"allow": {[]any{}, []any{"main", "sister", "stranger"}}, "regions": {[]any{}, []any{"us-east-1", "ap-northeast-3"}}},
	"endpoints":         {"policy": policies, "sg_from": places},
	"subnets":           {"nacl": {routetest.Doc{"in": []any{}}, routetest.Doc{"out": []any{}}, routetest.Doc{"in": []any{"deny any 443", "allow any"}}}},
	"buckets":           {"policy": policies[1:]},
}

var (
	places   = []any{[]any{}, []any{"0.0.0.0/0", "::/0"}, []any{"192.0.2.0/24"}}
	domains  = []any{[]any{}, []any{".com", ".aws", ".cn"}, []any{"elsewhere.example"}}
	policies = []any{"full", []any{routetest.Doc{"Effect": "Deny", "Principal": "*", "Action": "*"}},
		[]any{routetest.Doc{"Effect": "Allow", "Principal": "*", "Action": "*"}}}
)

// objects calls yield with the group, the path and the content of every object
// of doc: those of the top-level groups, and subnets and endpoints.
func objects(doc routetest.Doc, yield func(group string, path []string, object routetest.Doc)) {
	for group, v := range doc {
		named, ok := v.(routetest.Doc)
		if !ok {
			continue
		}
		for name, v := range named {
			object := v.(routetest.Doc)
			yield(group, []string{group, name}, object)
			for _, inner := range []string{"subnets", "endpoints"} {
				parts, _ := object[inner].(routetest.Doc)
				for part, v := range parts {
					yield(inner, []string{group, name, inner, part}, v.(routetest.Doc))
				}
			}
		}
	}
}

// gate is a key of lists in a topology, with what it could hold.
type gate struct {
	path   []string
	values []any
}

// gates returns the gates of doc, sorted by path.
func gates(doc routetest.Doc) (all []gate) {
	objects(doc, func(group string, path []string, object routetest.Doc) {
		for key, values := range lists[group] {
			if group == "endpoints" && (object["gateway"] != nil && key == "sg_from" || object["privatelink"] != nil && key == "policy") {
				continue // the format has no such key
			}
			all = append(all, gate{append(slices.Clone(path), key), values})
		}
	})
	slices.SortFunc(all, func(a, b gate) int { return slices.Compare(a.path, b.path) })
	return all
}

// A gate that is unknown is passed only if it would be passed whatever it held:
// where an unknown gate reaches, every list that could stand there reaches.
func TestUnknownIsNeverReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		if s.trace(s.top).Verdict != route.Reached {
			t.Skip("nothing to lose")
		}
		for _, g := range few(t, gates(s.doc)) {
			if s.after(s.doc.Set("unknown", g.path...)).Verdict != route.Reached {
				continue
			}
			value := rapid.SampledFrom(g.values).Draw(t, "value")
			if other := s.after(s.doc.Set(value, g.path...)); other.Verdict != route.Reached {
				t.Fatalf("%s as unknown reaches, as %v it comes to %s: %v\n%s",
					strings.Join(g.path, "."), value, other.Verdict, other.Path(), s.story())
			}
		}
	})
}

// Strict takes what is open because it is not written as unknown: it changes
// nothing where nothing of the sort was assumed, and never opens a way.
func TestStrictOnlyDoubts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		plain, strict := s.trace(s.top), s.traceWith(s.top, true)
		open := slices.ContainsFunc(plain.Assumed, func(a route.Assumption) bool { return a.Open })
		switch {
		case strict.Verdict == route.Reached && plain.Verdict != route.Reached:
			t.Errorf("strict reaches, plain comes to %s\n%s", plain.Verdict, s.story())
		case strict.Verdict == route.Reached && open:
			t.Errorf("strict reaches in spite of %v\n%s", plain.Assumed, s.story())
		case !open && strict.Verdict != plain.Verdict:
			t.Errorf("strict comes to %s, plain to %s, and nothing open was assumed: %v\n%s",
				strict.Verdict, plain.Verdict, plain.Assumed, s.story())
		case plain.Verdict == route.Reached && open && strict.Verdict != route.Unknown:
			t.Errorf("strict comes to %s because of what is not written: %v\n%s", strict.Verdict, plain.Assumed, s.story())
		}
	})
}

// Strict doubts at each place by itself: where all other lists are written as
// open as they are, one that is not written is enough.
func TestStrictDoubtsEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		plain := s.trace(s.top)
		var open []unwritten
		for _, u := range s.absent() {
			if u.is != nil && slices.ContainsFunc(plain.Assumed, func(a route.Assumption) bool { return a.Open && a.Path == u.String() }) {
				open = append(open, u)
			}
		}
		if plain.Verdict != route.Reached || len(open) == 0 {
			t.Skip("nothing to doubt")
		}
		for one := range open {
			doc := s.doc
			for i, u := range open {
				if i != one {
					doc = doc.Set(u.is, u.path...)
				}
			}
			top, problems := topology.Parse("t.yaml", doc.Text(), routetest.Options)
			if len(problems) > 0 {
				continue
			}
			if strict := s.traceWith(top, true); strict.Verdict != route.Unknown {
				t.Fatalf("strict comes to %s, and %s is not written\n%s", strict.Verdict, open[one], s.story())
			}
		}
	})
}
