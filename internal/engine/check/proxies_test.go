package check_test

import "testing"

// offered is story D: consumers come by PrivateLink.
const offered = `version: 1
accounts:
  partner: {id: "222222222222"}
vpcs:
  closed:
    region: ap-northeast-1
    account: partner
    cidr: 10.8.0.0/16
    subnets:
      client: {cidr: 10.8.1.0/24}
    endpoints:
      exit: {privatelink: aws-exit, subnets: [client], accepted: true}
  exit:
    region: ap-northeast-1
    cidr: 10.9.0.0/16
    igw: true
    subnets:
      a: {cidr: 10.9.1.0/24, az: a, routes: {internet: igw}}
      c: {cidr: 10.9.2.0/24, az: c, routes: {internet: igw}}
nlbs:
  front: {at: [exit/a, exit/c], listeners: [3128], targets: [squid, other]}
endpoint_services:
  aws-exit: {nlb: front, allow: [partner]}
proxies:
  squid: {at: exit/a, port: 3128, public_ip: 203.0.113.10}
  other: {at: exit/c, port: 3128, public_ip: 203.0.113.11}
clients:
  ec2: {at: closed/client, proxy: "closed/exit:3128"}
`

func TestProxies(t *testing.T) {
	run(t, "DG32", map[string]finding{
		"sound":           {base: offered},
		"all of AWS":      {offered, "proxies: {squid: {allow_domains: [.amazonaws.com]}}", []string{"DG3201 warning .amazonaws.com"}},
		"all of a Region": {offered, "proxies: {squid: {allow_domains: [.ap-northeast-1.amazonaws.com]}}", []string{"DG3201 warning .ap-northeast-1.amazonaws.com"}},
		"dual-stack":      {offered, "proxies: {squid: {allow_domains: [.api.aws]}}", []string{"DG3201 warning .api.aws"}},
		"half of a list that rules decide instead of": {offered, `proxies: {squid: {allow_domains: [ssm.ap-northeast-1.amazonaws.com, ec2messages.ap-northeast-1.amazonaws.com], config: "clients: {front: {from: [10.9.0.0/16]}}"}}`, nil},
		"a list that rules decide instead of":         {offered, `proxies: {squid: {allow_domains: [.amazonaws.com, ssm.ap-northeast-1.amazonaws.com, ec2messages.ap-northeast-1.amazonaws.com], config: "clients: {front: {from: [10.9.0.0/16]}}"}}`, nil},
		"one service and below":                       {offered, "proxies: {squid: {allow_domains: [.s3.ap-northeast-1.amazonaws.com]}}", nil},
		"the end alone is no names":                   {offered, "proxies: {squid: {allow_domains: [amazonaws.com]}}", nil},

		"consumers are never seen":          {offered, "proxies: {squid: {allow_sources: [closed]}}", []string{"DG3202 error allow_sources"}},
		"nor by the security group":         {offered, "proxies: {squid: {sg_from: [closed]}}", []string{"DG3202 error sg_from"}},
		"the load balancer is":              {offered, "proxies: {squid: {allow_sources: [exit], sg_from: [exit/a, exit/c]}}", nil},
		"consumers beside it are no use":    {offered, "proxies: {squid: {allow_sources: [exit, closed, 172.16.0.0/12]}}", []string{"DG3202 warning closed"}},
		"rules for consumers":               {offered, `proxies: {squid: {config: "clients: {closed: {from: [10.8.0.0/16]}}"}}`, []string{`DG3202 error "clients: {closed: {from: [10.8.0.0/16]}}"`}},
		"rules for the load balancer":       {offered, `proxies: {squid: {config: "clients: {front: {from: [10.9.0.0/16]}}"}}`, nil},
		"the PROXY protocol tells them":     {offered, "{nlbs: {front: {proxy_protocol: true}}, proxies: {squid: {allow_sources: [closed], proxy_protocol: true}, other: {proxy_protocol: true}}}", nil},
		"somebody comes with its address":   {offered, "{proxies: {squid: {allow_sources: [exit, 172.16.0.0/12]}}, sites: {dc: {cidr: 172.16.0.0/16}}, clients: {pc: {at: dc, proxy: squid}}}", nil},
		"without PrivateLink it is seen":    {offered, "{vpcs: {closed: {endpoints: {exit: null}}}, endpoint_services: null, clients: null, proxies: {squid: {allow_sources: [closed]}}}", nil},
		"unless that is off":                {offered, "{vpcs: {closed: {endpoints: {exit: null}}}, endpoint_services: null, clients: null, nlbs: {front: {preserve_client_ip: false}}, proxies: {squid: {allow_sources: [closed]}}}", []string{"DG3202 error allow_sources"}},
		"a list that nobody told":           {offered, "proxies: {squid: {allow_sources: unknown}}", nil},
		"ssm for Parameter Store":           {offered, "proxies: {squid: {allow_domains: [ssm.ap-northeast-1.amazonaws.com]}}", nil},
		"ssm for an agent":                  {offered, "{proxies: {squid: {allow_domains: [ssm.ap-northeast-1.amazonaws.com]}}, clients: {ec2: {program: ssm-agent}}}", []string{"DG3203 warning ssm.ap-northeast-1.amazonaws.com"}},
		"ssm and all below it":              {offered, "{proxies: {squid: {allow_domains: [.ap-northeast-1.amazonaws.com, .ssm.ap-northeast-1.amazonaws.com]}}, clients: {ec2: {program: ssm-agent}}}", []string{"DG3201 warning .ap-northeast-1.amazonaws.com"}},
		"names that only look like it":      {offered, "{proxies: {squid: {allow_domains: [ssm.ap-northeast-1.amazonaws.com, messages.ap-northeast-1.amazonaws.com]}}, clients: {ec2: {program: ssm-agent}}}", []string{"DG3203 warning ssm.ap-northeast-1.amazonaws.com"}},
		"ssm as old articles have it":       {offered, "proxies: {squid: {allow_domains: [ssm.ap-northeast-1.amazonaws.com, ec2messages.ap-northeast-1.amazonaws.com]}}", []string{"DG3203 warning ssm.ap-northeast-1.amazonaws.com", "DG3204 note ec2messages.ap-northeast-1.amazonaws.com"}},
		"ssmmessages of another Region":     {offered, "{proxies: {squid: {allow_domains: [ssm.ap-northeast-1.amazonaws.com, ssmmessages.ap-northeast-3.amazonaws.com]}}, clients: {ec2: {program: ssm-agent}}}", []string{"DG3203 warning ssm.ap-northeast-1.amazonaws.com"}},
		"rules that let no agent through":   {offered, `{proxies: {squid: {config: "clients: {front: {from: [10.9.0.0/16]}}, rules: [{allow: {services: [sns]}}]"}}, nlbs: {front: {targets: [squid], cross_zone: true}}, clients: {ec2: {program: ssm-agent}}}`, nil},
		"a list that lets no agent through": {offered, `{proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}, nlbs: {front: {targets: [squid], cross_zone: true}}, clients: {ec2: {program: ssm-agent}}}`, nil},
		"an agent at a site":                {offered, `{sites: {dc: {cidr: 172.16.0.0/16}}, clients: {server: {at: dc, proxy: squid, program: ssm-agent}}}`, nil},
		"rules for half an agent": {offered, `{proxies: {squid: {config: "clients: {front: {from: [10.9.0.0/16]}}, rules: [{allow: {services: [ssm]}}]"}}, nlbs: {front: {targets: [squid], cross_zone: true}}, clients: {ec2: {program: ssm-agent}}}`,
			[]string{`DG3203 warning "clients: {front: {from: [10.9.0.0/16]}}, rules: [{allow: {services: [ssm]}}]"`}},
		"rules for an agent":                {offered, `{proxies: {squid: {config: "clients: {front: {from: [10.9.0.0/16]}}, rules: [{allow: {job: session-manager}}]"}}, nlbs: {front: {targets: [squid], cross_zone: true}}, clients: {ec2: {program: ssm-agent}}}`, nil},
		"endpoints for an agent":            {offered, "{vpcs: {closed: {endpoints: {ssm: {interface: ssm, subnets: [client]}}}}, clients: {ec2: {program: ssm-agent, proxy: null}}}", []string{"DG3203 warning ssm"}},
		"endpoints of one with a proxy":     {offered, "{vpcs: {closed: {endpoints: {ssm: {interface: ssm, subnets: [client]}}}}, clients: {ec2: {program: ssm-agent}}}", nil},
		"metadata without a token":          {offered, "proxies: {squid: {imds: v1}}", []string{"DG3205 warning v1"}},
		"a token, and nothing that tells":   {offered, "proxies: {squid: {x_forwarded_for: false}}", []string{"DG3205 warning false"}},
		"link-local is refused":             {offered, "proxies: {squid: {imds: v1, deny_link_local: true}}", nil},
		"a list of names has no addresses":  {offered, "proxies: {squid: {imds: v1, allow_domains: [.corp.example]}}", nil},
		"a proxy at a site has no metadata": {offered, "{sites: {dc: {cidr: 172.16.0.0/16}}, proxies: {corp: {at: dc, port: 8080, imds: v1}}}", nil},
	})
}

