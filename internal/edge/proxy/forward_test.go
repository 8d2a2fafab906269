package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// httpOrigin answers each request on its connections with what answer says.
func httpOrigin(t *testing.T, answer func(*http.Request) string) (addr string, connections *atomic.Int32) {
	connections = new(atomic.Int32)
	return listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		connections.Add(1)
		br := bufio.NewReader(c)
		for {
			req, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			if _, err := io.WriteString(c, answer(req)); err != nil {
				return
			}
		}
	}), connections
}

func reply200(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func TestForward(t *testing.T) {
	f := start(t, permissive)
	var got *http.Request
	var body string
	origin, connections := httpOrigin(t, func(r *http.Request) string {
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		return reply200("hello")
	})
	f.names.set("a.example", "127.0.0.1")
	host := "a.example:" + port(origin)
	c := f.dial()
	c.send("GET http://%s/x?y=http://b.example/ HTTP/1.1\r\nHost: other.example\r\nConnection: keep-alive, X-Mine\r\n"+
		"X-Mine: 1\r\nX-Kept: 1\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic c2VjcmV0\r\nKeep-Alive: timeout=5\r\n"+
		"TE: trailers\r\nX-Forwarded-For: 10.1.1.1\r\n\r\n", host)
	if r := c.response("GET"); r.StatusCode != 200 || r.body != "hello" {
		t.Fatalf("answer %q %q", r.Status, r.body)
	}
	if got.RequestURI != "/x?y=http://b.example/" || got.Host != host {
		t.Errorf("origin got %s for %s, want the path in origin-form and the target's host", got.RequestURI, got.Host)
	}
	for _, name := range []string{"X-Mine", "Proxy-Connection", "Proxy-Authorization", "Keep-Alive", "Te", "X-Forwarded-For", "User-Agent"} {
		if v, ok := got.Header[name]; ok {
			t.Errorf("origin got %s: %q", name, v)
		}
	}
	if got.Header.Get("X-Kept") != "1" {
		t.Error("origin lost X-Kept")
	}
	c.send("POST http://%s/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", host)
	if r := c.response("POST"); r.StatusCode != 200 || body != "abc" {
		t.Errorf("chunked POST: %q, origin got %q", r.Status, body)
	}
	c.send("GET http://%s/again HTTP/1.1\r\nHost: x\r\n\r\n", host)
	if r := c.response("GET"); r.StatusCode != 200 {
		t.Errorf("third request on the connection: %q", r.Status)
	}
	if n := connections.Load(); n > 2 {
		t.Errorf("three requests took %d connections to the origin", n)
	}
	line := f.log(3)[0]
	if line["method"] != "GET" || line["status"] != 200.0 || line["host"] != "a.example" || line["verdict"] != "allowed" {
		t.Errorf("log %v", line)
	}
}

func TestForwardFramesAnswersAnew(t *testing.T) {
	tests := map[string]struct {
		request, answer string
		version         string
		want            string
	}{
		"until the origin closes": {"GET", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody", "1.1", "body"},
		"chunked":                 {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "1.1", "body"},
		"chunked for HTTP/1.0":    {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "1.0", "body"},
		"HTTP/1.0 origin":         {"GET", "HTTP/1.0 200 OK\r\n\r\nbody", "1.1", "body"},
		"no content":              {"GET", "HTTP/1.1 204 No Content\r\n\r\n", "1.1", ""},
		"HEAD":                    {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "1.1", ""},
		"early hints first":       {"GET", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", "1.1", "body"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, permissive)
			origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = io.WriteString(c, tt.answer)
				}
			})
			c := f.dial().send("%s http://%s/ HTTP/%s\r\nHost: x\r\n\r\n", tt.request, origin, tt.version)
			r := c.response(tt.request)
			for r.StatusCode < 200 {
				r = c.response(tt.request)
			}
			if r.body != tt.want || r.Header.Get("Connection") != "" && r.Header.Get("Connection") != "close" {
				t.Errorf("answer %q %v %q, want body %q", r.Status, r.Header, r.body, tt.want)
			}
		})
	}
}

