package e2e

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

var updateSmuggling = flag.Bool("update-smuggling", false, "rewrite testdata/smuggling.txt from the answers of Squid and HAProxy")

// TestSmuggling sends requests that two parsers could read differently through
// the proxy to an origin that reads them as package net/http does. What goes on
// must be one request for the proxy and for the origin; the rest is refused
// before anything goes on.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	origin := newRawOrigin(t)
	p := startProxy(t, setup{})
	for i, outcome := range outcomes(t, p.addr, "mirror.amazonlinux.com", origin) {
		if c := smuggling[i]; outcome.wrong(c.passes) {
			t.Errorf("%s: %s, want %s\n%q", c.name, outcome, result{answers: c.passes, seen: c.passes}, c.raw)
		}
	}
}

// TestSmugglingBesideOthers asks Squid and HAProxy the same. Where both refuse,
// so do we. What they answer is kept in testdata/smuggling.txt.
func TestSmugglingBesideOthers(t *testing.T) {
	t.Parallel()
	squid, haproxy := requiretest.Program(t, "/usr/sbin/squid"), requiretest.Program(t, "/usr/sbin/haproxy")
	origin := newRawOrigin(t)
	p := startProxy(t, setup{})
	ours := outcomes(t, p.addr, "mirror.amazonlinux.com", origin)
	squids := outcomes(t, startSquid(t, squid), origin.host, origin)
	haproxys := outcomes(t, startHAProxy(t, haproxy, origin.addr()), origin.host, origin)

	var b strings.Builder
	fmt.Fprintf(&b, "What an origin sees of requests that two parsers could read differently.\n%s · %s\n\n", versionOf(t, squid), versionOf(t, haproxy))
	fmt.Fprintf(&b, "%s%-14s%-14s%s\n", term.Pad("", 40), "Deguchi", "Squid", "HAProxy")
	for i, c := range smuggling {
		fmt.Fprintf(&b, "%s%-14s%-14s%s\n", term.Pad(c.name, 40), ours[i], squids[i], haproxys[i])
		if !ours[i].refused() && squids[i].refused() && haproxys[i].refused() {
			t.Errorf("%s: Squid and HAProxy refuse it; here: %s", c.name, ours[i])
		}
	}
	t.Logf("\n%s", b.String())
	if *updateSmuggling {
		if err := os.WriteFile("testdata/smuggling.txt", []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// result is what became of one case.
type result struct {
	answers int  // final answers that the client got, apart from a refusal
	seen    int  // requests that the origin read
	hidden  bool // one of them stood in another, for who reads it differently
	broken  bool // the origin got the beginning of one that it could not read
}

func (r result) refused() bool { return r.seen == 0 }

// wrong reports whether r is something else than passes requests, alike for
// everybody. A body that turns out to be broken half-way ends the request, and
// the connection to the origin with it.
func (r result) wrong(passes int) bool {
	if passes == 0 {
		return r.seen > 0
	}
	return r.seen != passes || r.answers != passes || r.hidden || r.broken
}

func (r result) String() string {
	switch {
	case r.hidden:
		return "second too"
	case r.broken && r.seen == 0:
		return "cut"
	case r.seen == 0:
		return "refused"
	case r.broken:
		return fmt.Sprintf("%d, then cut", r.seen)
	}
	return fmt.Sprintf("%d passed", r.seen)
}

// outcomes sends all cases to a proxy, a few at a time.
func outcomes(t *testing.T, proxy, host string, origin *rawOrigin) []result {
	t.Helper()
	all := make([]result, len(smuggling))
	at := net.JoinHostPort(host, origin.port)
	slots := make(chan struct{}, 8)
	var wg sync.WaitGroup
	for i, c := range smuggling {
		path := fmt.Sprintf("case-%d-of-%s", i, strings.ReplaceAll(proxy, ":", "-"))
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			answers := ask(t, proxy, smuggled(c.raw, at, path))
			all[i] = origin.saw(path)
			all[i].answers = answers
		})
	}
	wg.Wait()
	return all
}

// ask sends raw and counts the answers that are no refusal.
func ask(t *testing.T, proxy, raw string) (answers int) {
	c, err := net.DialTimeout("tcp", proxy, patience)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second)) // who waits for more bytes than come is not waited for
	if _, err := io.WriteString(c, raw); err != nil {
		return 0
	}
	for br := bufio.NewReader(c); ; {
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			return answers
		}
		if resp.StatusCode < 400 {
			answers++
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.Close {
			return answers
		}
	}
}

