//go:build unix

package socket

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// Ended waits, until the read deadline of c at most, for something to read from
// c, and reports whether that is the end of its stream or a reset. Bytes stay where
// they are.
func Ended(c *net.TCPConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var n int
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, _, failed = unix.Recvfrom(int(fd), make([]byte, 1), unix.MSG_PEEK|unix.MSG_DONTWAIT)
			if !errors.Is(failed, unix.EINTR) {
				return !errors.Is(failed, unix.EAGAIN)
			}
		}
	})
	return err == nil && (failed != nil || n == 0)
}
