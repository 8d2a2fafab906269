//go:build !race

package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func readCall(fd int, b []byte) (int, error) {
	return call(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0) //nolint:gosec // unsafe is how a system call gets memory
}

func writeCall(fd int, b []byte) (int, error) {
	return call(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0) //nolint:gosec // unsafe is how a system call gets memory
}
