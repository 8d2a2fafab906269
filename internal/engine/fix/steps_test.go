package fix_test

import (
	"slices"
	"strings"
	"testing"
)

const ssm = "https://ssm.ap-northeast-1.amazonaws.com/"

// onSite is a client at a site that resolves public names and reaches one VPC.
const onSite = `version: 1
sites: {dc: {cidr: 192.168.0.0/16, dns: {public: true}}}
vpcs:
  hub: {region: ap-northeast-1, cidr: 10.0.0.0/16, subnets: {in: {cidr: 10.0.1.0/24, routes: {dc: line}}}}
links: {line: {dx: dc, vpc: hub}}
clients: {c: {at: dc}}
`

// TestSteps has a topology for each sort of step that no route of testdata asks
// for: the fix that is meant is among those found.
func TestSteps(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"a route to the peer": {joined("", ", routes: {10.1.0.0/16: ab}", peered),
			"vpcs: {a: {subnets: {s: {routes: {b/s: ab}}}}}"},
		"the way back": {joined(", routes: {10.2.0.0/16: ab}", "", peered),
			"vpcs: {b: {subnets: {s: {routes: {a/s: ab}}}}}"},
		"there and back": {joined("", "", peered),
			"vpcs: {a: {subnets: {s: {routes: {b/s: ab}}}}, b: {subnets: {s: {routes: {a/s: ab}}}}}"},
		"a peering connection that is missing": {joined("", "", ""),
			"links: {a-b: {peering: [a, b]}}\nvpcs: {a: {subnets: {s: {routes: {b/s: a-b}}}}, b: {subnets: {s: {routes: {a/s: a-b}}}}}"},
		"a VPC that is not on the transit gateway": {joined(", routes: {10.0.0.0/8: core}", "", "  core: {tgw: [a]}\n"),
			"links: {core: {tgw: [a, b]}}\nvpcs: {b: {subnets: {s: {routes: {a/s: core}}}}}"},
		"a blackhole": {joined(", routes: {10.0.0.0/8: core}", ", routes: {10.0.0.0/8: core}", "  core: {tgw: [a, b], routes: {10.2.0.0/16: blackhole}}\n"),
			"links: {core: {routes: {10.2.0.0/16: null}}}"},
		"an answer of a central NAT gateway": {central(", routes: {internet: core}", "", "internet: hub/in"),
			"vpcs: {hub: {subnets: {out: {routes: {far/s: core}}}}}"},
		"a name for the parent": {offSite(", parent: q, parent_for: [example.com]"),
			"proxies: {p: {parent_for: [example.com, ssm.ap-northeast-1.amazonaws.com]}}"},
		"the parent that another proxy has": {offSite("") + "  c2: {at: app/private, proxy: p2}\n",
			"proxies: {p: {parent: q, parent_for: [ssm.ap-northeast-1.amazonaws.com]}}"},
		"DNS support is off":                     {app("dns: {support: false}", direct), "vpcs: {app: {dns: {support: true}}}"},
		"DNS hostnames are off":                  {app("dns: {hostnames: false}", direct), "vpcs: {app: {dns: {hostnames: true}}}"},
		"the VPC asks a site that knows nothing": {app("dns: {resolver: dc}", direct), "vpcs: {app: {dns: {resolver: amazon}}}"},
		"a rule sends the name away":             {app("dns: {forward: {ssm.ap-northeast-1.amazonaws.com: dc}}", direct), "vpcs: {app: {dns: {forward: {ssm.ap-northeast-1.amazonaws.com: null}}}}"},
		"a private zone lacks the name": {app("dns: {zones: {ssm.ap-northeast-1.amazonaws.com: {www: app/ssm}}}", direct),
			`vpcs: {app: {dns: {zones: {ssm.ap-northeast-1.amazonaws.com: {"@": app/ssm}}}}}`},
		"a site that resolves no proxies": {strings.Replace(app("", "{at: dc, proxy: p}"), "dc: {", "dc: {dns: {proxy_names: false}, ", 1),
			"sites: {dc: {dns: {proxy_names: true}}}"},
		"a private zone at a site": {app("", "{at: dc}"),
			"sites: {dc: {dns: {forward: {ssm.ap-northeast-1.amazonaws.com: app/inbound}}}}"},
		"an endpoint and a name that leads there, where neither alone does": {onSite,
			"vpcs: {hub: {endpoints: {ssm: {interface: ssm, subnets: [in]}}}}\nsites: {dc: {dns: {forward: {ssm.ap-northeast-1.amazonaws.com: hub/inbound}}}}"},
		"the proxy's security group": {app("", byProxy+", ip: 10.1.1.7}", "sg_from: [10.9.0.0/16]"),
			"proxies: {p: {sg_from: [10.9.0.0/16, 10.1.1.7/32]}}"},
		"the load balancer's security group": {app("", byBalancer, "", "sg_from: [10.9.0.0/16]"),
			"nlbs: {lb: {sg_from: [10.9.0.0/16, app/private]}}"},
		"the client's security group": {app("", byProxy+", sg_to: [10.9.0.0/16]}"),
			"clients: {c: {sg_to: [10.9.0.0/16, app/public]}}"},
		"network ACLs of both ends": {strings.NewReplacer(
			"private: {", `private: {nacl: {out: [allow any 32768-60999]}, `,
			"public: {", `public: {nacl: {in: [allow any 1024-3000, allow any 32768-60999]}, `).Replace(app("", byProxy+"}")),
			`vpcs: {app: {subnets: {private: {nacl: {out: ["allow app/public 3128", "allow any 32768-60999"]}}, public: {nacl: {in: ["allow app/private 3128", "allow any 1024-3000", "allow any 32768-60999"]}}}}}`},
		"behind PrivateLink it is PROXY protocol that tells the source": {consumer("allow_sources: [far]"),
			"nlbs: {lb: {proxy_protocol: true}}\nproxies: {p: {proxy_protocol: true}}"},
		"a connection that waits to be accepted": {strings.Replace(consumer(""), ", accepted: true", "", 1),
			"vpcs: {far: {endpoints: {exit: {accepted: true}}}}"},
		"the endpoint's security group": {strings.Replace(consumer(""), ", accepted: true", ", accepted: true, sg_from: [10.9.0.0/16]", 1),
			"vpcs: {far: {endpoints: {exit: {sg_from: [10.9.0.0/16, far/s]}}}}"},
	} {
		t.Run(name, func(t *testing.T) {
			got := changes(find(t, parse(t, tt.src, ""), "c", ssm))
			if !slices.Contains(got, tt.want) {
				t.Errorf("Find = %q,\nwant among them %q in\n%s", got, tt.want, tt.src)
			}
		})
	}
}

