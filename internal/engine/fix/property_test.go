package fix

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestFindHolds asks for fixes in topologies of every sort, in which what
// happens to be true stands as tests: each fix reaches when it is applied, breaks
// no test, says the same when it is asked again, and says all that it changes.
func TestFindHolds(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
		top, problems := topology.Parse("t.yaml", routetest.Any(draw).Text(), routetest.Options)
		if top == nil {
			t.Fatalf("%v", problems)
		}
		if len(top.Clients) == 0 {
			t.Skip("nobody asks")
		}
		options := route.Options{Now: routetest.Options.Now, Strict: draw(4, "strict") == 1}
		c, q := top.Clients[draw(len(top.Clients), "client")], routetest.Request(draw)
		p := route.New(top, options)
		top.Tests = truths(p, draw)
		failed := p.Trace(c, q)
		fixes := Find(p, c, q, Options{Tries: 60})
		if failed.Verdict == route.Reached && len(fixes) > 0 {
			t.Fatalf("a request that reaches is fixed: %+v", fixes)
		}
		if diff := cmp.Diff(fixes, Find(p, c, q, Options{Tries: 60})); diff != "" {
			t.Fatalf("asked twice, Find differs (-first +second):\n%s", diff)
		}
		for _, f := range fixes {
			found++
			applied(t, p, c, q, f)
		}
	})
	if found == 0 {
		t.Error("nothing was ever proposed")
	}
	t.Logf("%d fixes", found)
}

// truths are tests of what p answers to requests of every client.
func truths(p *route.Planner, draw routetest.Draw) (tests []*topology.Test) {
	for _, c := range p.Topology().Clients {
		if draw(2, "test") == 0 {
			continue
		}
		q := routetest.Request(draw)
		if q.Principal.Is() && p.Topology().Account(q.Principal.V.Account) == nil {
			continue
		}
		got := p.Trace(c, q)
		tests = append(tests, &topology.Test{
			Name: c.Name, Client: c.Name, Request: q,
			Expect: topology.Expect{
				Verdict: string(got.Verdict), Path: got.Path(), Endpoint: got.Crossed(), DNS: got.DNS, Redirect: got.Redirect,
			},
		})
	}
	return tests
}

// applied checks f by what its change makes of p's topology.
func applied(t *rapid.T, p *route.Planner, c *topology.Client, q topology.Request, f Fix) {
	if f.After != route.Reached {
		t.Fatalf("%s: After = %s", f.Change, f.After)
	}
	if f.Change == "" {
		return // a rule of a configuration, which no topology holds
	}
	change, problems := topology.ReadChange("change", []byte(f.Change))
	if len(problems) > 0 {
		t.Fatalf("%s: %v", f.Change, problems)
	}
	top, problems := p.Topology().Apply(change)
	if top == nil {
		t.Fatalf("%s: %v", f.Change, problems)
	}
	again := route.New(top, p.Options())
	if got := again.Trace(top.Client(c.Name), q); got.Verdict != route.Reached {
		t.Fatalf("%s: the request is %s, path %v", f.Change, got.Verdict, got.Path())
	}
	for _, test := range top.Tests {
		got := again.Trace(top.Client(test.Client), test.Request)
		stated := test.Client == c.Name && test.Request.URL.Host == q.URL.Host
		if diff := route.Compare(&got, &test.Expect); len(diff) > 0 && !stated {
			t.Fatalf("%s breaks test %q: %v", f.Change, test.Name, diff)
		}
	}
}
