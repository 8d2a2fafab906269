package access

import (
	"net/netip"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// TestParent: the first entry that matches is used; one without hosts is for
// all.
func TestParent(t *testing.T) {
	cfg := file()
	cfg.Upstream = []config.Parent{
		{Address: "a:3128", Hosts: []string{".example.com", "one.example.org"}},
		{Address: "b:3128", Networks: nets("52.95.0.0/16")},
		{Address: "c:3128", Hosts: []string{"*.example.com", ".amazonaws.com"}},
	}
	name := func(host string) *Request { return to(awsname.Name{Host: host, Kind: awsname.NotAWS}) }
	rules := Compile(cfg)
	for _, tt := range []struct {
		why  string
		q    *Request
		want string
	}{
		{"a name below", name("x.y.example.com"), "a:3128"},
		{"the first of two", name("x.example.com"), "a:3128"},
		{"a whole name", name("one.example.org"), "a:3128"},
		{"a look-alike of a suffix", name("badexample.com"), ""},
		{"a look-alike of a name", name("one.example.org.test"), ""},
		{"a literal", toAddr("52.95.1.1"), "b:3128"},
		{"a literal inside IPv6", toAddr("64:ff9b::52.95.1.1"), "b:3128"},
		{"another literal", toAddr("52.96.1.1"), ""},
		{"a name of AWS", to(ssm), "c:3128"},
	} {
		got := ""
		if p := rules.Parent(tt.q); p != nil {
			got = p.Address
		}
		if got != tt.want {
			t.Errorf("%s: Parent(%s) = %q, want %q", tt.why, tt.q.Host, got, tt.want)
		}
	}
	cfg.Upstream = append(cfg.Upstream, config.Parent{Address: "d:3128"})
	if p := Compile(cfg).Parent(&Request{Host: netset.Host{Name: "badexample.com"}}); p == nil || p.Address != "d:3128" {
		t.Errorf("an entry without hosts: Parent = %+v, want d:3128", p)
	}
}

// TestParentAnswer: a parent may be private, and nothing else that is refused.
func TestParentAnswer(t *testing.T) {
	own := own("10.0.0.9")
	for _, tt := range []struct {
		why   string
		addrs []netip.Addr
		want  reason.Code
	}{
		{"public", addrs("198.41.0.4"), ""},
		{"private", addrs("10.0.0.1", "fd12::1"), ""},
		{"loopback", addrs("127.0.0.1"), reason.SpecialAddress},
		{"metadata", addrs("169.254.169.254"), reason.LinkLocal},
		{"metadata, mapped", addrs("::ffff:169.254.169.254"), reason.LinkLocal},
		{"the proxy itself", addrs("10.0.0.9"), reason.OwnAddress},
		{"one of several", addrs("198.41.0.4", "0.0.0.0"), reason.SpecialAddress},
		{"none", nil, ""},
	} {
		if got := Compile(file()).ParentAnswer(tt.addrs, own).Code; got != tt.want {
			t.Errorf("%s: ParentAnswer(%v) = %q, want %q", tt.why, tt.addrs, got, tt.want)
		}
	}
}
