package proxy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// narrow lets loopback clients reach one name and nothing else.
const narrow = `
version: 1
listen: [{address: "127.0.0.1:0"}]
clients: {test: {from: [127.0.0.0/8]}}
rules: [{name: one, allow: {hosts: [a.example, 127.0.0.1/32], ports: ["*"]}}]
unsafe: {addresses: [127.0.0.1/32]}
limits: {header: 8KiB, header_timeout: 300ms, connect_timeout: 300ms, idle: 300ms}
`

// Names that look like an allowed one get nothing, however they are spelt.
func TestLookAlikes(t *testing.T) {
	f := start(t, strings.Replace(narrow, "a.example, 127.0.0.1/32", ".s3.amazonaws.com, ssm.ap-northeast-1.amazonaws.com", 1))
	var reached atomic.Int32
	origin := listen(t, "127.0.0.1:0", func(*net.TCPConn) { reached.Add(1) })
	for _, host := range []string{
		"s3.amazonaws.com.evil.example", "evil-s3.amazonaws.com", "xs3.amazonaws.com", "s3.amazonaws.com%2eevil.example",
		"s3.amazonaws.com%00.evil.example", "s3.amazonaws.com..", ".s3.amazonaws.com", "s3-amazonaws.com", "s3.amazonaws.co",
		"s3.amazonaws.com.cn.evil.example", "ssm.ap-northeast-1.amazonaws.com.evil.example", "ssm.ap-northeast-1.arnazonaws.com",
		"xn--s3-.amazonaws.com", "s3.amazonaws.xn--com-", "s3\xe3\x80\x82amazonaws.com", "\xe2\x84\xaainesis.amazonaws.com",
		"s3.amaz\xd0\xbenaws.com", "s3.amazonaws.com@evil.example", "evil.example@s3.amazonaws.com", "s3.amazonaws.com#.evil.example",
		"s3.amazonaws.com\\.evil.example", "s3.amazonaws.com:443@evil.example", "[s3.amazonaws.com]", "s3.amazonaws.com:80:x",
	} {
		f.names.set(strings.ToLower(host), "127.0.0.1")
		for _, request := range []string{"CONNECT %s:%s HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n", "GET http://%s:%s/ HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n"} {
			if r := f.dial().send(request, host, port(origin)).response("GET"); r.StatusCode != 400 && r.StatusCode != 403 {
				t.Errorf("%.8s to %q: %s, want a refusal", request, host, r.Status)
			}
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d requests for look-alikes arrived", n)
	}
}

// A refusal is the last thing that a client hears: what it pipelined behind is
// neither answered nor passed on, and what it goes on sending does no harm.
func TestNothingAfterARefusal(t *testing.T) {
	f := start(t, narrow)
	var reached atomic.Int32
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) { reached.Add(1); _, _ = io.Copy(c, c) })
	allowed := "CONNECT " + origin + " HTTP/1.1\r\n\r\n"
	for name, first := range map[string]string{
		"denied tunnel":        "CONNECT b.example:443 HTTP/1.1\r\n\r\n",
		"denied request":       "GET http://b.example/ HTTP/1.1\r\nHost: b\r\n\r\n",
		"with a body":          "POST http://b.example/ HTTP/1.1\r\nHost: b\r\nContent-Length: 4\r\n\r\nbody",
		"bad request":          "GET / HTTP/1.1\r\nHost: b\r\n\r\n",
		"origin cannot be had": "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n",
		"HEAD":                 "HEAD http://b.example/ HTTP/1.1\r\nHost: b\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := f.dial().send("%s", first+allowed+strings.Repeat("x", 10_000))
			_ = c.CloseWrite()
			b, err := io.ReadAll(c)
			if err != nil {
				t.Fatalf("the answer did not arrive whole: %v", err)
			}
			if n := bytes.Count(b, []byte("HTTP/1.1 ")); n != 1 || !bytes.HasPrefix(b, []byte("HTTP/1.1 ")) || bytes.Contains(b, []byte("xxx")) {
				t.Errorf("%d answers: %q", n, b)
			}
			_, body, _ := bytes.Cut(b, crlfcrlf)
			if name == "HEAD" && len(body) > 0 {
				t.Errorf("HEAD was answered with a body: %q", body)
			}
		})
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d tunnels stand behind refusals", n)
	}
}

// A client that reads slowly gets all of it, and holds up nobody else.
func TestSlowReader(t *testing.T) {
	f := start(t, permissive)
	const size = 8 << 20
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = io.ReadFull(c, make([]byte, 1))
		_, _ = c.Write(make([]byte, size))
	})
	slow := f.tunnel(origin).send("x")
	echo := f.tunnel(echoServer(t))
	got := 0
	for b := make([]byte, 64<<10); ; {
		n, err := slow.br.Read(b)
		if got += n; err != nil {
			break
		}
		if got < size/4 && n > 0 {
			echo.echo("others go on") // a round trip of the other's between two reads
		}
	}
	if got != size {
		t.Errorf("slow reader got %d bytes, want %d", got, size)
	}
	_ = slow.Close()
	if line := f.log(1)[0]; line["down"] != float64(size) {
		t.Errorf("log %v, want %d bytes down", line, size)
	}
}

