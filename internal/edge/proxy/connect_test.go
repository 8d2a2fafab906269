package proxy

import (
	"encoding/binary"
	"encoding/json"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/answer"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestConnect(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	f.names.set("a.example", "127.0.0.1")
	c := f.tunnel("a.example:" + port(origin))
	c.echo("hello")
	_ = c.CloseWrite()
	c.closed()
	line := f.log(1)[0]
	for key, want := range map[string]any{
		"event": "end", "verdict": "allowed", "reason": "rule-allows", "rule": "everything", "client_name": "test",
		"method": "CONNECT", "host": "a.example", "addr": origin, "status": 200.0, "up": 5.0, "down": 5.0,
		"config": f.Policy().Config.Digest,
	} {
		if line[key] != want {
			t.Errorf("log: %s = %v, want %v", key, line[key], want)
		}
	}
}

func TestRefusal(t *testing.T) {
	f := start(t, `
version: 1
listen: [{address: "127.0.0.1:0"}]
clients: {test: {from: [127.0.0.0/8]}}
rules:
  - name: 出口 100%
    ticket: CHG-1
    deny: {hosts: [a.example]}
`)
	c := f.dial().send("CONNECT a.example:443 HTTP/1.1\r\nAccept: application/json\r\n\r\n")
	r := c.response("CONNECT")
	trace := r.Header.Get("X-Deguchi-Trace")
	if want := "Blocked by Deguchi (rule-denies; %E5%87%BA%E5%8F%A3 100%; trace " + trace + ")"; r.StatusCode != 403 || r.phrase != want {
		t.Errorf("answer %d %q, want 403 %q", r.StatusCode, r.phrase, want)
	}
	var body answer.V1
	if err := json.Unmarshal([]byte(r.body), &body); err != nil || body.Rule != "出口 100%" || body.Ticket != "CHG-1" || body.Trace != trace {
		t.Errorf("body %q (%v) lacks rule, ticket or trace", r.body, err)
	}
	line := f.log(1)[0]
	if line["trace"] != trace || line["verdict"] != "denied" || line["status"] != 403.0 || line["ticket"] != "CHG-1" {
		t.Errorf("log %v does not tell of the refusal %s", line, trace)
	}
	if _, r = f.connect("%61.example:443"); !strings.HasPrefix(r.phrase, "Blocked by Deguchi (bad-name; %61.example is ") {
		t.Errorf("answer %q, want the name as it was sent", r.phrase)
	}
	c = f.dial().send("GET http://b.example/ HTTP/1.1\r\nHost: b.example\r\nAccept-Language: ja\r\n\r\n")
	if r = c.response("GET"); r.reason() != "no-rule" || !strings.Contains(r.body, "許可するルールがありません") {
		t.Errorf("answer %s %q, want no-rule in Japanese", r.Status, r.body)
	}
}

// Every spelling that some parser takes for a metadata or credential address is
// refused as such, before and after resolution.
func TestMetadataIsRefusedInEverySpelling(t *testing.T) {
	f := start(t, permissive)
	for _, host := range []string{
		"169.254.169.254", "169.254.170.2", "169.254.170.23", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376",
		"0xa9.0xfe.0xa9.0xfe", "169.254.43518", "169.16689662", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
		"[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[fd00:ec2::254]", "[fd00:ec2::23]", "[FD00:EC2:0::254]",
	} {
		if _, r := f.connect(host + ":80"); r.StatusCode != 403 || r.reason() != "link-local" {
			t.Errorf("CONNECT %s: %s, want link-local", host, r.Status)
		}
		r := f.dial().send("GET http://%s/latest/meta-data/ HTTP/1.1\r\nHost: x\r\n\r\n", host).response("GET")
		if r.StatusCode != 403 || r.reason() != "link-local" || !strings.Contains(r.body, "NO_PROXY=169.254.169.254") {
			t.Errorf("GET http://%s: %s %q, want link-local and the cure", host, r.Status, r.body)
		}
	}
	for _, addr := range []string{"169.254.169.254", "fd00:ec2::254", "fe80::1", "::ffff:169.254.169.254"} {
		f.names.set("meta.example", addr)
		if _, r := f.connect("meta.example:443"); r.reason() != "link-local" {
			t.Errorf("a name at %s: %s, want link-local", addr, r.Status)
		}
	}
}

