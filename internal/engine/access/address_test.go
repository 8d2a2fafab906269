package access

import (
	"net/netip"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// everywhere allows all that rules can allow.
func everywhere() *config.Config {
	return file(allow("all", config.Match{Ports: anyPort}), allow("all addresses", config.Match{Networks: nets("0.0.0.0/0", "::/0")}))
}

func TestLiterals(t *testing.T) {
	cfg := everywhere()
	cfg.Private.Networks = nets("10.9.0.0/16")
	rules := Compile(cfg)
	tests := []struct {
		name string
		q    *Request
		code reason.Code
	}{
		{"metadata", toAddr("169.254.169.254"), reason.LinkLocal},
		{"container credentials", toAddr("169.254.170.2"), reason.LinkLocal},
		{"metadata in IPv6", toAddr("fd00:ec2::254"), reason.LinkLocal},
		{"metadata, mapped", toAddr("::ffff:169.254.169.254"), reason.LinkLocal},
		{"metadata through NAT64", toAddr("64:ff9b::a9fe:a9fe"), reason.LinkLocal},
		{"link-local with a zone", toAddr("fe80::1%eth0"), reason.LinkLocal},
		{"metadata, oddly spelt", odd("169.254.169.254"), reason.LinkLocal},
		{"any other odd spelling is no name", odd("52.95.1.1"), reason.BadName},
		{"nor is loopback's", odd("127.0.0.1"), reason.BadName},
		{"loopback", toAddr("127.0.0.1"), reason.SpecialAddress},
		{"unspecified", toAddr("::"), reason.SpecialAddress},
		{"multicast", toAddr("224.0.0.1"), reason.SpecialAddress},
		{"the proxy's own", with(toAddr("52.95.1.1"), func(q *Request) { q.Own = own("52.95.1.1") }), reason.OwnAddress},
		{"the proxy's own, mapped", with(toAddr("::ffff:52.95.1.1"), func(q *Request) { q.Own = own("52.95.1.1") }), reason.OwnAddress},
		{"the proxy's own, through NAT64", with(toAddr("64:ff9b::52.95.1.1"), func(q *Request) { q.Own = own("52.95.1.1") }), reason.OwnAddress},
		{"the proxy's own, through 6to4", with(toAddr("2002:345f:101::1"), func(q *Request) { q.Own = own("52.95.1.1") }), reason.OwnAddress},
		{"another's, through NAT64", with(toAddr("64:ff9b::52.95.1.2"), func(q *Request) { q.Own = own("52.95.1.1") }), reason.RuleAllows},
		{"private", toAddr("10.8.0.1"), reason.PrivateAddress},
		{"private in IPv6", toAddr("fd12::1"), reason.PrivateAddress},
		{"private that the file admits, and a rule allows", toAddr("10.9.0.1"), reason.RuleAllows},
		{"public", toAddr("52.95.1.1"), reason.RuleAllows},
		{"nothing at all", to(awsname.Name{}), reason.BadName},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := rules.Decide(tt.q)
			if d.Code != tt.code || d.Passes() != (tt.code == reason.RuleAllows) {
				t.Errorf("Decide(%s) = %v %s, want %s", tt.q.Host, d.Verdict, d.Code, tt.code)
			}
			if why := d.Because(tt.q); why.Code.Wire() != tt.code {
				t.Errorf("Because(%s) = %s on the wire, want %s", tt.q.Host, why.Code.Wire(), tt.code)
			}
		})
	}
}

func TestPrivateLiteralsNeedARuleToo(t *testing.T) {
	cfg := file(allow("api", config.Match{Kinds: []string{"api"}}))
	cfg.Private.Networks = nets("10.9.0.0/16")
	if d := Compile(cfg).Decide(toAddr("10.9.0.1")); d.Code != reason.NoRule {
		t.Errorf("Decide(10.9.0.1) = %v %s, want no-rule", d.Verdict, d.Code)
	}
}

// TestEmbeddedLiterals: IPv4 inside IPv6 meets the rules for IPv4, behind rules
// for all of IPv6.
func TestEmbeddedLiterals(t *testing.T) {
	rules := Compile(file(
		deny("not there", config.Match{Networks: nets("52.95.0.0/16"), Ports: anyPort}),
		allow("any IPv6", config.Match{Networks: nets("::/0")}),
		allow("an office", config.Match{Networks: nets("198.41.0.0/24")}),
	))
	for literal, want := range map[string]string{
		"52.95.1.1": "not there", "::ffff:52.95.1.1": "not there", "64:ff9b::52.95.1.1": "not there", "2002:345f:101::1": "not there",
		"64:ff9b:1::52.95.1.1": "not there", "2001:0:808:808:0:ffff:cba0:fefe": "not there", // Teredo: the client, not its server
		"64:ff9b::198.41.0.1": "any IPv6", "2600:1f14::1": "any IPv6", "198.41.0.1": "an office", "::ffff:198.41.0.1": "an office",
	} {
		if d := rules.Decide(toAddr(literal)); d.RuleName() != want {
			t.Errorf("Decide(%s) = %v %s by rule %q, want rule %q", literal, d.Verdict, d.Code, d.RuleName(), want)
		}
	}
}

