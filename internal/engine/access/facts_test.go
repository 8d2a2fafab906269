package access

import (
	"net/netip"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// TestMatchers asks each matcher of each sort of host twice, in allow and in
// deny: the package comment's table, cell by cell.
func TestMatchers(t *testing.T) {
	const yes, no = true, false
	tests := []struct {
		name        string
		match       config.Match
		q           *Request
		allow, deny bool // whether the rule holds
	}{
		{"service told", config.Match{Services: []string{"ssm"}}, to(ssm), yes, yes},
		{"service told, another asked for", config.Match{Services: []string{"s3"}}, to(ssm), no, no},
		{"service by glob", config.Match{Services: []string{"ss*"}}, to(ssm), yes, yes},
		{"service of an unknown name is untold", config.Match{Services: []string{"*"}}, to(unknown), no, yes},
		{"no service outside AWS", config.Match{Services: []string{"*"}}, to(outside), no, no},
		{"an address may be any service", config.Match{Services: []string{"s3"}}, toAddr("52.95.1.1"), no, yes},

		{"region told", config.Match{Regions: []string{"ap-northeast-*"}}, to(ssm), yes, yes},
		{"region of a global name is untold", config.Match{Regions: []string{"us-east-1"}}, to(iam), no, yes},
		{"a region in an unknown name is a guess", config.Match{Regions: []string{"us-east-1"}}, to(unknown), no, yes},
		{"no region outside AWS", config.Match{Regions: []string{"*"}}, to(outside), no, no},

		{"partition told", config.Match{Partitions: []string{"aws"}}, to(ssm), yes, yes},
		{"another partition", config.Match{Partitions: []string{"aws-cn"}}, to(ssm), no, no},
		{"partition of an unknown name is a guess", config.Match{Partitions: []string{"aws"}}, to(unknown), no, yes},

		{"kind told", config.Match{Kinds: []string{"api"}}, to(ssm), yes, yes},
		{"kind by glob", config.Match{Kinds: []string{"customer-*"}}, to(elb), yes, yes},
		{"kind unknown is told in deny", config.Match{Kinds: []string{"unknown"}}, to(unknown), no, yes},
		{"kind unknown is not any kind", config.Match{Kinds: []string{"customer-content"}}, to(unknown), no, no},
		{"no glob allows the unknown", config.Match{Kinds: []string{"*"}}, to(unknown), no, yes},
		{"an address is not of AWS", config.Match{Kinds: []string{"customer-content"}}, toAddr("52.95.1.1"), no, no},
		{"not-aws may be asked for", config.Match{Kinds: []string{"not-aws"}}, to(outside), yes, yes},

		{"owner told", config.Match{Owner: "anyone"}, to(reports), yes, yes},
		{"owner told, another asked for", config.Match{Owner: "anyone"}, to(ssm), no, no},
		{"owner of an unknown name is untold", config.Match{Owner: "anyone"}, to(unknown), no, yes},
		{"who owns an address is untold", config.Match{Owner: "anyone"}, toAddr("52.95.1.1"), no, yes},
		{"nobody owns what is outside AWS", config.Match{Owner: "aws"}, to(outside), no, no},

		{"variant told", config.Match{Variants: []string{"default"}}, to(ssm), yes, yes},
		{"another variant", config.Match{Variants: []string{"fips*"}}, to(ssm), no, no},
		{"variant of an unknown name is untold", config.Match{Variants: []string{"default"}}, to(unknown), no, yes},

		{"bucket told", config.Match{Buckets: []string{"corp-reports"}}, to(reports), yes, yes},
		{"another bucket", config.Match{Buckets: []string{"corp-reports"}}, to(stranger), no, no},
		{"path style hides the bucket", config.Match{Buckets: []string{"corp-reports"}}, to(pathStyle), no, yes},
		{"so does PrivateLink path style", config.Match{Buckets: []string{"corp-reports"}}, to(pathVPCE), no, yes},
		{"so does an access point", config.Match{Buckets: []string{"corp-reports"}}, to(point), no, yes},
		{"an alias may be allowed by name", config.Match{Buckets: []string{alias.Parts.Bucket}}, to(alias), yes, yes},
		{"what is behind an alias is untold", config.Match{Buckets: []string{"corp-reports"}}, to(alias), no, yes},
		{"an alias is no ground for a rule on all else", config.Match{Services: []string{"ssm"}}, to(alias), no, no},
		{"other services have no buckets", config.Match{Buckets: []string{"*"}}, to(ssm), no, no},

		{"account told", config.Match{Accounts: []string{"123456789012"}}, to(registry), yes, yes},
		{"another account", config.Match{Accounts: []string{"999999999999"}}, to(registry), no, no},
		{"most names hide the account", config.Match{Accounts: []string{"123456789012"}}, to(ssm), no, yes},

		{"host by name", config.Match{Hosts: []string{"www.example.com"}}, to(outside), yes, yes},
		{"host by suffix", config.Match{Hosts: []string{".example.com"}}, to(outside), yes, yes},
		{"an unknown name may be allowed by host", config.Match{Hosts: []string{"x.us-east-1.on.aws"}}, to(unknown), yes, yes},
		{"a name is in no network", config.Match{Networks: nets("0.0.0.0/0")}, to(outside), no, no},
		{"an address is in a network", config.Match{Networks: nets("52.95.0.0/16")}, toAddr("52.95.1.1"), yes, yes},
		{"an address in IPv6 spelling is too", config.Match{Networks: nets("52.95.0.0/16")}, toAddr("::ffff:52.95.1.1"), yes, yes},
		{"no pattern on names holds for an address", config.Match{Hosts: []string{"*.*.*.*", ".1"}}, toAddr("52.95.1.1"), no, no},

		{"all matchers must hold", config.Match{Services: []string{"s3"}, Buckets: []string{"evil-drop"}, Regions: []string{"us-east-1"}}, to(stranger), no, no},
		{"one untold fact is enough to fail an allow", config.Match{Services: []string{"s3"}, Buckets: []string{"*"}}, to(pathStyle), no, yes},
		{"no matcher holds for all", config.Match{}, to(unknown), yes, yes},
		{"a forgotten name tells nothing", config.Match{Services: []string{"ssm"}}, to(awsname.Name{Host: "ssm.us-east-1.amazonaws.com"}), no, yes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, deny := range []bool{false, true} {
				want := tt.allow
				if deny {
					want = tt.deny
				}
				r := compile(&config.Rule{Match: tt.match, Deny: deny}, nil, nil)
				f := factsOf(tt.q)
				if got := r.holds(tt.q, &f); got != want {
					t.Errorf("holds(%s) with deny=%v = %v, want %v", tt.q.Host, deny, got, want)
				}
			}
		})
	}
}

