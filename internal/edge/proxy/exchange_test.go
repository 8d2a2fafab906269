package proxy

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A plain request that waits for its origin must not hold up the end of the
// proxy for as long as limits.idle, an hour.
func TestShutdownCutsPlainRequests(t *testing.T) {
	tests := map[string]string{
		"before the answer":    "",
		"in the answer":        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
		"after early hints":    "HTTP/1.1 103 Early Hints\r\n\r\n",
		"in the answer's head": "HTTP/1.1 200 OK\r\nContent-",
	}
	for name, said := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, permissive)
			asked := make(chan struct{})
			origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
				_, _ = http.ReadRequest(bufio.NewReader(c))
				_, _ = io.WriteString(c, said)
				close(asked)
				_, _ = io.Copy(io.Discard, c)
			})
			f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
			<-asked
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			ended := make(chan struct{})
			go func() { f.Shutdown(ctx); close(ended) }()
			select {
			case <-ended:
			case <-time.After(5 * time.Second):
				t.Fatal("Shutdown still waits 5 s after its context ended")
			}
			if line := f.log(1)[0]; line["err"] != errDrain.Error() {
				t.Errorf("log %v, want the cause of the cut", line)
			}
		})
	}
}

// An origin that sends its answer bit by bit is heard bit by bit.
func TestForwardAnswersAsTheyCome(t *testing.T) {
	for _, framing := range []string{"Content-Length: 10", "Transfer-Encoding: chunked", "Connection: close"} {
		t.Run(framing, func(t *testing.T) {
			f := start(t, permissive)
			heard := make(chan struct{})
			part := func(s string) string {
				if strings.HasSuffix(framing, "chunked") {
					return "5\r\n" + s + "\r\n"
				}
				return s
			}
			origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
				_, _ = http.ReadRequest(bufio.NewReader(c))
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n"+framing+"\r\n\r\n"+part("first"))
				select {
				case <-heard:
				case <-time.After(5 * time.Second):
				}
				_, _ = io.WriteString(c, part("after"))
				if strings.HasSuffix(framing, "chunked") {
					_, _ = io.WriteString(c, "0\r\n\r\n")
				}
			})
			c := f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
			_ = c.SetDeadline(time.Now().Add(3 * time.Second))
			resp, err := http.ReadResponse(c.br, &http.Request{Method: "GET"})
			if err != nil {
				t.Fatalf("the head did not come before the body was through: %v", err)
			}
			b := make([]byte, 5)
			if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != "first" {
				t.Fatalf("first bytes %q, %v", b, err)
			}
			close(heard)
			if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "after" {
				t.Errorf("the rest is %q, %v", rest, err)
			}
		})
	}
}

// What a client sends in a body is never taken for a part of its head: it would
// stand in the log.
func TestRefusalAfterTheBodyWasRead(t *testing.T) {
	f := start(t, permissive)
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = io.CopyN(io.Discard, c, 60_000)
	})
	secret := strings.Repeat("secret", 10_000)
	c := f.dial().send("POST http://%s/ HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n%s", origin, len(secret), secret)
	r := c.response("POST")
	if r.StatusCode != 502 || strings.Contains(r.body, "secret") || !strings.HasPrefix(r.body, "{") {
		t.Errorf("answer %q %q, want a refusal in JSON that does not repeat the body", r.Status, r.body)
	}
	if line := f.log(1)[0]; line["method"] != "POST" {
		t.Errorf("log has method %q, want POST", line["method"])
	}
}

// An origin that changes the protocol unasked, while the request is still being
// sent, gets nothing; the connection's reader goes back to the pool unused.
func TestForwardUnaskedSwitch(t *testing.T) {
	f := start(t, permissive)
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	for range 20 {
		c := f.dial().send("POST http://%s/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nbegun", origin)
		if r := c.response("POST"); r.StatusCode != 502 {
			t.Fatalf("answer %q, want connect-failed", r.Status)
		}
		_ = c.Close()
	}
}

