package proxy

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

func replacePort(yaml, addr string) string { return strings.Replace(yaml, "PORT", port(addr), 1) }

func TestTunnelLimits(t *testing.T) {
	origin := echoServer(t)
	t.Run("in all", func(t *testing.T) {
		f := start(t, permissive+"limits: {tunnels: 2}\n")
		a, b := f.tunnel(origin), f.tunnel(origin)
		if _, r := f.connect(origin); r.StatusCode != 503 || r.reason() != "overloaded" {
			t.Errorf("third tunnel: %q, want overloaded", r.Status)
		}
		_ = a.Close()
		_ = b.Close()
		f.log(3)
		f.tunnel(origin).echo("room again")
	})
	t.Run("of one client", func(t *testing.T) {
		f := start(t, permissive+"limits: {tunnels_per_client: 1}\n")
		f.tunnel(origin)
		if _, r := f.connect(origin); r.reason() != "overloaded" {
			t.Errorf("second tunnel: %q, want overloaded", r.Status)
		}
	})
	t.Run("of one endpoint, whatever addresses it claims", func(t *testing.T) {
		f := start(t, behindNLB+"limits: {tunnels_per_client: 1}\n")
		f.names.set("cloud.example", "127.0.0.1")
		for i, src := range []string{"10.1.1.1:1", "10.1.1.2:1"} {
			c := f.dial().send("%sCONNECT cloud.example:%s HTTP/1.1\r\n\r\n", v2(src, endpointTLV("vpce-08d2bf15fac5001c9")), port(origin))
			if r := c.response("CONNECT"); (r.StatusCode == 200) != (i == 0) {
				t.Errorf("tunnel %d: %q", i, r.Status)
			}
		}
	})
	t.Run("of descriptors", func(t *testing.T) {
		f := start(t, permissive)
		f.limiter.Descriptors.Store(4)
		a := f.tunnel(origin)
		f.tunnel(origin)
		if _, r := f.connect(origin); r.StatusCode != 503 || r.reason() != "overloaded" {
			t.Errorf("third tunnel: %q, want overloaded", r.Status)
		}
		a.echo("the others live")
	})
}

// Connections of a load balancer that never say for whom they are make room for
// those that do, on their way as in the hands of a goroutine.
func TestSilentConnectionsOfABalancer(t *testing.T) {
	origin := echoServer(t)
	for name, begun := range map[string]string{"nothing": "", "a part of the header": "\r\n\r\n\x00\r"} {
		t.Run(name, func(t *testing.T) {
			f := start(t, behindNLB)
			f.names.set("cloud.example", "127.0.0.1")
			f.limiter.Descriptors.Store(2 * 8)
			f.limiter.Nameless.Most.Store(4)
			var silent []*client
			for i := range 20 {
				c := f.dial().send("%s", begun)
				silent = append(silent, c)
				want := int64(min(i+1, 4))
				await(t, "its place", func() bool { return f.limiter.Connections.Load() == want })
			}
			for i, c := range silent[:16] {
				if _, err := io.ReadAll(c.br); err != nil {
					t.Errorf("connection %d: %v, want its end", i+1, err)
				}
			}
			c := f.dial().send("%sCONNECT cloud.example:%s HTTP/1.1\r\n\r\n", v2("10.1.1.1:1", endpointTLV("vpce-08d2bf15fac5001c9")), port(origin))
			if r := c.response("CONNECT"); r.StatusCode != 200 {
				t.Fatalf("who says its name: %q", r.Status)
			}
			for range 20 { // it is not nameless, and is not shut
				f.dial().send("%s", begun)
			}
			c.echo("the tunnel lives")
		})
	}
}

// A limit that lets one client take all descriptors is said to, when it comes into
// force.
func TestLimitThatProtectsNobody(t *testing.T) {
	f := start(t, permissive)
	f.limiter.Descriptors.Store(1000)
	for most, want := range map[int]bool{499: false, 500: true} {
		var said strings.Builder
		f.Log = slog.New(slog.NewTextHandler(&said, nil))
		if err := f.Swap(t.Context(), f.policyOf(fmt.Sprintf("%slimits: {tunnels_per_client: %d}\n", permissive, most))); err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(said.String(), "limits.tunnels_per_client"); warned != want {
			t.Errorf("limit %d of 500 connections: %q", most, said.String())
		}
	}
}

