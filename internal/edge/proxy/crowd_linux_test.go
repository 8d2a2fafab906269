package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// crowdEnv makes the test binary the other side of TestCrowd: its value is the
// proxy's address.
const crowdEnv = "DEGUCHI_TEST_CROWD"

const crowdSize = 5000

// keptByOthers is more than the pipes that relay and io.Copy keep for later, whose
// number differs from run to run, and far less than one for each tunnel.
const keptByOthers = 32

// TestCrowd opens 5,000 tunnels at once. Their clients and their origin live in
// a process of their own, so that descriptors here are the proxy's.
func TestCrowd(t *testing.T) {
	var l unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l)
	requiretest.That(t, err == nil && l.Max >= 2*crowdSize+2048, "12,048 file descriptors")
	f := start(t, permissive+"limits: {tunnels: 5000, tunnels_per_client: 5000, drain: 5s}\n")
	before := descriptors(t)

	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crowdEnv+"="+f.addr)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	expect := func(want string) {
		t.Helper()
		if line, err := said.ReadString('\n'); line != want+"\n" {
			t.Fatalf("the crowd says %q, %v, want %q", line, err, want)
		}
	}
	with := descriptors(t)
	_, _ = io.WriteString(in, "come\n")
	expect("standing")
	if n := f.Tunnels(); n != crowdSize {
		t.Errorf("%d tunnels, want %d", n, crowdSize)
	}
	if got := descriptors(t) - with; got > 2*crowdSize+2*keptByOthers {
		t.Errorf("%d tunnels hold %d descriptors, want 2 each", crowdSize, got)
	}
	_, _ = io.WriteString(in, "go on\n")
	expect("all alive")
	_, _ = io.WriteString(in, "leave\n")
	if err := cmd.Wait(); err != nil {
		t.Errorf("the crowd ended with %v", err)
	}
	for end := time.Now().Add(10 * time.Second); f.Connections() > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if f.Tunnels() != 0 || f.Connections() != 0 {
		t.Errorf("after the end: %d tunnels, %d connections", f.Tunnels(), f.Connections())
	}
	if got := descriptors(t) - before; got > 2*keptByOthers {
		t.Errorf("%d descriptors were not given back", got)
	}
	seen := map[float64]int{}
	for _, line := range f.log(crowdSize) {
		if line["verdict"] != "allowed" || line["up"] != line["down"] || line["err"] != nil {
			t.Fatalf("log %v", line)
		}
		seen[line["up"].(float64)]++
	}
	for i := range 100 { // each tunnel said its share twice
		if got := seen[float64(2*shareOf(i))]; got != crowdSize/100 {
			t.Errorf("%d tunnels of %d bytes, want %d", got, 2*shareOf(i), crowdSize/100)
		}
	}
}

// shareOf is how many bytes tunnel i says each time.
func shareOf(i int) int { return 1 + i%100 }

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// crowd is the other side: it returns when it was told to leave.
func crowd(proxy string) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() { // without splice, which would hold a pipe for each
				_, _ = io.CopyBuffer(struct{ io.Writer }{c}, struct{ io.Reader }{c}, make([]byte, 128))
				_ = c.Close()
			}()
		}
	}()
	told := bufio.NewReader(os.Stdin)
	if _, err := told.ReadString('\n'); err != nil {
		return err
	}
	conns := make([]net.Conn, crowdSize)
	if err := each(conns, func(i int) (err error) {
		conns[i], err = standing(proxy, ln.Addr().String(), i)
		return err
	}); err != nil {
		return err
	}
	fmt.Println("standing")
	if _, err := told.ReadString('\n'); err != nil {
		return err
	}
	if err := each(conns, func(i int) error { return say(conns[i], i) }); err != nil {
		return err
	}
	fmt.Println("all alive")
	if _, err := told.ReadString('\n'); err != nil {
		return err
	}
	return each(conns, func(i int) error { // an orderly end, so that nothing is an error in the log
		_ = conns[i].(*net.TCPConn).CloseWrite()
		_, err := io.Copy(io.Discard, conns[i])
		return err
	})
}

// each calls do for every connection, a few at a time.
func each(conns []net.Conn, do func(i int) error) error {
	const workers = 32
	errs := make(chan error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(conns); i += workers {
				if err := do(i); err != nil {
					errs <- fmt.Errorf("tunnel %d: %w", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// standing opens tunnel i and says something in it.
func standing(proxy, origin string, i int) (net.Conn, error) {
	c, err := net.Dial("tcp", proxy)
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(c, "CONNECT "+origin+" HTTP/1.1\r\n\r\n"); err != nil {
		return nil, err
	}
	b := make([]byte, len(established))
	if _, err := io.ReadFull(c, b); err != nil || string(b) != string(established) {
		return nil, fmt.Errorf("answer %q, %w", b, err)
	}
	return c, say(c, i)
}

// say sends the share of tunnel i and waits until it is back.
func say(c net.Conn, i int) error {
	share := strings.Repeat("x", shareOf(i))
	if _, err := io.WriteString(c, share); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, len(share)))
	return err
}

// crowdMain runs crowd if this process is one.
func crowdMain() (is bool, code int) {
	proxy := os.Getenv(crowdEnv)
	if proxy == "" {
		return false, 0
	}
	if err := crowd(proxy); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		return true, 1
	}
	return true, 0
}
