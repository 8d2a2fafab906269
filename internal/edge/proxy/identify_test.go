package proxy

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// behindNLB is a proxy that gets PROXY headers from 127.0.0.1 and knows an
// office by its network and another cloud by its PrivateLink endpoint.
const behindNLB = `
version: 1
listen: [{address: "127.0.0.1:0", proxy_protocol: required, trust: [127.0.0.1/32]}]
clients:
  office: {from: [10.20.0.0/16]}
  other-cloud: {endpoints: [vpce-08d2bf15fac5001c9]}
rules:
  - {name: for the office, clients: [office], allow: {hosts: [office.example], ports: ["*"]}}
  - {name: for the other cloud, clients: [other-cloud], allow: {hosts: [cloud.example], ports: ["*"]}}
unsafe: {addresses: [127.0.0.0/8]}
tls: {sni: "off"}
`

// v2 is a PROXY v2 header of a client at src, with TLVs as given.
func v2(src string, tlvs ...[]byte) string {
	a := netip.MustParseAddrPort(src)
	var body []byte
	body = append(body, a.Addr().AsSlice()...)
	body = append(body, make([]byte, len(a.Addr().AsSlice()))...)
	body = binary.BigEndian.AppendUint16(body, a.Port())
	body = binary.BigEndian.AppendUint16(body, 3128)
	for _, tlv := range tlvs {
		body = append(body, tlv...)
	}
	family := byte(0x11)
	if a.Addr().Is6() {
		family = 0x21
	}
	head := append([]byte("\r\n\r\n\x00\r\nQUIT\n\x21"), family)
	head = binary.BigEndian.AppendUint16(head, uint16(len(body)))
	return string(append(head, body...))
}

// endpointTLV is what PrivateLink adds: type 0xEA, subtype 1, the endpoint's id.
func endpointTLV(id string) []byte {
	tlv := binary.BigEndian.AppendUint16([]byte{0xEA}, uint16(len(id)+1))
	return append(append(tlv, 1), id...)
}

func TestProxyProtocol(t *testing.T) {
	const consumer = "vpce-08d2bf15fac5001c9"
	tests := map[string]struct {
		header string
		host   string
		status int
		reason string
		client string // as logged
	}{
		"v1 names the office":                     {"PROXY TCP4 10.20.1.5 10.0.0.1 40000 3128\r\n", "office.example", 200, "", "office"},
		"v2 names the office":                     {v2("10.20.1.5:40000"), "office.example", 200, "", "office"},
		"the endpoint id names the consumer":      {v2("10.9.8.7:40000", endpointTLV(consumer)), "cloud.example", 200, "", "other-cloud"},
		"behind other TLVs":                       {v2("10.9.8.7:40000", []byte{4, 0, 3, 0, 0, 0}, endpointTLV(consumer)), "cloud.example", 200, "", "other-cloud"},
		"a consumer with the office's address":    {v2("10.20.1.5:40000", endpointTLV(consumer)), "office.example", 403, "no-rule", "other-cloud"},
		"an endpoint that nobody named":           {v2("10.20.1.5:40000", endpointTLV("vpce-0123456789abcdef0")), "office.example", 403, "unknown-client", ""},
		"an address that nobody named":            {v2("10.9.8.7:40000"), "office.example", 403, "unknown-client", ""},
		"two endpoint ids":                        {v2("10.9.8.7:40000", endpointTLV(consumer), endpointTLV(consumer)), "cloud.example", 400, "bad-request", ""},
		"an endpoint id that would write the log": {v2("10.9.8.7:40000", endpointTLV("vpce-1\n{\"x\":1}")), "cloud.example", 400, "bad-request", ""},
		"an empty endpoint id":                    {v2("10.9.8.7:40000", endpointTLV("")), "cloud.example", 400, "bad-request", ""},
		"a TLV that is cut":                       {v2("10.9.8.7:40000", []byte{0xEA, 0xFF, 0xFF, 1}), "cloud.example", 400, "bad-request", ""},
		"no header where one is required":         {"", "office.example", 400, "bad-request", ""},
		"a second header":                         {v2("10.20.1.5:40000") + v2("10.20.1.6:40000"), "office.example", 400, "bad-request", "office"},
	}
	origin := echoServer(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, behindNLB)
			f.names.set(tt.host, "127.0.0.1")
			c := f.dial().send("%sCONNECT %s:%s HTTP/1.1\r\n\r\n", tt.header, tt.host, port(origin))
			r := c.response("CONNECT")
			if r.StatusCode != tt.status || r.reason() != tt.reason {
				t.Fatalf("answer %q, want %d %s", r.Status, tt.status, tt.reason)
			}
			_ = c.Close()
			line := f.log(1)[0]
			if got, _ := line["client_name"].(string); got != tt.client && tt.client != "office" {
				t.Errorf("log names the client %q, want %q", got, tt.client)
			}
			if strings.Contains(tt.header, consumer) && tt.reason != "bad-request" && line["endpoint"] != consumer {
				t.Errorf("log has endpoint %v, want %s", line["endpoint"], consumer)
			}
		})
	}
}

