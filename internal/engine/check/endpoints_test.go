package check_test

import "testing"

// hub has a proxy with an exit and a private subnet.
const hub = `version: 1
sites:
  dc: {cidr: 192.168.0.0/16, dns: {forward: {ssm.ap-northeast-1.amazonaws.com: app/inbound}}}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, routes: {internet: igw, dc: line}}
      private: {cidr: 10.1.1.0/24, routes: {dc: line}}
    endpoints:
      ssm: {interface: ssm, subnets: [private]}
links:
  line: {dx: dc, vpc: app}
proxies:
  squid: {at: app/public, port: 3128, public_ip: 203.0.113.10}
clients:
  ec2: {at: app/private, proxy: squid}
  terminal: {at: dc}
`

func TestEndpoints(t *testing.T) {
	run(t, "DG34", map[string]finding{
		"sound":                                {base: hub},
		"a gateway beside the proxy saves NAT": {hub, "vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [public]}}}}", []string{"DG3401 note public"}},
		"its policy judges all": {hub, `vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [private, public], policy: [{Effect: Allow, Principal: "*", Resource: "arn:aws:s3:::ours/*"}]}}}}`,
			[]string{"DG3401 warning public"}},
		"a client believes in its own": {hub, "vpcs: {app: {endpoints: {theirs: {gateway: s3, subnets: [public]}, ours: {gateway: s3, subnets: [private]}}}}", []string{"DG3401 warning public"}},
		"everything goes to a parent":  {hub, "{vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [public]}}}}, proxies: {squid: {parent: corp}, corp: {at: dc, port: 8080}}}", nil},
		"closed, and the gateway elsewhere": {hub, "{vpcs: {app: {subnets: {public: {routes: {internet: null}}}, endpoints: {s3: {gateway: s3, subnets: [private]}}}}}",
			[]string{"DG3402 warning subnets"}},
		"closed, with the gateway": {hub, "{vpcs: {app: {subnets: {public: {routes: {internet: null}}}, endpoints: {s3: {gateway: s3, subnets: [private, public]}}}}}", nil},
		"closed, with an interface endpoint": {hub, "{vpcs: {app: {subnets: {public: {routes: {internet: null}}}, endpoints: {s3: {gateway: s3, subnets: [private]}, s3-if: {interface: s3, subnets: [private]}}}}}",
			nil},
		"an exit to nowhere is none":             {hub, "{vpcs: {app: {subnets: {public: {routes: {internet: blackhole}}}, endpoints: {s3: {gateway: s3, subnets: [private]}}}}}", []string{"DG3402 warning subnets"}},
		"a client's own is of another service":   {hub, "vpcs: {app: {endpoints: {theirs: {gateway: s3, subnets: [public]}, ours: {gateway: dynamodb, subnets: [private]}}}}", []string{"DG3401 note public"}},
		"a client's own is the same":             {hub, "vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [public, private]}}}}", []string{"DG3401 note public"}},
		"closed, with a static route":            {hub, `{vpcs: {app: {subnets: {public: {routes: {internet: null, "aws:s3": line}}}, endpoints: {s3: {gateway: s3, subnets: [private]}}}}}`, nil},
		"closed, with one to elsewhere":          {hub, `{vpcs: {app: {subnets: {public: {routes: {internet: null, "aws:s3.ap-northeast-3": line}}}, endpoints: {s3: {gateway: s3, subnets: [private]}}}}}`, []string{"DG3402 warning subnets"}},
		"two in one table":                       {hub, "vpcs: {app: {endpoints: {a: {gateway: s3, subnets: [private]}, b: {gateway: s3, subnets: [private]}}}}", []string{"DG3403 error private"}},
		"two services":                           {hub, "vpcs: {app: {endpoints: {a: {gateway: s3, subnets: [private]}, b: {gateway: dynamodb, subnets: [private]}}}}", nil},
		"a group without the proxy":              {hub, "vpcs: {app: {endpoints: {ssm: {sg_from: [app/private, dc]}}}}", []string{"DG3404 error sg_from"}},
		"a group without the site":               {hub, "vpcs: {app: {endpoints: {ssm: {sg_from: [app]}}}}", []string{"DG3404 error sg_from"}},
		"a group with both":                      {hub, "vpcs: {app: {endpoints: {ssm: {sg_from: [app, dc]}}}}", nil},
		"a group for a part":                     {hub, "vpcs: {app: {endpoints: {ssm: {sg_from: [10.1.0.0/25, dc]}}}}", nil},
		"a client that uses the proxy":           {hub, "vpcs: {app: {endpoints: {ssm: {sg_from: [app/public, dc]}}}}", nil},
		"a group of an endpoint by its own name": {hub, "vpcs: {app: {endpoints: {d: {interface: dynamodb, subnets: [private], sg_from: [app/private], dns_name: vpce-1.dynamodb.ap-northeast-1.vpce.amazonaws.com}}}}", []string{"DG3404 error sg_from"}},
		"a proxy that does not go there":         {hub, "{proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}, vpcs: {app: {endpoints: {ssm: {sg_from: [app/private, dc]}}}}}", nil},
		"a proxy behind a proxy":                 {hub, "{proxies: {corp: {at: dc, port: 8080, parent: squid}}, clients: {ec2: null, terminal: {proxy: corp}}, vpcs: {app: {endpoints: {ssm: {sg_from: [app/private, dc]}}}}}", []string{"DG3404 error sg_from"}},
		"a group that nobody told":               {hub, "vpcs: {app: {endpoints: {ssm: {sg_from: unknown}}}}", nil},
		"a site that asks elsewhere":             {hub, "{sites: {dc: {dns: {forward: null}}}, vpcs: {app: {endpoints: {ssm: {sg_from: [app]}}}}}", nil},
		"private DNS off":                        {hub, "vpcs: {app: {endpoints: {ssm: {private_dns: false}}}}", []string{"DG3405 warning false"}},
		"off, with a name":                       {hub, "vpcs: {app: {endpoints: {ssm: {private_dns: false, dns_name: vpce-1.ssm.ap-northeast-1.vpce.amazonaws.com}}}}", nil},
		"off, with a zone":                       {hub, "vpcs: {app: {dns: {zones: {ssm.ap-northeast-1.amazonaws.com: app/ssm}}, endpoints: {ssm: {private_dns: false}}}}", nil},
		"no DNS at all":                          {hub, "vpcs: {app: {dns: {support: false}}}", []string{"DG3406 error false"}},
		"no names to answer":                     {hub, "{sites: {dc: {dns: null}}, vpcs: {app: {dns: {support: false}, endpoints: {ssm: null, d: {interface: dynamodb, subnets: [private]}}}}}", nil},
		"a site that asks back":                  {hub, "vpcs: {app: {dns: {resolver: dc}}}", nil},
		"a site that does not":                   {hub, "{vpcs: {app: {dns: {resolver: dc}}}, sites: {dc: {dns: {forward: null}}}}", []string{"DG3406 warning dc"}},
		"inbound-only alone":                     {hub, "vpcs: {app: {endpoints: {s3: {interface: s3, subnets: [private], private_dns: inbound-only}}}}", []string{"DG3407 error inbound-only"}},
		"inbound-only with a gateway":            {hub, "vpcs: {app: {endpoints: {s3: {interface: s3, subnets: [private], private_dns: inbound-only}, g: {gateway: s3, subnets: [private]}}}}", nil},
		"a rule and a zone of one name":          {hub, "vpcs: {app: {dns: {forward: {x.example: dc}, zones: {x.example: app/ssm}}}}", []string{"DG3413 warning app/ssm"}},
		"a rule for what is above":               {hub, "vpcs: {app: {dns: {forward: {example: dc}, zones: {x.example: app/ssm}}}}", nil},
		"a zone that hides the rest":             {hub, "vpcs: {app: {dns: {zones: {ap-northeast-1.amazonaws.com: {ssm: app/ssm}}}}}", []string{"DG3413 warning ap-northeast-1.amazonaws.com"}},
		"a zone that answers all":                {hub, `vpcs: {app: {dns: {zones: {ap-northeast-1.amazonaws.com: {"*": app/ssm}}}}}`, nil},
		"a zone for one service":                 {hub, "vpcs: {app: {dns: {zones: {ssm.ap-northeast-1.amazonaws.com: app/ssm}}}}", nil},
		"a resolver asked at +2":                 {hub, "sites: {dc: {dns: {forward: {ssm.ap-northeast-1.amazonaws.com: app/+2}}}}", []string{"DG3410 error app/+2"}},
		"a static route beside":                  {hub, `vpcs: {app: {subnets: {private: {routes: {"aws:s3": line}}}, endpoints: {s3: {gateway: s3, subnets: [private]}}}}`, []string{"DG3412 warning line"}},
		"one to another Region":                  {hub, `vpcs: {app: {subnets: {private: {routes: {"aws:s3.ap-northeast-3": line}}}, endpoints: {s3: {gateway: s3, subnets: [private]}}}}`, nil},
		"all of AWS's names":                     {hub, "sites: {dc: {dns: {forward: {amazonaws.com: app/inbound}}}}", []string{"DG3408 note amazonaws.com"}},
		"every name there is":                    {hub, `sites: {dc: {dns: {forward: {".": app/inbound}}}}`, []string{`DG3408 note "`}},
		"all, and a way to the internet":         {hub, "sites: {dc: {internet: true, dns: {forward: {amazonaws.com: app/inbound}}}}", nil},
		"all, and everyone has a proxy":          {hub, "{sites: {dc: {dns: {forward: {amazonaws.com: app/inbound}}}}, clients: {terminal: {proxy: squid}}}", nil},
	})
}

