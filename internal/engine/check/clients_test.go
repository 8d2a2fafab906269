package check_test

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestSafeList gives every program that asks for a proxy the list that
// docs/noproxy.md advises: whatever one of them does not read, another entry
// does for it, so there is nothing to say.
func TestSafeList(t *testing.T) {
	const list = `localhost, 127.0.0.1, "::1", "[::1]", 169.254.169.254, 169.254.170.2, 169.254.170.23, "fd00:ec2::254", "[fd00:ec2::254]", ` +
		`"fd00:ec2::23", "[fd00:ec2::23]", .internal, internal, sts.ap-northeast-1.amazonaws.com, .sts.ap-northeast-1.amazonaws.com`
	for _, program := range topology.Programs() {
		change, _ := topology.ReadChange("change", []byte(`{vpcs: {app: {endpoints: {sts: {interface: sts, subnets: [exit]}}}}, clients: {ec2: {credentials: imds, program: `+program+`, no_proxy: [`+list+`]}}}`))
		top, problems := parse(t, "base", closed).Apply(change)
		if top == nil {
			t.Fatalf("Apply = %v", lines(problems))
		}
		for _, p := range check.Topology(top, now) {
			if strings.HasPrefix(p.Code, "DG31") && p.Code != "DG3103" && p.Code != "DG3104" {
				t.Errorf("%s: Topology finds %s", program, line(p))
			}
		}
	}
}

// closed is story A: everything leaves through the proxy of the office.
const closed = `version: 1
sites:
  office: {cidr: 192.168.0.0/16, internet: true, dns: {public: true}}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    subnets:
      private: {cidr: 10.1.1.0/24, routes: {office: line}}
      exit: {cidr: 10.1.2.0/24}
    endpoints: {}
links:
  line: {dx: office, vpc: app}
proxies:
  corp: {at: office, port: 8080}
clients:
  ec2: {at: app/private, proxy: corp, no_proxy: [169.254.169.254], program: aws-cli-v2}
`

