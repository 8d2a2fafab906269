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
	"testing"
	"time"
)

// childMode makes the test binary a proxy: "relay", or "iocopy" for comparison.
const childMode = "RELAY_TEST_CHILD"

// footprint is what a process takes.
type footprint struct {
	RSS    int // bytes
	Stacks int // bytes of RSS in goroutine stacks
	Files  int // open descriptors
}

func measure() (f footprint) {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &f.RSS); n == 1 {
			f.RSS <<= 10
		}
	}
	s := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	f.Stacks = int(s[0].Value.Uint64())
	files, _ := os.ReadDir("/proc/self/fd")
	f.Files = len(files)
	return f
}

type nothing struct{}

func (nothing) End(Result) {}

// playedChild reports whether this process was started as a proxy. It joins every connection that it accepts to the address on its first line
// of input. Each further line asks for its footprint.
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
	fmt.Printf("%q\n", l.Addr())
	go accept(l, origin)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		_ = out.Encode(measure())
	}
	return true
}

func accept(l net.Listener, origin string) {
	join := ioCopy
	if os.Getenv(childMode) == "relay" {
		p := New()
		join = func(c, o *net.TCPConn) { p.Start(c, o, nil, Limits{Idle: time.Hour}, nothing{}) }
	}
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

// TestIdleTunnel measures what an idle tunnel takes that has echoed a byte.
func TestIdleTunnel(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes with hundreds of tunnels")
	}
	const n = 3000
	for _, mode := range []string{"relay", "iocopy"} {
		per := idle(t, mode, n)
		t.Logf("%s: %d B RSS per tunnel, of that %d B stacks; %d descriptors for %d tunnels",
			mode, per.RSS, per.Stacks, per.Files, n)
	}
}

// idle returns the footprint of one of n idle tunnels; Files is of all.
func idle(t *testing.T, mode string, n int) footprint {
	origin, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer origin.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode)
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	fmt.Fprintln(in, origin.Addr())
	answers := json.NewDecoder(out)
	var proxy string
	if err := answers.Decode(&proxy); err != nil {
		t.Fatal(err)
	}
	ask := func() (f footprint) {
		fmt.Fprintln(in)
		if err := answers.Decode(&f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := ask()
	for range n {
		echoOnce(t, proxy, origin)
	}
	time.Sleep(2 * time.Second)
	after := ask()
	return footprint{(after.RSS - before.RSS) / n, (after.Stacks - before.Stacks) / n, after.Files - before.Files}
}

func echoOnce(t *testing.T, proxy string, origin net.Listener) {
	c, err := net.Dial("tcp4", proxy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	o, err := origin.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	b := []byte{1}
	for _, pair := range [][2]net.Conn{{c, o}, {o, c}} {
		if _, err := pair[0].Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(pair[1], b); err != nil {
			t.Fatal(err)
		}
	}
}
