package topology

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sound is a topology without problems, which the cases below spoil.
const sound = `version: 1
accounts:
  partner: {id: "222222222222"}
sites:
  office: {cidr: 192.168.0.0/16}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, routes: {internet: igw, office: dx1}}
      private: {cidr: 10.1.1.0/24}
    endpoints:
      s3: {gateway: s3, subnets: [private]}
      ssm: {interface: ssm, subnets: [private]}
      exit: {privatelink: front, subnets: [private]}
links:
  dx1: {dx: office, vpc: app}
nlbs:
  lb: {at: app/public, listeners: [8080], targets: [proxy]}
endpoint_services:
  front: {nlb: lb}
proxies:
  proxy: {at: app/public, port: 3128, public_ip: 203.0.113.10}
clients:
  ec2: {at: app/private, proxy: proxy, no_proxy: [169.254.169.254]}
buckets:
  data: {region: ap-northeast-1}
tests:
  - name: t
    client: ec2
    request: {url: "https://data.s3.ap-northeast-1.amazonaws.com/a"}
    expect:
      verdict: reached
      path: [client:ec2, proxy:proxy, igw:app, aws:s3.ap-northeast-1]
      endpoint: none
      dns: {by: proxy:proxy, answer: public}
    because: It is so.
`

// spoilt returns sound with the first old replaced by put.
func spoilt(t *testing.T, old, put string) string {
	t.Helper()
	if !strings.Contains(sound, old) {
		t.Fatalf("the sound topology has no %q", old)
	}
	return strings.Replace(sound, old, put, 1)
}

type mistake struct {
	old, put string // what of the sound topology is replaced by what
	want     []string
}

func (m mistake) run(t *testing.T) {
	got, problems := Parse("f.yaml", []byte(spoilt(t, m.old, m.put)), Options{})
	if diff := cmp.Diff(m.want, shown(problems)); diff != "" {
		t.Errorf("problems with %q (-want +got):\n%s", m.put, diff)
	}
	if (got == nil) != (len(m.want) > 0) {
		t.Errorf("Parse returns %v", got)
	}
}