func TestPortsAndSchemes(t *testing.T) {
	tests := []struct {
		name  string
		match config.Match
		port  uint16
		http  bool
		want  bool
	}{
		{"443 unless said", config.Match{}, 443, false, true},
		{"80 must be said", config.Match{}, 80, true, false},
		{"inside a range, at its end", config.Match{Ports: []config.PortRange{{First: 80, Last: 90}}}, 90, true, true},
		{"beyond a range", config.Match{Ports: []config.PortRange{{First: 80, Last: 90}}}, 91, true, false},
		{"no scheme asked for is both", config.Match{Ports: anyPort}, 80, true, true},
		{"http is absolute-form only", config.Match{Ports: anyPort, Schemes: []string{"http"}}, 80, false, false},
		{"https is CONNECT only", config.Match{Ports: anyPort, Schemes: []string{"https"}}, 80, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := to(outside)
			q.Port = tt.port
			if tt.http {
				q.Scheme = HTTP
			}
			r := compile(&config.Rule{Match: tt.match}, nil, nil)
			f := factsOf(q)
			if got := r.holds(q, &f); got != tt.want {
				t.Errorf("holds(port %d, scheme %d) = %v, want %v", q.Port, q.Scheme, got, tt.want)
			}
		})
	}
}

func TestGlobHost(t *testing.T) {
	tests := []struct {
		pattern, host string
		want          bool
	}{
		{"*.example.com", "a.example.com", true},
		{"*.example.com", "a.b.example.com", false}, // a * stays within its label
		{"*.example.com", "example.com", false},
		{"a*z.example.com", "az.example.com", true},
		{"s3.*.amazonaws.com", "s3.us-east-1.amazonaws.com", true},
		{"s3.*.amazonaws.com", "s3.dualstack.us-east-1.amazonaws.com", false},
		{".s3.*.amazonaws.com", "a.b.s3.us-east-1.amazonaws.com", true},
		{".s3.*.amazonaws.com", "s3.us-east-1.amazonaws.com", true},
		{".s3.*.amazonaws.com", "xs3.us-east-1.amazonaws.com", false},
		{"*", "localhost", true},
		{"*", "a.b", false},
	}
	for _, tt := range tests {
		if got := globHost(tt.pattern, tt.host); got != tt.want {
			t.Errorf("globHost(%q, %q) = %v, want %v", tt.pattern, tt.host, got, tt.want)
		}
	}
}

func TestHasName(t *testing.T) {
	h := newHosts([]string{"a.example.", ".Example.com"}, nil)
	for host, want := range map[string]bool{
		"a.example":        true,
		"b.a.example":      false,
		"example.com":      true,
		"x.y.example.com":  true,
		"notexample.com":   false,
		"example.com.evil": false,
	} {
		q := &Request{Host: netset.Host{Name: host}}
		if got := h.holds(q); got != want {
			t.Errorf("holds(%q) = %v, want %v", host, got, want)
		}
	}
	if h.holds(&Request{Host: netset.Host{Addr: netip.MustParseAddr("10.0.0.1")}}) {
		t.Error("holds(10.0.0.1) = true, want false")
	}
}