func TestCentralExit(t *testing.T) {
	got := changes(find(t, parse(t, central("", ", far: core", ""), ""), "c", "https://example.com/"))
	want := "vpcs: {far: {subnets: {s: {routes: {internet: core}}}}}\nlinks: {core: {routes: {internet: hub/in}}}"
	if !slices.Contains(got, want) {
		t.Errorf("Find = %q, want among them %q", got, want)
	}
}

const peered = "  ab: {peering: [a, b]}\n"

// joined are two VPCs; c stands in a, its proxy and an endpoint in b.
func joined(here, there, links string) string {
	src := `version: 1
vpcs:
  a: {region: ap-northeast-1, cidr: 10.1.0.0/16, subnets: {s: {cidr: 10.1.0.0/24` + here + `}}}
  b:
    region: ap-northeast-1
    cidr: 10.2.0.0/16
    subnets: {s: {cidr: 10.2.0.0/24` + there + `}}
    endpoints: {ssm: {interface: ssm, subnets: [s]}}
proxies:
  p: {at: b/s, port: 3128}
clients:
  c: {at: a/s, proxy: p}
`
	if links != "" {
		src += "links:\n" + links
	}
	return src
}

const (
	direct     = "{at: app/private}"
	byProxy    = "{at: app/private, proxy: p" // the rest of c follows
	byBalancer = "{at: app/private, proxy: lb}"
)

