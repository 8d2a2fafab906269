package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// setup is a configuration: what a test says of it, and the rest as usual.
type setup struct {
	clients string // default: everybody on loopback is "here"
	rules   string // default: every AWS host in Tokyo, and the web server
	listen  string // further settings of the listener
	log     string // further settings of the log
	logFile string
	more    string // further top-level settings
	dns     string // how long the name server may take; default: longer than any load of the machine makes it
	address string // of the listener; default: an address of its own
}

// proxy is a running "deguchi serve".
type proxy struct {
	addr, admin string // host:port
	file        string // the configuration
	log         accessLog
	cmd         *exec.Cmd
	stderr      *output
	exited      chan struct{}
	code        int // once exited is closed
}

// patience bounds every wait for another process. It is only ever waited out
// when something is wrong, however busy the machine is.
const patience = 30 * time.Second

// lastAddress counts the loopback addresses that proxies were given.
var lastAddress atomic.Uint32

// newProxy prepares a proxy that does not run yet.
func newProxy(t *testing.T, s setup) *proxy {
	t.Helper()
	requiretest.Linux(t) // for the whole of 127/8
	host := fmt.Sprintf("127.78.%d.%d", os.Getpid()%256, 1+lastAddress.Add(1)%254)
	dir := t.TempDir()
	p := &proxy{
		addr: host + ":3128", admin: host + ":3129",
		file: filepath.Join(dir, "deguchi.yaml"), log: accessLog{filepath.Join(dir, "access.log")},
		stderr: &output{}, exited: make(chan struct{}),
	}
	if s.address != "" {
		p.addr = s.address
	}
	p.configure(t, s)
	return p
}

// configure writes the configuration anew.
func (p *proxy) configure(t *testing.T, s setup) {
	t.Helper()
	or := func(s, usual string) string {
		if s == "" {
			return usual
		}
		return s
	}
	text := fmt.Sprintf(`version: 1
listen:
  - {address: %q%s}
admin: %q
clients:
  %s
rules:
  %s
resolve: {servers: [%q], timeout: %s}
unsafe: {addresses: [127.0.0.0/8, "::1/128"]}
log: {file: %q%s}
%s
`, p.addr, s.listen, p.admin,
		or(s.clients, `here: {from: [127.0.0.0/8]}`),
		or(s.rules, `- {name: tokyo, allow: {kinds: [api, resource], regions: [ap-northeast-1], ports: ["*"]}}
  - {name: web, allow: {hosts: [.amazonlinux.com], ports: ["*"]}}`),
		here.names.addr, or(s.dns, "10s"), or(s.logFile, p.log.file), s.log, s.more)
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// startProxy runs a proxy until it is ready.
func startProxy(t *testing.T, s setup) *proxy {
	t.Helper()
	p := newProxy(t, s)
	p.start(t, program(t, "serve", "-c", p.file))
	p.waitReady(t)
	return p
}

// program is a command of deguchi that ends with the test.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "LC_ALL=C")
	dieWithUs(cmd)
	return cmd
}

// start runs cmd as p and sees to its end. A proxy that panics, or in which the
// race detector finds something, fails the test.
func (p *proxy) start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	p.cmd = cmd
	cmd.Stderr = p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait()
		p.code = cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.exited
		said := p.stderr.String()
		if strings.Contains(said, "panic:") || strings.Contains(said, "DATA RACE") || strings.Contains(said, "fatal error:") {
			t.Error("the proxy broke down")
		}
		if t.Failed() {
			t.Logf("the proxy said:\n%s", said)
		}
	})
}

// waitReady waits until the proxy says that it serves.
func (p *proxy) waitReady(t *testing.T) {
	t.Helper()
	eventually(t, "the proxy is ready", func() bool {
		select {
		case <-p.exited:
			t.Fatalf("the proxy ended with %d:\n%s", p.code, p.stderr)
		default:
		}
		status, _ := p.ask(t, http.MethodGet, "/readyz")
		return status == http.StatusOK
	})
}

// ask sends a request to the admin listener. Status 0 is no answer.
func (p *proxy) ask(t *testing.T, method, path string) (status int, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+p.admin+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: not even ours
	resp, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("reading the answer to %s: %v", path, err)
	}
	return resp.StatusCode, string(b)
}

func (p *proxy) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// wait waits for the end of the process and returns its exit code.
func (p *proxy) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.code
	case <-time.After(patience):
		t.Fatalf("the proxy still runs after %v", patience)
		return 0
	}
}

// eventually waits until what has become true. Other processes have no clock
// that a test could turn.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// output is what a process writes while others read it.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
