package check_test

import "testing"

// pair is two VPCs and a site on a transit gateway.
const pair = `version: 1
sites:
  dc: {cidr: 192.168.0.0/16}
vpcs:
  a:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    cidr6: "2001:db8:1::/56"
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, cidr6: "2001:db8:1::/64", nat: true, routes: {internet: igw, internet6: igw, b: core, dc: core}}
      private: {cidr: 10.1.1.0/24, routes: {internet: "nat:public", b: core, dc: core}}
  b:
    region: ap-northeast-1
    cidr: 10.2.0.0/16
    subnets:
      private: {cidr: 10.2.1.0/24, routes: {a: core, dc: core}}
    endpoints:
      ssm: {interface: ssm, subnets: [private]}
links:
  core: {tgw: [a, b, dc]}
proxies:
  squid: {at: a/public, port: 3128, public_ip: 203.0.113.10}
clients:
  ec2: {at: a/private}
`

func TestNetworks(t *testing.T) {
	run(t, "DG35", map[string]finding{
		"sound":                                 {base: pair},
		"no way back from the internet":         {pair, "vpcs: {a: {subnets: {public: {nacl: {out: [allow any 443, allow a], in: [allow a]}}}}}", []string{"DG3501 error allow any 443"}},
		"a way back":                            {pair, "vpcs: {a: {subnets: {public: {nacl: {out: [allow any 443, allow a], in: [allow a, allow any 1024-65535]}}}}}", nil},
		"denied in both directions":             {pair, "vpcs: {a: {subnets: {public: {nacl: {out: [allow any 443], in: [deny any 32768-65535, allow any 443]}}}}}", []string{"DG3501 error allow any 443", "DG3501 error allow any 443"}},
		"one range denied, the rest allowed":    {pair, "vpcs: {a: {subnets: {public: {nacl: {out: [allow any], in: [deny 198.51.100.0/24, allow any]}}}}}", nil},
		"answers of the proxy":                  {pair, "vpcs: {a: {subnets: {public: {nacl: {out: [allow any 443], in: [allow a 3128, allow any 1024-65535]}}}}}", []string{"DG3501 error allow a 3128"}},
		"outgoing open, incoming without":       {pair, "vpcs: {a: {subnets: {private: {nacl: {in: [allow a 22]}}}}}", []string{"DG3501 error in"}},
		"endpoints need no answers":             {pair, "vpcs: {b: {subnets: {private: {nacl: {in: [allow a 443]}}}}}", nil},
		"endpoints give answers":                {pair, "vpcs: {b: {subnets: {private: {nacl: {out: [allow a 443]}}}}}", []string{"DG3501 error out"}},
		"nobody answers from a gateway":         {pair, "vpcs: {b: {subnets: {empty: {cidr: 10.2.9.0/24, nacl: {out: [allow b 443]}}}, endpoints: {s3: {gateway: s3, subnets: [empty]}}}}", nil},
		"nobody answers from an empty subnet":   {pair, "vpcs: {b: {subnets: {empty: {cidr: 10.2.9.0/24, nacl: {out: [allow b 443]}}}}}", nil},
		"a place that is not the clients'":      {pair, "vpcs: {b: {subnets: {private: {nacl: {in: [allow a 443], out: [allow dc 1024-65535]}}}}}", []string{"DG3501 error allow a 443"}},
		"a part of the ports of answers":        {pair, "vpcs: {b: {subnets: {private: {nacl: {in: [allow a 443], out: [deny a 40000-50000, allow a 1024-65535]}}}}}", nil},
		"the lower half of them":                {pair, "vpcs: {b: {subnets: {private: {nacl: {in: [allow a 443], out: [deny a 1024-40000, allow a 1024-65535]}}}}}", nil},
		"everyone denied, whoever is allowed":   {pair, "vpcs: {b: {subnets: {private: {nacl: {in: [allow a 443], out: [deny 10.0.0.0/8, allow a]}}}}}", []string{"DG3501 error allow a 443"}},
		"IPv6 rules have answers of their own":  {pair, `vpcs: {b: {subnets: {private: {nacl: {in: ["allow 2001:db8:1::/56 443"], out: [allow any 443]}}}}}`, nil},
		"an ACL that nobody told":               {pair, "vpcs: {a: {subnets: {public: {nacl: {out: unknown, in: [allow any 80]}}}}}", nil},
		"the same range twice":                  {pair, "vpcs: {b: {cidr: 10.1.0.0/16, subnets: {private: {cidr: 10.1.1.0/24, routes: {a: null}}}}, a: {subnets: {public: {routes: {b: null}}, private: {routes: {b: null}}}}}", []string{"DG3502 error 10.1.0.0/16"}},
		"a part of it behind a transit gateway": {pair, "vpcs: {b: {cidr: 10.1.128.0/17, subnets: {private: {cidr: 10.1.129.0/24}}}}", []string{"DG3502 warning 10.1.128.0/17"}},
		"a VPC in a site's range":               {pair, "sites: {dc: {cidr: 10.0.0.0/8}}", []string{"DG3502 note 10.1.0.0/16", "DG3502 note 10.2.0.0/16"}},
		"networks that no link joins":           {pair, "vpcs: {c: {region: ap-northeast-1, cidr: 10.1.0.0/16, subnets: {}}}", nil},
		"an address of another subnet":          {pair, "clients: {ec2: {ip: 10.1.0.5}}", []string{"DG3503 error 10.1.0.5"}},
		"an address that is not the site's":     {pair, "clients: {pc: {at: dc, ip: 192.169.0.5}}", []string{"DG3503 error 192.169.0.5"}},
		"an address of its subnet":              {pair, "clients: {ec2: {ip: 10.1.1.5}}", nil},
		"IPv6 where there is none":              {pair, `clients: {ec2: {ipv6: "2001:db8:1::5"}}`, []string{`DG3503 error "2001:db8:1::5"`}},
		"IPv6 of another subnet":                {pair, `proxies: {squid: {ipv6: "2001:db8:1:1::5"}}`, []string{`DG3503 error "2001:db8:1:1::5"`}},
		"a load balancer elsewhere":             {pair, "nlbs: {front: {at: a/public, listeners: [3128], targets: [squid], ip: 10.1.1.9}}", []string{"DG3503 error 10.1.1.9"}},
		"IPv4 by an egress-only gateway":        {pair, "vpcs: {a: {subnets: {private: {routes: {internet: eigw}}}}}", []string{"DG3504 error eigw"}},
		"IPv6 by it":                            {pair, "vpcs: {a: {subnets: {public: {routes: {internet6: eigw}}}}}", nil},
		"IPv6 by a NAT gateway":                 {pair, `vpcs: {a: {subnets: {private: {routes: {internet6: "nat:public"}}}}}`, []string{`DG3504 error "nat:public"`}},
		"NAT64":                                 {pair, `vpcs: {a: {subnets: {private: {routes: {"64:ff9b::/96": "nat:public"}}}}}`, nil},
		"a route to a machine":                  {pair, `vpcs: {a: {subnets: {private: {routes: {internet: "eni:squid"}}}}}`, []string{`DG3506 warning "eni:squid"`}},
		"a proxy without a public address":      {pair, "proxies: {squid: {public_ip: null}}", []string{"DG3505 error squid"}},
		"a proxy that hands all on":             {pair, "proxies: {squid: {public_ip: null, parent: corp}, corp: {at: dc, port: 8080}}", nil},
		"a client with links beside it":         {pair, "clients: {pc: {at: a/public}}", []string{"DG3505 warning pc"}},
		"a client with an address":              {pair, "clients: {pc: {at: a/public, public_ip: 203.0.113.20}}", nil},
		"a client with IPv6":                    {pair, `clients: {pc: {at: a/public, ipv6: "2001:db8:1::9"}}`, nil},
		"a client with a proxy":                 {pair, "clients: {pc: {at: a/public, proxy: squid}}", nil},
		"a client with nothing beside it":       {pair, "{vpcs: {a: {subnets: {bare: {cidr: 10.1.9.0/24, routes: {internet: igw}}}}}, clients: {pc: {at: a/bare}}}", []string{"DG3505 error pc"}},
	})
}
