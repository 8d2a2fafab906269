package relay

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/metrics"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// childMode makes the test binary a proxy of its own, so that its memory and its
// CPU time can be told from those of the ends: "relay", or "iocopy" to compare.
const childMode = "RELAY_TEST_CHILD"

// footprint is what a process takes.
type footprint struct {
	RSS    int           // bytes
	Stacks int           // bytes of goroutine stacks in it
	Files  int           // open descriptors
	CPU    time.Duration // user and system
}

func measure() (f footprint) {
	maps, _ := os.ReadFile("/proc/self/smaps_rollup") // VmRSS of status is not exact
	for line := range strings.Lines(string(maps)) {
		if n, _ := fmt.Sscanf(line, "Rss: %d kB", &f.RSS); n == 1 {
			f.RSS <<= 10
		}
	}
	s := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	f.Stacks = int(s[0].Value.Uint64())
	files, _ := os.ReadDir("/proc/self/fd")
	f.Files = len(files)
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	f.CPU = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	return f
}

// playedChild reports whether this process was started as a proxy. It joins every
// connection that it accepts to the address on its first line of input. Each
// further line asks for its footprint.
func playedChild() bool {
	if os.Getenv(childMode) == "" {
		return false
	}
	in := bufio.NewScanner(os.Stdin)
	in.Scan()
	origin := in.Text()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(l.Addr().String())
	go accept(l, joinerOf(os.Getenv(childMode)), origin)
	for in.Scan() {
		_ = out.Encode(measure())
	}
	return true
}

// joinerOf returns what joins connections in that mode.
func joinerOf(mode string) func(c, o *net.TCPConn) {
	if mode != "relay" {
		return ioCopy
	}
	p := New()
	return func(c, o *net.TCPConn) { p.Start(c, o, nil, Limits{Idle: time.Hour}, nothing{}) }
}

func accept(l net.Listener, join func(c, o *net.TCPConn), origin string) {
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		o, err := net.Dial("tcp4", origin)
		if err != nil {
			panic(err)
		}
		join(c.(*net.TCPConn), o.(*net.TCPConn))
	}
}

type nothing struct{}

func (nothing) End(Result) {}

// ioCopy is what a relay would be without this package.
func ioCopy(c, o *net.TCPConn) {
	var both sync.WaitGroup
	one := func(to, from *net.TCPConn) {
		_, _ = io.Copy(to, from)
		_ = to.CloseWrite()
	}
	both.Go(func() { one(o, c) })
	both.Go(func() { one(c, o) })
	go func() {
		both.Wait()
		_ = c.Close()
		_ = o.Close()
	}()
}

// childProxy is a running child.
type childProxy struct {
	t      testing.TB
	addr   string
	origin net.Listener
	in     io.Writer
	out    *json.Decoder
}

// startChild starts a proxy that ends with the test.
func startChild(t testing.TB, mode string) *childProxy {
	t.Helper()
	origin, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode)
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = origin.Close()
	})
	p := &childProxy{t: t, origin: origin, in: in, out: json.NewDecoder(out)}
	fmt.Fprintln(in, origin.Addr())
	if err := p.out.Decode(&p.addr); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *childProxy) footprint() (f footprint) {
	p.t.Helper()
	fmt.Fprintln(p.in)
	if err := p.out.Decode(&f); err != nil {
		p.t.Fatal(err)
	}
	return f
}

// pair returns both ends of a new tunnel through the child.
func (p *childProxy) pair() (client, origin *net.TCPConn) {
	p.t.Helper()
	c, err := net.Dial("tcp4", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	o, err := p.origin.Accept()
	if err != nil {
		p.t.Fatal(err)
	}
	return c.(*net.TCPConn), o.(*net.TCPConn)
}

// echo sends b up and down.
func (p *childProxy) echo(c, o *net.TCPConn, b []byte) {
	p.t.Helper()
	for _, way := range [2][2]*net.TCPConn{{c, o}, {o, c}} {
		if _, err := way[0].Write(b); err != nil {
			p.t.Fatal(err)
		}
		if _, err := io.ReadFull(way[1], b); err != nil {
			p.t.Fatal(err)
		}
	}
}