func TestAnswer(t *testing.T) {
	tests := []struct {
		name   string
		change func(*config.Config)
		q      *Request
		addrs  []netip.Addr
		code   reason.Code
		addr   string
	}{
		{"public", nil, to(outside), addrs("52.95.1.1", "2600:1f14::1"), reason.RuleAllows, ""},
		{"one refused answer refuses the name", nil, to(outside), addrs("52.95.1.1", "169.254.169.254"), reason.LinkLocal, "169.254.169.254"},
		{"a foreign name may not turn private", nil, to(outside), addrs("10.0.0.1"), reason.PrivateAddress, "10.0.0.1"},
		{"an AWS API may: private DNS of an endpoint", nil, to(ssm), addrs("10.0.0.1"), reason.RuleAllows, ""},
		{"so may a bucket", nil, to(reports), addrs("10.0.0.1"), reason.RuleAllows, ""},
		{"a load balancer may not", nil, to(elb), addrs("10.0.0.1"), reason.PrivateAddress, "10.0.0.1"},
		{"nor a name of PrivateLink", nil, to(pathVPCE), addrs("10.0.0.1"), reason.PrivateAddress, "10.0.0.1"},
		{"nor a console", nil, to(aws("signin.aws.amazon.com", awsname.Console, "signin", "")), addrs("10.0.0.1"), reason.PrivateAddress, "10.0.0.1"},
		{"nor an unknown name", nil, to(unknown), addrs("10.0.0.1"), reason.PrivateAddress, "10.0.0.1"},
		{"nor an API where aws_names is false", func(c *config.Config) { c.Private.AWSNames = false }, to(ssm), addrs("10.0.0.1"), reason.PrivateAddress, "10.0.0.1"},
		{"any name may be inside networks", inNetworks, to(outside), addrs("10.0.0.1"), reason.RuleAllows, ""},
		{"inside these only", inNetworks, to(outside), addrs("10.1.0.1"), reason.PrivateAddress, "10.1.0.1"},
		{"IPv4 inside IPv6 is IPv4", nil, to(outside), addrs("64:ff9b::10.0.0.1"), reason.PrivateAddress, "64:ff9b::a00:1"},
		{"6to4 too", nil, to(outside), addrs("2002:a9fe:a9fe::1"), reason.LinkLocal, "2002:a9fe:a9fe::1"},
		{"an API may not be at the metadata address", nil, to(ssm), addrs("169.254.169.254"), reason.LinkLocal, "169.254.169.254"},
		{"loopback", nil, to(ssm), addrs("127.0.0.1"), reason.SpecialAddress, "127.0.0.1"},
		{"the proxy itself", nil, with(to(ssm), func(q *Request) { q.Own = own("10.0.0.9") }), addrs("10.0.0.9"), reason.OwnAddress, "10.0.0.9"},
		{"the proxy itself, through NAT64", nil, with(to(outside), func(q *Request) { q.Own = own("52.95.1.1") }), addrs("64:ff9b::52.95.1.1"), reason.OwnAddress, "64:ff9b::345f:101"},
		{"unsafe lifts loopback", unsafeNets("127.0.0.0/8"), to(ssm), addrs("127.0.0.1"), reason.RuleAllows, ""},
		{"unsafe never lifts metadata", unsafeNets("0.0.0.0/0", "::/0"), to(ssm), addrs("169.254.169.254"), reason.LinkLocal, "169.254.169.254"},
		{"in no spelling", unsafeNets("0.0.0.0/0", "::/0"), to(ssm), addrs("fd00:ec2::254"), reason.LinkLocal, "fd00:ec2::254"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := everywhere()
			if tt.change != nil {
				tt.change(cfg)
			}
			rules := Compile(cfg)
			d := rules.Answer(tt.q, rules.Decide(tt.q), tt.addrs)
			if d.Code != tt.code || text(d.Addr) != tt.addr || d.Passes() != (tt.code == reason.RuleAllows) {
				t.Errorf("Answer(%s, %v) = %v %s %v, want %s %s", tt.q.Host, tt.addrs, d.Verdict, d.Code, d.Addr, tt.code, tt.addr)
			}
		})
	}
}

func TestAnswerNeverTurnsARefusal(t *testing.T) {
	rules := Compile(file())
	d := rules.Decide(to(ssm))
	if got := rules.Answer(to(ssm), d, addrs("52.95.1.1")); got.Verdict != Denied || got.Code != reason.NoRule {
		t.Errorf("Answer after %s = %v %s, want denied no-rule", d.Code, got.Verdict, got.Code)
	}
}

func inNetworks(c *config.Config) { c.Private.Networks = nets("10.0.0.0/16") }

func unsafeNets(texts ...string) func(*config.Config) {
	return func(c *config.Config) { c.Unsafe = nets(texts...) }
}

func own(addr string) Own {
	return func(a netip.Addr) bool { return a == netip.MustParseAddr(addr) }
}
