package access

import (
	"net/netip"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestClients(t *testing.T) {
	cfg := file(allow("all", config.Match{}))
	cfg.Clients = []config.Client{
		{Name: "printer", From: nets("10.20.9.9/32")},
		{Name: "office", From: nets("10.20.0.0/16", "2001:db8:20::/48")},
		{Name: "both", From: nets("10.50.0.0/16"), Endpoints: []string{"vpce-0b"}},
		{Name: "other-cloud", Endpoints: []string{"vpce-0a", "vpce-0b"}},
		{Name: "wide", From: nets("10.0.0.0/8")},
		{Name: "late", From: nets("10.20.7.0/24")},
	}
	rules := Compile(cfg)
	tests := []struct{ name, from, endpoint, want string }{
		{"the first entry that matches", "10.20.9.9", "", "printer"},
		{"before the hole that another cuts", "10.20.9.8", "", "office"},
		{"after it", "10.20.9.10", "", "office"},
		{"not a later one that is narrower", "10.20.7.1", "", "office"},
		{"the last address", "10.20.255.255", "", "office"},
		{"one beyond", "10.21.0.0", "", "wide"},
		{"IPv6", "2001:db8:20::1", "", "office"},
		{"IPv4 in IPv6", "::ffff:10.20.1.1", "", "office"},
		{"nobody", "192.168.0.1", "", ""},
		{"nobody in IPv6", "2001:db8:21::", "", ""},
		{"an endpoint names its entry", "192.168.0.1", "vpce-0a", "other-cloud"},
		{"a consumer that claims the office's address is still the consumer", "10.20.1.5", "vpce-0a", "other-cloud"},
		{"an entry with both needs both", "10.50.1.1", "vpce-0b", "both"},
		{"the endpoint without the address is the next entry's", "10.51.1.1", "vpce-0b", "other-cloud"},
		{"the address without the endpoint is not enough", "10.50.1.1", "", "wide"},
		{"a foreign endpoint is nobody, whatever the address", "10.20.1.5", "vpce-0c", ""},
		{"a test may leave the address out", "", "vpce-0a", "other-cloud"},
		{"but not both", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := to(ssm)
			q.Client, _ = netip.ParseAddr(tt.from)
			q.Endpoint = tt.endpoint
			d := rules.Decide(q)
			if got := d.ClientName(); got != tt.want {
				t.Errorf("Decide(from %s, endpoint %q) names client %q, want %q", tt.from, tt.endpoint, got, tt.want)
			}
			if (d.Code == reason.UnknownClient) != (tt.want == "") || tt.want == "" && d.Passes() {
				t.Errorf("Decide(from %s, endpoint %q) = %v %s", tt.from, tt.endpoint, d.Verdict, d.Code)
			}
		})
	}
}

func TestNoClientsAdmitLoopbackOnly(t *testing.T) {
	cfg := file(allow("all", config.Match{}))
	cfg.Clients = nil
	for from, want := range map[string]Verdict{"127.0.0.1": Allowed, "::1": Allowed, "10.20.1.5": Denied} {
		q := to(ssm)
		q.Client = netip.MustParseAddr(from)
		if d := Compile(cfg).Decide(q); d.Verdict != want {
			t.Errorf("Decide(from %s) = %v %s, want %v", from, d.Verdict, d.Code, want)
		}
	}
}

func TestFirstMatchWins(t *testing.T) {
	cfg := file(
		deny("no elb", config.Match{Kinds: []string{"customer-content"}}),
		config.Rule{Name: "for others", Clients: []string{"lab"}, Match: config.Match{Services: []string{"iam"}}},
		config.Rule{Name: "for nobody there is", Clients: []string{"gone"}, Match: config.Match{Services: []string{"iam"}}},
		allow("ssm", config.Match{Services: []string{"ssm"}}),
		deny("rest of AWS", config.Match{Partitions: []string{"aws"}}),
		allow("sites", config.Match{Hosts: []string{".example.com"}}),
	)
	cfg.Clients = append(cfg.Clients, config.Client{Name: "lab", From: nets("10.30.0.0/16")})
	rules := Compile(cfg)
	tests := []struct {
		name    string
		q       *Request
		verdict Verdict
		code    reason.Code
		rule    string
	}{
		{"a deny in front", to(elb), Denied, reason.RuleDenies, "no elb"},
		{"an allow", to(ssm), Allowed, reason.RuleAllows, "ssm"},
		{"a rule for another client is passed over", to(iam), Denied, reason.RuleDenies, "rest of AWS"},
		{"it holds for its own", with(to(iam), func(q *Request) { q.Client = netip.MustParseAddr("10.30.0.1") }), Allowed, reason.RuleAllows, "for others"},
		{"outside AWS", to(outside), Allowed, reason.RuleAllows, "sites"},
		{"no rule", to(awsname.Name{Host: "elsewhere.test", Kind: awsname.NotAWS}), Denied, reason.NoRule, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := rules.Decide(tt.q)
			if d.Verdict != tt.verdict || d.Code != tt.code || d.RuleName() != tt.rule {
				t.Errorf("Decide(%s) = %v %s %q, want %v %s %q", tt.q.Host, d.Verdict, d.Code, d.RuleName(), tt.verdict, tt.code, tt.rule)
			}
		})
	}
}