func TestLoadBalancers(t *testing.T) {
	run(t, "DG33", map[string]finding{
		"sound":                          {base: offered},
		"an ALB":                         {offered, "nlbs: {front: {type: alb}}", []string{"DG3301 error alb"}},
		"the header of the sender alone": {offered, "{nlbs: {front: {proxy_protocol: true}}, proxies: {squid: {proxy_protocol: true}}}", []string{"DG3302 error true"}},
		"of the receiver alone":          {offered, "proxies: {squid: {proxy_protocol: true}}", []string{"DG3302 error true"}},
		"a client sends none":            {offered, "{nlbs: {front: {targets: [other], cross_zone: true}}, proxies: {squid: {proxy_protocol: true}}, clients: {on: {at: exit/a, proxy: squid}}}", []string{"DG3302 error squid"}},
		"one zone":                       {offered, "nlbs: {front: {at: exit/a, cross_zone: true}}", []string{"DG3303 note exit/a"}},
		"one zone that nobody wrote":     {offered, "vpcs: {exit: {subnets: {c: {az: null}}}}", nil},
		"zones that nobody wrote":        {offered, "vpcs: {exit: {subnets: {a: {az: null}, c: {az: null}}}}", nil},
		"two subnets of one zone":        {offered, "{vpcs: {exit: {subnets: {c: {az: a}}}}}", []string{"DG3303 note at"}},
		"a load balancer nobody uses":    {offered, "{nlbs: {front: {at: exit/a}}, endpoint_services: null, vpcs: {closed: {endpoints: {exit: null}}}, clients: null}", nil},
		"a keepalive too late":           {offered, "clients: {ec2: {keepalive: 350}}", []string{"DG3304 warning 350"}},
		"a keepalive in time":            {offered, "clients: {ec2: {keepalive: 349}}", nil},
		"more time":                      {offered, "{nlbs: {front: {idle_timeout: 6000}}, clients: {ec2: {keepalive: 600}}}", nil},
		"a host that comes to itself":    {offered, "{nlbs: {front: {targets: [squid], cross_zone: true}}, clients: {on: {at: squid, proxy: front}}}", []string{"DG3305 error front"}},
		"now and then":                   {offered, "clients: {on: {at: squid, proxy: front}}", []string{"DG3305 warning front"}},
		"with the proxy's own address":   {offered, "{nlbs: {front: {preserve_client_ip: false}}, clients: {on: {at: squid, proxy: front}}}", nil},
		"a zone without a target":        {offered, "nlbs: {front: {targets: [squid]}}", []string{"DG3306 warning exit/c"}},
		"other zones' targets":           {offered, "nlbs: {front: {targets: [squid], cross_zone: true}}", nil},
	})
}
