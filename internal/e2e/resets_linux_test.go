package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestResets breaks connections at every phase, on either side. The proxy tells
// the other side, logs it, and holds nothing afterwards.
func TestResets(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	before := p.descriptors(t)
	nothing := func(net.Conn) {}
	talk := func(c net.Conn) { _, _ = c.Write([]byte("x")) }
	bulk := func(c net.Conn) { _, _ = c.Write(make([]byte, 1<<20)) }
	for _, tt := range []struct {
		name   string
		asks   int // bytes of the request that the client sends
		opens  bool
		client func(net.Conn) // what it does before it resets
		origin func(net.Conn) // what it does before it resets
	}{
		{"client, before it says anything", 0, false, nothing, nil},
		{"client, amid the head", 20, false, nothing, nil},
		{"client, at once after the head", 1000, false, nothing, nil},
		{"client, after the answer", 1000, true, nothing, nil},
		{"client, amid bulk", 1000, true, bulk, nil},
		{"origin, at once", 1000, true, nil, nothing},
		{"origin, after a byte", 1000, true, nil, talk},
		{"origin, amid bulk", 1000, true, nil, bulk},
	} {
		t.Run(tt.name, func(t *testing.T) {
			port := originThat(t, tt.origin)
			c := p.dial(t, "")
			ask := connectTo(fmt.Sprintf("sns.ap-northeast-1.amazonaws.com:%d", port))
			_, _ = io.WriteString(c, ask[:min(tt.asks, len(ask))])
			if tt.opens {
				resp, err := http.ReadResponse(c.br, &http.Request{Method: http.MethodConnect})
				if err == nil && tt.client == nil && resp.StatusCode == http.StatusBadGateway {
					return // the reset came before the proxy saw that it was connected
				}
				if err != nil || resp.StatusCode != http.StatusOK {
					t.Fatalf("answer: %v, %v", resp, err)
				}
			}
			if tt.client != nil {
				tt.client(c.Conn)
				reset(c.Conn)
			} else if _, err := io.Copy(io.Discard, c); isTimeout(err) {
				t.Error("the client is not told")
			}
			if tt.opens {
				got := p.log.find(t, "the end of the tunnel", func(l line) bool { return l.Event == "end" && l.Port == port && l.Err != "" })
				t.Logf("log: %d bytes up, %d down, err %q", got.Up, got.Down, got.Err)
			}
		})
	}
	eventually(t, "the proxy holds nothing more than before", func() bool { return p.descriptors(t) <= before+2 })
}

// connectTo is a request for a tunnel.
func connectTo(target string) string {
	return "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n"
}

// TestClientLeavesWhileItWaits: a client resets while the proxy resolves or
// connects for it. What was begun is given up long before its own limit, is logged,
// and nothing is held afterwards; the other clients notice nothing.
func TestClientLeavesWhileItWaits(t *testing.T) {
	t.Parallel()
	const (
		slowName = "kinesis.ap-northeast-1.amazonaws.com"
		deafHost = "firehose.ap-northeast-1.amazonaws.com"
	)
	here.names.say(slowName, silence)
	deaf := deafOrigin(t)
	for _, tt := range []struct {
		phase, host string
		port        uint16
	}{
		{"during resolution", slowName, 443},
		{"during connect", deafHost, deaf},
	} {
		t.Run(tt.phase, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, setup{dns: "60s", more: "limits: {connect_timeout: 60s}"})
			before := p.atRest(t)
			c := p.dial(t, "")
			_, _ = io.WriteString(c, connectTo(fmt.Sprintf("%s:%d", tt.host, tt.port)))
			eventually(t, "the proxy has the client and a socket to wait at", func() bool { return p.descriptors(t) >= before+2 })
			left := time.Now()
			reset(c.Conn)
			if err := openAndClose(p); err != nil {
				t.Errorf("another client: %v", err)
			}
			got := p.log.end(t, tt.host)
			eventually(t, "the proxy holds nothing more than before", func() bool { return p.descriptors(t) <= before+2 })
			t.Logf("held for %v after the client left; log: %d %s, err %q", time.Since(left).Round(time.Second/10), got.Status, got.Reason, got.Err)
			if got.Verdict != "allowed" || got.Err != "client went away before the answer" {
				t.Errorf("log: %+v", got)
			}
		})
	}
}

