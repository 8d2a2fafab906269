package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func options(t *testing.T) Options {
	t.Helper()
	cfg, problems := config.Parse(config.DefaultFile, config.DefaultSource(), time.Now())
	if cfg == nil {
		t.Fatal(problems)
	}
	log, err := observe.OpenLog("-", config.LogJSON, io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	metrics := observe.NewMetrics("test", observe.Sources{})
	s := proxy.New(&proxy.Policy{Config: cfg, Rules: access.Compile(cfg)}, log, proxy.Options{Log: slog.New(slog.DiscardHandler), Metrics: metrics})
	t.Cleanup(func() { s.Shutdown(t.Context()); _ = log.Close() })
	return Options{
		Server: s, Metrics: metrics.Handler(), Log: slog.New(slog.DiscardHandler), Version: "test", Started: time.Now(),
		Explain: func(*http.Request) (any, error) { return map[string]string{"schema": "x"}, nil },
		Reload:  func() error { return errors.New("line 3 is wrong") },
	}
}

func TestWhoMayAskWhat(t *testing.T) {
	h := options(t).handler()
	tests := map[string]struct {
		method, path, peer, host string
		want                     int
	}{
		"health from the load balancer":       {"GET", "/healthz", "10.0.0.9:1", "10.0.0.1:3129", 200},
		"readiness from the load balancer":    {"GET", "/readyz", "10.0.0.9:1", "anything", 200},
		"health over ULA":                     {"GET", "/healthz", "[fd00::1]:1", "x", 200},
		"health from the internet":            {"GET", "/healthz", "203.0.113.9:1", "x", 403},
		"metrics from here":                   {"GET", "/metrics", "127.0.0.1:1", "localhost:3129", 200},
		"metrics over IPv6":                   {"GET", "/metrics", "[::1]:1", "[::1]:3129", 200},
		"metrics from the private network":    {"GET", "/metrics", "10.0.0.9:1", "127.0.0.1:3129", 403},
		"tunnels from a rebinding web page":   {"GET", "/tunnels", "127.0.0.1:1", "evil.example:3129", 421},
		"reload from a rebinding web page":    {"POST", "/reload", "127.0.0.1:1", "evil.example", 421},
		"reload by GET":                       {"GET", "/reload", "127.0.0.1:1", "127.0.0.1", 405},
		"a reload that is refused":            {"POST", "/reload", "127.0.0.1:1", "127.0.0.1", 422},
		"a recheck that does not exist":       {"POST", "/reload?recheck=all", "127.0.0.1:1", "127.0.0.1", 400},
		"explain from here":                   {"GET", "/explain?from=10.0.0.1&host=a.example", "127.0.0.1:1", "127.0.0.1", 200},
		"explain from elsewhere":              {"GET", "/explain", "10.0.0.9:1", "127.0.0.1", 403},
		"tunnels from here":                   {"GET", "/tunnels", "127.0.0.1:1", "127.0.0.1:3129", 200},
		"status from here":                    {"GET", "/status", "127.0.0.1:1", "127.0.0.1:3129", 200},
		"nothing else":                        {"GET", "/debug/pprof/", "127.0.0.1:1", "127.0.0.1", 404},
		"an IPv4 peer in IPv6 clothes":        {"GET", "/healthz", "[::ffff:10.0.0.9]:1", "x", 200},
		"loopback under another machine's IP": {"GET", "/tunnels", "127.0.0.1:1", "10.0.0.1:3129", 421},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, nil)
			r.RemoteAddr, r.Host = tt.peer, tt.host
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("%s %s from %s as %s: %d %s, want %d", tt.method, tt.path, tt.peer, tt.host, w.Code, w.Body, tt.want)
			}
		})
	}
}

func TestReadyWhileServingOnly(t *testing.T) {
	o := options(t)
	h := o.handler()
	ask := func(path string) int {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	if got := ask("/readyz"); got != 200 {
		t.Errorf("serving: %d", got)
	}
	o.Server.Shutdown(t.Context())
	if ready, healthy := ask("/readyz"), ask("/healthz"); ready != 503 || healthy != 200 {
		t.Errorf("draining: readyz %d, healthz %d, want 503 and 200", ready, healthy)
	}
}

// A web page elsewhere can make a browser on this machine send a POST under our
// own name, but not hide where it comes from.
func TestReloadFromAWebPageElsewhere(t *testing.T) {
	h := options(t).handler()
	for header, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		r := httptest.NewRequest("POST", "/reload", nil)
		r.RemoteAddr, r.Host = "127.0.0.1:1", "127.0.0.1:3129"
		r.Header.Set(header, value)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 403 {
			t.Errorf("POST /reload with %s %s: %d, want 403", header, value, w.Code)
		}
	}
}

// A Network Load Balancer sends a PROXY header before its health checks once
// proxy protocol is on for the target group.
func TestProxyHeaderIsSkipped(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, ln, options(t)) }()
	v2 := "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x0a\x00\x00\x09\x0a\x00\x00\x01\x00\x01\x00\x02"
	for _, header := range []string{"", "PROXY TCP4 10.0.0.9 10.0.0.1 1 2\r\n", v2, "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"} {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(c, header+"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		b, err := io.ReadAll(c)
		_ = c.Close()
		head, body, _ := strings.Cut(string(b), "\r\n\r\n")
		var doc StatusV1
		if err != nil || !strings.HasPrefix(head, "HTTP/1.1 200") || json.Unmarshal([]byte(body), &doc) != nil || doc.Schema != "deguchi/status/v1" {
			t.Errorf("after header %q: %q, %v", header, b, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve ended with %v", err)
	}
}

// The server's limit for a request's head must survive the search for a PROXY
// header, or a peer could hold connections by sending a byte now and then.
func TestSkippingLeavesTheDeadlineAlone(t *testing.T) {
	ours, theirs := net.Pipe()
	defer func() { _ = ours.Close(); _ = theirs.Close() }()
	c := &skipped{Conn: ours, br: bufio.NewReader(ours)}
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	go func() { _, _ = io.WriteString(theirs, "GET ") }()
	b := make([]byte, 10)
	if n, err := c.Read(b); n != 4 || err != nil {
		t.Fatalf("first read: %q, %v", b[:n], err)
	}
	waited := make(chan error, 1)
	go func() { _, err := c.Read(b); waited <- err }()
	select {
	case err := <-waited:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("second read: %v, want the deadline", err)
		}
	case <-time.After(3 * time.Second):
		t.Error("the second read outlives the server's deadline")
	}
}