func TestIdleAndLifetime(t *testing.T) {
	origin := echoServer(t)
	for _, limit := range []string{"idle", "lifetime"} {
		f := start(t, permissive+"limits: {"+limit+": 200ms}\n")
		f.tunnel(origin).closed()
		if line := f.log(1)[0]; line["err"] != limit+" limit" {
			t.Errorf("%s: log %v", limit, line)
		}
	}
}

func TestConnectIsAnsweredWithinItsTimeout(t *testing.T) {
	f := start(t, permissive+"limits: {connect_timeout: 200ms}\n")
	hole := blackhole(t)
	begun := time.Now()
	if _, r := f.connect(hole); r.StatusCode != 504 || r.reason() != "connect-timeout" {
		t.Errorf("answer %q, want connect-timeout", r.Status)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the answer took %v", took)
	}
}

// blackhole is an address whose connections are neither accepted nor refused:
// a listener with a full backlog.
func blackhole(t *testing.T) string {
	t.Helper()
	addr := fullListener(t)
	for range 3 {
		c, err := net.DialTimeout("tcp", addr, 500*time.Millisecond)
		if err == nil {
			t.Cleanup(func() { _ = c.Close() })
		}
	}
	return addr
}

func TestReloadCutsNothing(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	f.Policy().Config.Listen[0].Address = f.addr
	f.listeners[f.addr] = f.listeners["127.0.0.1:0"]
	delete(f.listeners, "127.0.0.1:0")
	old := f.tunnel(origin)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				c, err := net.Dial("tcp", f.addr)
				if err != nil {
					t.Errorf("refused: %v", err)
					return
				}
				_, _ = io.WriteString(c, "CONNECT "+origin+" HTTP/1.1\r\n\r\n")
				b := make([]byte, 12)
				if _, err := io.ReadFull(c, b); err != nil || string(b) != "HTTP/1.1 200" {
					t.Errorf("answer %q, %v", b, err)
				}
				_ = c.Close()
			}
		})
	}
	same := strings.Replace(permissive, "127.0.0.1:0", f.addr, 1)
	for range 20 {
		if err := f.Swap(t.Context(), f.policyOf(same)); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	old.echo("still here")
	none := strings.Replace(same, "name: everything\n    allow", "name: nothing\n    deny", 1)
	if err := f.Swap(t.Context(), f.policyOf(none)); err != nil {
		t.Fatal(err)
	}
	old.echo("a reload cuts no tunnel")
	if _, r := f.connect(origin); r.reason() != "rule-denies" {
		t.Errorf("after the reload: %q, want rule-denies", r.Status)
	}
	f.log(201) // the others have ended, and the refusal is in the log
	if cut := f.Recheck(time.Now()); cut != 1 {
		t.Errorf("Recheck cut %d tunnels, want 1", cut)
	}
	old.closed()
	taken := strings.Replace(same, f.addr, origin, 1)
	if err := f.Swap(t.Context(), f.policyOf(taken)); err == nil {
		t.Error("a port that is taken was swapped in")
	}
	if _, r := f.connect(origin); r.reason() != "rule-denies" {
		t.Errorf("after a reload that failed: %q, want the rules of before", r.Status)
	}
}

func TestDrain(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	live, kept := f.tunnel(origin), f.dial()
	ended := make(chan int, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- f.Shutdown(ctx) }()
	for !f.Draining() {
		time.Sleep(time.Millisecond)
	}
	kept.send("CONNECT %s HTTP/1.1\r\n\r\n", origin)
	if r := kept.response("CONNECT"); r.StatusCode != 503 || r.reason() != "draining" {
		t.Errorf("while draining: %q, want draining", r.Status)
	}
	live.echo("tunnels finish")
	cancel()
	live.closed()
	if cut := <-ended; cut != 1 {
		t.Errorf("cut %d tunnels, want 1", cut)
	}
	if _, err := net.Dial("tcp", f.addr); err == nil {
		t.Error("the port still accepts")
	}
	for _, line := range f.log(2) {
		if line["status"] == 200.0 && line["err"] != errDrain.Error() {
			t.Errorf("log %v, want the cause of the cut", line)
		}
	}
}