// deafOrigin listens on a port and accepts nobody; its queue is full, so that
// who connects gets no answer at all.
func deafOrigin(t *testing.T) (port uint16) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: here.addr.Addr().As4()}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	port = uint16(name.(*unix.SockaddrInet4).Port)
	for range 8 {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("%s:%d", here.addr.Addr(), port), time.Second)
		if err != nil {
			return port // it is full
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	t.Fatal("the queue never fills")
	return 0
}

// TestResetsDuringDrain: who resets while the proxy stops ends what it had, and
// the proxy does not wait for it.
func TestResetsDuringDrain(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{more: "limits: {drain: 10m, header_timeout: 5m}"})
	breaks := make(chan bool)
	quiet, breaking := originOf(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), originThat(t, func(net.Conn) { <-breaks })
	client, half := p.dial(t, ""), p.dial(t, "")
	told := p.dial(t, "")
	for c, port := range map[*conn]int{client: quiet, told: breaking} {
		if resp, body, err := c.connect(fmt.Sprintf("sns.ap-northeast-1.amazonaws.com:%d", port)); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("CONNECT: %v %s, %v", resp, body, err)
		}
	}
	_, _ = io.WriteString(half, "CONNECT sns.ap-north")
	p.signal(t, unix.SIGTERM)
	eventually(t, "the proxy drains", func() bool { return strings.Contains(p.stderr.String(), "msg=draining") })
	began := time.Now()
	reset(client.Conn)
	reset(half.Conn)
	close(breaks)
	if !told.isOver() {
		t.Error("the client of the origin that reset is not told")
	}
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	t.Logf("the proxy ended %v after the last of three was reset", time.Since(began).Round(time.Millisecond))
	for _, port := range []int{quiet, breaking} {
		got := p.log.find(t, "the end of the tunnel", func(l line) bool { return l.Event == "end" && l.Port == port })
		if got.Err == "" || strings.Contains(got.Err, "drain") {
			t.Errorf("log: %+v", got)
		}
	}
}

// TestOriginThatSaysNothing accepts, and that is all it does.
func TestOriginThatSaysNothing(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{more: "limits: {idle: 1s}"})
	port := originOf(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	c := p.dial(t, "")
	if resp, body, err := c.connect(fmt.Sprintf("sns.ap-northeast-1.amazonaws.com:%d", port)); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("CONNECT: %v %s, %v", resp, body, err)
	}
	_, _ = io.WriteString(c, "hello?")
	if !c.isOver() {
		t.Error("the client of the tunnel still waits")
	}
	got := p.log.find(t, "the end of the tunnel", func(l line) bool { return l.Event == "end" && l.Method == http.MethodConnect })
	if got.Err != "idle" && !strings.Contains(got.Err, "idle") || got.Up != 6 || got.TookMS < 1000 {
		t.Errorf("log: %+v", got)
	}
	t.Logf("CONNECT: ended after %d ms, err %q", got.TookMS, got.Err)

	began := time.Now()
	resp, _, err := p.dial(t, "").request(fmt.Sprintf("GET http://mirror.amazonlinux.com:%d/ HTTP/1.1\r\nHost: mirror.amazonlinux.com\r\n\r\n", port))
	if err != nil || resp.StatusCode != http.StatusGatewayTimeout || resp.Header.Get("X-Deguchi-Reason") != "connect-timeout" {
		t.Fatalf("GET: %v, %v; want 504 connect-timeout", resp, err)
	}
	t.Logf("GET: %d %s after %v", resp.StatusCode, resp.Header.Get("X-Deguchi-Reason"), time.Since(began).Round(time.Second/10))
}
