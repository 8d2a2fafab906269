package proxy

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// ways has a proxy whose names are known, so that loops set tunnels up where there are
// loops, and one whose names have to be asked for, so that goroutines do.
func ways(t *testing.T, limits string, each func(t *testing.T, f *fixture)) {
	for name, hook := range map[string]func(string){"known": nil, "asked for": func(string) {}} {
		t.Run(name, func(t *testing.T) {
			f := start(t, permissive+limits)
			f.names.set("far.example", "127.0.0.1")
			f.names.hook = hook
			each(t, f)
		})
	}
}

// A client that leaves while it waits for its origin gives back what it held, long
// before connect_timeout. Nobody is told anything.
func TestClientThatLeaves(t *testing.T) {
	ways(t, "limits: {connect_timeout: 15s}\n", func(t *testing.T, f *fixture) {
		hole := port(blackhole(t))
		for name, leave := range map[string]func(c *client){
			"a close": func(c *client) { _ = c.Close() },
			"a reset": func(c *client) { _ = c.SetLinger(0); _ = c.Close() },
			"an end":  func(c *client) { _ = c.CloseWrite() },
		} {
			for _, request := range []string{"CONNECT far.example:" + hole + " HTTP/1.1\r\n\r\n", "GET http://far.example:" + hole + "/ HTTP/1.1\r\nHost: far.example:" + hole + "\r\n\r\n"} {
				c := f.dial().send("%s", request)
				await(t, "the request", func() bool { return f.limiter.Tunnels.Load() == 1 })
				begun := time.Now()
				leave(c)
				await(t, "the end", func() bool { return f.Connections() == 0 })
				if took := time.Since(begun); took > 8*time.Second {
					t.Errorf("%s: noticed after %v", name, took)
				}
				if name == "an end" {
					c.closed()
				}
			}
		}
		for _, line := range f.log(6) {
			if line["reason"] != "connect-failed" || !strings.HasPrefix(line["err"].(string), "client went away") && !strings.HasPrefix(line["err"].(string), errClientLeft.Error()) || line["status"] != nil && line["status"] != 0.0 {
				t.Errorf("log %v, want who left", line)
			}
		}
	})
}

// A client that says something behind its CONNECT and ends its stream is waited for.
func TestEarlyWordsAreNoFarewell(t *testing.T) {
	ways(t, "limits: {connect_timeout: 3s}\n", func(t *testing.T, f *fixture) {
		c := f.dial().send("CONNECT far.example:%s HTTP/1.1\r\n\r\nearly", port(blackhole(t)))
		_ = c.CloseWrite()
		if r := c.response("CONNECT"); r.reason() != "connect-timeout" {
			t.Errorf("%q, want connect-timeout", r.Status)
		}
	})
}

// An origin that resets what it accepts either did so before anybody knew that it was
// connected, and is refused by name, or broke a tunnel. Both ways say the same.
func TestOriginThatResetsWhatItAccepts(t *testing.T) {
	ways(t, "", func(t *testing.T, f *fixture) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
			}
		}()
		for range 30 {
			c := f.dial().send("CONNECT far.example:%s HTTP/1.1\r\n\r\n", port(ln.Addr().String()))
			switch r := c.response("CONNECT"); {
			case r.StatusCode == 200:
				if b, err := io.ReadAll(c.br); len(b) > 0 {
					t.Errorf("%q, %v in a tunnel to nobody", b, err)
				}
			case r.StatusCode != 502 || r.reason() != "connect-failed" || !strings.Contains(r.phrase, "reset"):
				t.Errorf("%q, want connect-failed by a reset", r.Status)
			}
			_ = c.Close()
		}
	})
}
