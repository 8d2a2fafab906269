package route_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// odd are topologies that nobody would build: what may be empty is.
var odd = []string{
	"version: 1\n",
	"version: 1\nsites: {dc: {cidr: 10.0.0.0/8}}\nclients: {pc: {at: dc}}\n",
	"version: 1\nsites: {dc: {cidr: 0.0.0.0/0, internet: true, dns: {public: true, forward: {}}}}\nclients: {pc: {at: dc, no_proxy: [], sg_to: []}}\n",
	`version: 1
sites: {dc: {cidr: 10.0.0.0/8, dns: {forward: {".": a/inbound}}}}
vpcs: {a: {region: ap-northeast-1, cidr: 10.1.0.0/16, dns: {forward: {".": dc}}, subnets: {}}}
links: {l: {tgw: [a, dc], routes: {}}}
clients: {pc: {at: dc}}
`,
	`version: 1
vpcs:
  a:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    subnets: {s: {cidr: 10.1.0.0/16, routes: {}, nacl: {in: [], out: []}}}
    endpoints: {e: {interface: ssm, subnets: [], sg_from: []}, g: {gateway: s3, subnets: []}}
nlbs: {bare: {at: a/s, listeners: [3128], targets: []}}
endpoint_services: {offer: {nlb: bare, allow: [], regions: []}}
proxies: {p: {at: a/s, port: 1, allow_domains: [], allow_sources: [], parent: bare, parent_for: []}}
clients: {one: {at: p, proxy: p}, two: {at: a/s, proxy: bare, proxy_env: []}, three: {at: a/s}}
tests: []
`,
	`version: 1
vpcs:
  a:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    subnets: {s: {cidr: 10.1.0.0/24}}
    endpoints: {e: {interface: ssm, subnets: []}, p: {privatelink: offer, subnets: [], accepted: true}}
nlbs: {bare: {at: a/s, listeners: [3128], targets: []}}
endpoint_services: {offer: {nlb: bare}}
clients: {one: {at: a/s}, two: {at: a/s, proxy: a/p}}
`,
	`version: 1
sites: {dc: {cidr: 192.168.0.0/16}}
proxies: {p: {at: dc, port: 3128, config: s3.yaml, parent: q}, q: {at: dc, port: 3129, config: closed.yaml}}
clients: {one: {at: p, proxy: p, credentials: eks-ipv6}, two: {at: p, proxy: "q:1", ipv6: "2600::1"}}
`,
	`version: 1
vpcs:
  a:
    region: cn-north-1
    cidr: 52.0.0.0/16
    cidr6: 2600::/56
    igw: true
    subnets: {s: {cidr: 52.0.0.0/16, cidr6: "2600::/64", nat: true, routes: {internet: "nat:s", internet6: igw, 0.0.0.0/1: blackhole, 52.0.0.0/8: igw}}}
clients: {six: {at: a/s, ipv6: "2600::9"}, four: {at: a/s}}
`,
}

// FuzzTrace: whatever the file, every client's requests end, with a verdict of
// the format and the client as their first hop, twice the same; and what strict
// reaches rests on nothing that is open because it is not written.
func FuzzTrace(f *testing.F) {
	for _, src := range odd {
		f.Add(src, "https://ssm.ap-northeast-1.amazonaws.com/")
	}
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), "https://[2600:1f14::1]:8443/a")
	}
	f.Fuzz(func(t *testing.T, src, url string) {
		u, ok := topology.ParseURL(url)
		if !ok {
			return
		}
		top, _ := topology.Parse("f", []byte(src), routetest.Options)
		if top == nil {
			return
		}
		plain, strict := route.New(top, route.Options{Now: now}), route.New(top, route.Options{Now: now, Strict: true})
		for _, c := range top.Clients[:min(len(top.Clients), 8)] {
			comesToAnEnd(t, plain, strict, c, topology.Request{URL: u})
		}
	})
}

func comesToAnEnd(t *testing.T, plain, strict *route.Planner, c *topology.Client, q topology.Request) {
	t.Helper()
	got, doubted := plain.Trace(c, q), strict.Trace(c, q)
	if !slices.Contains(topology.Verdicts(), string(got.Verdict)) || got.Because.IsZero() {
		t.Errorf("Trace(%s, %s) = %q because %v", c.Name, q.URL, got.Verdict, got.Because)
	}
	if path := got.Path(); len(path) == 0 || path[0] != "client:"+c.Name {
		t.Errorf("Trace(%s, %s) takes %v, want the client first", c.Name, q.URL, path)
	}
	if !slices.IsSortedFunc(got.Context, func(a, b route.Key) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("Trace(%s, %s) has the keys %v, want them sorted", c.Name, q.URL, got.Context)
	}
	if diff := cmp.Diff(tell(got), tell(plain.Trace(c, q))); diff != "" {
		t.Errorf("Trace(%s, %s), asked twice (-first +second):\n%s", c.Name, q.URL, diff)
	}
	if doubted.Verdict == route.Reached && (got.Verdict != route.Reached || slices.ContainsFunc(got.Assumed, func(a route.Assumption) bool { return a.Open })) {
		t.Errorf("Trace(%s, %s), strict, reaches; plain comes to %s and assumes %v", c.Name, q.URL, got.Verdict, got.Assumed)
	}
}
