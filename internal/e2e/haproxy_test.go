package e2e

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The load balancer whose PROXY headers count, and somebody else.
const (
	balancer = "127.79.0.1"
	stranger = "127.79.0.2"
)

// header2 is a PROXY v2 header as an NLB sends it: command PROXY, TCP over
// IPv4 or IPv6, and the PrivateLink endpoint in TLV 0xEA, subtype 1, if there
// is one (haproxy.org proxy-protocol.txt section 2.2; NLB documentation,
// "Proxy protocol").
func header2(from string, endpoint string) string {
	src, family := netip.MustParseAddr(from), byte(0x11)
	dst := netip.MustParseAddr("10.0.0.9")
	if src.Is6() {
		dst, family = netip.MustParseAddr("2001:db8::9"), 0x21
	}
	body := append(src.AsSlice(), dst.AsSlice()...)
	body = binary.BigEndian.AppendUint16(body, 40312)
	body = binary.BigEndian.AppendUint16(body, 3128)
	if endpoint != "" {
		body = append(body, 0xEA, 0, byte(1+len(endpoint)), 1)
		body = append(body, endpoint...)
	}
	return v2Signature + string(append([]byte{0x21, family}, binary.BigEndian.AppendUint16(nil, uint16(len(body)))...)) + string(body)
}

const (
	v2Signature = "\r\n\r\n\x00\r\nQUIT\n"
	v2Local     = v2Signature + "\x20\x00\x00\x00"
)

// behindBalancer is a proxy behind a load balancer that is also the service of
// a PrivateLink endpoint.
func behindBalancer(t *testing.T) *proxy {
	t.Helper()
	return startProxy(t, setup{
		listen: `, proxy_protocol: required, trust: [127.79.0.1/32]`,
		clients: `office: {from: [10.20.0.0/16, "2001:db8:20::/48"]}
  other-cloud: {endpoints: [vpce-0a1b2c3d4e5f60718]}`,
		rules: `- {name: office reads parameters, clients: [office], allow: {services: [ssm], ports: ["*"]}}
  - {name: others send messages, clients: [other-cloud], allow: {services: [sns], ports: ["*"]}}`,
	})
}