func TestClients(t *testing.T) {
	run(t, "DG31", map[string]finding{
		"sound": {base: closed},
		"credentials without an exception": {closed, "clients: {ec2: {no_proxy: null, credentials: imds}}",
			[]string{"DG3101 error corp"}},
		"a list without the address": {closed, "clients: {ec2: {no_proxy: [localhost], credentials: imds}}",
			[]string{"DG3101 error no_proxy"}},
		"static credentials are asked for nowhere": {closed, "clients: {ec2: {no_proxy: []}}", nil},
		"a CIDR is marked itself, and once":        {closed, "clients: {ec2: {no_proxy: [169.254.0.0/16], credentials: imds}}", []string{"DG3101 error 169.254.0.0/16"}},
		"a CIDR does it for Go":                    {closed, "clients: {ec2: {no_proxy: [169.254.0.0/16], credentials: imds, program: go}}", nil},
		"IPv6 in the spelling of others":           {closed, `clients: {ec2: {no_proxy: ["fd00:ec2::254"], credentials: imds-ipv6}}`, []string{`DG3101 error "fd00:ec2::254"`}},
		"both spellings of IPv6, one of which each program reads": {closed,
			`clients: {ec2: {no_proxy: ["fd00:ec2::254", "[fd00:ec2::254]"], credentials: imds-ipv6}}`, nil},
		"the AWS CLI asks containers' credentials without a proxy": {closed, "clients: {ec2: {no_proxy: [], credentials: ecs}}", nil},
		"Go does not":                                     {closed, "clients: {ec2: {no_proxy: [], credentials: ecs, program: go}}", []string{"DG3101 error no_proxy"}},
		"http_proxy is not set":                           {closed, "clients: {ec2: {no_proxy: [], credentials: imds, proxy_env: [https]}}", nil},
		"a list that nobody told":                         {closed, "clients: {ec2: {no_proxy: unknown, credentials: imds}}", nil},
		"a client without a proxy":                        {closed, "clients: {ec2: {proxy: null, no_proxy: null, credentials: imds}}", nil},
		"a CIDR in the AWS CLI":                           {closed, "clients: {ec2: {no_proxy: [10.0.0.0/8]}}", []string{"DG3102 warning 10.0.0.0/8"}},
		"a CIDR in curl":                                  {closed, "clients: {ec2: {no_proxy: [10.0.0.0/8], program: curl}}", nil},
		"a star before a dot":                             {closed, `clients: {ec2: {no_proxy: ["*.corp.example"]}}`, []string{`DG3102 warning "*.corp.example"`}},
		"a star beside what does it":                      {closed, `clients: {ec2: {no_proxy: ["*.corp.example", .corp.example]}}`, nil},
		"a dot in Java":                                   {closed, "clients: {ec2: {no_proxy: [.corp.example], program: java-v2}}", []string{"DG3102 warning .corp.example"}},
		"a pair of name and .name":                        {closed, "clients: {ec2: {no_proxy: [corp.example, .corp.example], program: go}}", nil},
		"a link-local CIDR beside the host":               {closed, "clients: {ec2: {no_proxy: [169.254.0.0/16, 169.254.169.254], credentials: imds}}", nil},
		"IPv6 in the other spelling":                      {closed, `clients: {ec2: {no_proxy: ["fd00:ec2::254"]}}`, []string{`DG3102 warning "fd00:ec2::254"`}},
		"IPv6 in a program that knows none":               {closed, `clients: {ec2: {no_proxy: ["fd00:ec2::254"], program: ruby}}`, nil},
		"everything, in a program that knows no star":     {closed, `{vpcs: {app: {subnets: {private: {routes: {internet: line}}}}}, clients: {ec2: {no_proxy: ["*"], program: wget}}}`, []string{`DG3102 warning "*"`}},
		"localhost":                                       {closed, "clients: {ec2: {no_proxy: [localhost, 127.0.0.1]}}", nil},
		"a port alone":                                    {closed, `clients: {ec2: {no_proxy: [":443"]}}`, nil},
		"an address that no CIDR is about":                {closed, "clients: {ec2: {no_proxy: [10.9.0.0/16, 169.254.169.254], credentials: imds}}", []string{"DG3102 warning 10.9.0.0/16"}},
		"a star for one program, credentials for another": {closed, `clients: {ec2: {no_proxy: ["*.corp.example", 169.254.169.254], credentials: imds}}`, []string{`DG3102 warning "*.corp.example"`}},
		"a port that is https's own":                      {closed, `clients: {ec2: {no_proxy: ["corp.example:443"], program: curl}}`, []string{`DG3102 warning "corp.example:443"`}},
		"the wrong variable":                              {closed, "clients: {ec2: {proxy_env: [http], program: go}}", []string{"DG3103 warning proxy_env"}},
		"Java reads http's alone":                         {closed, "clients: {ec2: {proxy_env: [https], program: java-v2}}", []string{"DG3103 warning proxy_env"}},
		"no variable at all is said":                      {closed, "clients: {ec2: {proxy_env: []}}", nil},
		"a program that reads none":                       {closed, "clients: {ec2: {program: node}}", []string{"DG3104 warning node"}},
		"all of AWS excluded":                             {closed, "clients: {ec2: {no_proxy: [.amazonaws.com]}}", []string{"DG3105 warning .amazonaws.com"}},
		"a pair is one cause":                             {closed, "clients: {ec2: {no_proxy: [sts.ap-northeast-1.amazonaws.com, .sts.ap-northeast-1.amazonaws.com]}}", []string{"DG3105 warning sts.ap-northeast-1.amazonaws.com"}},
		"a name outside AWS may be anywhere": {closed,
			"clients: {ec2: {no_proxy: [.corp.example]}}", nil},
		"load balancers of AWS are not its services": {closed, "clients: {ec2: {no_proxy: [a-1.ap-northeast-1.elb.amazonaws.com]}}", nil},
		"a bucket":             {closed, "clients: {ec2: {no_proxy: [ours.s3.ap-northeast-1.amazonaws.com]}}", []string{"DG3105 warning ours.s3.ap-northeast-1.amazonaws.com"}},
		"an address":           {closed, "clients: {ec2: {no_proxy: [192.0.2.1]}}", nil},
		"an endpoint is there": {closed, `{vpcs: {app: {endpoints: {sts: {interface: sts, subnets: [exit]}}}}, clients: {ec2: {no_proxy: [sts.ap-northeast-1.amazonaws.com]}}}`, nil},
		"buckets of the Region by the gateway endpoint": {closed,
			`{vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [private]}}}}, clients: {ec2: {no_proxy: [.s3.ap-northeast-1.amazonaws.com], program: go}}}`, nil},
		"those of another Region": {closed,
			`{vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [private]}}}}, clients: {ec2: {no_proxy: [.s3.ap-northeast-3.amazonaws.com], program: go}}}`,
			[]string{"DG3105 warning .s3.ap-northeast-3.amazonaws.com"}},
		"everything excluded":                    {closed, `clients: {ec2: {no_proxy: ["*"]}}`, []string{`DG3105 warning "*"`}},
		"an end of all names":                    {closed, "clients: {ec2: {no_proxy: [.com]}}", []string{"DG3105 warning .com"}},
		"a client that the proxy does not serve": {closed, "proxies: {corp: {allow_sources: [192.168.0.0/16]}}", []string{"DG3106 error allow_sources"}},
		"a client that it serves":                {closed, "proxies: {corp: {allow_sources: [app]}}", nil},
		"no route to the proxy":                  {closed, "vpcs: {app: {subnets: {private: {routes: {office: null}}}}}", []string{"DG3106 error corp"}},
		"nobody listens":                         {closed, `clients: {ec2: {proxy: "corp:3128"}}`, []string{`DG3106 error "corp:3128"`}},
		"the proxy lets no packets in":           {closed, "proxies: {corp: {sg_from: [192.168.0.0/16]}}", []string{"DG3106 error corp"}},
		"the proxy refuses the name":             {closed, "proxies: {corp: {allow_domains: []}}", nil},
		"a part of the subnet is let in":         {closed, "proxies: {corp: {sg_from: [10.1.1.0/25]}}", nil},
		"no proxy that could be out of reach":    {closed, "{vpcs: {app: {subnets: {private: {routes: {office: null}}}}}, clients: {ec2: {proxy: null}}}", nil},
		"the way is not cut short by the credential call": {closed, "clients: {ec2: {no_proxy: [sts.ap-northeast-1.amazonaws.com], credentials: imds}}",
			[]string{"DG3101 error no_proxy", "DG3105 warning sts.ap-northeast-1.amazonaws.com"}},
	})
}
