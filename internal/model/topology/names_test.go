package topology

import "testing"

// TestNames: what names lead to is checked once the shape is right.
func TestNames(t *testing.T) {
	tests := map[string]mistake{
		"site and VPC":                                  {"  office: {cidr", "  app: {cidr: 10.9.0.0/16}\n  office: {cidr", []string{`5:3 "app" names both a site and a VPC`}},
		"site and proxy":                                {"  office: {cidr", "  proxy: {cidr: 10.9.0.0/16}\n  office: {cidr", []string{`5:3 "proxy" names both a site and a proxy`}},
		"load balancer and proxy":                       {"  lb: {at", "  proxy: {at: app/public, listeners: [1], targets: []}\n  lb: {at", []string{`21:3 "proxy" names both a load balancer and a proxy`}},
		"account of a VPC":                              {"igw: true", "igw: true\n    account: partnr", []string{`11:14 vpcs.app.account: account "partnr" is not in accounts; did you mean "partner"?`}},
		"account that exists by itself":                 {"{region: ap-northeast-1}", "{region: ap-northeast-1, account: aws}", nil},
		"subnet outside its VPC":                        {"10.1.1.0/24", "10.2.1.0/24", []string{"13:23 vpcs.app.subnets.private.cidr: 10.2.1.0/24 is outside VPC app (10.1.0.0/16)"}},
		"subnets that overlap":                          {"10.1.1.0/24", "10.1.0.128/25", []string{"13:23 vpcs.app.subnets.private.cidr: 10.1.0.128/25 overlaps subnet public (10.1.0.0/24)"}},
		"IPv6 where the VPC has none":                   {"{cidr: 10.1.1.0/24}", `{cidr: 10.1.1.0/24, cidr6: "fd00:1::/64"}`, []string{"13:43 vpcs.app.subnets.private.cidr6: fd00:1::/64 is outside VPC app, which has no cidr6"}},
		"subnet that is not there":                      {"at: app/private", "at: app/privat", []string{`27:13 clients.ec2.at: VPC app has no subnet "privat"; did you mean "private"?`}},
		"VPC that is not there":                         {"at: app/private", "at: apt/private", []string{`27:13 clients.ec2.at: VPC "apt" is not in vpcs; did you mean "app"?`}},
		"VPC alone":                                     {"at: app/private", "at: app", []string{`27:13 clients.ec2.at: "app" is not a site, a proxy or a vpc/subnet; app is a VPC: write app/SUBNET`}},
		"client nowhere":                                {"at: app/private", "at: offise", []string{`27:13 clients.ec2.at: "offise" is not a site, a proxy or a vpc/subnet; did you mean "office"?`}},
		"client on a proxy":                             {"at: app/private", "at: proxy", nil},
		"proxy on a proxy":                              {"proxy: {at: app/public", "proxy: {at: proxy", []string{`25:15 proxies.proxy.at: "proxy" is not a site or a vpc/subnet`}},
		"endpoint that is not PrivateLink":              {"proxy: proxy,", "proxy: app/ssm,", []string{"27:33 clients.ec2.proxy: app/ssm is not a privatelink endpoint"}},
		"endpoint that is not there":                    {"proxy: proxy,", "proxy: app/ext,", []string{`27:33 clients.ec2.proxy: VPC app has no endpoint "ext"; did you mean "exit"?`}},
		"endpoint that is":                              {"proxy: proxy,", `proxy: "app/exit:8080",`, nil},
		"load balancer as proxy":                        {"proxy: proxy,", "proxy: lb,", nil},
		"proxy that is not there":                       {"proxy: proxy,", "proxy: prosy,", []string{`27:33 clients.ec2.proxy: "prosy" is not a proxy, a load balancer or a vpc/endpoint; did you mean "proxy"?`}},
		"proxy with a port that is none":                {"proxy: proxy,", `proxy: "proxy:http",`, []string{`27:33 clients.ec2.proxy: the port of "proxy:http" is not a number from 1 to 65535`}},
		"route without internet gateway":                {"igw: true", "igw: false", []string{"12:54 vpcs.app.subnets.public.routes.internet: VPC app has no internet gateway; add igw: true"}},
		"route to a subnet without NAT":                 {"{cidr: 10.1.1.0/24}", `{cidr: 10.1.1.0/24, routes: {internet: "nat:public"}}`, []string{"13:55 vpcs.app.subnets.private.routes.internet: subnet public has no NAT gateway; add nat: true"}},
		"route to a subnet that is none":                {"{cidr: 10.1.1.0/24}", `{cidr: 10.1.1.0/24, routes: {internet: "nat:publik"}}`, []string{`13:55 vpcs.app.subnets.private.routes.internet: VPC app has no subnet "publik"; did you mean "public"?`}},
		"same destination twice":                        {"routes: {internet: igw,", "routes: {internet: igw, 0.0.0.0/0: blackhole,", []string{`12:59 vpcs.app.subnets.public.routes.0.0.0.0/0: same destination as "internet" (0.0.0.0/0)`}},
		"same destination by name and CIDR":             {"office: dx1}", "office: dx1, 192.168.0.0/16: blackhole}", []string{`12:72 vpcs.app.subnets.public.routes.192.168.0.0/16: same destination as "office" (192.168.0.0/16)`}},
		"no destination":                                {"routes: {internet: igw,", "routes: {internt: igw,", []string{`12:44 vpcs.app.subnets.public.routes.internt: not a destination: write internet, internet6, aws:SERVICE, a VPC, a site or a CIDR; did you mean "internet"?`}},
		"destination with host bits":                    {"office: dx1}", "10.9.1.0/8: dx1}", []string{`12:59 vpcs.app.subnets.public.routes.10.9.1.0/8: "10.9.1.0/8" has host bits set; write 10.0.0.0/8`}},
		"destination below a VPC":                       {"office: dx1}", "app/publik: dx1}", []string{`12:59 vpcs.app.subnets.public.routes.app/publik: VPC app has no subnet "publik"; did you mean "public"?`}},
		"destination of a service":                      {"office: dx1}", `office: dx1, "aws:s3": igw, "aws:ecr.api.us-east-1": blackhole}`, nil},
		"no target":                                     {"internet: igw", "internet: igv", []string{`12:54 vpcs.app.subnets.public.routes.internet: "igv" is not a target: write igw, eigw, nat:SUBNET, a link, eni:NAME or blackhole; did you mean "igw"?`}},
		"link that joins others":                        {"links:", "links:\n  ab: {peering: [b, c]}", []string{`19:18 links.ab.peering: VPC "b" is not in vpcs`, `19:21 links.ab.peering: VPC "c" is not in vpcs`}},
		"link with an end that is not there":            {"vpc: app}", "vpc: apq}", []string{`19:26 links.dx1.vpc: VPC "apq" is not in vpcs; did you mean "app"?`}},
		"principal that is no account":                  {"{region: ap-northeast-1}", "{region: ap-northeast-1, policy: [{Effect: Allow, Principal: {AWS: [partnr, \"333333333333\"]}}]}", []string{`29:77 buckets.data.policy.Principal: account "partnr" is not in accounts; did you mean "partner"?`}},
		"link elsewhere":                                {"office: dx1}", "office: vpn9}", []string{`12:67 vpcs.app.subnets.public.routes.office: "vpn9" is not a target: write igw, eigw, nat:SUBNET, a link, eni:NAME or blackhole`}},
		"interface of nothing":                          {"internet: igw", `internet: "eni:proxi"`, []string{`12:54 vpcs.app.subnets.public.routes.internet: "proxi" is not an endpoint of this VPC, a proxy, a load balancer or a client; did you mean "proxy"?`}},
		"link of a site that is not there":              {"{dx: office", "{dx: offise", []string{`19:13 links.dx1.dx: site "offise" is not in sites; did you mean "office"?`}},
		"peering with itself":                           {"{dx: office, vpc: app}", "{peering: [app]}", []string{"19:18 links.dx1.peering must name two different VPCs"}},
		"peering of nobody":                             {"{dx: office, vpc: app}", "{peering: []}", []string{"19:18 links.dx1.peering must name two different VPCs"}},
		"transit gateway of nobody":                     {"{dx: office, vpc: app}", "{tgw: [app, offise]}", []string{`19:20 links.dx1.tgw: "offise" is not a VPC or a site; did you mean "office"?`}},
		"transit gateway, a route to what is not there": {"{dx: office, vpc: app}", "{tgw: [app, offise], routes: {10.0.0.0/8: office}}", []string{`19:20 links.dx1.tgw: "offise" is not a VPC or a site; did you mean "office"?`}},
		"transit gateway to a stranger":                 {"{dx: office, vpc: app}", "{tgw: [app], routes: {internet: office, office: app, 10.0.0.0/8: blackhole}}", []string{"19:40 links.dx1.routes.internet: office is not a member of link dx1"}},
		"transit gateway, internet to a VPC":            {"{dx: office, vpc: app}", "{tgw: [app, office], routes: {internet: app}}", []string{`19:48 links.dx1.routes.internet: "app" cannot be the target of internet: write a vpc/subnet, a site or blackhole; app is a VPC: write app/SUBNET`}},
		"gateway of a service without":                  {"gateway: s3", "gateway: sns", []string{`15:21 vpcs.app.endpoints.s3.gateway: "sns" has no gateway endpoints; only s3, dynamodb, s3express`}},
		"service that is not there":                     {"privatelink: front", "privatelink: exit", []string{`17:27 vpcs.app.endpoints.exit.privatelink: endpoint service "exit" is not in endpoint_services`}},
		"load balancer that is not there":               {"{nlb: lb}", "{nlb: ld}", []string{`23:16 endpoint_services.front.nlb: load balancer "ld" is not in nlbs`}},
		"consumer that is not there":                    {"{nlb: lb}", "{nlb: lb, allow: [partner, other]}", []string{`23:37 endpoint_services.front.allow: account "other" is not in accounts`}},
		"target that is not there":                      {"targets: [proxy]", "targets: [proxi]", []string{`21:53 nlbs.lb.targets: proxy "proxi" is not in proxies; did you mean "proxy"?`}},
		"target at a site":                              {"proxy: {at: app/public", "proxy: {at: office", []string{"21:53 nlbs.lb.targets: proxy proxy is not in VPC app of the load balancer"}},
		"node at a site":                                {"lb: {at: app/public", "lb: {at: office", []string{`21:12 nlbs.lb.at: "office" is not a vpc/subnet`}},
		"place that is none":                            {"port: 3128,", "port: 3128, sg_from: [ofice],", []string{`25:49 proxies.proxy.sg_from: "ofice" is not a place: write a VPC, a site, a vpc/subnet or a CIDR; did you mean "office"?`}},
		"prefix list where none may be":                 {"port: 3128,", `port: 3128, sg_from: ["pl:s3"],`, []string{`25:49 proxies.proxy.sg_from: "pl:s3" is not a place: write a VPC, a site, a vpc/subnet or a CIDR`}},
		"prefix lists":                                  {"port: 3128,", `port: 3128, sg_to: ["pl:s3", "pl:dynamo"],`, []string{`25:56 proxies.proxy.sg_to: "pl:dynamo" is not a prefix list: write pl:s3 or pl:dynamodb; did you mean "pl:dynamodb"?`}},
		"places of every sort":                          {"port: 3128,", "port: 3128, sg_from: [app, office, app/private, 10.0.0.0/8], sg_to: unknown,", nil},
		"rule that is none":                             {"{cidr: 10.1.1.0/24}", "{cidr: 10.1.1.0/24, nacl: {out: [allow, permit any, allow any 80-70, deny nowhere]}}", []string{`13:49 vpcs.app.subnets.private.nacl.out: "allow" is not a rule; write allow or deny, a place or any, and perhaps a port or PORT-PORT`, `13:56 vpcs.app.subnets.private.nacl.out: "permit any" is not a rule; write allow or deny, a place or any, and perhaps a port or PORT-PORT`, `13:68 vpcs.app.subnets.private.nacl.out: "allow any 80-70" is not a rule; write allow or deny, a place or any, and perhaps a port or PORT-PORT`, `13:85 vpcs.app.subnets.private.nacl.out: "nowhere" is not a place: write a VPC, a site, a vpc/subnet or a CIDR`}},
		"rules of every sort":                           {"{cidr: 10.1.1.0/24}", "{cidr: 10.1.1.0/24, nacl: {out: [allow office 443, deny 10.0.0.0/8, allow any 32768-60999], in: unknown}}", nil},
		"resolver of nobody":                            {"igw: true", "igw: true\n    dns: {resolver: amazn}", []string{`11:21 vpcs.app.dns.resolver: site "amazn" is not in sites; did you mean "amazon"?`}},
		"zone to a gateway endpoint":                    {"igw: true", "igw: true\n    dns: {zones: {example.com: app/s3}}", []string{"11:32 vpcs.app.dns.zones.example.com: app/s3 is a gateway endpoint, which has no address"}},
		"zone to nowhere":                               {"igw: true", "igw: true\n    dns: {zones: {example.com: {\"@\": app/ssn, \"*\": ssm, a.b: app/ssm}}}", []string{`11:38 vpcs.app.dns.zones.example.com: VPC app has no endpoint "ssn"; did you mean "ssm"?`, `11:52 vpcs.app.dns.zones.example.com: "ssm" is not a vpc/endpoint`}},
		"zone in capitals":                              {"igw: true", "igw: true\n    dns: {zones: {Example.com: app/ssm}}", []string{`11:19 vpcs.app.dns.zones: "Example.com" is not a domain name; write a name such as example.com, in small letters`}},
		"site forwards to nowhere":                      {"cidr: 192.168.0.0/16}", "cidr: 192.168.0.0/16, dns: {forward: {amazonaws.com: app/outbound, example.com: apq/inbound, .: app/+2}}}", []string{`5:65 sites.office.dns.forward.amazonaws.com: "app/outbound" is not VPC/inbound or VPC/+2`, `5:92 sites.office.dns.forward.example.com: VPC "apq" is not in vpcs; did you mean "app"?`}},
		"parents in a loop":                             {"  proxy: {at: app/public, port: 3128,", "  a: {at: office, port: 1, parent: b}\n  b: {at: office, port: 1, parent: proxy}\n  proxy: {at: app/public, port: 3128, parent: a,", []string{"25:36 proxies.a.parent: the proxies form a loop: a -> b -> proxy -> a"}},
		"a parent that is oneself":                      {"proxy: {at: app/public, port: 3128,", "proxy: {at: app/public, port: 3128, parent: lb,", []string{"25:47 proxies.proxy.parent: the proxies form a loop: proxy -> proxy"}},
		"two loops":                                     {"proxies:", "proxies:\n  a: {at: office, port: 1, parent: a}\n  b: {at: office, port: 1, parent: b}\n  c: {at: office, port: 1, parent: a}", []string{"25:36 proxies.a.parent: the proxies form a loop: a -> a", "26:36 proxies.b.parent: the proxies form a loop: b -> b"}},
		"config without files":                          {"port: 3128,", "port: 3128, config: deguchi.yaml,", []string{`25:47 proxies.proxy.config: "deguchi.yaml" cannot be read: there are no files here`}},
		"several at once":                               {"{dx: office, vpc: app}", "{dx: offise, vpc: apq}", []string{`19:13 links.dx1.dx: site "offise" is not in sites; did you mean "office"?`, `19:26 links.dx1.vpc: VPC "apq" is not in vpcs; did you mean "app"?`}},
	}
	for name, tt := range tests {
		t.Run(name, tt.run)
	}
}

