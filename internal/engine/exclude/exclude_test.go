package exclude

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// parse reads a topology of a test.
func parse(t *testing.T, src string) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse("test.yaml", []byte(src), topology.Options{})
	if top == nil {
		t.Fatalf("%v", problems)
	}
	return top
}

// place is a VPC with endpoints in the client's subnet and a proxy that has the
// internet; what a test adds or replaces is merged in.
const place = `
version: 1
accounts:
  partner: {id: "222222222222"}
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
proxies:
  exit: {at: app/public, port: 3128, public_ip: 203.0.113.10}
clients:
  ec2: {at: app/private, proxy: exit}
buckets:
  reports: {region: ap-northeast-1}
  far: {region: us-east-1}
`

// changed is place with a change as a test writes it.
func changed(t *testing.T, change string) *topology.Topology {
	t.Helper()
	top := parse(t, place)
	if change == "" {
		return top
	}
	c, problems := topology.ReadChange("change", []byte(change))
	if len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	top, problems = top.Apply(c)
	if top == nil {
		t.Fatalf("%v", problems)
	}
	return top
}

const (
	local  = "localhost,127.0.0.1,::1,[::1],169.254.169.254"
	local2 = "localhost,127.0.0.1,[::1],169.254.169.254," // as botocore needs it
	s3     = "s3.ap-northeast-1.amazonaws.com"
	ssm    = "ssm.ap-northeast-1.amazonaws.com"
)