func TestShape(t *testing.T) {
	tests := map[string]mistake{
		"nothing wrong":                     {"version: 1", "version: 1", nil},
		"no version":                        {"version: 1\n", "\n", []string{`1:1 the file needs "version"`}},
		"version as text":                   {"version: 1", `version: "1"`, []string{"1:10 version must be a number, not text"}},
		"unknown group":                     {"buckets:", "bucket:", []string{`28:1 unknown key "bucket" in the file; did you mean "buckets"?`}},
		"key without a value":               {"igw: true", "igw:", []string{`10:5 "igw" is empty; leave the key out or give a value`}},
		"null, written out":                 {"igw: true", "igw: null", []string{`10:10 "igw" is empty; leave the key out or give a value`}},
		"text that is empty":                {"at: app/private,", `at: "",`, []string{`27:13 "at" is empty; leave the key out or give a value`}},
		"item that is empty":                {"[169.254.169.254]", "[~]", []string{`27:51 "no_proxy" is empty; leave the key out or give a value`}},
		"missing key":                       {"at: app/private, ", "", []string{`27:3 clients.ec2 needs "at"`}},
		"missing key, further down":         {"{cidr: 10.1.1.0/24}", "{az: a}", []string{`13:7 vpcs.app.subnets.private needs "cidr"`}},
		"text for a number":                 {"port: 3128", `port: "3128"`, []string{"25:33 proxies.proxy.port must be a number, not text"}},
		"a list for a number":               {"port: 3128", "port: [3128]", []string{"25:33 proxies.proxy.port must be a number, not a list"}},
		"a number for text":                 {`"222222222222"`, "222222222222", []string{"3:17 accounts.partner.id must be text, not a number; put it in quotes"}},
		"true for text":                     {"at: app/private", "at: true", []string{"27:13 clients.ec2.at must be text, not true or false; put it in quotes"}},
		"text for a map":                    {"{region: ap-northeast-1}", "tokyo", []string{"29:9 buckets.data must be a map, not text"}},
		"port out of range":                 {"port: 3128", "port: 65536", []string{"25:33 proxies.proxy.port must be from 1 to 65535; found 65536"}},
		"name in capitals":                  {"  ec2:", "  EC2:", []string{`27:3 "EC2" is not a name: small letters, digits, ".", "_" and "-"`}},
		"CIDR with host bits":               {"cidr: 10.1.0.0/16", "cidr: 10.1.2.3/16", []string{`9:11 vpcs.app.cidr: "10.1.2.3/16" has host bits set; write 10.1.0.0/16`}},
		"address for a CIDR":                {"cidr: 10.1.0.0/16", "cidr: 10.1.0.5", []string{`9:11 vpcs.app.cidr: "10.1.0.5" is not a CIDR; write 10.1.0.5/32`}},
		"IPv6 where IPv4 is":                {"cidr: 10.1.0.0/16", `cidr: "fd00::/64"`, []string{`9:11 vpcs.app.cidr: "fd00::/64" is not an IPv4 CIDR`}},
		"address that is none":              {"public_ip: 203.0.113.10", "public_ip: 203.0.113", []string{`25:50 proxies.proxy.public_ip: "203.0.113" is not an IPv4 address`}},
		"IPv4 inside IPv6":                  {"public_ip: 203.0.113.10", `public_ip: 203.0.113.10, ipv6: "::ffff:10.0.0.1"`, []string{`25:70 proxies.proxy.ipv6: "::ffff:10.0.0.1" is not an IPv6 address`}},
		"Region that is none":               {"region: ap-northeast-1\n", "region: ap-northeast1\n", []string{`8:13 vpcs.app.region: "ap-northeast1" is not a Region; did you mean "ap-northeast-1"?`}},
		"NO_PROXY entry with a path":        {"[169.254.169.254]", "[example.com/a]", []string{`27:51 clients.ec2.no_proxy: "example.com/a" is not a CIDR`}},
		"NO_PROXY entry with a blank":       {"[169.254.169.254]", `["a b"]`, []string{`27:51 clients.ec2.no_proxy: "a b" is not one entry; write one entry per list item`}},
		"NO_PROXY with a number":            {"[169.254.169.254]", "[10]", []string{"27:51 clients.ec2.no_proxy must be text, not a number; put it in quotes"}},
		"NO_PROXY unknown":                  {"[169.254.169.254]", "unknown", nil},
		"capitals in an allow list":         {"port: 3128,", "port: 3128, allow_domains: [.Amazonaws.com],", []string{`25:55 proxies.proxy.allow_domains: ".Amazonaws.com" is not a domain name; write example.com, or .example.com for the names below it too, in small letters`}},
		"program by a measured id":          {"proxy: proxy,", "proxy: proxy, program: botocore,", nil},
		"no kind of endpoint":               {"{interface: ssm, ", "{", []string{"16:7 vpcs.app.endpoints.ssm needs exactly one of gateway, interface, privatelink"}},
		"misspelt kind of endpoint":         {"{interface: ssm", "{interfase: ssm", []string{`16:13 unknown key "interfase" in vpcs.app.endpoints.ssm; did you mean "interface"?`}},
		"no kind of link":                   {"{dx: office, vpc: app}", "{vpc: app}", []string{"19:3 links.dx1 needs exactly one of peering, tgw, dx, vpn"}},
		"Direct Connect to nowhere":         {"{dx: office, vpc: app}", "{dx: office}", []string{"19:3 links.dx1 needs exactly one of vpc, vif"}},
		"VPN to nowhere":                    {"{dx: office, vpc: app}", "{vpn: office}", []string{`19:3 links.dx1 needs "vpc"`}},
		"accepted by an AWS service":        {"{interface: ssm, ", "{interface: ssm, accepted: true, ", []string{`16:29 vpcs.app.endpoints.ssm: "accepted" does not go with an interface endpoint`}},
		"routes on a peering":               {"{dx: office, vpc: app}", "{peering: [app, app], routes: {}}", []string{`19:24 "app" appears twice here; first in line 19`, `19:30 links.dx1: "routes" does not go with peering`}},
		"name twice in a list":              {"{gateway: s3, subnets: [private]}", "{gateway: s3, subnets: [private, private]}", []string{`15:44 "private" appears twice here; first in line 15`}},
		"place twice in a list":             {"port: 3128,", "port: 3128, sg_from: [app, office, app],", []string{`25:62 "app" appears twice here; first in line 25`}},
		"source twice in a list":            {"port: 3128,", "port: 3128, allow_sources: [10.0.0.0/8, 10.0.0.0/8],", []string{`25:67 "10.0.0.0/8" appears twice here; first in line 25`}},
		"domain twice in a list":            {"port: 3128,", "port: 3128, allow_domains: [.example.com, .example.com],", []string{`25:69 ".example.com" appears twice here; first in line 25`}},
		"private name twice in a list":      {"{interface: ssm,", "{interface: ssm, names: [a.example, a.example],", []string{`16:48 "a.example" appears twice here; first in line 16`}},
		"Region twice in a list":            {"{nlb: lb}", "{nlb: lb, regions: [us-east-1, us-east-1]}", []string{`23:41 "us-east-1" appears twice here; first in line 23`}},
		"listener twice in a list":          {"[8080]", "[8080, 8080]", []string{`21:42 "8080" appears twice here; first in line 21`}},
		"nothing twice in a list":           {"port: 3128,", "port: 3128, allow_domains: [~, ~],", []string{`25:55 "allow_domains" is empty; leave the key out or give a value`, `25:58 "allow_domains" is empty; leave the key out or give a value`}},
		"NO_PROXY with an entry twice":      {"[169.254.169.254]", "[169.254.169.254, 169.254.169.254]", nil},
		"private_dns: true":                 {"{interface: ssm,", "{interface: ssm, private_dns: true,", []string{"16:42 vpcs.app.endpoints.ssm.private_dns must be one of all, inbound-only, false; found true"}},
		"policy that is neither":            {"{interface: ssm,", "{interface: ssm, policy: ful,", []string{`16:37 vpcs.app.endpoints.ssm.policy must be full, unknown or a list of statements; found "ful"; did you mean "full"?`}},
		"policy of a bucket cannot be full": {"{region: ap-northeast-1}", "{region: ap-northeast-1, policy: full}", []string{"29:42 buckets.data.policy must be unknown or a list of statements; found \"full\""}},
		"operator almost right":             {"{region: ap-northeast-1}", `{region: ap-northeast-1, policy: [{Effect: Deny, Condition: {StringEqual: {aws:SourceVpc: app}}}]}`, []string{`29:70 condition operator "StringEqual" is not supported; did you mean "StringEquals"?`}},
		"statement without Effect":          {"{region: ap-northeast-1}", `{region: ap-northeast-1, policy: [{Action: "*"}]}`, []string{`29:44 buckets.data.policy needs "Effect"`}},
		"unknown key of a test":             {"    because: It", "    becuase: It", []string{`39:5 unknown key "becuase" in test "t"; did you mean "because"?`}},
		"a test without a name":             {"  - name: t\n    client", "  - client", []string{`31:5 test 31:5 needs "name"`}},
		"missing key inside expect":         {"      endpoint: none\n", "", []string{`34:5 expect of test "t" needs "endpoint"`}},
		"resolver of no sort":               {"by: proxy:proxy", "by: proxy", []string{`38:17 expect.dns.by of test "t" must be one of client, none, proxy:NAME; found "proxy"`}},
		"credentials of nobody":             {"      endpoint: none\n", "      endpoint: none\n      credentials: owns\n", []string{`38:20 expect.credentials of test "t" must be one of own, none, proxy:NAME; found "owns"; did you mean "own"?`}},
		"endpoint without its VPC":          {"      endpoint: none\n", "      endpoint: s3\n", []string{`37:17 expect.endpoint of test "t" must be one of none, VPC/ENDPOINT; found "s3"`}},
		"hop of no sort":                    {"proxy:proxy, igw", "proxi:proxy, igw", []string{`36:26 expect.path of test "t": "proxi:proxy" is not a hop; write one of client:, proxy:, nlb:, alb:, vpce:, igw:, eigw:, nat:, pcx:, tgw:, vpn:, dx:, internet, imds:, aws:`}},
		"several, in the order of the file": {"igw: true\n    subnets:", "igw: 1\n    subnet:", []string{"10:10 vpcs.app.igw must be true or false, not a number", `11:5 unknown key "subnet" in vpcs.app; did you mean "subnets"?`}},
		"names wait for the shape":          {"igw: true", "igw: 1\n    account: nobody", []string{"10:10 vpcs.app.igw must be true or false, not a number"}},
	}
	for name, tt := range tests {
		t.Run(name, tt.run)
	}
}