// TestTests: tests are checked once the topology is right. What their change
// brings about is reported inside the change.
func TestTests(t *testing.T) {
	tests := map[string]mistake{
		"client that is not there":           {"client: ec2", "client: ec3", []string{`32:13 test "t": client "ec3" is not in clients; did you mean "ec2"?`}},
		"client that the change adds":        {"client: ec2", "client: ec3\n    change: {clients: {ec3: {at: office}}}", nil},
		"client that the change removes":     {"client: ec2", "client: ec2\n    change: {clients: {ec2: null}}", []string{`32:13 test "t": client "ec2" is not in clients`}},
		"account that is not there":          {"/a\"}", "/a\", principal: partnr/app}", []string{`33:81 request.principal of test "t": account "partnr" is not in accounts; did you mean "partner"?`}},
		"name twice":                         {"tests:", "tests:\n  - name: t\n    client: ec2\n    request: {url: \"https://example.com/\"}\n    expect: {verdict: reached, path: [internet], endpoint: none, dns: {by: client, answer: public}}\n    because: It is so.", []string{`36:11 "t" appears twice here; first in line 31`}},
		"no URL":                             {"https://data", "ftp://data", []string{`33:20 request.url of test "t": "ftp://data.s3.ap-northeast-1.amazonaws.com/a" is not an http or https URL`}},
		"removing what is not there":         {"client: ec2", "client: ec2\n    change: {buckets: {logs: null}, vpcs: {app: {igw: null, account: null}}}", []string{`33:14 test "t": "logs" is removed by the change but is not there`, `33:37 test "t": "account" is removed by the change but is not there`}},
		"changing the version":               {"client: ec2", "client: ec2\n    change: {version: 1, tests: null}", []string{`33:14 test "t": "version" cannot be changed`, `33:26 test "t": "tests" cannot be changed`}},
		"change that is no map":              {"client: ec2", "client: ec2\n    change: [clients]", []string{`33:13 change of test "t" must be a map, not a list`}},
		"unknown group in a change":          {"client: ec2", "client: ec2\n    change: {client: {ec2: {at: office}}}", []string{`33:14 test "t": unknown key "client" in the file; did you mean "clients"?`}},
		"unknown key in a change":            {"client: ec2", "client: ec2\n    change: {clients: {ec2: {no_prxy: []}}}", []string{`33:30 test "t": unknown key "no_prxy" in clients.ec2; did you mean "no_proxy"?`}},
		"wrong value in a change":            {"client: ec2", "client: ec2\n    change: {clients: {ec2: {program: aws-cli}}}", []string{`33:39 test "t": clients.ec2.program must be one of aws-cli-v1, aws-cli-v2, boto3, python-requests, curl, wget, go, ssm-agent, terraform, java-v2, dotnet, node; found "aws-cli"; did you mean "aws-cli-v1"?`}},
		"dangling name in a change":          {"client: ec2", "client: ec2\n    change: {clients: {ec2: {at: app/nowhere}}}", []string{`33:34 test "t": clients.ec2.at: VPC app has no subnet "nowhere"`}},
		"change that leaves a key missing":   {"client: ec2", "client: ec2\n    change: {clients: {ec2: {at: null}}}", []string{`33:24 test "t": clients.ec2 needs "at"`}},
		"change that leaves a name dangling": {"client: ec2", "client: ec2\n    change: {buckets: {logs: {region: us-east-1}}, links: {dx1: null}}", []string{`33:52 test "t": vpcs.app.subnets.public.routes.office: "dx1" is not a target: write igw, eigw, nat:SUBNET, a link, eni:NAME or blackhole`}},
		"change that takes a gateway away":   {"client: ec2", "client: ec2\n    change:\n      buckets: {data: null}\n      vpcs: {app: {igw: null}}", []string{`35:7 test "t": vpcs.app.subnets.public.routes.internet: VPC app has no internet gateway; add igw: true`}},
		"change of a list replaces it":       {"client: ec2", "client: ec2\n    change: {clients: {ec2: {no_proxy: []}}}", nil},
	}
	for name, tt := range tests {
		t.Run(name, tt.run)
	}
}

// TestNamesInAnyOrder: a name of two groups is shown where it comes first in the
// file, whichever group that is.
func TestNamesInAnyOrder(t *testing.T) {
	src := "version: 1\nproxies:\n  a: {at: b, port: 1}\nsites:\n  a: {cidr: 10.0.0.0/8}\n  b: {cidr: 10.0.0.0/8}\n"
	_, problems := Parse("f.yaml", []byte(src), Options{})
	if want := `3:3 "a" names both a site and a proxy`; len(problems) != 1 || shown(problems)[0] != want {
		t.Errorf("problems %v, want %s", shown(problems), want)
	}
}