func TestAnswersAreCheckedAndTheCheckedAddressIsDialled(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	t.Run("private", func(t *testing.T) {
		f.names.set("a.example", "10.1.2.3")
		if _, r := f.connect("a.example:443"); r.StatusCode != 403 || r.reason() != "private-address" {
			t.Errorf("%s, want private-address", r.Status)
		}
	})
	t.Run("one bad answer among good ones", func(t *testing.T) {
		f.names.set("a.example", "127.0.0.1", "10.1.2.3")
		if _, r := f.connect("a.example:" + port(origin)); r.reason() != "private-address" {
			t.Errorf("%s, want private-address", r.Status)
		}
	})
	t.Run("an answer that turns after the check", func(t *testing.T) {
		f.names.set("a.example", "127.0.0.1")
		first := f.names.asked + 1
		f.names.hook = func(name string) {
			if f.names.asked > first { // whoever asks again dials what nobody checked
				f.names.answers[name] = []netip.Addr{netip.MustParseAddr("127.0.0.66")}
			}
		}
		f.tunnel("a.example:" + port(origin)).echo("x")
		if f.names.asked != first {
			t.Errorf("the name was looked up %d times", f.names.asked-first+1)
		}
		first = f.names.asked + 1
		f.names.answers["a.example"] = []netip.Addr{netip.MustParseAddr("127.0.0.1")}
		web, _ := httpOrigin(t, func(*http.Request) string { return reply200("the checked one") })
		if r := f.dial().send("GET http://a.example:%s/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port(web)).response("GET"); r.body != "the checked one" || f.names.asked != first {
			t.Errorf("plain request: %s after %d lookups", r.Status, f.names.asked-first+1)
		}
		f.names.hook = nil
	})
	t.Run("the proxy itself", func(t *testing.T) {
		addrs, err := net.InterfaceAddrs()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range addrs {
			n, err := netip.ParsePrefix(a.String())
			if err != nil || n.Addr().IsLoopback() || n.Addr().IsLinkLocalUnicast() {
				continue
			}
			f.names.set("own.example", n.Addr().String())
			if _, r := f.connect("own.example:3128"); r.reason() != "own-address" {
				t.Errorf("%s: %s, want own-address", n.Addr(), r.Status)
			}
		}
	})
}

// 127.0.0.1 is an address of every machine: what is wrong with it is not that it
// is this proxy's, and no other address of loopback is called otherwise.
func TestLoopbackIsSpecial(t *testing.T) {
	f := start(t, `
version: 1
listen: [{address: "127.0.0.1:0"}]
clients: {test: {from: [127.0.0.0/8]}}
rules: [{name: all, allow: {hosts: [.example]}}]
`)
	for _, addr := range []string{"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"} {
		f.names.set("a.example", addr)
		if _, r := f.connect("a.example:443"); r.reason() != "special-address" {
			t.Errorf("a name at %s: %s, want special-address", addr, r.Status)
		}
	}
	if _, r := f.connect("127.0.0.1:443"); r.reason() != "special-address" {
		t.Errorf("127.0.0.1: %s, want special-address", r.Status)
	}
}

func TestSeveralAnswersAreTried(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t) // on 127.0.0.1 only
	f.names.set("a.example", "127.0.0.2", "::1", "127.0.0.3", "127.0.0.1")
	f.tunnel("a.example:" + port(origin)).echo("x")
	f.names.set("none.example", "127.0.0.2", "127.0.0.3")
	if _, r := f.connect("none.example:" + port(origin)); r.StatusCode != 502 || r.reason() != "connect-refused" {
		t.Errorf("%s, want connect-refused", r.Status)
	}
	if _, r := f.connect("gone.example:443"); r.StatusCode != 502 || r.reason() != "dns-fail" {
		t.Errorf("%s, want dns-fail", r.Status)
	}
}

