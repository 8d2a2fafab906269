package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// notifySocket is where systemd hears from its services.
type notifySocket struct{ *net.UnixConn }

func newNotifySocket(t *testing.T) notifySocket {
	t.Helper()
	requiretest.Linux(t)
	name := fmt.Sprintf("@deguchi-e2e-%d-%d", os.Getpid(), lastAddress.Add(1)) // abstract: no path is too long
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return notifySocket{c}
}

// expect waits for a message with the line state, and returns the message.
func (n notifySocket) expect(t *testing.T, state string) string {
	t.Helper()
	if err := n.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	for {
		size, err := n.Read(buf)
		if err != nil {
			t.Fatalf("systemd was not told %s: %v", state, err)
		}
		for l := range strings.Lines(string(buf[:size])) {
			if strings.TrimSpace(l) == state {
				return string(buf[:size])
			}
		}
	}
}

func TestSystemdIsTold(t *testing.T) {
	t.Parallel()
	socket := newNotifySocket(t)
	p := newProxy(t, setup{})
	cmd := program(t, "serve", "-c", p.file)
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+socket.LocalAddr().String())
	p.start(t, cmd)
	socket.expect(t, "READY=1")
	p.waitReady(t)

	p.signal(t, syscall.SIGHUP)
	// Type=notify-reload wants the time along with it (sd_notify(3)).
	if got := socket.expect(t, "RELOADING=1"); !strings.Contains(got, "MONOTONIC_USEC=") {
		t.Errorf("RELOADING without MONOTONIC_USEC: %q", got)
	}
	socket.expect(t, "READY=1")
	p.signal(t, syscall.SIGTERM)
	socket.expect(t, "STOPPING=1")
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestSocketActivation(t *testing.T) {
	t.Parallel()
	p := newProxy(t, setup{})
	ln, err := net.Listen("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close() // f goes on listening
	defer f.Close()

	// Who comes before the program is there waits, and is served.
	early := p.dial(t, "")
	cmd := program(t, "serve", "-c", p.file)
	cmd.ExtraFiles = []*os.File{f}
	cmd.Env = append(cmd.Env, "LISTEN_FDS=1", asActivated+"=1")
	p.start(t, cmd)
	early.open(t, "sts.ap-northeast-1.amazonaws.com")
}

func TestSocketActivationBySystemd(t *testing.T) {
	t.Parallel()
	activate := requiretest.Program(t, "/usr/bin/systemd-socket-activate")
	p := newProxy(t, setup{})
	self := program(t, "serve", "-c", p.file)
	cmd := exec.CommandContext(t.Context(), activate, append([]string{"-E", asProgram, "-l", p.addr, self.Path}, self.Args[1:]...)...)
	cmd.Env = self.Env
	dieWithUs(cmd)
	p.start(t, cmd)
	var c *conn
	eventually(t, "systemd listens", func() (ok bool) {
		var err error
		c, err = p.tryDial("")
		return err == nil
	})
	t.Cleanup(func() { _ = c.Close() })
	c.open(t, "sts.ap-northeast-1.amazonaws.com")
}
