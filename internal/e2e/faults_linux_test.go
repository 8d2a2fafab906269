package e2e

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestKilledUnderSocketActivation: the socket is systemd's, so a proxy that is
// killed and started again refuses nobody. Whoever it had accepted is cut.
func TestKilledUnderSocketActivation(t *testing.T) {
	t.Parallel()
	p := newProxy(t, setup{})
	socket := serviceSocket(t, p)

	var stop atomic.Bool
	var opened, cut int
	var clients sync.WaitGroup
	clients.Go(func() {
		for !stop.Load() {
			switch err := openAndClose(p); {
			case err == nil:
				opened++
			case errors.Is(err, syscall.ECONNREFUSED):
				t.Error("a connection was refused")
				return
			default: // it had been accepted
				cut++
			}
			time.Sleep(time.Millisecond)
		}
	})
	const kills = 4
	for i := range kills { // as Restart=always does
		cmd := activated(t, p, socket)
		before := len(p.log.ended(t))
		eventually(t, "it serves", func() bool { return len(p.log.ended(t)) > before })
		time.Sleep(50 * time.Millisecond)
		if i == kills-1 { // nobody comes after it
			stop.Store(true)
			clients.Wait()
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Logf("%d connections served, %d cut by %d kills", opened, cut, kills)
	if opened < 4 || cut > 8 {
		t.Error("more than those that were under way were cut")
	}
}

// serviceSocket is what the service manager holds for p: it listens whether p runs
// or not.
func serviceSocket(t *testing.T, p *proxy) *os.File {
	t.Helper()
	ln, err := net.Listen("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	_ = ln.Close() // socket goes on listening
	return socket
}

// activated starts p with socket.
func activated(t *testing.T, p *proxy, socket *os.File) *exec.Cmd {
	t.Helper()
	cmd := program(t, "serve", "-c", p.file)
	cmd.ExtraFiles = []*os.File{socket}
	cmd.Env = append(cmd.Env, "LISTEN_FDS=1", asActivated+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// ended returns the lines of what is over; none while there is no log.
func (l accessLog) ended(t *testing.T) (lines []line) {
	if _, err := os.Stat(l.file); err != nil {
		return nil
	}
	for _, v := range l.lines(t) {
		if v.Event == "end" {
			lines = append(lines, v)
		}
	}
	return lines
}

// TestStopped: a proxy that the kernel does not run for a while loses nothing of
// what it had, and answers who came meanwhile.
func TestStopped(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	s := openSession(t, p)
	s.mustSay(t, "before")
	p.signal(t, syscall.SIGSTOP)
	stopped := time.Now()
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if err := openAndClose(p); err != nil {
				t.Errorf("who came while it was stopped: %v", err)
			}
		})
	}
	time.Sleep(time.Second) // the time that passes is the fault
	p.signal(t, syscall.SIGCONT)
	waiting.Wait()
	s.mustSay(t, "after")
	t.Logf("after %v without a moment: the session goes on, 20 of 20 who came meanwhile were answered", time.Since(stopped).Round(time.Second/10))
}

// TestFewDescriptors: a proxy that may open few files tells those who are too
// many so, lets nobody wait, and works as before when they have gone.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	p := newProxy(t, setup{})
	self := program(t, "serve", "-c", p.file)
	cmd := program(t)
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", `ulimit -n 400 && exec "$@"`, "sh", self.Path}, self.Args[1:]...)
	p.start(t, cmd)
	p.waitReady(t)

	var carried, told int
	var open []*conn
	for range 300 {
		c := p.dial(t, "")
		resp, _, err := c.connect(here.at("sts.ap-northeast-1.amazonaws.com"))
		switch {
		case err != nil:
			t.Fatalf("after %d tunnels: %v", carried, err)
		case resp.StatusCode == http.StatusOK:
			carried++
			open = append(open, c)
		case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("X-Deguchi-Reason") == "overloaded":
			told++
			_ = c.Close() // as programs do; the proxy waits a moment for it
		default:
			t.Fatalf("answer: %v", resp)
		}
	}
	t.Logf("%d tunnels, %d told that there is no room", carried, told)
	if carried < 50 || told < 50 {
		t.Error("neither of the two was tried")
	}
	for _, c := range open {
		_ = c.Close()
	}
	eventually(t, "there is room again", func() bool { return openAndClose(p) == nil })
}

// originThat resets each connection after what serve does; without serve it is
// read to its end.
func originThat(t *testing.T, serve func(net.Conn)) (port int) {
	t.Helper()
	return originOf(t, func(c net.Conn) {
		if serve == nil {
			_, _ = io.Copy(io.Discard, c)
			return
		}
		serve(c)
		reset(c)
	})
}

// originOf listens where AWS is until the test ends, and serves each connection.
func originOf(t *testing.T, serve func(net.Conn)) (port int) {
	t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(here.addr.Addr().String(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				serve(c)
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return ln.Addr().(*net.TCPAddr).Port
}

// reset closes c so that its peer gets a reset.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// descriptors is how many files the proxy has open, as its metrics tell.
func (p *proxy) descriptors(t *testing.T) int { return int(p.metric(t, "process_open_fds")) }

// atRest is how many it has open when who asked last has gone.
func (p *proxy) atRest(t *testing.T) int {
	least := p.descriptors(t)
	for range 5 {
		time.Sleep(20 * time.Millisecond)
		least = min(least, p.descriptors(t))
	}
	return least
}

// metric returns a value of /metrics.
func (p *proxy) metric(t *testing.T, name string) float64 {
	t.Helper()
	_, body := p.ask(t, http.MethodGet, "/metrics")
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("/metrics has no %s:\n%.500s", name, body)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