// A client that does not read its refusal is not waited for.
func TestRefusalThatNobodyReads(t *testing.T) {
	f := start(t, narrow)
	begun := time.Now()
	c := f.dial().send("CONNECT b.example:443 HTTP/1.1\r\n\r\n")
	for end := begun.Add(5 * time.Second); f.Connections() > 0 && time.Now().Before(end); {
		_, _ = c.Write([]byte("x"))
		time.Sleep(time.Millisecond)
	}
	if took := time.Since(begun); f.Connections() != 0 || took > 2*lingerTime {
		t.Errorf("%d connections %v after a refusal", f.Connections(), took)
	}
}

// FuzzConnection says anything to a proxy that lets one name pass. It never
// hangs, gives everything back, and says 200 to nothing that access denies.
func FuzzConnection(f *testing.F) {
	for _, s := range []string{
		"CONNECT a.example:80 HTTP/1.1\r\n\r\nhello", "CONNECT a.example:443 HTTP/1.1\r\n\r\n\x16\x03\x01\x00\x05", "CONNECT b.example:443 HTTP/1.1\r\n\r\n",
		"GET http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\nGET http://b.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcCONNECT a.example:80 HTTP/1.0\r\n\r\n",
		"POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
		"GET http://a.example/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nafter", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", "PROXY TCP4 ",
	} {
		f.Add([]byte(s), uint8(7))
	}
	p := start(f, narrow)
	var wrong atomic.Pointer[string]
	origin := listen(f, "127.0.0.1:0", func(c *net.TCPConn) { fuzzOrigin(c) })
	p.policy.Store(&Policy{Config: p.Policy().Config, Rules: p.Policy().Rules, Resolver: onlyA{p.names, &wrong}})
	p.names.set("a.example", "127.0.0.1")
	f.Fuzz(func(t *testing.T, said []byte, cut uint8) {
		said = bytes.ReplaceAll(said, []byte("a.example:80"), []byte("a.example:"+port(origin)))
		said = bytes.ReplaceAll(said, []byte("http://a.example/"), []byte("http://a.example:"+port(origin)+"/"))
		answer := converse(t, p.addr, said, int(cut))
		for end := time.Now().Add(5 * time.Second); p.Connections() > 0; time.Sleep(100 * time.Microsecond) {
			if time.Now().After(end) {
				t.Fatalf("after %q: %d connections are still held", said, p.Connections())
			}
		}
		if n := p.limiter.Tunnels.Load(); n != 0 || p.Tunnels() != 0 {
			t.Fatalf("after %q: %d tunnels counted, %d live", said, n, p.Tunnels())
		}
		if s := wrong.Load(); s != nil {
			t.Fatalf("after %q: %s was looked up", said, *s)
		}
		if bytes.HasPrefix(answer, established) && !p.passes(said) {
			t.Fatalf("%q was answered %q", said, answer)
		}
	})
}

// converse sends said in two pieces, ends its stream and returns what came back.
func converse(t *testing.T, addr string, said []byte, cut int) []byte {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	cut = min(cut, len(said))
	_, _ = c.Write(said[:cut])
	_, _ = c.Write(said[cut:])
	_ = c.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(c)
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		t.Fatalf("%q hangs after the answer %q", said, answer)
	}
	return answer
}

// passes asks access itself about the first request in said.
func (f *fixture) passes(said []byte) bool {
	n, _ := head.End(bytes.TrimLeft(said, "\r\n"))
	h, bad := head.Parse(bytes.TrimLeft(said, "\r\n")[:n])
	if n == 0 || bad != "" || !h.Connect() {
		return false
	}
	target, bad := parseTarget(&h)
	if bad != "" {
		return false
	}
	q := access.Request{Client: netip.MustParseAddr("127.0.0.1"), Host: target.host, Port: target.port, Now: time.Now(), Own: f.own.Contains}
	if !target.host.IsAddr() {
		q.Name = awsdata.Names().Classify(target.host)
	}
	return f.Policy().Rules.Decide(&q).Passes()
}

// fuzzOrigin answers requests now well, now badly.
func fuzzOrigin(c *net.TCPConn) {
	b := make([]byte, 4096)
	n, _ := c.Read(b)
	answers := []string{reply200("ok"), "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nx", "junk", "HTTP/1.1 200 OK\r\n\r\nuntil the end"}
	_, _ = io.WriteString(c, answers[n%len(answers)])
	if n%2 == 0 {
		_, _ = io.Copy(io.Discard, c)
	}
}

// onlyA notes every other name that it is asked for.
type onlyA struct {
	*names
	wrong *atomic.Pointer[string]
}

func (o onlyA) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	if name != "a.example" {
		o.wrong.Store(&name)
	}
	return o.names.Lookup(ctx, name)
}
