package check_test

import "testing"

// buckets has S3 by a gateway endpoint for clients and by the proxy.
const buckets = `version: 1
accounts:
  main: {id: "111111111111"}
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
      other: {gateway: s3, subnets: []}
proxies:
  squid: {at: app/public, port: 3128, public_ip: 203.0.113.10, allow_domains: [ours.s3.ap-northeast-1.amazonaws.com]}
clients:
  direct: {at: app/private}
buckets:
  ours: {region: ap-northeast-1}
`

// pinned is the change that gives the bucket a policy with one condition.
func pinned(condition string) string {
	return `buckets: {ours: {policy: [{Effect: Deny, Principal: "*", Condition: {` + condition + `}}]}}`
}

// spare is the change that has the bucket deny all but somebody.
func spare(who string) string {
	return `buckets: {ours: {policy: [{Effect: Deny, NotPrincipal: ` + who + `}]}}`
}

// limited is the change that gives the endpoint a policy with one statement.
func limited(rest string) string {
	return `vpcs: {app: {endpoints: {s3: {policy: [{Effect: Allow, ` + rest + `}]}}}}`
}

func TestPolicies(t *testing.T) {
	const proxied = "clients: {direct: {proxy: squid}}, "
	run(t, "DG36", map[string]finding{
		"sound":                                {base: buckets},
		"an account in a gateway's policy":     {buckets, limited("Principal: main"), []string{"DG3601 error main"}},
		"a gateway's policy denies an account": {buckets, `vpcs: {app: {endpoints: {s3: {policy: [{Effect: Allow, Principal: "*"}, {Effect: Deny, Principal: main, Action: "s3:Put*"}]}}}}`, []string{"DG3601 error main"}},
		"a gateway's policy excepts a role":    {buckets, `vpcs: {app: {endpoints: {s3: {policy: [{Effect: Allow, Principal: "*"}, {Effect: Deny, NotPrincipal: ["arn:aws:iam::main:role/app"], Action: "s3:Put*"}]}}}}`, []string{`DG3601 error "arn:aws:iam::main:role/app"`}},
		"everyone with a condition":            {buckets, limited(`Principal: "*", Condition: {StringEquals: {aws:PrincipalAccount: main}}`), nil},
		"a role in a gateway's policy":         {buckets, limited(`Principal: {AWS: "arn:aws:iam::main:role/app"}`), []string{`DG3601 error "arn:aws:iam::main:role/app"`}},
		"our buckets are enough":               {buckets, limited(`Principal: "*", Resource: "arn:aws:s3:::ours/*"`), nil},
		"not for an agent":                     {buckets, "{clients: {direct: {program: ssm-agent}}, " + limited(`Principal: "*", Resource: "arn:aws:s3:::ours/*"`) + "}", []string{"DG3602 warning policy"}},
		"an agent with all of them":            {buckets, "{clients: {direct: {program: ssm-agent}}, " + limited(`Principal: "*", Resource: "*"`) + "}", nil},
		"an agent, and the owner is asked":     {buckets, "{clients: {direct: {program: ssm-agent}}, " + limited(`Principal: "*", Condition: {StringEquals: {aws:ResourceAccount: main}}`) + "}", []string{"DG3602 warning policy"}},
		"an agent, and what nobody can tell":   {buckets, "{clients: {direct: {program: ssm-agent}}, " + limited(`Principal: "*", Condition: {StringEquals: {aws:PrincipalTag/team: x}}`) + "}", nil},

		"layers of images":                            {buckets, "{vpcs: {app: {endpoints: {ecr: {interface: ecr.dkr, subnets: [private]}, s3: {policy: [{Effect: Allow, Principal: \"*\", Resource: \"arn:aws:s3:::ours/*\"}]}}}}}", []string{"DG3602 warning policy"}},
		"presence is no pin":                          {buckets, pinned("\"Null\": {aws:SourceVpce: true}"), nil},
		"pinned to the endpoint that is crossed":      {buckets, pinned("StringNotEquals: {aws:SourceVpce: app/s3}"), nil},
		"pinned to another":                           {buckets, pinned("StringNotEquals: {aws:SourceVpce: app/other}"), []string{"DG3604 warning app/other"}},
		"pinned to both":                              {buckets, pinned("StringNotEquals: {aws:SourceVpce: [app/other, app/s3]}"), nil},
		"pinned to an id":                             {buckets, pinned("StringNotEquals: {aws:SourceVpce: vpce-0a1b2c3d}"), nil},
		"pinned to the VPC":                           {buckets, pinned("StringNotEquals: {aws:SourceVpc: app}"), nil},
		"pinned to an address":                        {buckets, pinned("NotIpAddress: {aws:SourceIp: 203.0.113.10}"), []string{"DG3604 warning 203.0.113.10"}},
		"pinned to the proxy's address":               {buckets, "{" + proxied + pinned("NotIpAddress: {aws:SourceIp: 203.0.113.10}") + "}", nil},
		"pinned to an endpoint the proxy passes":      {buckets, "{" + proxied + pinned("StringNotEquals: {aws:SourceVpce: app/s3}") + "}", []string{"DG3604 warning app/s3"}},
		"an endpoint for some, an address for others": {buckets, pinned("StringNotEqualsIfExists: {aws:SourceVpce: app/s3}, NotIpAddressIfExists: {aws:SourceIp: 203.0.113.10}"), nil},
		"the VPC if not the endpoint":                 {buckets, pinned("StringNotEqualsIfExists: {aws:SourceVpc: app, aws:SourceVpce: app/other}"), nil},
		"neither":                                     {buckets, pinned("StringNotEqualsIfExists: {aws:SourceVpce: app/other}, NotIpAddressIfExists: {aws:SourceIp: 203.0.113.10}"), []string{"DG3604 warning 203.0.113.10"}},
		"a VPC that nobody comes from":                {buckets, "{vpcs: {b: {region: ap-northeast-1, cidr: 10.2.0.0/16, subnets: {}}}, " + pinned("StringNotEquals: {aws:SourceVpc: b}") + "}", []string{"DG3604 warning b"}},
		"an endpoint that is not there":               {buckets, pinned("StringNotEquals: {aws:SourceVpce: app/s4}"), []string{"DG3605 warning app/s4"}},
		"a VPC that is not there":                     {buckets, pinned("StringNotEquals: {aws:SourceVpc: ap}"), []string{"DG3605 warning ap"}},
		"an account that is not there":                {buckets, limited(`Principal: "*", Condition: {StringEquals: {aws:PrincipalAccount: mein}}`), []string{"DG3605 warning mein"}},
		"an id of an account":                         {buckets, limited(`Principal: "*", Condition: {StringEquals: {aws:PrincipalAccount: "333333333333"}}`), nil},
		"a pattern of endpoints":                      {buckets, pinned("StringNotLike: {aws:SourceVpce: \"app/*\"}"), nil},
		"nobody reaches the bucket":                   {buckets, "{clients: null, " + pinned("StringNotEquals: {aws:SourceVpce: app/other}") + "}", nil},
		"a pattern of accounts at an endpoint":        {buckets, limited(`Principal: "*", Condition: {StringLike: {aws:PrincipalAccount: ["1111*", main]}}`), []string{`DG3607 error "1111*"`}},
		"a pattern of VPCs, negated":                  {buckets, limited(`Principal: "*", Condition: {StringNotLike: {"AWS:SourceVPC": "vpc-????????"}}`), []string{`DG3607 error "vpc-????????"`}},
		"an account without a pattern":                {buckets, limited(`Principal: "*", Condition: {StringLike: {aws:PrincipalAccount: main}}`), nil},
		"a pattern of roles at an endpoint":           {buckets, limited(`Principal: "*", Condition: {StringLike: {aws:PrincipalArn: "arn:aws:iam::main:role/a*"}}`), nil},
		"a pattern of accounts at a bucket":           {buckets, pinned(`StringNotLike: {aws:PrincipalAccount: "1111*"}`), nil},
		"all but a role are denied":                   {buckets, spare(`["arn:aws:iam::main:role/app"]`), []string{`DG3606 warning "arn:aws:iam::main:role/app"`}},
		"all but a role and its account":              {buckets, spare(`["arn:aws:iam::main:role/app", main]`), nil},
		"all but a role and its account by id":        {buckets, `{accounts: {main: {id: "111111111111"}}, ` + spare(`["arn:aws:iam::main:role/app", "arn:aws:iam::111111111111:root"]`) + "}", nil},
		"all but a role and another account":          {buckets, spare(`["arn:aws:iam::main:role/app", "222222222222"]`), []string{`DG3606 warning "arn:aws:iam::main:role/app"`}},
		"all but an account are denied":               {buckets, spare(`main`), nil},
		"all but a service are denied":                {buckets, spare(`{Service: logging.s3.amazonaws.com}`), nil},
		"all but a role are allowed":                  {buckets, `buckets: {ours: {policy: [{Effect: Allow, NotPrincipal: ["arn:aws:iam::main:role/app"]}]}}`, nil},
		"a bucket of another Region":                  {buckets, `buckets: {ours: {region: ap-northeast-3, policy: [{Effect: Deny, Principal: "*", Condition: {StringNotEquals: {aws:SourceVpce: app/s3}}}]}}`, nil},

		"an organization, and nothing that asks for it": {buckets, "{accounts: {main: {org: o-1}}}", []string{"DG3603 note other"}},
		"a proxy that lets all of S3 out":               {buckets, "{accounts: {main: {org: o-1}}, proxies: {squid: {allow_domains: null}}, vpcs: {app: {endpoints: null}}}", []string{"DG3603 note squid"}},
		"an organization that is asked for": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: [{Effect: Allow, Principal: "*", Condition: {StringEquals: {aws:ResourceOrgID: o-1}}}]}}}}, proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}}`, nil},
		"a deny that asks for our own": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: [{Effect: Allow, Principal: "*"}, {Effect: Deny, Principal: "*", Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}}]}}}}, proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}}`, []string{"DG3603 note policy"}},
		"buckets are named": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: [{Effect: Allow, Principal: "*", Resource: "arn:aws:s3:::ours/*"}]}}}}, proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}}`, nil},
		"all buckets are": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: [{Effect: Allow, Principal: "*", Resource: ["arn:aws:s3:::ours/*", "arn:aws:s3:::*"]}]}}}}, proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}}`, []string{"DG3603 note policy"}},
		"all but some are": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: [{Effect: Allow, Principal: "*", NotResource: "arn:aws:s3:::theirs/*"}]}}}}, proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}}`, []string{"DG3603 note policy"}},
		"policies that nobody told": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: unknown}}}}, proxies: {squid: {allow_domains: unknown}}}`, nil},
		"S3 by an endpoint beside the proxy": {buckets,
			`{accounts: {main: {org: o-1}}, proxies: {squid: {allow_domains: null}}, vpcs: {app: {endpoints: {other: null, s3: {subnets: [public, private], policy: [{Effect: Allow, Principal: "*", Condition: {StringEquals: {aws:ResourceOrgID: o-1}}}]}}}}}`, nil},
		"a proxy without an exit": {buckets,
			`{accounts: {main: {org: o-1}}, proxies: {squid: {allow_domains: null}}, vpcs: {app: {subnets: {public: {routes: {internet: null}}}, endpoints: null}}}`, nil},
		"everything else is denied": {buckets,
			`{accounts: {main: {org: o-1}}, vpcs: {app: {endpoints: {other: null, s3: {policy: [{Effect: Allow, Principal: "*"}, {Effect: Deny, Principal: "*", Condition: {StringNotEquals: {aws:PrincipalOrgID: o-1}}}]}}}}, proxies: {squid: {allow_domains: [sns.ap-northeast-1.amazonaws.com]}}}`, nil},
	})
}
