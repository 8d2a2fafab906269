package draw

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// read returns the topology testdata/routes/name.yaml of the repository.
func read(t testing.TB, name string) *topology.Topology {
	t.Helper()
	file := "../../../testdata/routes/" + name + ".yaml"
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, file, string(src))
}

func parse(t testing.TB, file, src string) *topology.Topology {
	t.Helper()
	parsed, problems := topology.Parse(file, []byte(src), routetest.Options)
	for _, p := range problems {
		t.Errorf("%s:%d: %s", file, p.Pos.Line, p.Summary)
	}
	if parsed == nil {
		t.FailNow()
	}
	return parsed
}

// expected returns the trace that test expects, in the topology as it changes
// it, with the sentence of the test and a made-up one for each hop.
func expected(t testing.TB, top *topology.Topology, test *topology.Test) (*topology.Topology, route.Trace) {
	t.Helper()
	changed, problems := top.Apply(test.Change)
	if changed == nil {
		t.Fatalf("test %q: %v", test.Name, problems)
	}
	trace := route.Trace{
		Client:  changed.Client(test.Client),
		Request: test.Request,
		Verdict: route.Verdict(test.Expect.Verdict),
		Because: reason.New(reason.Code(test.Because)), // a code without words shows as it is
		DNS:     test.Expect.DNS, Redirect: test.Expect.Redirect,
		Asked: askedOf(test.Request.URL, test.Expect.Path),
	}
	if test.Expect.Endpoint != "none" {
		trace.Endpoint = endpoint(changed, test.Expect.Endpoint)
	}
	for _, text := range test.Expect.Path {
		kind, name, _ := strings.Cut(text, ":")
		why := reason.New(reason.Code("what led from the hop before, in one sentence, to " + text))
		trace.Hops = append(trace.Hops, route.Hop{Kind: route.HopKind(kind), Name: name, Because: why})
	}
	return changed, trace
}

// askedOf is what URLs of the test files ask for; path knows the services
// whose names have a form of their own.
func askedOf(u *url.URL, path []string) route.Asked {
	asked := route.Asked{Host: u.Hostname(), Port: 443}
	labels := strings.Split(asked.Host, ".")
	n := len(labels)
	if n < 4 || labels[n-2] != "amazonaws" {
		return asked
	}
	asked.AWS, asked.Service, asked.Region = true, labels[n-4], labels[n-3]
	if asked.Service == "s3" && n > 4 {
		asked.Bucket = labels[0]
	}
	if last := path[len(path)-1]; strings.HasPrefix(last, "aws:") {
		asked.Service, asked.Region, _ = strings.Cut(strings.TrimPrefix(last, "aws:"), ".")
	}
	return asked
}

// named returns the test of top whose name begins with prefix.
func named(t testing.TB, top *topology.Topology, prefix string) *topology.Test {
	t.Helper()
	for _, test := range top.Tests {
		if strings.HasPrefix(test.Name, prefix) {
			return test
		}
	}
	t.Fatalf("no test %q", prefix)
	return nil
}

// traced returns what the planner says to test.
func traced(t testing.TB, top *topology.Topology, test *topology.Test) (*topology.Topology, route.Trace) {
	t.Helper()
	changed, problems := top.Apply(test.Change)
	if changed == nil {
		t.Fatalf("test %q: %v", test.Name, problems)
	}
	p := route.New(changed, route.Options{Now: routetest.Options.Now})
	return changed, p.Trace(changed.Client(test.Client), test.Request)
}

// tenRoutes are the routes of a shared proxy with an endpoint beside it.
func tenRoutes(t testing.TB) (*topology.Topology, []route.Trace) {
	t.Helper()
	top := read(t, "seed001")
	var traces []route.Trace
	for _, test := range top.Tests[:10] {
		_, trace := expected(t, top, test)
		traces = append(traces, trace)
	}
	return top, traces
}