// A client that goes away in the middle of an upload takes the origin's
// connection along: the origin waits for the rest, and would be waited for.
func TestForwardClientLeavesInTheMiddle(t *testing.T) {
	for _, framing := range []string{"Content-Length: 100000", "Transfer-Encoding: chunked"} {
		f := start(t, permissive)
		left := make(chan struct{})
		origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
			_, _ = io.Copy(io.Discard, c)
			close(left)
		})
		c := f.dial().send("PUT http://%s/ HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n5\r\nbegun", origin, framing)
		_ = c.Close()
		select {
		case <-left:
		case <-time.After(3 * time.Second):
			t.Errorf("%s: the origin's connection is still open 3 s after the client left", framing)
		}
		if line := f.log(1)[0]; line["method"] != "PUT" {
			t.Errorf("%s: log %v", framing, line)
		}
	}
}

// The head of an answer has a limit: an origin that never ends it would fill
// the memory.
func TestForwardEndlessAnswerHead(t *testing.T) {
	for _, begin := range []string{"HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX: "} {
		f := start(t, permissive)
		origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = io.WriteString(c, begin)
			field := []byte(strings.Repeat("a: "+strings.Repeat("x", 1021)+"\r\n", 64))
			if !strings.HasSuffix(begin, "\n") {
				field = bytes.Repeat([]byte("x"), 64<<10)
			}
			for range 1024 { // 64 MiB
				if _, err := c.Write(field); err != nil {
					return
				}
			}
			t.Errorf("after %q: 64 MiB of head were read", begin)
		})
		c := f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
		if r := c.response("GET"); r.StatusCode != 502 || r.reason() != "connect-failed" {
			t.Errorf("after %q: answer %d, want 502 connect-failed", begin, r.StatusCode)
		}
	}
}

// What an origin sends behind its answer belongs to no request: it must not
// become the answer to the next one.
func TestForwardUnaskedAnswer(t *testing.T) {
	f := start(t, permissive)
	origin, connections := httpOrigin(t, func(*http.Request) string { return reply200("mine") + reply200("poison") })
	c := f.dial()
	for i := range 3 {
		c.send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", origin)
		if r := c.response("GET"); r.body != "mine" {
			t.Errorf("answer %d: %q, want the one that was asked for", i, r.body)
		}
	}
	if n := connections.Load(); n != 3 {
		t.Errorf("%d connections to the origin, want a new one each time", n)
	}
}

// HTTP/1.0 knows no upgrade (RFC 9110 section 7.8).
func TestForwardUpgradeOfHTTP10(t *testing.T) {
	f := start(t, permissive)
	var asked http.Header
	origin, _ := httpOrigin(t, func(r *http.Request) string { asked = r.Header; return reply200("plain") })
	c := f.dial().send("GET http://%s/ HTTP/1.0\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", origin)
	if r := c.response("GET"); r.body != "plain" || asked.Get("Upgrade") != "" {
		t.Errorf("answer %q, origin was asked for %q", r.Status, asked.Get("Upgrade"))
	}
}

// The path and the query are the origin's business (RFC 9110 section 7.6).
func TestForwardTargetIsNotRewritten(t *testing.T) {
	f := start(t, permissive)
	var got string
	origin, _ := httpOrigin(t, func(r *http.Request) string { got = r.RequestURI; return reply200("") })
	c := f.dial()
	for _, path := range []string{"/a%2Fb/../c//d", "/%41?x={y}|z&%7e", "/?", "//double", "/a;b=c,d:e@f!$&'()*+~", "/[x]", "?no-path", "/a|b{c}^d`\"<e>\\"} {
		c.send("GET http://%s%s HTTP/1.1\r\nHost: x\r\n\r\n", origin, path)
		c.response("GET")
		if want := "/" + strings.TrimPrefix(path, "/"); got != want {
			t.Errorf("target %s reached the origin as %s", path, got)
		}
	}
}

// A switch of protocols that breaks half-way has its line in the log.
func TestForwardSwitchThatBreaks(t *testing.T) {
	f := start(t, permissive)
	gone := make(chan struct{})
	origin := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		<-gone
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"+strings.Repeat("x", 3000))
	})
	c := f.dial().send("GET http://%s/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", origin)
	_ = c.SetLinger(0)
	_ = c.Close()
	time.Sleep(20 * time.Millisecond) // for the reset to arrive
	close(gone)
	f.log(1)
}