// TestUntoldIsFound asks the index for denies whose fact the request hides.
func TestUntoldIsFound(t *testing.T) {
	rules := Compile(file(deny("secret", config.Match{Services: []string{"s3"}, Buckets: []string{"secret"}}), allow("all", config.Match{})))
	for _, n := range []awsname.Name{alias, pathStyle, pathVPCE, point} {
		if d := rules.Decide(to(n)); d.Code != reason.RuleDenies {
			t.Errorf("Decide(%s) = %v %s, want rule-denies", n.Host, d.Verdict, d.Code)
		}
	}
}

func TestUntil(t *testing.T) {
	r := allow("ssm", config.Match{Services: []string{"ssm"}})
	r.Until = day
	rules := Compile(file(r))
	for now, want := range map[time.Time]Verdict{
		day.Add(-1): Allowed,
		day:         Denied, // from that moment on
		day.Add(1):  Denied,
	} {
		q := to(ssm)
		q.Now = now
		if d := rules.Decide(q); d.Verdict != want {
			t.Errorf("Decide(at %v) = %v, want %v", now, d.Verdict, want)
		}
	}
}

func TestObserveLiftsRulesOnly(t *testing.T) {
	cfg := file(deny("no elb", config.Match{Kinds: []string{"customer-content"}}), allow("ssm", config.Match{Services: []string{"ssm"}}))
	cfg.Clients[0].Mode = config.Observe
	rules := Compile(cfg)
	tests := []struct {
		name    string
		q       *Request
		verdict Verdict
		code    reason.Code
	}{
		{"allowed stays allowed", to(ssm), Allowed, reason.RuleAllows},
		{"rule-denies is lifted, its code kept", to(elb), WouldDeny, reason.RuleDenies},
		{"no-rule is lifted", to(outside), WouldDeny, reason.NoRule},
		{"metadata is not", toAddr("169.254.169.254"), Denied, reason.LinkLocal},
		{"a private address is not", toAddr("10.1.1.1"), Denied, reason.PrivateAddress},
		{"an unknown client is not", with(to(ssm), func(q *Request) { q.Client = netip.MustParseAddr("192.0.2.1") }), Denied, reason.UnknownClient},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := rules.Decide(tt.q); d.Verdict != tt.verdict || d.Code != tt.code {
				t.Errorf("Decide(%s) = %v %s, want %v %s", tt.q.Host, d.Verdict, d.Code, tt.verdict, tt.code)
			}
		})
	}
	d := rules.Decide(to(elb))
	if a := rules.Answer(to(elb), d, addrs("169.254.169.254")); a.Verdict != Denied || a.Code != reason.LinkLocal {
		t.Errorf("Answer(169.254.169.254) after %v = %v %s, want denied link-local", d.Verdict, a.Verdict, a.Code)
	}
}

func TestZeroDenies(t *testing.T) {
	if (Decision{}).Passes() {
		t.Error("the zero Decision passes")
	}
	if d := new(Rules).Decide(to(ssm)); d.Passes() {
		t.Errorf("the zero Rules answers %v", d.Verdict)
	}
	if d := Compile(file(allow("all", config.Match{}))).Decide(&Request{}); d.Passes() {
		t.Errorf("the zero Request is answered %v", d.Verdict)
	}
}

func addrs(texts ...string) []netip.Addr {
	var as []netip.Addr
	for _, t := range texts {
		as = append(as, netip.MustParseAddr(t))
	}
	return as
}

func odd(addr string) *Request {
	return with(toAddr(addr), func(q *Request) { q.Host = netset.Host{Addr: netip.MustParseAddr(addr), Odd: true} })
}