// app is a VPC with an endpoint for ssm, joined to a closed site; settings are
// those of the proxy and of the load balancer in front of it.
func app(vpc, client string, settings ...string) string {
	settings = append(settings, "", "")
	for i, s := range settings {
		if s != "" {
			settings[i] = ", " + s
		}
	}
	if vpc != "" {
		vpc = "    " + vpc + "\n"
	}
	return `version: 1
sites:
  dc: {cidr: 192.168.0.0/16}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
` + vpc + `    subnets:
      public: {cidr: 10.1.0.0/24, routes: {dc: dx}}
      private: {cidr: 10.1.1.0/24, routes: {dc: dx}}
    endpoints:
      ssm: {interface: ssm, subnets: [private]}
links:
  dx: {dx: dc, vpc: app}
nlbs:
  lb: {at: app/public, listeners: [3128], targets: [p]` + settings[1] + `}
proxies:
  p: {at: app/public, port: 3128` + settings[0] + `}
clients:
  c: ` + client + "\n"
}

// offSite is app without an endpoint, where the proxy of another site reaches AWS.
func offSite(proxy string) string {
	return strings.NewReplacer(
		"interface: ssm", "interface: sns",
		"dc: {cidr", "office: {cidr: 172.16.0.0/16, internet: true, dns: {public: true}}\n  dc: {cidr",
		"routes: {dc: dx", "routes: {office: vpn, dc: dx",
		"  dx: {", "  vpn: {vpn: office, vpc: app}\n  dx: {",
		"proxies:\n", "proxies:\n  q: {at: office, port: 3128}\n  p2: {at: app/public, port: 3128, parent: q}\n",
		"port: 3128}", "port: 3128"+proxy+"}",
	).Replace(app("", byProxy+"}"))
}

// central is a VPC on a transit gateway, with a hub that has a NAT gateway.
func central(far, back, static string) string {
	if static != "" {
		static = ", routes: {" + static + "}"
	}
	return `version: 1
vpcs:
  far: {region: ap-northeast-1, cidr: 10.8.0.0/16, subnets: {s: {cidr: 10.8.1.0/24` + far + `}}}
  hub:
    region: ap-northeast-1
    cidr: 10.9.0.0/16
    igw: true
    subnets:
      out: {cidr: 10.9.1.0/24, nat: 203.0.113.1, routes: {internet: igw` + back + `}}
      in: {cidr: 10.9.2.0/24, routes: {internet: "nat:out"` + back + `}}
links:
  core: {tgw: [far, hub]` + static + `}
clients:
  c: {at: far/s}
`
}

// consumer is a VPC of another account that reaches a proxy by PrivateLink.
func consumer(proxy string) string {
	if proxy != "" {
		proxy = ", " + proxy
	}
	return `version: 1
accounts:
  other: {id: "222222222222"}
vpcs:
  far:
    region: ap-northeast-1
    account: other
    cidr: 10.8.0.0/16
    subnets: {s: {cidr: 10.8.1.0/24}}
    endpoints: {exit: {privatelink: aws-exit, subnets: [s], accepted: true}}
  near:
    region: ap-northeast-1
    cidr: 10.9.0.0/16
    igw: true
    subnets: {s: {cidr: 10.9.1.0/24, routes: {internet: igw}}}
nlbs:
  lb: {at: near/s, listeners: [3128], targets: [p]}
endpoint_services:
  aws-exit: {nlb: lb, allow: [other]}
proxies:
  p: {at: near/s, port: 3128, public_ip: 203.0.113.1` + proxy + `}
clients:
  c: {at: far/s, proxy: far/exit}
`
}