func TestProxyProtocolFromOutsideTrustIsRefused(t *testing.T) {
	for _, mode := range []string{"required", "optional"} {
		f := start(t, strings.NewReplacer("127.0.0.1/32", "127.0.0.9/32", "required", mode).Replace(behindNLB))
		r := f.dial().send("%sCONNECT office.example:443 HTTP/1.1\r\n\r\n", v2("10.20.1.5:40000")).response("CONNECT")
		if r.StatusCode != 403 || r.reason() != "unknown-client" {
			t.Errorf("%s: header from outside trust: %q, want unknown-client", mode, r.Status)
		}
		if line := f.log(1)[0]; strings.HasPrefix(line["client"].(string), "10.20.") {
			t.Errorf("%s: the log believes the header: %v", mode, line)
		}
	}
}

func TestProxyProtocolOptional(t *testing.T) {
	f := start(t, strings.NewReplacer("required", "optional", "10.20.0.0/16", "127.0.0.0/8").Replace(behindNLB))
	origin := echoServer(t)
	f.names.set("office.example", "127.0.0.1")
	f.tunnel("office.example:" + port(origin)).echo("no header, so the peer asks")
	c := f.dial().send("%sCONNECT office.example:%s HTTP/1.1\r\n\r\n", v2("10.20.1.5:40000"), port(origin))
	if r := c.response("CONNECT"); r.reason() != "unknown-client" {
		t.Errorf("with a header: %q, want unknown-client for 10.20.1.5", r.Status)
	}
}

func TestLoadBalancerProbesAreClosedQuietly(t *testing.T) {
	f := start(t, behindNLB)
	for _, probe := range []string{"", "PROXY UNKNOWN\r\n", "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00", "\r\n\r\n\x00\r\nQUIT\n\x20\x11\x00\x0c" + strings.Repeat("\x00", 12)} {
		c := f.dial().send("%s", probe)
		_ = c.CloseWrite()
		c.closed()
	}
	f.log(0)
}

func TestIPv6ClientInHeader(t *testing.T) {
	f := start(t, strings.Replace(behindNLB, "10.20.0.0/16", "2001:db8:20::/48", 1))
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {})
	f.names.set("office.example", "127.0.0.1")
	c := f.dial().send("%sCONNECT office.example:%s HTTP/1.1\r\n\r\n", v2("[2001:db8:20::5]:40000"), port(origin))
	if r := c.response("CONNECT"); r.StatusCode != 200 {
		t.Errorf("%s, want 200", r.Status)
	}
}

// A load balancer sends its header when it connects; the request comes when the
// client has something to say. However it is cut, header and request are read, and
// neither is waited for longer than header_timeout.
func TestHeaderAndRequestComeApart(t *testing.T) {
	f, hasty := start(t, behindNLB), start(t, behindNLB+"limits: {header_timeout: 600ms}\n")
	origin := echoServer(t)
	f.names.set("office.example", "127.0.0.1")
	header := v2("10.20.1.5:40000")
	request := "CONNECT office.example:" + port(origin) + " HTTP/1.1\r\n\r\n"
	all := header + request
	for name, cuts := range map[string][]int{
		"at once": nil, "header, then request": {len(header)}, "amid the header": {5}, "amid the request": {len(header) + 9},
		"thrice": {7, len(header), len(header) + 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, sent := f.dial(), 0
			for _, cut := range append(cuts, len(all)) {
				c.send("%s", all[sent:cut])
				sent = cut
				time.Sleep(10 * time.Millisecond) // so that they are read apart
			}
			if r := c.response("CONNECT"); r.StatusCode != 200 {
				t.Fatalf("%s, want 200", r.Status)
			}
			c.echo("x")
			for l := range f.tunnels.all() {
				if l.client.String() != "10.20.1.5:40000" || l.peer == nil {
					t.Errorf("the tunnel is %v's, from %v, want 10.20.1.5:40000's from another", l.client, l.peer)
				}
			}
			_ = c.Close()
			until(t, "the tunnel ends", func() bool { return f.Tunnels() == 0 })
		})
	}
	t.Run("the request never comes", func(t *testing.T) {
		begun := time.Now()
		hasty.dial().send("%s", header).closed()
		if took := time.Since(begun); took < 500*time.Millisecond || took > 10*time.Second {
			t.Errorf("closed after %v, want 600ms", took)
		}
	})
	t.Run("half a request comes", func(t *testing.T) {
		begun := time.Now()
		r := hasty.dial().send("%s", header+request[:9]).response("CONNECT")
		if took := time.Since(begun); r.StatusCode != 400 || took < 500*time.Millisecond || took > 10*time.Second {
			t.Errorf("%s after %v, want 400 after 600ms", r.Status, took)
		}
	})
}

// until waits for what happens without telling.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still not so: %s", what)
		}
	}
}
