package route_test

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// unsettledSrc is a topology with ways that only look open.
const unsettledSrc = `
version: 1
sites:
  office: {cidr: 192.168.0.0/16, internet: true, dns: {public: true}}
  dc: {cidr: 10.0.0.0/8}
  branch: {cidr: 10.2.0.0/15}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    cidr6: 2600:1f14:1::/56
    igw: true
    subnets:
      pub: {cidr: 10.1.0.0/24, cidr6: "2600:1f14:1::/64", nat: true, routes: {internet: igw, internet6: igw, hub: core}}
      mid: {cidr: 10.1.1.0/24, routes: {internet: "nat:pub", hub: "nat:out"}}
      out: {cidr: 10.1.3.0/24, nat: true, routes: {hub: core}}
      half: {cidr: 10.1.4.0/24, routes: {internet: "nat:pub", 0.0.0.0/1: core}}
    endpoints:
      ssm: {interface: ssm, subnets: [mid]}
      s3: {interface: s3, subnets: [mid], names: [s3.corp.example]}
      kms: {interface: kms, subnets: [mid], dns_name: vpce-0a.kms.ap-northeast-1.vpce.amazonaws.com}
    dns: {zones: {vpce-0a.kms.ap-northeast-1.vpce.amazonaws.com: app/ssm}}
  hub:
    region: ap-northeast-1
    cidr: 10.2.0.0/16
    igw: true
    subnets: {in: {cidr: 10.2.0.0/24, nat: true, routes: {app: core, dc: core, branch: line, internet: igw}}}
links:
  core: {tgw: [app, hub, dc], routes: {internet: hub/in}}
  line: {vpn: branch, vpc: hub}
proxies:
  squid: {at: hub/in, port: 3128, public_ip: 203.0.113.8, allow_sources: [10.1.1.0/24]}
  nats: {at: hub/in, port: 3128, public_ip: 203.0.113.8, allow_sources: [10.1.3.0/24], sg_from: [10.1.3.0/24]}
  wide: {at: hub/in, port: 3128, public_ip: 203.0.113.8}
clients:
  pc: {at: office}
  pc6: {at: office, ipv6: "2600::5"}
  pub: {at: app/pub, public_ip: 203.0.113.7}
  half: {at: app/half}
  mid: {at: app/mid}
  mid-squid: {at: app/mid, proxy: squid}
  mid-nats: {at: app/mid, proxy: nats}
  ruby: {at: app/pub, program: ruby, proxy: wide, no_proxy: [10.1.1.128/25]}
  old: {at: dc, proxy: wide}
  near: {at: branch, proxy: wide}
  old-known: {at: dc, ip: 10.200.0.5, proxy: wide}
buckets:
  near: {region: ap-northeast-1}
  far: {region: ap-northeast-3}
`

func TestUnsettled(t *testing.T) {
	top, problems := topology.Parse("unsettled.yaml", []byte(unsettledSrc), topology.Options{Now: now})
	if len(problems) > 0 {
		t.Fatal(printed(problems, []byte(unsettledSrc)))
	}
	const sns = "https://sns.ap-northeast-1.amazonaws.com/"
	p := route.New(top, route.Options{Now: now})
	for _, tt := range []struct {
		why, client, url string
		want             route.Verdict
	}{
		{"a private address is not behind the internet", "pc", "https://10.9.9.9/", route.Unknown},
		{"nor behind a NAT gateway", "mid", "https://10.99.9.9/", route.Unknown},
		{"what listens in a VPC is not in the file", "mid", "http://10.1.0.9/", route.Unknown},
		{"the metadata service is each host's own", "mid", "http://169.254.169.254/latest/meta-data/", route.Unknown},
		{"so it is by IPv6", "pub", "http://[fd00:ec2::254]/", route.Unknown},
		{"the host itself", "pc", "http://127.0.0.1/", route.Unknown},
		{"an address in the clothes of IPv6", "pub", "https://[::ffff:169.254.169.254]/", route.Unknown},
		{"an address in the clothes of a name", "mid", "https://2852039166/", route.Unknown},
		{"or half of one", "mid", "https://127.1/", route.Unknown},
		{"a name that no public zone holds", "pc", "https://localhost/", route.Unknown},
		{"a public address is on the internet", "pc", "https://198.51.100.7/", route.Reached},

		{"no IPv6 address to send from, though there is a public one of IPv4", "pub", "https://[2600::1]/", route.NoRoute},
		{"likewise at a site", "pc", "https://[2600::1]/", route.NoRoute},
		{"with an address IPv6 goes out", "pc6", "https://[2600::1]/", route.Reached},

		{"half of the internet has a route of its own", "half", "https://www.example.com/", route.Unknown},
		{"a proxy behind a private NAT gateway does not see the client", "mid-squid", sns, route.DeniedByProxy},
		{"it sees the gateway", "mid-nats", sns, route.Reached},
		{"a vpce name that a zone gives to another endpoint", "mid", "https://vpce-0a.kms.ap-northeast-1.vpce.amazonaws.com/", route.Unknown},
		{"S3 under a name of one's own", "mid", "https://s3.corp.example/near/a", route.Reached},
		{"which sends nobody to another Region", "mid", "https://s3.corp.example/far/a", route.Unknown},
		{"an exclusion that holds a part of the endpoint's subnet", "ruby", "https://ssm.ap-northeast-1.amazonaws.com/", route.Unknown},
		{"and no public address", "ruby", sns, route.Reached},
		{"a site whose network holds the VPC's: the client could be taken for its neighbour", "old", sns, route.Unknown},
		{"likewise by a line of its own", "near", sns, route.Unknown},
		{"until its address tells", "old-known", sns, route.Reached},
	} {
		t.Run(tt.why, func(t *testing.T) {
			if got := p.Trace(top.Client(tt.client), request(tt.url)); got.Verdict != tt.want {
				t.Errorf("Trace(%s, %s) = %s %v (%v), want %s", tt.client, tt.url, got.Verdict, got.Path(), got.Because, tt.want)
			}
		})
	}
}
