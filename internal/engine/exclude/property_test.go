package exclude

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestNothingIsLost: on any topology, what a client reaches with a list of
// nothing but this machine and its metadata it still reaches with the value, and
// what the value does not do is said. Each program is judged by itself: where it
// has an answer, the answer does not depend on the others.
func TestNothingIsLost(t *testing.T) {
	programs := []string{"aws-cli-v2", "ssm-agent", "curl", "wget"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
		doc := routetest.Any(draw)
		top, problems := topology.Parse("t.yaml", doc.Text(), routetest.Options)
		if top == nil {
			t.Fatalf("%v", problems)
		}
		client := top.Clients[draw(len(top.Clients), "client")]
		name := programs[draw(len(programs), "program")]
		p, err := noproxy.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		f := finder{t: top, client: client, now: routetest.Options.Now, programs: []program{{name, p}}}
		if f.destinations, err = f.ask(); err != nil {
			t.Fatal(err)
		}
		f.wish()
		v := f.value()
		doubted := map[string]bool{}
		for _, d := range v.Unproven {
			doubted[d.URL] = true
		}
		before, after := f.tracer(f.programs[0], &Value{Entries: own(f, v), Separator: ","}), f.tracer(f.programs[0], &v)
		for _, d := range f.destinations {
			was, is := before(d), after(d)
			if reached(was) && !reached(is) {
				t.Errorf("%s\n%s, %s: %s was reached with the own addresses only, and with %q it is %s: %s",
					doc.Text(), client.Name, name, d.url(), v, is.Verdict, is.Because.In(reason.English))
			}
			possible := reached(d.direct) || reached(d.proxied)
			if possible && is.Verdict != route.Reached && !doubted[d.url()] {
				t.Errorf("%s\n%s, %s: %s fails with %q, and nothing says so", doc.Text(), client.Name, name, d.url(), v)
			}
		}
	})
}

// own are the entries of v that are about this machine and its metadata.
func own(f finder, v Value) []Entry {
	var entries []Entry
	for _, e := range v.Entries {
		switch f.reason(e.Text).Code {
		case "exclude.loopback", "exclude.instance", "exclude.no-instance", "exclude.container":
			entries = append(entries, e)
		}
	}
	return entries
}