func TestProxyHeaders(t *testing.T) {
	t.Parallel()
	p := behindBalancer(t)
	const (
		ssm, sns = "ssm.ap-northeast-1.amazonaws.com", "sns.ap-northeast-1.amazonaws.com"
		endpoint = "vpce-0a1b2c3d4e5f60718"
	)
	for why, tt := range map[string]struct {
		from, header, host string
		status             int
		want               line
	}{
		"v2 names a client": {
			balancer, header2("10.20.1.5", ""), ssm, 200,
			line{Client: "10.20.1.5", ClientName: "office", Rule: "office reads parameters", Verdict: "allowed", Reason: "rule-allows"},
		},
		"v2 over IPv6": {
			balancer, header2("2001:db8:20::5", ""), ssm, 200,
			line{Client: "2001:db8:20::5", ClientName: "office", Rule: "office reads parameters", Verdict: "allowed", Reason: "rule-allows"},
		},
		"v2 names an endpoint, which decides": {
			balancer, header2("192.0.2.77", endpoint), sns, 200,
			line{Client: "192.0.2.77", Endpoint: endpoint, ClientName: "other-cloud", Rule: "others send messages", Verdict: "allowed", Reason: "rule-allows"},
		},
		"a consumer with the office's address is the consumer": {
			balancer, header2("10.20.1.5", endpoint), ssm, 403,
			line{Client: "10.20.1.5", Endpoint: endpoint, ClientName: "other-cloud", Verdict: "denied", Reason: "no-rule"},
		},
		"an endpoint that nobody named, with the office's address": {
			balancer, header2("10.20.1.5", "vpce-0ffffffffffffffff"), ssm, 403,
			line{Client: "10.20.1.5", Endpoint: "vpce-0ffffffffffffffff", Verdict: "denied", Reason: "unknown-client"},
		},
		"v1 names a client": {
			balancer, "PROXY TCP4 10.20.1.6 10.0.0.9 40312 3128\r\n", ssm, 200,
			line{Client: "10.20.1.6", ClientName: "office", Rule: "office reads parameters", Verdict: "allowed", Reason: "rule-allows"},
		},
		"from outside trust": {
			stranger, header2("10.20.1.5", ""), ssm, 403,
			line{Client: stranger, Verdict: "denied", Reason: "unknown-client"},
		},
		"no header from outside trust": {
			stranger, "", ssm, 403,
			line{Client: stranger, Verdict: "denied", Reason: "unknown-client"},
		},
		"no header": {
			balancer, "", ssm, 400,
			line{Client: balancer, Verdict: "denied", Reason: "bad-request"},
		},
		"a header that is cut short": {
			balancer, "PROXY TCP4 10.20.1.6\r\n", ssm, 400,
			line{Client: balancer, Verdict: "denied", Reason: "bad-request"},
		},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			c := p.dial(t, tt.from)
			if _, err := io.WriteString(c, tt.header); err != nil {
				t.Fatal(err)
			}
			resp, _, err := c.connect(here.at(tt.host))
			if err != nil || resp.StatusCode != tt.status {
				t.Fatalf("CONNECT: %v, %v; want status %d", resp, err, tt.status)
			}
			if tt.status == http.StatusOK {
				c.secure(t, tt.host)
			} else if got := resp.Header.Get("X-Deguchi-Reason"); got != tt.want.Reason {
				t.Errorf("X-Deguchi-Reason: %q, want %q", got, tt.want.Reason)
			}
			peer := c.LocalAddr().String()
			_ = c.Close()
			got := p.log.find(t, "a line of "+peer, func(v line) bool { return v.Peer == peer })
			got = line{Client: got.Client, Endpoint: got.Endpoint, ClientName: got.ClientName, Rule: got.Rule, Verdict: got.Verdict, Reason: got.Reason}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProbesAreQuiet is about health checks: they come all day, from a balancer
// with command LOCAL or with no byte at all.
func TestProbesAreQuiet(t *testing.T) {
	t.Parallel()
	p := behindBalancer(t)
	for range 3 {
		for _, probe := range []string{"", v2Local} {
			c := p.dial(t, balancer)
			if _, err := io.WriteString(c, probe); err != nil {
				t.Fatal(err)
			}
			tcp := c.Conn.(interface{ CloseWrite() error })
			if probe == "" {
				_ = tcp.CloseWrite()
			}
			if answer, err := io.ReadAll(c); err != nil || len(answer) > 0 {
				t.Errorf("probe %q was answered %q, %v", probe, answer, err)
			}
		}
	}
	c := p.dial(t, balancer)
	resp, _, err := c.request(header2("10.20.1.5", "") + "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Fatalf("CONNECT after the probes: %v, %v", resp, err)
	}
	p.log.end(t, "example.com")
	if lines := p.log.lines(t); len(lines) != 1 {
		t.Errorf("the log has %d lines, want only that of the request: %+v", len(lines), lines)
	}
	if strings.Contains(p.stderr.String(), "level=ERROR") {
		t.Error("the proxy complains about probes")
	}
}

// TestCurlAsBalancer has curl write the header: somebody else's idea of v1.
func TestCurlAsBalancer(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{listen: `, proxy_protocol: required, trust: [127.79.0.1/32]`})
	got := mustRun(t, p, curl, "-sS", "--interface", balancer, "--haproxy-protocol", "http://cdn.amazonlinux.com/hello")
	if got != pages["/hello"] {
		t.Errorf("curl printed %q", got)
	}
	if v := p.log.end(t, "cdn.amazonlinux.com"); v.Client != balancer || v.ClientName != "here" {
		t.Errorf("log: %+v", v)
	}
	r := through(t, p, curl, "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--interface", balancer, "http://cdn.amazonlinux.com/hello")
	if r.out != fmt.Sprint(http.StatusBadRequest) {
		t.Errorf("without --haproxy-protocol: %+v, want status 400", r)
	}
}
