package access

import (
	"net/netip"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestRunTests(t *testing.T) {
	cfg := file(
		deny("no ads", config.Match{Hosts: []string{".ads.example"}}),
		allow("sites", config.Match{Hosts: []string{".example", ".example.com"}}),
	)
	office := netip.MustParseAddr("10.20.1.5")
	tests := []struct {
		name string
		test config.Test
		want string // the problem in English, "" for none
	}{
		{"holds", config.Test{From: office, Host: "www.example.com", Port: 443, Verdict: "allowed", Rule: "sites"}, ""},
		{"holds in all it asks", config.Test{From: office, Host: "x.ads.example", Port: 443, Verdict: "denied", Rule: "no ads", Reason: "rule-denies"}, ""},
		{"another verdict", config.Test{From: office, Host: "www.example.com", Port: 80, Verdict: "allowed"},
			"DG1501 www.example.com from 10.20.1.5 is denied, not allowed | no rule lets client office reach www.example.com"},
		{"another rule", config.Test{From: office, Host: "x.ads.example", Port: 443, Verdict: "denied", Rule: "sites"},
			`DG1502 x.ads.example from 10.20.1.5 is decided by "no ads", not by "sites" | rule "no ads" denies x.ads.example`},
		{"no rule where one was wanted", config.Test{From: office, Host: "else.test", Port: 443, Verdict: "denied", Rule: "no ads"},
			`DG1502 else.test from 10.20.1.5 is decided by no-rule, not by "no ads" | no rule lets client office reach else.test`},
		{"another reason", config.Test{From: office, Host: "169.254.169.254", Port: 443, Verdict: "denied", Reason: "no-rule"},
			"DG1503 the reason for 169.254.169.254 from 10.20.1.5 is link-local, not no-rule | 169.254.169.254 is a link-local or metadata address; ask it directly, not through a proxy"},
		{"an endpoint that nobody knows", config.Test{From: office, Endpoint: "vpce-0a", Host: "www.example.com", Port: 443, Verdict: "allowed"},
			"DG1501 www.example.com from 10.20.1.5 (vpce-0a) is denied, not allowed | 10.20.1.5 (vpce-0a) is in no entry of clients"},
		{"a host that is none", config.Test{From: office, Host: "a..b", Port: 443, Verdict: "denied", Reason: "bad-name"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg.Tests = []config.Test{tt.test}
			got := ""
			for _, p := range RunTests(cfg, day) {
				got += p.Code + " " + p.Summary.In(reason.English) + " | " + p.Hint.In(reason.English)
			}
			if got != tt.want {
				t.Errorf("RunTests(%s) = %q, want %q", tt.test.Host, got, tt.want)
			}
		})
	}
}