// rawOrigin is a web server that keeps what came, whatever it was.
type rawOrigin struct {
	ln         net.Listener
	host, port string
	done       sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	came  []*arrival
}

// arrival is what came over one connection. Proxies send requests of several
// clients over one.
type arrival struct {
	bytes.Buffer
	paths  []string // of requests, as read
	broken string   // what stands where no request could be read
}

func newRawOrigin(t *testing.T) *rawOrigin {
	t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(here.addr.Addr().String(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	o := &rawOrigin{ln: ln, conns: map[net.Conn]bool{}}
	o.host, o.port, _ = net.SplitHostPort(ln.Addr().String())
	o.done.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			o.done.Go(func() { o.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		o.mu.Lock()
		for c := range o.conns {
			_ = c.Close()
		}
		o.mu.Unlock()
		o.done.Wait()
	})
	return o
}

func (o *rawOrigin) addr() string { return net.JoinHostPort(o.host, o.port) }

// serve answers every request that net/http finds in what comes.
func (o *rawOrigin) serve(c net.Conn) {
	defer c.Close()
	a := &arrival{}
	o.mu.Lock()
	o.conns[c] = true
	o.came = append(o.came, a)
	o.mu.Unlock()
	br := bufio.NewReader(io.TeeReader(c, lockedWriter{&o.mu, a}))
	for {
		if _, err := br.Peek(1); err != nil {
			return
		}
		o.mu.Lock()
		read := a.Len() - br.Buffered()
		o.mu.Unlock()
		req, err := http.ReadRequest(br)
		if err == nil {
			_, err = io.Copy(io.Discard, req.Body)
		}
		o.mu.Lock()
		if err != nil {
			a.broken = a.String()[read:]
		} else {
			a.paths = append(a.paths, req.URL.Path)
		}
		o.mu.Unlock()
		if err != nil {
			return
		}
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
			return
		}
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// saw returns what came of the case with path.
func (o *rawOrigin) saw(path string) (r result) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range o.came {
		for _, p := range a.paths {
			if p == "/"+path || p == "/"+path+"/smuggled" {
				r.seen++
				r.hidden = r.hidden || p != "/"+path
			}
		}
		r.broken = r.broken || strings.Contains(a.broken, "/"+path)
	}
	return r
}

// startSquid runs Squid as it comes, open to loopback.
func startSquid(t *testing.T, program string) string {
	t.Helper()
	addr := freeAddress(t)
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil { // Squid leaves root behind
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "squid.conf")
	writeFile(t, conf, fmt.Sprintf("http_port %s\nhttp_access allow all\ncache deny all\npid_filename none\npinger_enable off\naccess_log none\ncache_log /dev/null\ncoredump_dir %s\nshutdown_lifetime 0 seconds\n", addr, dir))
	runServer(t, addr, exec.Command(program, "-N", "-n", "smuggling", "-f", conf))
	return addr
}

// startHAProxy runs HAProxy in front of the origin. Debian's 2.6 is no forward
// proxy: it sends every request there.
func startHAProxy(t *testing.T, program, origin string) string {
	t.Helper()
	addr := freeAddress(t)
	conf := filepath.Join(t.TempDir(), "haproxy.cfg")
	writeFile(t, conf, fmt.Sprintf("defaults\n mode http\n timeout connect 2s\n timeout client 2s\n timeout server 2s\n timeout http-request 2s\nlisten l\n bind %s\n server o %s\n", addr, origin))
	runServer(t, addr, exec.Command(program, "-db", "-f", conf))
	return addr
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// runServer runs a server until the test ends.
func runServer(t *testing.T, addr string, cmd *exec.Cmd) {
	t.Helper()
	dieWithUs(cmd)
	said := &output{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(cmd.Path), said)
		}
	})
	eventually(t, cmd.Path+" listens", func() bool {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func versionOf(t *testing.T, program string) string {
	t.Helper()
	out, err := exec.Command(program, "-v").Output()
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}
