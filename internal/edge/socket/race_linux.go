//go:build race

package socket

import "syscall"

// The race detector takes bytes that go through the kernel for an order between
// goroutines, if package syscall moves them.

func readCall(fd int, b []byte) (int, error)  { return result(syscall.Read(fd, b)) }
func writeCall(fd int, b []byte) (int, error) { return result(syscall.Write(fd, b)) }

func result(n int, err error) (int, error) {
	switch err { //nolint:errorlint // a bare number: system calls wrap nothing
	case nil:
		return n, nil
	case syscall.EAGAIN:
		return 0, again
	}
	return 0, err
}