func TestFor(t *testing.T) {
	tests := []struct{ why, change, programs, want string }{
		{"endpoints that the client reaches", "", "boto3 curl", local + "," + s3 + "," + ssm},
		{"Go asks this machine directly by itself", "", "go", "169.254.169.254," + s3 + "," + ssm},
		{"names below by themselves, for programs that do not take x for them", "", "wget2", "localhost,127.0.0.1,::1,169.254.169.254," + s3 + ",." + s3 + "," + ssm},
		{"a program that reads no list needs none", "", "node", ""},
		{"Java writes a bar, and a star for names below", "", "java-httpclient-d", "169.254.169.254|" + s3 + "|*." + s3 + "|" + ssm},
		{
			"no endpoint in the client's subnet: the proxy goes on asking",
			`vpcs: {app: {endpoints: {s3: {subnets: [public]}, ssm: null}}}`, "boto3", "localhost,127.0.0.1,[::1],169.254.169.254",
		},
		{
			"an endpoint whose security group shuts the client out",
			`vpcs: {app: {endpoints: {ssm: {sg_from: [10.1.0.0/24]}}}}`, "boto3", "localhost,127.0.0.1,[::1],169.254.169.254," + s3,
		},
		{
			"an endpoint policy that admits one bucket: only that one leaves the proxy",
			`vpcs: {app: {endpoints: {s3: {policy: [{Effect: Allow, Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]}]}}}}`,
			"boto3", "localhost,127.0.0.1,[::1],169.254.169.254," + ssm + ",reports." + s3,
		},
		{
			"a service whose private names are off", `vpcs: {app: {endpoints: {ssm: {private_dns: false}}}}`,
			"boto3", "localhost,127.0.0.1,[::1],169.254.169.254," + s3,
		},
		{
			"the endpoint's own name, where it has one", `vpcs: {app: {endpoints: {ssm: {private_dns: false, dns_name: vpce-1.ssm.ap-northeast-1.vpce.amazonaws.com}}}}`,
			"go", "169.254.169.254," + s3 + ",vpce-1.ssm.ap-northeast-1.vpce.amazonaws.com",
		},
		{
			"a registry has names below only", `vpcs: {app: {endpoints: {ssm: null, s3: null, ecr: {interface: ecr.dkr, subnets: [private]}}}}`,
			"go", "169.254.169.254,.dkr.ecr.ap-northeast-1.amazonaws.com",
		},
		{"credentials of a task", `clients: {ec2: {credentials: ecs}}`, "go", "169.254.169.254,169.254.170.2," + s3 + "," + ssm},
		{"botocore asks for them without a proxy", `clients: {ec2: {credentials: ecs}}`, "boto3", "localhost,127.0.0.1,[::1],169.254.169.254," + s3 + "," + ssm},
		{
			"IPv6 metadata in both spellings", `clients: {ec2: {credentials: imds-ipv6}}`, "go boto3",
			"localhost,127.0.0.1,[::1],169.254.169.254,fd00:ec2::254,[fd00:ec2::254]," + s3 + "," + ssm,
		},
		{
			"a site without internet: nothing but its own", `{sites: {office: {cidr: 192.168.0.0/16}}, clients: {ec2: {at: office}}}`,
			"go", "169.254.169.254",
		},
	}
	for _, tt := range tests {
		v, err := For(changed(t, tt.change), "ec2", strings.Fields(tt.programs), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if v.String() != tt.want {
			t.Errorf("%s: For(%s) = %q, want %q", tt.why, tt.programs, v, tt.want)
		}
		for _, e := range v.Entries {
			if e.Because.IsZero() || strings.Contains(e.Because.In(reason.Japanese), "{") {
				t.Errorf("%s: %s has the reason %q", tt.why, e.Text, e.Because.In(reason.Japanese))
			}
		}
	}
}

// TestAsked: requests of the file's own tests are destinations, too.
func TestAsked(t *testing.T) {
	tests := []struct{ why, change, url, want string }{
		{
			"buckets in the path of one host: what only the proxy reaches keeps both there",
			`vpcs: {app: {endpoints: {s3: {policy: [{Effect: Allow, Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]}]}}}}`,
			"https://s3.ap-northeast-1.amazonaws.com/reports/a https://s3.ap-northeast-1.amazonaws.com/other/a",
			"localhost,127.0.0.1,[::1],169.254.169.254," + ssm + ",reports." + s3,
		},
		{
			"a bucket that S3 sends to a Region where only the proxy leads: the first request goes direct, the second by the proxy", "",
			"https://far.s3.ap-northeast-1.amazonaws.com/a", local2 + s3 + "," + ssm,
		},
		{"what stands in the list anyway is no destination", "", "http://169.254.170.2/ http://127.0.0.1:9000/", local2 + s3 + "," + ssm},
	}
	for _, tt := range tests {
		src := place + "  other: {region: ap-northeast-1}\ntests:\n"
		for i, u := range strings.Fields(tt.url) {
			src += fmt.Sprintf("  - {name: t%d, because: it is asked for, client: ec2, request: {url: %q}, "+
				"expect: {verdict: no-route, path: [client:ec2], endpoint: none, dns: {by: client, answer: public}}}\n", i, u)
		}
		top := parse(t, src)
		if tt.change != "" {
			c, problems := topology.ReadChange("change", []byte(tt.change))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if top, problems = top.Apply(c); top == nil {
				t.Fatal(problems)
			}
		}
		v, err := For(top, "ec2", []string{"boto3"}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if v.String() != tt.want || len(v.Unproven) > 0 {
			t.Errorf("%s: For() = %q, want %q", tt.why, v, tt.want)
		}
		for _, d := range v.Unproven {
			t.Errorf("%s: %s: %s", tt.why, d.URL, d.Because.In(reason.English))
		}
		for _, d := range v.Unreached {
			t.Errorf("%s: not reached: %s: %s", tt.why, d.URL, d.Because.In(reason.English))
		}
	}
}

func TestUnproven(t *testing.T) {
	tests := []struct{ why, change, programs, want string }{
		{"everything is proven", "", "boto3 go", ""},
		{
			"nothing is proven for a program that goes direct", "", "node",
			"node https://far.s3.us-east-1.amazonaws.com/",
		},
		{
			"an address that no entry keeps from the proxy", `clients: {ec2: {credentials: imds-ipv6}}`, "ruby",
			"ruby http://[fd00:ec2::254]/",
		},
		{
			"what the file leaves open", `vpcs: {app: {endpoints: {ssm: {sg_from: unknown}}}, }
proxies: {exit: {allow_domains: [` + s3 + `, .` + s3 + `]}}`, "go",
			" https://ssm.ap-northeast-1.amazonaws.com/",
		},
	}
	for _, tt := range tests {
		v, err := For(changed(t, tt.change), "ec2", strings.Fields(tt.programs), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range v.Unproven {
			if d.Program != "ruby" || strings.Contains(d.URL, "[") { // without metadata, nothing of Ruby's reaches
				got = append(got, d.Program+" "+d.URL)
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: For(%s).Unproven (-want +got):\n%s", tt.why, tt.programs, diff)
		}
	}
}

// TestUnreached: what no list helps is said, and why.
func TestUnreached(t *testing.T) {
	tests := []struct {
		why, change, want string
		proxyless         bool
	}{
		{"the proxy reaches everything", "", "", false},
		{
			"https has no proxy, and no way of its own", `clients: {ec2: {proxy_env: [http]}}`,
			"https://far.s3.us-east-1.amazonaws.com/", false,
		},
		{
			"a name that is only an example of what an endpoint answers for is not missed",
			`{vpcs: {app: {endpoints: {s3: {subnets: [public]}}}}, proxies: {exit: {allow_domains: [` + ssm + `]}}}`,
			"https://far.s3.us-east-1.amazonaws.com/ https://reports.s3.ap-northeast-1.amazonaws.com/ https://s3.ap-northeast-1.amazonaws.com/", false,
		},
		{"no proxy at all", `clients: {ec2: {proxy: null}}`, "https://far.s3.us-east-1.amazonaws.com/", true},
	}
	for _, tt := range tests {
		v, err := For(changed(t, tt.change), "ec2", []string{"go"}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range v.Unreached {
			got = append(got, d.URL)
			if words := d.Because.In(reason.English); !strings.Contains(words, "no-route") && !strings.Contains(words, "denied") {
				t.Errorf("%s: %s is not reached because: %s", tt.why, d.URL, words)
			}
		}
		if strings.Join(got, " ") != tt.want || v.Proxyless != tt.proxyless {
			t.Errorf("%s: For() leaves %q, without a proxy: %v; want %q, %v", tt.why, got, v.Proxyless, tt.want, tt.proxyless)
		}
	}
}

func TestErrors(t *testing.T) {
	top := parse(t, place)
	_, err := For(top, "ec3", []string{"go"}, time.Time{})
	if e, ok := errors.AsType[*UnknownClientError](err); !ok || e.Client != "ec3" {
		t.Errorf("For of an unknown client: %v", err)
	}
	_, err = For(top, "ec2", []string{"goo"}, time.Time{})
	if e, ok := errors.AsType[*noproxy.UnknownProgramError](err); !ok || e.ID != "goo" {
		t.Errorf("For of an unknown program: %v", err)
	}
}

// TestRoutes derives the value of every client of the routes: what can be
// reached at all is reached, but for programs that do not read the list, and no
// entry can be left out.
func TestRoutes(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	programs := []string{"aws-cli-v2", "ssm-agent", "curl", "wget"}
	var models []*noproxy.Program
	for _, name := range programs {
		p, err := noproxy.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		models = append(models, p)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		top := parse(t, string(src))
		for _, c := range top.Clients {
			f := finder{t: top, client: c}
			for i, p := range models {
				f.programs = append(f.programs, program{programs[i], p})
			}
			if f.destinations, err = f.ask(); err != nil {
				t.Fatal(err)
			}
			f.wish()
			v := f.value()
			for _, d := range v.Unproven {
				if d.Program != "" {
					t.Errorf("%s, %s: %q: %s %s: %s", file, c.Name, v, d.Program, d.URL, d.Because.In(reason.English))
				}
			}
			for i := range v.Entries {
				less := v
				less.Entries = slices.Delete(slices.Clone(v.Entries), i, i+1)
				if len(f.need.Misses(less.String(), models)) == 0 {
					t.Errorf("%s, %s: %q does without %s", file, c.Name, v, v.Entries[i].Text)
				}
			}
		}
	}
}
