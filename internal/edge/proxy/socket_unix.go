//go:build unix

package proxy

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// inherited sets on a listening socket what accepted ones inherit from it, so
// that it costs no system call for each of them.
func inherited(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		if failed == nil {
			failed = probe(int(fd))
		}
		if failed == nil {
			failed = prompt(int(fd))
		}
	})
	if err != nil {
		return err
	}
	return failed
}

// probed turns keepalive on for a socket that is about to connect.
func probed(_, _ string, raw syscall.RawConn) error {
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = probe(int(fd)) }); err != nil {
		return err
	}
	return failed
}

func probe(fd int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, keepIdle, int(keepAlive/time.Second))
}
