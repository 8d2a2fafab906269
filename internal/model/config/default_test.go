package config

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// TestDefault: the embedded configuration is what the documentation promises,
// and the one thing to know about it is a note.
func TestDefault(t *testing.T) {
	c, problems := Parse(DefaultFile, DefaultSource(), day)
	if len(problems) != 1 || problems[0].Code != "DG1306" || problems[0].Severity != diag.Note {
		t.Fatalf("Parse(DefaultSource()) found %v, want the note DG1306 alone", problems)
	}
	if got := c.Listen[0].Address; got != "127.0.0.1:3128" || len(c.Listen) != 1 {
		t.Errorf("it listens on %v, want 127.0.0.1:3128", c.Listen)
	}
	if c.Mode != Enforce || len(c.Unsafe) > 0 || len(c.Upstream) > 0 || !c.Private.AWSNames || len(c.Private.Networks) > 0 {
		t.Errorf("it is %+v, want enforcing, direct, and nothing opened", c)
	}
	var from []netip.Prefix
	for _, client := range c.Clients {
		from = append(from, client.From...)
	}
	want := nets("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
	if diff := cmp.Diff(want, from, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("its clients (-want +got):\n%s", diff)
	}
	rules := []Match{
		{Kinds: []string{"customer-content"}, Ports: https},
		{Kinds: []string{"api", "resource", "package-repo"}, Ports: https},
	}
	for i, r := range c.Rules {
		r.Match.Values = nil
		if i >= len(rules) || r.Deny != (i == 0) || !cmp.Equal(r.Match, rules[i]) || len(r.Clients) > 0 || !r.Until.IsZero() {
			t.Errorf("rule %d is %+v", i+1, r)
		}
	}
}

// TestDefaults: a file that says nothing has the defaults that the schema and
// the documentation name.
func TestDefaults(t *testing.T) {
	c, problems := Parse("f", []byte("version: 1\n"), day)
	if c == nil {
		t.Fatalf("Parse found %v", problems)
	}
	want, _ := Parse("f", []byte(`version: 1
listen: [{address: "127.0.0.1:3128", proxy_protocol: off}]
mode: enforce
private: {aws_names: true, networks: []}
upstream: []
resolve: {servers: [], timeout: 3s, cache: 10000}
limits: {tunnels: 50000, tunnels_per_client: 5000, header: 16KiB, header_timeout: 10s, connect_timeout: 8s, idle: 1h, lifetime: 0, drain: 120s}
tls: {sni: match}
log: {file: "-", format: json, open: false}
unsafe: {addresses: []}
tests: []
`), day)
	c.Digest, want.Digest = "", ""
	c.Listen[0].Pos, want.Listen[0].Pos = diag.Pos{}, diag.Pos{}
	if diff := cmp.Diff(want, c, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("defaults (-written +left out):\n%s", diff)
	}
	if c.Clients[0].Name != Loopback || len(c.Clients) != 1 || c.Admin != "" || c.Rules != nil {
		t.Errorf("a file that says nothing has clients %v, admin %q, rules %v", c.Clients, c.Admin, c.Rules)
	}
}
