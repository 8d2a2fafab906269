package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestAnswersOfDNS is about what a name that a rule allows resolves to.
func TestAnswersOfDNS(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{rules: `- {name: a partner, allow: {hosts: [.partner.example], ports: ["*"]}}`})
	impatient := startProxy(t, setup{rules: `- {name: a partner, allow: {hosts: [.partner.example], ports: ["*"]}}`, dns: "300ms"})
	aws := here.addr.Addr().String()
	for why, tt := range map[string]struct {
		host   string
		says   reply
		status int
		reason string
	}{
		"where it should be":                      {"ok.partner.example", addresses(aws), 200, "rule-allows"},
		"one of two addresses is dead":            {"half.partner.example", addresses("127.76.0.1", aws), 200, "rule-allows"},
		"the metadata service":                    {"imds.partner.example", addresses("169.254.169.254"), 403, "link-local"},
		"the metadata service over IPv6":          {"imds6.partner.example", addresses("fd00:ec2::254"), 403, "link-local"},
		"the metadata service inside NAT64":       {"imds64.partner.example", addresses("64:ff9b::169.254.169.254"), 403, "link-local"},
		"a private address":                       {"private.partner.example", addresses("10.1.2.3"), 403, "private-address"},
		"a private address beside a good one":     {"both.partner.example", addresses(aws, "10.1.2.3"), 403, "private-address"},
		"no address at all":                       {"zero.partner.example", addresses("0.0.0.0"), 403, "special-address"},
		"a name without addresses":                {"empty.partner.example", reply{}, 502, "dns-fail"},
		"a name that does not exist":              {"none.partner.example", noSuchName, 502, "dns-fail"},
		"a name server that is broken":            {"broken.partner.example", broken, 502, "dns-fail"},
		"a name server that says nothing at all":  {"silent.partner.example", silence, 504, "dns-timeout"},
		"an answer too long for UDP":              {"long.partner.example", reply{addrs: addresses(aws).addrs, cut: true}, 200, "rule-allows"},
		"the metadata service, too long for UDP":  {"long-imds.partner.example", reply{addrs: addresses("169.254.169.254").addrs, cut: true}, 403, "link-local"},
		"too long for UDP, and hung up over TCP":  {"cut.partner.example", reply{cut: true, mute: true}, 502, "dns-fail"},
		"nobody listens":                          {"closed.partner.example", addresses("127.76.0.1"), 502, "connect-refused"},
		"a name server that refuses to be asked":  {"refused.partner.example", reply{code: dns.RcodeRefused}, 502, "dns-fail"},
		"a name that no rule allows is not asked": {"other.example", addresses(aws), 403, "no-rule"},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			here.names.say(tt.host, tt.says)
			start := time.Now()
			p := p
			if tt.reason == "dns-timeout" {
				p = impatient
			}
			c := p.dial(t, "")
			resp, body, err := c.connect(here.at(tt.host))
			if err != nil || resp.StatusCode != tt.status {
				t.Fatalf("CONNECT %s: %v, %v %s; want %d", tt.host, resp, err, body, tt.status)
			}
			if took := time.Since(start); took > patience/2 {
				t.Errorf("the answer took %v", took)
			}
			if tt.status == http.StatusOK {
				c.secure(t, tt.host)
			} else if got := resp.Header.Get("X-Deguchi-Reason"); got != tt.reason {
				t.Errorf("X-Deguchi-Reason: %q, want %q", got, tt.reason)
			}
			_ = c.Close()
			t.Logf("%d %s after %v", resp.StatusCode, tt.reason, time.Since(start).Round(time.Millisecond))
			if got := p.log.end(t, tt.host); got.Reason != tt.reason || got.Status != tt.status {
				t.Errorf("log: %+v", got)
			}
			if n := here.names.times(tt.host); tt.reason == "no-rule" && n > 0 {
				t.Errorf("the name server was asked %d times", n)
			}
		})
	}
}

// TestRebinding gives a good address to the first question and the metadata
// service to every later one. What was checked must be what is dialled.
func TestRebinding(t *testing.T) {
	t.Parallel()
	const host = "rebind.partner.example"
	here.names.say(host, addresses(here.addr.Addr().String()), addresses("169.254.169.254"))
	p := startProxy(t, setup{rules: `- {name: a partner, allow: {hosts: [.partner.example], ports: ["*"]}}`})

	c := p.dial(t, "").open(t, host)
	if n := here.names.times(host); n != 1 {
		t.Errorf("one CONNECT asked the name server %d times", n)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if got := p.log.end(t, host); got.Addr != here.addr.String() {
		t.Errorf("log: %+v, want addr %s", got, here.addr)
	}
	eventually(t, "the next question is answered with the metadata service, and refused", func() bool {
		resp, _, err := p.dial(t, "").connect(here.at(host))
		return err == nil && resp.Header.Get("X-Deguchi-Reason") == "link-local"
	})
}

// TestPrivateDNS is about endpoints in a VPC: names of AWS may be private.
func TestPrivateDNS(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{more: "limits: {connect_timeout: 300ms}"})
	const host = "logs.ap-northeast-1.amazonaws.com"
	here.names.say(host, addresses("10.255.255.254")) // nobody is there
	resp, _, err := p.dial(t, "").connect(host + ":443")
	if err != nil || resp.StatusCode == http.StatusForbidden {
		t.Fatalf("CONNECT: %v, %v; want an attempt", resp, err)
	}
	strict := startProxy(t, setup{more: "private: {aws_names: false}"})
	resp, _, err = strict.dial(t, "").connect(host + ":443")
	if err != nil || resp.Header.Get("X-Deguchi-Reason") != "private-address" {
		t.Errorf("with aws_names: false: %v, %v; want private-address", resp, err)
	}
}
