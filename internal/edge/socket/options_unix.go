//go:build unix

package socket

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Listening returns a net.ListenConfig's Control that sets on a listening socket
// what accepted ones inherit from it, so that it costs no system call for each of
// them: keepalive probes after idle, and no delay of small writes.
func Listening(idle time.Duration) func(_, _ string, raw syscall.RawConn) error {
	return control(func(fd int) error {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return err
		}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			return err
		}
		return probe(fd, idle)
	})
}

// Connecting returns a net.Dialer's Control that turns keepalive on for a socket
// that is about to connect.
func Connecting(idle time.Duration) func(_, _ string, raw syscall.RawConn) error {
	return control(func(fd int) error { return probe(fd, idle) })
}

func control(do func(fd int) error) func(_, _ string, raw syscall.RawConn) error {
	return func(_, _ string, raw syscall.RawConn) error {
		var failed error
		if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil {
			return err
		}
		return failed
	}
}

func probe(fd int, idle time.Duration) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, keepIdle, int(idle/time.Second))
}