func TestEndpointsOfServices(t *testing.T) {
	run(t, "DG34", map[string]finding{
		"sound":                     {base: offered},
		"nobody accepted":           {offered, "vpcs: {closed: {endpoints: {exit: {accepted: null}}}}", []string{"DG3411 error exit"}},
		"refused":                   {offered, "vpcs: {closed: {endpoints: {exit: {accepted: false}}}}", []string{"DG3411 error false"}},
		"accepted by itself":        {offered, "{endpoint_services: {aws-exit: {accept: auto}}, vpcs: {closed: {endpoints: {exit: {accepted: null}}}}}", nil},
		"an account that is not":    {offered, "endpoint_services: {aws-exit: {allow: []}}", []string{"DG3411 error aws-exit"}},
		"of the owner itself":       {offered, "{endpoint_services: {aws-exit: {allow: []}}, vpcs: {closed: {account: main}}}", nil},
		"a Region that is not":      {offered, "vpcs: {closed: {region: ap-northeast-3}}", []string{"DG3411 error aws-exit"}},
		"a Region that is":          {offered, "{vpcs: {closed: {region: ap-northeast-3}}, endpoint_services: {aws-exit: {regions: [ap-northeast-3]}}}", nil},
		"accounts that nobody told": {offered, "endpoint_services: {aws-exit: {allow: unknown}}", nil},
	})
}

