package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestMemoryRunsOut: the kernel kills a proxy that needs more memory than its control
// group may have. The socket is systemd's: who comes is not refused, and the proxy
// that is started next serves.
func TestMemoryRunsOut(t *testing.T) {
	t.Parallel()
	group := newMemoryGroup(t)
	p := newProxy(t, setup{more: "limits: {tunnels_per_client: 20000}"})
	silent := originOf(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	socket := serviceSocket(t, p)
	first := activated(t, p, socket)
	gone := make(chan error, 1)
	go func() { gone <- first.Wait() }()
	eventually(t, "it serves", func() bool { return openAndClose(p) == nil })

	group.confine(t, first.Process.Pid, 8<<20)
	held := 0
	var waiting []net.Conn
	for over := false; !over && held < 20_000; {
		c, err := net.DialTimeout("tcp", p.addr, patience)
		if err != nil {
			t.Errorf("connection %d: %v", held+1, err)
			break
		}
		waiting = append(waiting, c)
		_, _ = fmt.Fprintf(c, "GET http://mirror.amazonlinux.com:%d/ HTTP/1.1\r\nHost: mirror.amazonlinux.com:%d\r\n\r\n", silent, silent)
		held++
		select {
		case err := <-gone:
			if status, ok := first.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
				t.Errorf("it ended by %v, want the kernel's SIGKILL", err)
			}
			over = true
		default:
		}
	}
	for _, c := range waiting {
		_ = c.Close()
	}
	kills := group.kills(t)
	t.Logf("8 MB more than it had were used up by %d requests that waited for an answer; kills by the kernel: %d", held, kills)
	if kills != 1 {
		_ = first.Process.Kill()
		t.Fatal("it was not the kernel that ended it")
	}

	second := activated(t, p, socket)
	defer func() { _ = second.Process.Kill(); _ = second.Wait() }()
	if err := openAndClose(p); errors.Is(err, syscall.ECONNREFUSED) {
		t.Error("a connection was refused")
	}
	eventually(t, "the next one serves", func() bool { return openAndClose(p) == nil })
}

// memoryGroup is a control group of the first or the second kind.
type memoryGroup struct{ dir, limit, events string }

func newMemoryGroup(t *testing.T) memoryGroup {
	t.Helper()
	g := memoryGroup{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.oom_control"}
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		g = memoryGroup{"/sys/fs/cgroup", "memory.max", "memory.events"}
	}
	g.dir = filepath.Join(g.dir, fmt.Sprintf("deguchi-test-%d", os.Getpid()))
	err := os.Mkdir(g.dir, 0o755)
	if err == nil {
		t.Cleanup(func() { _ = os.Remove(g.dir) })
		_, err = os.Stat(filepath.Join(g.dir, g.limit))
	}
	requiretest.That(t, err == nil, "a control group for memory")
	return g
}

// confine lets the process have so much more than it has: what a process brings
// with it is not counted again.
func (g memoryGroup) confine(t *testing.T, pid int, more int) {
	t.Helper()
	for _, w := range [][2]string{{g.limit, strconv.Itoa(more)}, {"cgroup.procs", strconv.Itoa(pid)}} {
		if err := os.WriteFile(filepath.Join(g.dir, w[0]), []byte(w[1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// kills is how often the kernel has killed somebody in g.
func (g memoryGroup) kills(t *testing.T) int {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		text, err := os.ReadFile(filepath.Join(g.dir, g.events))
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(text)) {
			if n, ok := strings.CutPrefix(strings.TrimSpace(l), "oom_kill "); ok && (n != "0" || time.Now().After(deadline)) {
				kills, _ := strconv.Atoi(n)
				return kills
			}
		}
		if time.Now().After(deadline) {
			return 0
		}
		time.Sleep(50 * time.Millisecond)
	}
}
