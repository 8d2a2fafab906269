package route_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// foundSrc holds, small, what the properties of this package once found wrong.
const foundSrc = `
version: 1
sites:
  dc: {cidr: 172.16.0.0/16}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      pub: {cidr: 10.1.0.0/24, nat: true, routes: {internet: "nat:pub", 172.16.0.0/12: core}}
      mid: {cidr: 10.1.1.0/24, routes: {internet: "nat:pub", hub: core}}
      low: {cidr: 10.1.2.0/24, nacl: {in: [allow 10.0.0.0/8]}}
    endpoints:
      ssm: {interface: ssm, names: ["*.example.com"], subnets: [low]}
      s3: {gateway: s3, subnets: [low]}
  hub:
    region: ap-northeast-1
    cidr: 10.2.0.0/16
    subnets: {in: {cidr: 10.2.0.0/24, routes: {app: core, 172.16.0.0/12: core}}}
links:
  core: {tgw: [app, hub], routes: {172.16.0.0/12: hub/in}}
proxies:
  squid: {at: app/low, port: 3128}
  far: {at: hub/in, port: 3128, ip: 10.2.0.7}
  lost: {at: dc, port: 3128}
clients:
  metadata: {at: app/mid, proxy: squid, credentials: imds, no_proxy: unknown}
  low: {at: app/low}
  mid: {at: app/mid}
  elsewhere: {at: app/pub, proxy: lost}
tests:
  - name: nobody knows where the call for credentials goes
    client: metadata
    request: {url: "https://ssm.ap-northeast-1.amazonaws.com/"}
    expect: {verdict: unknown, path: [client:metadata], endpoint: none, dns: {by: none, answer: not-resolved}}
    because: The first hop is the client in every answer.
  - name: a private name outside AWS is the endpoint's service
    client: low
    request: {url: "https://agents.example.com/"}
    expect:
      verdict: reached
      path: [client:low, vpce:app/ssm, aws:ssm.ap-northeast-1]
      endpoint: app/ssm
      dns: {by: client, answer: endpoint}
      context: {aws:SourceVpce: app/ssm, aws:SourceIp: absent}
    because: The list of names says what resolves to the endpoint.
  - name: a NAT gateway behind itself
    client: mid
    request: {url: "https://sns.ap-northeast-1.amazonaws.com/"}
    expect: {verdict: no-route, path: [client:mid, "nat:app/pub"], endpoint: none, dns: {by: client, answer: public}}
    because: The path names each hop of a circle once.
  - name: a transit gateway that hands packets to itself
    client: elsewhere
    request: {url: "https://sns.ap-northeast-1.amazonaws.com/"}
    expect: {verdict: no-route, path: [client:elsewhere, "tgw:core"], endpoint: none, dns: {by: none, answer: not-resolved}}
    because: The path names each hop of a circle once.
  - name: AWS sees a request whose answer is lost
    client: low
    request: {url: "https://reports.s3.ap-northeast-1.amazonaws.com/a"}
    expect:
      verdict: denied-by-network-acl
      path: [client:low, vpce:app/s3, aws:s3.ap-northeast-1]
      endpoint: app/s3
      dns: {by: client, answer: public}
      context: {aws:SourceVpce: app/s3, aws:SourceIp: absent}
    because: The list lets the request out and the answer not in.
`

func found(t *testing.T) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse("found.yaml", []byte(foundSrc), topology.Options{Now: now})
	if len(problems) > 0 {
		t.Fatal(printed(problems, []byte(foundSrc)))
	}
	return top
}

func TestFound(t *testing.T) {
	top := found(t)
	for _, test := range top.Tests {
		t.Run(test.Name, func(t *testing.T) { meets(t, top, test) })
	}
}

// What is not written and could change the verdict stands under its own key.
func TestFoundAssumptions(t *testing.T) {
	tests := []struct{ why, change, client, url, want string }{
		{"a client has its proxy's security group", "clients: {low: {at: squid}}", "low", "https://s3.ap-northeast-1.amazonaws.com/", "proxies.squid.sg_to"},
		{"and its public address", "{clients: {low: {at: squid}}, vpcs: {app: {subnets: {low: {routes: {internet: igw}}}}}}", "low", "https://sns.ap-northeast-1.amazonaws.com/", "proxies.squid.public_ip"},
		{"an endpoint could be of another Region", "", "low", "https://ssm.us-east-1.amazonaws.com/", "vpcs.app.endpoints.ssm.service_region"},
		{"a transit gateway could have routes of its own", "{links: {core: {routes: null}}, clients: {mid: {proxy: far}}}", "mid", "https://www.example.org/", "links.core.routes"},
		{"the address of a proxy would settle what a group lets out to", "clients: {mid: {proxy: squid, sg_to: [10.1.2.0/25]}}", "mid", "https://www.example.org/", "proxies.squid.ip"},
		{"and what a network ACL does", "{clients: {mid: {proxy: squid}}, vpcs: {app: {subnets: {mid: {nacl: {out: [allow 10.1.2.0/25]}}}}}}", "mid", "https://www.example.org/", "proxies.squid.ip"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			top := found(t)
			if tt.change != "" {
				change, problems := topology.ReadChange("change.yaml", []byte(tt.change))
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				if top, problems = top.Apply(change); len(problems) > 0 {
					t.Fatal(problems)
				}
			}
			got := route.New(top, route.Options{Now: now}).Trace(top.Client(tt.client), request(tt.url))
			var paths []string
			for _, a := range got.Assumed {
				paths = append(paths, a.Path)
			}
			if !slices.Contains(paths, tt.want) {
				t.Errorf("%s %v of %s assumes %s, want %s among them", got.Verdict, got.Path(), tt.url, strings.Join(paths, " "), tt.want)
			}
		})
	}
}