func TestIPv6(t *testing.T) {
	f := start(t, strings.Replace(permissive, "127.0.0.1:0", "[::1]:0", 1))
	origin := listen(t, "[::1]:0", func(c *net.TCPConn) { _, _ = io.Copy(c, c) })
	c := f.tunnel(origin)
	c.echo("hello")
	_ = c.Close()
	if line := f.log(1)[0]; line["client"] != "::1" {
		t.Errorf("client %v, want ::1", line["client"])
	}
}

func TestHalfClose(t *testing.T) {
	f := start(t, permissive)
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		n, err := io.Copy(io.Discard, c)
		if err == nil {
			_ = binary.Write(c, binary.BigEndian, n)
		}
	})
	c := f.tunnel(origin).send("%s", strings.Repeat("x", 100_000))
	_ = c.CloseWrite()
	var n int64
	if err := binary.Read(c.br, binary.BigEndian, &n); err != nil || n != 100_000 {
		t.Errorf("origin counted %d, %v, want 100000", n, err)
	}
}

func TestBytesBehindConnect(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	early := strings.Repeat("early", 700)
	c := f.dial().send("CONNECT %s HTTP/1.1\r\n\r\n%s", origin, early)
	if r := c.response("CONNECT"); r.StatusCode != 200 {
		t.Fatal(r.Status)
	}
	b := make([]byte, len(early))
	if _, err := io.ReadFull(c.br, b); err != nil || string(b) != early {
		t.Errorf("what was pipelined behind CONNECT came back as %.20q…, %v", b, err)
	}
}

func TestRequestsThatAreNoRequests(t *testing.T) {
	f := start(t, strings.Replace(permissive, "tls: {sni: \"off\"}", "limits: {header: 8KiB}", 1))
	hasty := start(t, permissive+"limits: {header_timeout: 300ms}\n")
	tests := map[string]struct {
		send   string
		status int
		reason string
	}{
		"origin form":          {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"},
		"https absolute":       {"GET https://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"},
		"bare LF":              {"GET http://a.example/ HTTP/1.1\nHost: a\n\n", 400, "bad-request"},
		"header of 100 kB":     {"CONNECT a.example:443 HTTP/1.1\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n", 400, "header-too-large"},
		"slow header":          {"CONNECT a.exam", 400, "bad-request"},
		"name with a percent":  {"CONNECT a%00.example:443 HTTP/1.1\r\n\r\n", 400, "bad-name"},
		"Cyrillic look-alike":  {"CONNECT s3.amaz\xd0\xbenaws.com:443 HTTP/1.1\r\n\r\n", 400, "bad-request"},
		"PROXY header unasked": {"PROXY TCP4 10.9.8.7 127.0.0.1 1 2\r\nCONNECT a.example:443 HTTP/1.1\r\n\r\n", 400, "bad-request"},
		"v2 header unasked":    {"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", 400, "bad-request"},
		"empty lines first":    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := f
			if name == "slow header" {
				f = hasty
			}
			r := f.dial().send("%s", tt.send).response("GET")
			if r.StatusCode != tt.status || r.reason() != tt.reason {
				t.Errorf("answer %q, want %d %s", r.Status, tt.status, tt.reason)
			}
		})
	}
	t.Run("TLS to the plain port", func(t *testing.T) {
		f := start(t, permissive)
		f.dial().send("\x16\x03\x01\x02\x00").closed()
		if line := f.log(1)[0]; line["reason"] != "tls-to-plain-port" {
			t.Errorf("log %v, want tls-to-plain-port", line)
		}
	})
	t.Run("an empty probe is closed without a word", func(t *testing.T) {
		f := start(t, permissive)
		c := f.dial()
		_ = c.CloseWrite()
		c.closed()
		f.log(0)
	})
}
