package fix

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

func TestRender(t *testing.T) {
	for name, tt := range map[string]struct {
		edits []edit
		want  string
	}{
		"nothing": {nil, ""},
		"one key": {[]edit{set("igw", "vpcs", "app", "subnets", "public", "routes", "internet")},
			"vpcs: {app: {subnets: {public: {routes: {internet: igw}}}}}"},
		"keys of one object stand together": {[]edit{set("s3", "vpcs", "app", "endpoints", "s3", "gateway"), set("[a]", "vpcs", "app", "endpoints", "s3", "subnets")},
			"vpcs: {app: {endpoints: {s3: {gateway: s3, subnets: [a]}}}}"},
		"a line for each group": {[]edit{set("true", "nlbs", "front", "proxy_protocol"), set("true", "proxies", "squid", "proxy_protocol")},
			"nlbs: {front: {proxy_protocol: true}}\nproxies: {squid: {proxy_protocol: true}}"},
		"the later of two lists": {[]edit{set("[a]", "clients", "c", "no_proxy"), set("[a, b]", "clients", "c", "no_proxy")},
			"clients: {c: {no_proxy: [a, b]}}"},
		"a list of nothing": {[]edit{set(list(), "clients", "c", "no_proxy")}, "clients: {c: {no_proxy: []}}"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := render(tt.edits); got != tt.want {
				t.Errorf("render = %q, want %q", got, tt.want)
			}
		})
	}
}

// texts are what the format, or YAML, could take for something else.
var texts = []string{
	"s3.ap-northeast-1.amazonaws.com", ".amazonaws.com", "*", "*.example.com", "[fd00:ec2::254]", "fd00:ec2::254",
	"169.254.169.254", "10.0.0.0/8", "111111111111", "-5", "true", "Null", "unknown", "nat:public", "app/exit:8080",
	"aws:s3.ap-northeast-1", "allow any 1024-65535", "arn:aws:s3:::b/*", "s3:*", "a, b", `say "x"`, "a: b", "a #b", "日本", "a:", "- a", "~",
}

func FuzzScalar(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || s == "" {
			t.Skip("no file holds it")
		}
		n, problems := yamldoc.Parse("t", []byte("{key: "+list(s, s)+"}"))
		if len(problems) > 0 {
			t.Fatalf("list(%q) = %s: %v", s, list(s, s), problems)
		}
		items := n.Find("key").Items
		if len(items) != 2 || items[0].Kind != yamldoc.Text || items[0].Text != s {
			t.Fatalf("list(%q) = %s, which reads as %+v", s, list(s, s), items)
		}
	})
}

// policyOf parses a topology whose bucket has the policy.
func policyOf(t *testing.T, text string) policy.Policy {
	t.Helper()
	src := "version: 1\naccounts:\n  partner: {id: \"222222222222\"}\nbuckets:\n  b: {region: ap-northeast-1, policy: " + text + "}\n"
	top, problems := topology.Parse("t.yaml", []byte(src), topology.Options{})
	if top == nil {
		t.Fatalf("%s\n%v", src, problems)
	}
	return top.Bucket("b").Policy.V
}

// A policy that a change repeats says what it said before.
func TestStatements(t *testing.T) {
	for name, text := range map[string]string{
		"everyone, everything":     `[{Effect: Allow, Principal: "*", Action: "s3:*"}]`,
		"an account by its name":   `[{Effect: Allow, Principal: partner, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*"}]`,
		"lists and a service":      `[{Sid: Log it, Effect: Allow, Principal: {AWS: ["arn:aws:iam::partner:role/app", main], Service: logging.s3.amazonaws.com}, Action: ["s3:PutObject", "s3:GetObject"]}]`,
		"everyone but":             `[{Effect: Deny, NotPrincipal: {AWS: partner}, NotAction: "s3:Get*", NotResource: ["arn:aws:s3:::b"]}]`,
		"conditions of two sorts":  `[{Effect: Deny, Condition: {StringNotEquals: {aws:SourceVpc: [x, y], aws:PrincipalAccount: partner}, Bool: {aws:SecureTransport: "false"}}}]`,
		"an address, and if it is": `[{Effect: Deny, Condition: {NotIpAddressIfExists: {aws:SourceIp: [203.0.113.0/24, "2001:db8::/32"]}}}]`,
		"two statements":           `[{Effect: Deny, Action: "s3:DeleteObject"}, {Effect: Allow, Principal: "*"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			want := policyOf(t, text)
			again := statements(want.Statements)
			got := policyOf(t, again)
			if diff := cmp.Diff(want, got, cmp.FilterPath(places, cmp.Ignore())); diff != "" {
				t.Errorf("statements = %s (-want +got):\n%s", again, diff)
			}
		})
	}
}

// places are where things stand in the file, which differs.
func places(p cmp.Path) bool {
	name := p.Last().String()
	return name == ".Pos" || name == ".Len"
}