// bridge is story C: a proxy in a closed VPC leads a closed site to S3.
const bridge = `version: 1
sites:
  dc: {cidr: 192.168.0.0/16}
vpcs:
  hub:
    region: ap-northeast-1
    cidr: 10.0.0.0/16
    subnets:
      proxy: {cidr: 10.0.1.0/24, routes: {dc: line}}
    endpoints:
      s3: {gateway: s3, subnets: [proxy]}
links:
  line: {dx: dc, vpc: hub}
proxies:
  squid: {at: hub/proxy, port: 3128}
clients:
  terminal: {at: dc, proxy: squid}
`

func TestEndpointInsteadOfProxy(t *testing.T) {
	run(t, "DG34", map[string]finding{
		"a proxy that leads nowhere":      {bridge, "vpcs: {hub: {endpoints: null}}", []string{"DG3402 warning hub/proxy"}},
		"one that nobody comes to":        {bridge, "{vpcs: {hub: {endpoints: null}}, clients: {terminal: {proxy: null}}}", nil},
		"one with a parent":               {bridge, "{vpcs: {hub: {endpoints: null}}, proxies: {squid: {parent: corp}, corp: {at: dc, port: 8080}}}", nil},
		"a proxy for S3 alone":            {bridge, "", []string{"DG3409 note hub/proxy"}},
		"a proxy for DynamoDB":            {bridge, "vpcs: {hub: {endpoints: {s3: null, d: {gateway: dynamodb, subnets: [proxy]}}}}", nil},
		"a proxy with an exit":            {bridge, "vpcs: {hub: {igw: true, subnets: {proxy: {routes: {internet: igw}}}}, }", []string{"DG3401 note proxy"}},
		"a proxy that limits names":       {bridge, "proxies: {squid: {allow_domains: [ours.s3.ap-northeast-1.amazonaws.com]}}", nil},
		"a proxy for more than S3":        {bridge, "vpcs: {hub: {endpoints: {ssm: {interface: ssm, subnets: [proxy]}}}}", nil},
		"a proxy that instances use, too": {bridge, "clients: {ec2: {at: hub/proxy, proxy: squid}}", nil},
		"a proxy that nobody uses":        {bridge, "clients: {terminal: {proxy: null}}", nil},
	})
}
