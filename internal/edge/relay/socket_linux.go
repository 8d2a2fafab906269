package relay

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// read reads from a descriptor that does not block. With an error, n is 0.
func read(fd int32, b []byte) (n int, err error) {
	n, err = ignoringEINTR(func() (int, error) { return unix.Read(int(fd), b) })
	return max(n, 0), err
}

// write writes to a descriptor that does not block. With an error, n is 0.
func write(fd int32, b []byte) (n int, err error) {
	n, err = ignoringEINTR(func() (int, error) { return unix.Write(int(fd), b) })
	return max(n, 0), err
}

// socketError takes the error that a connection has met, nil if it has met none.
func socketError(fd int32) error {
	n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || n == 0 {
		return err
	}
	return syscall.Errno(n)
}

// linger makes the close of a connection a reset.
func linger(fd int32) {
	_ = unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}

// unacknowledged returns how many bytes the peer has not taken yet.
func unacknowledged(fd int32) int {
	n, _ := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	return n
}
