package survey

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// parse reads a topology that must be sound.
func parse(t *testing.T, src string) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse("t.yaml", []byte(src), topology.Options{})
	if len(problems) > 0 {
		t.Fatalf("the topology has a problem: %v", problems)
	}
	return top
}

func plan(t *testing.T, src string) *route.Planner {
	return route.New(parse(t, src), route.Options{})
}

// two is a VPC with a way out through a proxy, and an endpoint for those who
// exclude it.
const two = `version: 1
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, routes: {internet: igw}}
      private: {cidr: 10.1.1.0/24}
    endpoints:
      s3: {gateway: s3, subnets: [private]}
      ssm: {interface: ssm, subnets: [private]}
      sts: {interface: sts, subnets: [private]}
proxies:
  p: {at: app/public, port: 3128, public_ip: 203.0.113.10, allow_domains: [.amazonaws.com, sns.ap-northeast-1.amazonaws.com, example.com]}
`

func TestDestinations(t *testing.T) {
	const more = `
    account: main
accounts: {main: {id: "111111111111"}}
buckets:
  reports: {region: cn-north-1, policy: [{Effect: Allow, Principal: "*", Action: "s3:*"}]}
clients:
  pc: {at: app/private, no_proxy: [.example.com, 10.0.0.1, "*", KMS.ap-northeast-1.amazonaws.com, logs.ap-northeast-1.amazonaws.com:443]}
tests:
  - {name: a, client: pc, request: {url: "https://SSM.ap-northeast-1.amazonaws.com", idle: 400}, because: x,
     expect: {verdict: reached, path: [client:pc], endpoint: none, dns: {by: none, answer: none}}}
  - {name: b, client: pc, request: {url: "https://ssm.ap-northeast-1.amazonaws.com/", action: "ssm:GetParameter"}, because: x,
     expect: {verdict: reached, path: [client:pc], endpoint: none, dns: {by: none, answer: none}}}
  - {name: c, client: pc, request: {url: "https://ssm.ap-northeast-1.amazonaws.com/", principal: guest}, because: x,
     change: {accounts: {guest: {id: "222222222222"}}},
     expect: {verdict: reached, path: [client:pc], endpoint: none, dns: {by: none, answer: none}}}
`
	file := strings.Replace(two, "    igw: true\n", "    igw: true"+strings.SplitAfter(more, "main\n")[0], 1) + strings.SplitAfterN(more, "main\n", 2)[1]
	file = strings.Replace(file, "ssm: {interface: ssm, subnets: [private]}",
		"ssm: {interface: ssm, subnets: [private]}\n      ecr: {interface: ecr.dkr, subnets: [private]}\n      far: {interface: kms, subnets: [private], service_region: eu-west-1}", 1)
	job, _ := awsdata.JobNamed("session-manager")
	caller, _ := topology.ParseURL("http://www.example.com:8080/x")
	tests := []struct {
		why    string
		wanted Wanted
		want   []string
	}{
		{"what the file tells", Wanted{}, []string{
			"https://SSM.ap-northeast-1.amazonaws.com: test endpoint", // idle is the test's, and the guest's account is not here
			"https://ssm.ap-northeast-1.amazonaws.com/ ssm:GetParameter: test",
			"https://reports.s3.cn-north-1.amazonaws.com.cn/: bucket",
			"https://111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/: endpoint",
			"https://kms.eu-west-1.amazonaws.com/: endpoint",
			"https://s3.ap-northeast-1.amazonaws.com/: endpoint",
			"https://sts.ap-northeast-1.amazonaws.com/: endpoint",
			"https://sns.ap-northeast-1.amazonaws.com/: proxy",
			"https://kms.ap-northeast-1.amazonaws.com/: no_proxy",
		}},
		{"only what the caller asks for", Wanted{URLs: []*url.URL{caller}, Only: true}, []string{
			"http://www.example.com:8080/x: url",
		}},
		{"a job in the file's Regions", Wanted{Jobs: []awsdata.Job{job}, Only: true}, []string{
			"https://ssm.ap-northeast-1.amazonaws.com/: job",
			"https://ssmmessages.ap-northeast-1.amazonaws.com/: job",
		}},
		{"a job in another", Wanted{Jobs: []awsdata.Job{job}, Only: true, Regions: []string{"cn-north-1"}}, []string{
			"https://ssm.cn-north-1.amazonaws.com.cn/: job",
			"https://ssmmessages.cn-north-1.amazonaws.com.cn/: job",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			var got []string
			for _, d := range Destinations(parse(t, file), tt.wanted) {
				var line strings.Builder
				line.WriteString(strings.TrimSpace(d.Request.URL.String() + " " + d.Request.Action.V))
				line.WriteString(":")
				for _, s := range d.Sources {
					line.WriteString(" " + string(s))
				}
				got = append(got, line.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Destinations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOf(t *testing.T) {
	var file strings.Builder
	file.WriteString(two + "clients:\n  odd: {at: app/private, proxy: p}\n")
	for i := range 1000 {
		file.WriteString(fmt.Sprintf("  web-%03d: {at: app/private, ip: 10.1.1.%d, no_proxy: [.amazonaws.com]}\n", i, 4+i%250))
	}
	var told []int
	p := plan(t, file.String())
	s := Of(p, Destinations(p.Topology(), Wanted{}), func(done, all int) {
		if all != 1001 {
			t.Errorf("progress of %d clients, want 1001", all)
		}
		told = append(told, done)
	})
	if len(told) != 1001 || told[1000] != 1001 {
		t.Errorf("progress was told %d times, at last %d", len(told), told[len(told)-1])
	}
	var got []string
	for g, group := range s.Groups {
		var line strings.Builder
		line.WriteString(fmt.Sprintf("%d like %s:", len(group.Clients), group.Clients[0].Name))
		for c := range s.Columns {
			w := s.Ways[s.Cells[g][c]]
			line.WriteString(" " + string(w.Verdict) + " " + strings.Join(w.Path, ","))
		}
		got = append(got, line.String())
	}
	want := []string{
		// By proxy everything leaves by the gateway, except SSM and STS, whose
		// private names its own resolver answers with the endpoints.
		"1 like odd: reached proxy:p,igw:app,aws reached proxy:p,vpce:app/*,aws reached proxy:p,igw:app,aws",
		"1000 like web-000: reached vpce:app/s3,aws reached vpce:app/*,aws no-route ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	var columns []string
	for _, column := range s.Columns {
		var line strings.Builder
		for _, d := range column {
			line.WriteString(" " + s.Destinations[d].Request.URL.Host)
		}
		columns = append(columns, line.String())
	}
	if diff := cmp.Diff([]string{
		" s3.ap-northeast-1.amazonaws.com",
		" ssm.ap-northeast-1.amazonaws.com sts.ap-northeast-1.amazonaws.com",
		" sns.ap-northeast-1.amazonaws.com",
	}, columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestOwn: many VPCs that are built alike are one row, few keep their names.
func TestOwn(t *testing.T) {
	for _, tt := range []struct {
		vpcs int
		want []string
	}{
		{3, []string{
			"1: reached nat:v000/public,igw:v000,aws", "1: reached nat:v001/public,igw:v001,aws", "1: reached nat:v002/public,igw:v002,aws",
		}},
		{200, []string{"199: reached nat:(own)/public,igw:(own),aws", "1: no-route "}},
	} {
		file, clients := "version: 1\nvpcs:\n", "clients:\n"
		for i := range tt.vpcs {
			way := "routes: {internet: \"nat:public\"}"
			if i == 150 {
				way = "az: b"
			}
			file += fmt.Sprintf("  v%03d:\n    region: eu-west-1\n    cidr: 10.%d.0.0/16\n    igw: true\n    subnets:\n"+
				"      public: {cidr: 10.%[2]d.0.0/24, nat: true, routes: {internet: igw}}\n      private: {cidr: 10.%[2]d.1.0/24, %[3]s}\n", i, i, way)
			clients += fmt.Sprintf("  c%03d: {at: v%03d/private}\n", (i*7)%tt.vpcs, i)
		}
		p := plan(t, file+clients)
		u, _ := topology.ParseURL("https://sns.eu-west-1.amazonaws.com/")
		s := Of(p, Destinations(p.Topology(), Wanted{URLs: []*url.URL{u}}), nil)
		var got []string
		for g, group := range s.Groups {
			w := s.Ways[s.Cells[g][0]]
			got = append(got, fmt.Sprintf("%d: %s %s", len(group.Clients), w.Verdict, strings.Join(w.Path, ",")))
			if !slices.IsSortedFunc(group.Clients, func(a, b *topology.Client) int { return strings.Compare(a.Name, b.Name) }) ||
				group.Traces[0].Client != group.Clients[0] {
				t.Errorf("%d VPCs: group %d is not sorted, or its traces are not those of the first", tt.vpcs, g)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("groups of %d VPCs (-want +got):\n%s", tt.vpcs, diff)
		}
	}
}

// TestOfNothing keeps a file without clients, or without destinations, from
// being more than an empty answer.
func TestOfNothing(t *testing.T) {
	for _, file := range []string{"version: 1\n", "version: 1\nsites: {a: {cidr: 10.0.0.0/8}}\nclients: {pc: {at: a}}\n"} {
		p := plan(t, file)
		s := Of(p, Destinations(p.Topology(), Wanted{}), nil)
		if len(s.Ways)+len(s.Columns) != 0 {
			t.Errorf("Of(%q) has %d ways, %d columns", file, len(s.Ways), len(s.Columns))
		}
	}
}

func TestDiff(t *testing.T) {
	const pcs = "clients:\n  a: {at: app/private, proxy: p}\n  b: {at: app/private}\n"
	tests := []struct {
		why           string
		before, after string
		want          []string
	}{
		{"nothing", two + pcs, two + pcs, nil},
		{"a client more: what it reaches is newly let through", two + pcs, two + pcs + "  c: {at: app/private, proxy: p}\n", []string{
			"opens c s3 → reached", "opens c ssm → reached", "opens c sts → reached", "opens c sns → reached",
			"opens c any-bucket → reached", "opens c example → reached",
		}},
		{"a client less", two + pcs, two + "clients:\n  a: {at: app/private, proxy: p}\n", []string{
			"closes b s3 reached → ", "closes b ssm reached → ", "closes b sts reached → ",
		}},
		{"opened stands before moved", two + pcs, two + "clients:\n  a: {at: app/private}\n  b: {at: app/private, proxy: p}\n", []string{
			"opens b sns no-route → reached", "opens b example no-route → reached",
			"moves a s3 reached → reached", "moves a ssm reached → reached", "moves a sts reached → reached",
			"moves b s3 reached → reached", "moves b ssm reached → reached", "moves b sts reached → reached",
			"closes a sns reached → no-route",
		}},
		{"the way out is gone", two + pcs, strings.Replace(two, "routes: {internet: igw}", "", 1) + pcs, []string{
			"closes a s3 reached → no-route", "closes a sns reached → no-route",
		}},
		{"fails otherwise", two + "clients:\n  b: {at: app/private}\n",
			strings.Replace(two, "    igw: true\n", "    igw: true\n    dns: {support: false}\n", 1) + "clients:\n  b: {at: app/private}\n", []string{
				"closes b s3 reached → dns-fails", "closes b ssm reached → dns-fails", "closes b sts reached → dns-fails",
				"differs b sns no-route → dns-fails",
			}},
		{"a list is widened to names that neither file holds", listing(", allow_domains: [sns.ap-northeast-1.amazonaws.com]"),
			listing(", allow_domains: [sns.ap-northeast-1.amazonaws.com, .amazonaws.com, .example.org]"), []string{
				"opens a sts denied-by-proxy → reached", "opens a any-bucket denied-by-proxy → reached", "opens a example denied-by-proxy → reached",
			}},
		{"a list is taken away", listing(", allow_domains: [.amazonaws.com]"), listing(""), []string{
			"opens a example denied-by-proxy → reached",
		}},
		{"destinations that only one file knows", strings.Replace(two, ", sns.ap-northeast-1.amazonaws.com", "", 1) + pcs,
			strings.Replace(two, ", sns.ap-northeast-1.amazonaws.com", ", kms.ap-northeast-1.amazonaws.com", 1) + pcs, nil},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			var got []string
			for _, c := range Diff(plan(t, tt.before), plan(t, tt.after), nil) {
				service, _, _ := strings.Cut(c.Request.URL.Host, ".")
				got = append(got, fmt.Sprintf("%s %s %s %s", c.Effect, c.Client, service, strings.TrimSpace(verdict(c.Old)+" → "+verdict(c.New))))
			}
			for i := range tt.want {
				tt.want[i] = strings.TrimSpace(tt.want[i])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Diff (-want +got):\n%s", diff)
			}
		})
	}
}

// listing is a topology that names no destination but those in lists, the keys of
// its proxy.
func listing(lists string) string {
	return `version: 1
vpcs:
  app: {region: ap-northeast-1, cidr: 10.1.0.0/16, igw: true, subnets: {s: {cidr: 10.1.0.0/24, routes: {internet: igw}}}}
proxies: {p: {at: app/s, port: 3128, public_ip: 203.0.113.10` + lists + `}}
clients: {a: {at: app/s, proxy: p}}
`
}

func verdict(t *route.Trace) string {
	if t == nil {
		return ""
	}
	return string(t.Verdict)
}

// What is kept of very many answers is what a survey shows; an example is whole.
func TestExamplesAreWhole(t *testing.T) {
	p := plan(t, two+"clients: {ec2: {at: app/private}}\n")
	s := Of(p, Destinations(p.Topology(), Wanted{}), nil)
	for _, g := range s.Groups {
		for i := range g.Traces {
			if kept := &g.Traces[i]; kept.Context != nil || kept.Assumed != nil {
				t.Errorf("of %s, %d keys and %d assumptions are kept", kept.Request.URL, len(kept.Context), len(kept.Assumed))
			}
		}
	}
	reached := 0
	for _, example := range s.Examples(p) {
		if example.Verdict != route.Reached {
			continue
		}
		if reached++; len(example.Context) == 0 || len(example.Assumed) == 0 {
			t.Errorf("%s as an example has %d keys and %d assumptions", example.Request.URL, len(example.Context), len(example.Assumed))
		}
	}
	if reached == 0 {
		t.Error("no example reaches")
	}
}
