package fix_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/fix"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// parse returns the topology of src; the configurations that it names stand in dir.
func parse(t testing.TB, src, dir string) *topology.Topology {
	t.Helper()
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) }
	top, problems := topology.Parse("t.yaml", []byte(src), topology.Options{Read: read, Now: now})
	if top == nil {
		t.Fatalf("%v in\n%s", problems, src)
	}
	return top
}

// find returns the fixes of client's request.
func find(t testing.TB, top *topology.Topology, client, target string) []fix.Fix {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := route.New(top, route.Options{Now: now})
	return fix.Find(p, top.Client(client), topology.Request{URL: u}, fix.Options{})
}

func changes(fixes []fix.Fix) (all []string) {
	for _, f := range fixes {
		all = append(all, f.Change)
	}
	return all
}

// TestRoutes asks for what helps where a route of testdata/routes fails. Their
// tests are set aside, as most hold the failure under other conditions.
func TestRoutes(t *testing.T) {
	for name, want := range map[string][]string{
		"credentials: ECS task, Go, nothing excluded": {"clients: {task-go: {no_proxy: [169.254.170.2]}}"},
		"credentials: IMDS over IPv6, AWS CLI, bare address excluded": {
			`clients: {cli6: {no_proxy: ["fd00:ec2::254", "[fd00:ec2::254]"]}}`},
		"endpoints: Private DNS off, default name": {
			"vpcs: {app: {endpoints: {ssm: {private_dns: all}}}}",
			"clients: {ec2: {proxy: proxy}}"},
		"endpoints: Endpoint SG admits clients but not the proxy's subnet": {
			"clients: {ec2-proxy: {no_proxy: [169.254.169.254, ssm.ap-northeast-1.amazonaws.com]}}",
			"vpcs: {app: {endpoints: {ssm: {sg_from: [10.1.1.0/24, app/public]}}}}"},
		"endpoints: Instance egress limited to private ranges, S3 gateway endpoint": {
			"clients: {ec2: {sg_to: [10.0.0.0/8, pl:s3]}}",
			"clients: {ec2: {proxy: proxy}}"},
		"endpoints: Subnet ACL allows only private addresses out": {
			`vpcs: {app: {subnets: {private: {nacl: {out: ["allow any 443", "allow 10.0.0.0/8"]}}}}}`,
			"clients: {ec2: {proxy: proxy}}"},
		"endpoints: Proxy in the public subnet without public address": {
			"proxies: {proxy: {public_ip: 192.0.2.1}}",
			"vpcs: {app: {endpoints: {sns: {interface: sns, subnets: [public]}}}}"},
		"hub-spoke: On-premises DNS forwards to VPC+2": {
			"sites: {dc: {dns: {forward: {ssm.ap-northeast-1.amazonaws.com: hub/inbound}}}}",
			"clients: {terminal: {proxy: proxy}}"},
		"proxy-chain: The second proxy lists the laptops, not the company proxy": {
			"clients: {laptop: {no_proxy: [tokyo-bucket.s3.ap-northeast-1.amazonaws.com]}}",
			"proxies: {edge-proxy: {allow_sources: [10.200.50.0/24, 10.200.1.5/32]}}"},
		"seed001: ⑥ EC2 Osaka with exclusion -> S3 Tokyo": {
			"clients: {ec2-osaka-excluded: {no_proxy: [169.254.169.254, s3.ap-northeast-3.amazonaws.com]}}"},
		"seed001: ③ with a restrictive proxy-side endpoint policy": {
			`vpcs: {osaka: {endpoints: {s3-proxy-side: {policy: [{Effect: Allow, Principal: "*", Action: "s3:*", Resource: arn:aws:s3:::proxy-team-bucket}, {Effect: Allow, Principal: "*", Action: s3:GetObject, Resource: "arn:aws:s3:::osaka-bucket/*", Condition: {StringEquals: {aws:PrincipalAccount: [main]}}}]}}}}`,
			"clients: {ec2-osaka: {no_proxy: [169.254.169.254, osaka-bucket.s3.ap-northeast-3.amazonaws.com]}}",
			"vpcs: {osaka: {endpoints: {s3-proxy-side: {subnets: []}}}}"},
		"seed001: Bucket pinned to the proxy's public address, same Region as the proxy": {
			`buckets: {osaka-bucket: {policy: [{Effect: Deny, Principal: "*", Action: "s3:*", Condition: {NotIpAddress: {aws:SourceIp: [203.0.113.10/32]}, StringNotEquals: {aws:SourceVpce: [osaka/s3-proxy-side]}}}, {Effect: Allow, Principal: "*", Action: "s3:*"}]}}`,
			"vpcs: {osaka: {endpoints: {s3-proxy-side: {subnets: []}}}}",
			"clients: {ec2-osaka: {no_proxy: [169.254.169.254, osaka-bucket.s3.ap-northeast-3.amazonaws.com]}}\n" +
				`buckets: {osaka-bucket: {policy: [{Effect: Deny, Principal: "*", Action: "s3:*", Condition: {NotIpAddress: {aws:SourceIp: [203.0.113.10/32]}, StringNotEquals: {aws:SourceVpce: [osaka/s3-client-side]}}}, {Effect: Allow, Principal: "*", Action: "s3:*"}]}}`},
		"seed002: Closed site through ALB and proxy": {
			"nlbs: {squid-nlb: {type: nlb}}",
			"clients: {terminal-nlb: {proxy: squid}}"},
		"seed002: Target security group only admits the NLB subnet, client IP preserved": {
			"proxies: {squid: {sg_from: [hub, dc]}}"},
		"seed003: Consumer account not among the allowed principals": {"endpoint_services: {aws-exit: {allow: [partner]}}"},
		"seed003: Consumer VPC in Osaka, service offered in Tokyo only": {
			"endpoint_services: {aws-exit: {regions: [ap-northeast-3]}}"},
		"seed003: Only target is in another zone, cross-zone off": {"nlbs: {exit-nlb: {cross_zone: true}}"},
		"seed003: PROXY v2 on the target group only": {
			"proxies: {squid: {proxy_protocol: true}}",
			"nlbs: {exit-nlb: {proxy_protocol: false}}"},
		"seed003: Consumer uses a port without a listener": {
			"clients: {ec2-client: {proxy: closed/proxy-ep}}",
			"nlbs: {exit-nlb: {listeners: [8080, 3128]}}"},
		"seed003: SSM-like idle tunnel of 400 s, no keepalive": {
			"clients: {ec2-client: {keepalive: 60}}",
			"nlbs: {exit-nlb: {idle_timeout: 460}}"},
		"seed003: Proxy admits .amazonaws.com, request to another domain": {
			"proxies: {squid: {allow_domains: [.amazonaws.com, pypi.org]}}"},
		"seed004: The seed's unit file sets http_proxy twice and never https_proxy": {
			"clients: {agent: {proxy_env: [http, https]}}",
			"vpcs: {app: {endpoints: {ssm: {interface: ssm, subnets: [private]}}}}"},
	} {
		t.Run(name, func(t *testing.T) {
			file, title, _ := strings.Cut(name, ": ")
			top, test := given(t, file, title)
			p := route.New(top, route.Options{Now: now})
			got := fix.Find(p, top.Client(test.Client), test.Request, fix.Options{})
			if diff := cmp.Diff(want, changes(got)); diff != "" {
				t.Errorf("Find (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFindNamesThePort: a client that has its proxy already, at a port where
// nothing listens, is not told to use that proxy.
func TestFindNamesThePort(t *testing.T) {
	top, test := given(t, "seed003", "Consumer uses a port without a listener")
	got := fix.Find(route.New(top, route.Options{Now: now}), top.Client(test.Client), test.Request, fix.Options{})
	if len(got) == 0 {
		t.Fatal("no fix")
	}
	if want, said := "let ec2-client use the port that closed/proxy-ep listens on", got[0].Because.In(reason.English); said != want {
		t.Errorf("the fix is %q, want %q", said, want)
	}
}

// given returns a test of testdata/routes, with the topology that it is about.
func given(t *testing.T, file, title string) (*topology.Topology, *topology.Test) {
	t.Helper()
	src, err := os.ReadFile("../../../testdata/routes/" + file + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	top := parse(t, string(src), "")
	for _, test := range top.Tests {
		if test.Name == title {
			changed, problems := top.Apply(test.Change)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			bare := *changed
			bare.Tests = nil
			return &bare, test
		}
	}
	t.Fatalf("%s has no test %q", file, title)
	return nil, nil
}

// TestStories asks what the stories' examples ask, with all their tests.
func TestStories(t *testing.T) {
	for name, tt := range map[string]struct {
		file, client, target string
		want                 []string
	}{
		"A: one address in NO_PROXY": {"story-a-metadata", "ec2", "https://sns.ap-northeast-1.amazonaws.com/",
			[]string{"clients: {ec2: {no_proxy: [169.254.169.254]}}"}},
		"B: what the client does not reach itself is not excluded": {"story-b-ten-routes", "ec2-osaka-excluded", "https://tokyo-bucket.s3.ap-northeast-1.amazonaws.com/report.csv",
			[]string{"clients: {ec2-osaka-excluded: {no_proxy: [169.254.169.254, s3.ap-northeast-3.amazonaws.com]}}"}},
		"C: the newcomer is told of the proxy": {"story-c-closed-data-centre", "newcomer", "https://corp-reports.s3.ap-northeast-1.amazonaws.com/a.csv",
			[]string{"clients: {newcomer: {proxy: proxies:3128}}"}},
		"D: so is the forgotten one": {"story-d-other-cloud", "forgotten", "https://sns.ap-northeast-1.amazonaws.com/",
			[]string{"clients: {forgotten: {proxy: closed/exit:8080}}"}},
		"E: two mistakes need two steps": {"story-e-locked-out", "rescue", "https://ssmmessages.ap-northeast-1.amazonaws.com/",
			[]string{"clients: {rescue: {proxy_env: [http, https]}}\n" +
				"proxies: {web-proxy: {allow_domains: [ssm.ap-northeast-1.amazonaws.com, ec2messages.ap-northeast-1.amazonaws.com, ssmmessages.ap-northeast-1.amazonaws.com]}}"}},
	} {
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile("../../../examples/" + tt.file + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			got := find(t, parse(t, string(src), "../../../examples"), tt.client, tt.target)
			if diff := cmp.Diff(tt.want, changes(got)); diff != "" {
				t.Errorf("Find (-want +got):\n%s", diff)
			}
		})
	}
}

// exit is a VPC in which b reaches S3 by an endpoint, and a does not.
const exit = `version: 1
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, routes: {internet: igw}}
      a: {cidr: 10.1.1.0/24}
      b: {cidr: 10.1.2.0/24}
    endpoints:
      s3: {gateway: s3, subnets: [b]}
clients:
  a: {at: app/a}
  b: {at: app/b}
`

const object = "https://reports.s3.ap-northeast-1.amazonaws.com/a.csv"

func TestFindSaysAllThatChanges(t *testing.T) {
	got := find(t, parse(t, exit+"  c: {at: app/a}\nbuckets:\n  reports: {region: ap-northeast-1}\n", ""), "a", object)
	want := []fix.Fix{{
		Change: "vpcs: {app: {endpoints: {s3: {subnets: [b, a]}}}}", After: route.Reached, Size: 1,
		Because: reason.New("fix.associate", "app/a", "app/s3"),
	}}
	for _, u := range []struct{ client, url string }{
		{"a", "https://reports.s3.ap-northeast-1.amazonaws.com/"}, {"a", "https://s3.ap-northeast-1.amazonaws.com/"},
		{"c", "https://reports.s3.ap-northeast-1.amazonaws.com/"}, {"c", "https://s3.ap-northeast-1.amazonaws.com/"},
	} {
		want[0].AlsoChanges = append(want[0].AlsoChanges, fix.Effect{
			Client: u.client, URL: u.url, Before: route.NoRoute, After: route.Reached,
			PathBefore: []string{"client:" + u.client}, PathAfter: []string{"client:" + u.client, "vpce:app/s3", "aws:s3.ap-northeast-1"},
		})
	}
	if diff := cmp.Diff(want, got[:1]); diff != "" {
		t.Errorf("Find (-want +got):\n%s", diff)
	}
}

// TestFindTellsRequestsApart: the same URL, asked with another action or by
// someone else, is another route.
func TestFindTellsRequestsApart(t *testing.T) {
	src := exit + `tests:
  - name: b copies
    client: b
    request: {url: "` + object + `", action: "s3:PutObject", principal: main/copy}
    expect: {verdict: reached, path: [client:b, vpce:app/s3, aws:s3.ap-northeast-1], endpoint: app/s3, dns: {by: client, answer: public}}
    because: It has an endpoint.
`
	got := find(t, parse(t, src, ""), "a", object)
	want := fix.Effect{Client: "a", URL: object, Action: "s3:PutObject", Principal: topology.Principal{Account: "main", Role: "copy"}}
	if len(got) == 0 || !slices.ContainsFunc(got[0].AlsoChanges, func(e fix.Effect) bool {
		return e.Client == want.Client && e.URL == want.URL && e.Action == want.Action && e.Principal == want.Principal
	}) {
		t.Errorf("Find = %+v, want one that also changes %+v", got, want)
	}
}

func TestFindBreaksNoTest(t *testing.T) {
	closed := exit + `  c: {at: app/a}
tests:
  - name: c stays out
    client: c
    request: {url: "` + object + `"}
    expect: {verdict: no-route, path: [client:c], endpoint: none, dns: {by: client, answer: public}}
    because: It holds what nobody may copy.
`
	if got := find(t, parse(t, closed, ""), "a", object); len(got) > 0 {
		t.Errorf("a test says that subnet a is closed, and Find opens it: %q", changes(got))
	}
	stated := strings.ReplaceAll(closed, "client: c\n", "client: a\n")
	got := find(t, parse(t, strings.ReplaceAll(stated, "client:c]", "client:a]"), ""), "a", object)
	if len(got) == 0 {
		t.Fatal("a test states the failure that is asked about, and nothing is found")
	}
	if diff := cmp.Diff([]string{"c stays out"}, got[0].Against); diff != "" {
		t.Errorf("Against (-want +got):\n%s", diff)
	}
}

// A wide exclusion that tests rely on is written narrower.
func TestFindNarrowsAnExclusion(t *testing.T) {
	src := strings.NewReplacer("  b: {at: app/b}\n", `  b: {at: app/b, proxy: proxy, no_proxy: [169.254.169.254, .amazonaws.com]}
proxies:
  proxy: {at: app/public, port: 3128, public_ip: 203.0.113.1}
tests:
  - name: S3 by the endpoint
    client: b
    request: {url: "`+object+`"}
    expect: {verdict: reached, path: [client:b, vpce:app/s3, aws:s3.ap-northeast-1], endpoint: app/s3, dns: {by: client, answer: public}}
    because: It has one.
`).Replace(exit)
	got := find(t, parse(t, src, ""), "b", "https://sns.ap-northeast-1.amazonaws.com/")
	want := "clients: {b: {no_proxy: [169.254.169.254, s3.ap-northeast-1.amazonaws.com]}}"
	if len(got) == 0 || got[0].Change != want {
		t.Errorf("Find = %q, want first %s", changes(got), want)
	}
}

func TestFindOpensTheInternetLast(t *testing.T) {
	src := strings.Replace(exit, "  b: {at: app/b}\n", "", 1)
	got := find(t, parse(t, src, ""), "a", "https://example.com/")
	want := []string{"vpcs: {app: {subnets: {public: {nat: true}, a: {routes: {internet: nat:public}}}}}"}
	if diff := cmp.Diff(want, changes(got)[:1]); diff != "" {
		t.Errorf("where only the internet helps (-want +got):\n%s", diff)
	}
	for _, change := range changes(find(t, parse(t, src, ""), "a", object)) {
		if strings.Contains(change, "internet") {
			t.Errorf("an endpoint is enough, and Find proposes %s", change)
		}
	}
}

// TestFindGoesPastAPolicyLast has an endpoint of the client's own whose policy
// refuses: a statement that allows is proposed, and going by the proxy instead
// only where no statement helps, and with a word about it.
func TestFindGoesPastAPolicyLast(t *testing.T) {
	const around = "clients: {a: {no_proxy: []}}"
	src := func(policy string) string {
		return `version: 1
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, routes: {internet: igw}}
      a: {cidr: 10.1.1.0/24}
    endpoints:
      s3: {gateway: s3, subnets: [a], policy: [` + policy + `]}
proxies:
  proxy: {at: app/public, port: 3128, public_ip: 203.0.113.1}
clients:
  a: {at: app/a, proxy: proxy, no_proxy: [s3.ap-northeast-1.amazonaws.com]}
`
	}
	for _, c := range changes(find(t, parse(t, src(`{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::corp-*"}`), ""), "a", object)) {
		if c == around {
			t.Errorf("a statement is enough, and Find proposes %s", c)
		}
	}
	got := find(t, parse(t, src(`{Effect: Allow, Action: "*"}, {Effect: Deny, Action: "s3:*"}`), ""), "a", object)
	if len(got) != 1 || got[0].Change != around {
		t.Fatalf("a statement denies, and Find proposes %q, want %q alone", changes(got), around)
	}
	const past = "take s3.ap-northeast-1.amazonaws.com out of NO_PROXY of a; this goes past the policy of app/s3, which refuses"
	if words := got[0].Because.In(reason.English); words != past {
		t.Errorf("Because = %q, want %q", words, past)
	}
}

// A rule of a proxy's own configuration stands in no topology: Find says what to
// write there, and nothing where no rule can help.
func TestFindNamesTheRule(t *testing.T) {
	const file, source = "deguchi.yaml", "10.1.1.5/32"
	const listed = "version: 1\nclients:\n  app: {from: [10.1.0.0/16]}\nrules:\n  - {name: strangers, deny: {kinds: [customer-content]}}\n  - {name: topics, allow: {services: [sns]}}\n"
	unlisted := strings.Replace(listed, "10.1.0.0/16", "10.9.0.0/16", 1)
	for name, tt := range map[string]struct {
		cfg, url string
		want     reason.Because
	}{
		"no rule":                          {listed, "https://ssm.ap-northeast-1.amazonaws.com/", reason.New("fix.rule", file, source, "ssm.ap-northeast-1.amazonaws.com")},
		"a port that rules have to name":   {listed, "http://ssm.ap-northeast-1.amazonaws.com/", reason.New("fix.rule", file, source, "ssm.ap-northeast-1.amazonaws.com:80")},
		"a rule that denies comes first":   {listed, "https://d111.cloudfront.net/", reason.New("fix.rule.before", file, source, "d111.cloudfront.net", "strangers")},
		"nobody whom the clients name":     {unlisted, "https://sns.ap-northeast-1.amazonaws.com/", reason.New("fix.rule.client", file, source, "sns.ap-northeast-1.amazonaws.com")},
		"an address that no rule can give": {listed, "https://10.1.2.3/", reason.Because{}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, file), []byte(tt.cfg), 0o600); err != nil {
				t.Fatal(err)
			}
			src := exit + "  c: {at: app/a, ip: 10.1.1.5, proxy: proxy}\nproxies:\n  proxy: {at: app/public, port: 3128, public_ip: 203.0.113.1, config: deguchi.yaml}\n"
			var got []fix.Fix
			for _, f := range find(t, parse(t, src, dir), "c", tt.url) {
				if f.Change == "" {
					got = append(got, f)
				}
			}
			var want []fix.Fix
			if !tt.want.IsZero() {
				want = []fix.Fix{{After: route.Reached, Size: 1, Because: tt.want}}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Find (-want +got):\n%s", diff)
			}
		})
	}
}

// What is on no network is not reached over one, whatever the file says.
func TestFindOfLocalAddresses(t *testing.T) {
	for _, target := range []string{"http://169.254.169.254/", "https://127.0.0.1/", "https://[::1]/"} {
		if got := find(t, parse(t, exit, ""), "a", target); got != nil {
			t.Errorf("Find of %s = %q, want nothing", target, changes(got))
		}
	}
}

func TestFindOfWhatReaches(t *testing.T) {
	if got := find(t, parse(t, exit, ""), "b", object); got != nil {
		t.Errorf("b reaches, and Find proposes %q", changes(got))
	}
}

// wide is n VPCs on a transit gateway, each with clients and endpoints, of which
// the last is not attached.
func wide(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nvpcs:\n")
	for i := range n {
		fmt.Fprintf(&b, "  v%d:\n    region: ap-northeast-1\n    cidr: 10.%[1]d.0.0/16\n    subnets:\n", i)
		fmt.Fprintf(&b, "      a: {cidr: 10.%d.0.0/24, routes: {10.0.0.0/8: core}}\n      b: {cidr: 10.%[1]d.1.0/24}\n", i)
		fmt.Fprintf(&b, "    endpoints:\n      s3: {gateway: s3, subnets: [b]}\n      ssm: {interface: ssm, subnets: [a]}\n")
	}
	b.WriteString("links:\n  core: {tgw: [v0")
	for i := range n - 1 {
		fmt.Fprintf(&b, ", v%d", i+1)
	}
	b.WriteString("]}\nproxies:\n  proxy: {at: v0/b, port: 3128, allow_domains: [ssm.ap-northeast-1.amazonaws.com]}\nclients:\n")
	for i := range n {
		fmt.Fprintf(&b, "  c%d: {at: v%[1]d/a, proxy: proxy}\n", i)
	}
	b.WriteString("buckets:\n")
	for i := range n {
		fmt.Fprintf(&b, "  bucket%d: {region: ap-northeast-1}\n", i)
	}
	return b.String()
}

// BenchmarkFind looks in 50 VPCs for what three steps at least would mend.
func BenchmarkFind(b *testing.B) {
	top := parse(b, wide(50), "")
	for b.Loop() {
		find(b, top, "c7", "https://bucket3.s3.ap-northeast-1.amazonaws.com/x")
	}
}
