package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Add has epoll tell of fd.
func Add(epoll, fd int, e *unix.EpollEvent) error {
	_, err := call(unix.SYS_EPOLL_CTL, uintptr(epoll), unix.EPOLL_CTL_ADD, uintptr(fd), uintptr(unsafe.Pointer(e)), 0, 0) //nolint:gosec // unsafe is how a system call gets memory
	return err
}

// Events takes what epoll has to tell, without waiting.
func Events(epoll int, events []unix.EpollEvent) int {
	n, _ := call(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0) //nolint:gosec // unsafe is how a system call gets memory
	return n
}