func TestForwardContinue(t *testing.T) {
	f := start(t, permissive)
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		req, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil || req.Header.Get("Expect") != "100-continue" {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		b, _ := io.ReadAll(req.Body)
		_, _ = io.WriteString(c, reply200(string(b)))
	})
	c := f.dial().send("PUT http://%s/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", origin)
	if r := c.response("PUT"); r.StatusCode != 100 {
		t.Fatalf("before the body: %q, want 100", r.Status)
	}
	if r := c.send("body").response("PUT"); r.body != "body" {
		t.Errorf("answer %q %q, want the body back", r.Status, r.body)
	}
}

func TestForwardAnswerBeforeTheBodyIsThrough(t *testing.T) {
	f := start(t, permissive)
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
		time.Sleep(50 * time.Millisecond)
	})
	c := f.dial().send("PUT http://%s/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly the beginning", origin)
	if r := c.response("PUT"); r.StatusCode != 413 {
		t.Errorf("answer %q, want 413", r.Status)
	}
	c.closed()
}

func TestForwardUpgrade(t *testing.T) {
	f := start(t, permissive)
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		br := bufio.NewReader(c)
		req, err := http.ReadRequest(br)
		if err != nil || req.Header.Get("Upgrade") != "websocket" {
			_, _ = io.WriteString(c, reply200("no upgrade"))
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst")
		_, _ = io.Copy(c, br)
	})
	c := f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nahead", origin)
	if r := c.response("CONNECT"); r.StatusCode != 101 || r.Header.Get("Upgrade") != "websocket" {
		t.Fatalf("answer %q", r.Status)
	}
	b := make([]byte, len("firstahead"))
	if _, err := io.ReadFull(c.br, b); err != nil || string(b) != "firstahead" {
		t.Fatalf("got %q, %v", b, err)
	}
	c.echo("and on")
	_ = c.CloseWrite()
	c.closed()
	if line := f.log(1)[0]; line["status"] != 101.0 || line["down"].(float64) < 16 {
		t.Errorf("log %v", line)
	}
	c = f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n\r\n", origin)
	if r := c.response("GET"); r.body != "no upgrade" {
		t.Errorf("h2c was passed on: %q", r.Status)
	}
}

func TestForwardRetriesOnlyWhatDoesNoHarmTwice(t *testing.T) {
	f := start(t, permissive)
	var requests atomic.Int32
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) { // hangs up after each answer without saying so
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			requests.Add(1)
			_, _ = io.WriteString(c, reply200("x"))
		}
	})
	c := f.dial()
	for range 3 {
		c.send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
		if r := c.response("GET"); r.StatusCode != 200 {
			t.Fatalf("answer %q", r.Status)
		}
	}
	c.send("DELETE http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
	if r := c.response("DELETE"); r.StatusCode != 200 || requests.Load() != 4 {
		t.Errorf("answer %q after %d requests", r.Status, requests.Load())
	}
}

func TestForwardOriginThatSaysNothing(t *testing.T) {
	f := start(t, permissive+"limits: {idle: 200ms}\n")
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) })
	c := f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
	if r := c.response("GET"); r.StatusCode != 504 || r.reason() != "connect-timeout" {
		t.Errorf("answer %q, want connect-timeout", r.Status)
	}
	broken := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "SSH-2.0-x\r\n")
	})
	c = start(t, permissive).dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", broken)
	if r := c.response("GET"); r.StatusCode != 502 || r.reason() != "connect-failed" {
		t.Errorf("answer %q, want connect-failed", r.Status)
	}
}

func TestForwardBulk(t *testing.T) {
	f := start(t, permissive)
	big := strings.Repeat("0123456789abcdef", 1<<18) // 4 MiB
	origin, _ := httpOrigin(t, func(r *http.Request) string {
		b, _ := io.ReadAll(r.Body)
		return reply200(string(b))
	})
	c := f.dial()
	go c.send("PUT http://%s/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", origin, len(big), big)
	if r := c.response("PUT"); r.body != big {
		t.Errorf("answer %q with %d bytes, want %d", r.Status, len(r.body), len(big))
	}
	if line := f.log(1)[0]; line["up"].(float64) < float64(len(big)) || line["down"].(float64) < float64(len(big)) {
		t.Errorf("log %v counts too little", line)
	}
}
