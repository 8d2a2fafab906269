package proxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// fixture is a running proxy with a name server of its own and an access log.
type fixture struct {
	*Server
	t       testing.TB
	names   *names
	logFile string
	addr    string
}

// names is a resolver with answers that tests change.
type names struct {
	mu      sync.Mutex
	answers map[string][]netip.Addr
	asked   int
	hook    func(name string) // called before each answer
}

func (n *names) Lookup(_ context.Context, name string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	if n.hook != nil {
		n.hook(name)
	}
	addrs, ok := n.answers[name]
	if !ok {
		return nil, &resolve.Error{Name: name, Kind: resolve.NotFound}
	}
	return append([]netip.Addr(nil), addrs...), nil
}

// Known gives the answers that nobody wants to watch being asked for.
func (n *names) Known(name string) ([]netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	addrs := n.answers[name]
	if n.hook != nil || len(addrs) == 0 {
		return nil, false
	}
	n.asked++
	return append([]netip.Addr(nil), addrs...), true
}

// set makes name resolve to addrs.
func (n *names) set(name string, addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[name] = nil
	for _, a := range addrs {
		n.answers[name] = append(n.answers[name], netip.MustParseAddr(a))
	}
}

// permissive lets loopback clients reach any name and address on loopback.
const permissive = `
version: 1
listen: [{address: "127.0.0.1:0"}]
clients: {test: {from: [127.0.0.0/8, "::1/128"]}}
rules:
  - name: everything
    allow: {hosts: ["*", .example, 127.0.0.0/8, "::1/128"], ports: ["*"]}
unsafe: {addresses: [127.0.0.0/8, "::1/128"]}
tls: {sni: "off"}
`

func start(t testing.TB, yaml string) *fixture {
	t.Helper()
	f := prepare(t, yaml)
	if err := f.Listen(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	f.addr = f.Addrs()[0]
	return f
}

// prepare is start without listening.
func prepare(t testing.TB, yaml string) *fixture {
	t.Helper()
	f := &fixture{t: t, names: &names{answers: map[string][]netip.Addr{}}, logFile: filepath.Join(t.TempDir(), "access.log")}
	log, err := observe.OpenLog(f.logFile, config.LogJSON, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	metrics := observe.NewMetrics("test", observe.Sources{})
	f.Server = New(f.policyOf(yaml), log, Options{Log: slog.New(slog.DiscardHandler), Metrics: metrics})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		f.Shutdown(ctx)
		if n := f.limiter.Tunnels.Load(); n != 0 {
			t.Errorf("%d tunnels still counted after the end", n)
		}
		if n := f.limiter.Connections.Load(); n != 0 {
			t.Errorf("%d connections still counted after the end", n)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *fixture) policyOf(yaml string) *Policy {
	f.t.Helper()
	cfg, problems := config.Parse("test.yaml", []byte(yaml), time.Now())
	for _, p := range problems {
		if p.Severity == 0 {
			f.t.Fatalf("configuration: %+v", p)
		}
	}
	return &Policy{Config: cfg, Rules: access.Compile(cfg), Resolver: f.names}
}

// dial connects to the proxy.
func (f *fixture) dial() *client {
	f.t.Helper()
	c, err := net.DialTimeout("tcp", f.addr, 30*time.Second)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return &client{f.t, c.(*net.TCPConn), bufio.NewReader(c)}
}

type client struct {
	t testing.TB
	*net.TCPConn
	br *bufio.Reader
}

func (c *client) send(format string, args ...any) *client {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.TCPConn, format, args...); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// response reads the head and body of a response.
func (c *client) response(method string) *reply {
	c.t.Helper()
	resp, err := http.ReadResponse(c.br, &http.Request{Method: method})
	if err != nil {
		c.t.Fatalf("reading the answer: %v", err)
	}
	r := &reply{Response: resp, phrase: strings.TrimPrefix(resp.Status, fmt.Sprint(resp.StatusCode)+" ")}
	if method != "CONNECT" || resp.StatusCode != 200 {
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			c.t.Fatalf("reading the body: %v", err)
		}
		r.body = string(b)
	}
	return r
}

type reply struct {
	*http.Response
	phrase, body string
}

func (r *reply) reason() string { return r.Header.Get("X-Deguchi-Reason") }

// connect asks for a tunnel.
func (f *fixture) connect(target string) (*client, *reply) {
	f.t.Helper()
	c := f.dial().send("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target)
	return c, c.response("CONNECT")
}

// tunnel is connect for targets that must work.
func (f *fixture) tunnel(target string) *client {
	f.t.Helper()
	c, r := f.connect(target)
	if r.StatusCode != 200 {
		f.t.Fatalf("CONNECT %s: %s", target, r.Status)
	}
	return c
}

// echo says s and expects to hear it.
func (c *client) echo(s string) {
	c.t.Helper()
	c.send("%s", s)
	b := make([]byte, len(s))
	if _, err := io.ReadFull(c.br, b); err != nil || string(b) != s {
		c.t.Fatalf("echo of %q = %q, %v", s, b, err)
	}
}

// closed expects the proxy to hang up without another byte.
func (c *client) closed() {
	c.t.Helper()
	if b, err := io.ReadAll(c.br); err == nil && len(b) > 0 {
		c.t.Fatalf("got %q instead of the end", b)
	}
}

// log waits for n lines of the access log and returns them.
func (f *fixture) log(n int) []map[string]any {
	f.t.Helper()
	var b []byte
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var err error
		if b, err = os.ReadFile(f.logFile); err != nil {
			f.t.Fatal(err)
		}
		if bytes.Count(b, []byte("\n")) >= n {
			break
		}
	}
	var lines []map[string]any
	for line := range bytes.Lines(b) {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			f.t.Fatalf("access log line %q: %v", line, err)
		}
		lines = append(lines, m)
	}
	if len(lines) != n {
		f.t.Fatalf("access log has %d lines, want %d:\n%s", len(lines), n, b)
	}
	return lines
}

// origin listens on addr and gives each connection to serve.
func listen(t testing.TB, addr string, serve func(*net.TCPConn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(time.Minute))
				serve(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() { _ = ln.Close(); wg.Wait() })
	return ln.Addr().String()
}

// echoServer sends back what it gets, and ends when the other side does.
func echoServer(t testing.TB) string {
	return listen(t, "127.0.0.1:0", func(c *net.TCPConn) { _, _ = io.Copy(c, c) })
}

func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}

// await waits until cond holds.
func await(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}
