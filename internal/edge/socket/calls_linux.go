package socket

import (
	"errors"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Again is the error of a call that would have to wait.
const Again = unix.EAGAIN

// call makes a system call as often as it is interrupted. With an error, the
// result is 0. Some callers pass what lies on their stack, as a number: it must not
// move before the kernel has seen it, and so the stack must not grow here.
//
//go:nosplit
//go:norace
func call(trap, a, b, c, d, e, f uintptr) (int, error) {
	for {
		n, _, errno := unix.RawSyscall6(trap, a, b, c, d, e, f)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, again
		default:
			return 0, errno
		}
	}
}

// again is Again as an error, made once: it is the most frequent result.
var again error = Again

// Read reads into b, which is not empty.
func Read(fd int, b []byte) (int, error) { return readCall(fd, b) }

// Write writes from b, which is not empty.
func Write(fd int, b []byte) (int, error) { return writeCall(fd, b) }

// Splice moves up to n bytes between a pipe and a connection.
func Splice(from, to, n int) (int, error) {
	return call(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(n), unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
}

// Close closes fd.
func Close(fd int) { _, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

// EndWrites passes on that nothing more is written.
func EndWrites(fd int) error {
	_, err := call(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0, 0, 0, 0)
	return err
}

// Error takes the error that a connection has met; nil if it has met none.
func Error(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || n == 0 {
		return err
	}
	return syscall.Errno(n)
}

// Abort makes the close of a connection a reset.
func Abort(fd int) {
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}

// Unacknowledged returns how many bytes the peer has not taken yet.
func Unacknowledged(fd int) int {
	n, _ := unix.IoctlGetInt(fd, unix.SIOCOUTQ)
	return n
}

// Unread returns how many bytes lie there to be read.
func Unread(fd int) int {
	n, _ := unix.IoctlGetInt(fd, unix.SIOCINQ)
	return n
}

// Accept accepts a connection from a listening socket. It returns Again if there
// is none, and passes over those that are gone already.
func Accept(listener int) (fd int, from netip.AddrPort, err error) {
	for {
		var a unix.RawSockaddrAny
		size := uint32(unix.SizeofSockaddrAny)
		fd, err = call(unix.SYS_ACCEPT4, uintptr(listener), uintptr(unsafe.Pointer(&a)), uintptr(unsafe.Pointer(&size)), //nolint:gosec // unsafe is how a system call gets memory
			unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		if !errors.Is(err, unix.ECONNABORTED) {
			return fd, addrOf(&a), os.NewSyscallError("accept4", err)
		}
	}
}

// addrOf returns a peer's address; that of an IPv4 peer as IPv4.
func addrOf(a *unix.RawSockaddrAny) netip.AddrPort {
	switch a.Addr.Family {
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(a)) //nolint:gosec // what the family says it is
		return netip.AddrPortFrom(netip.AddrFrom4(in.Addr), swap(in.Port))
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(a)) //nolint:gosec // what the family says it is
		from := netip.AddrFrom16(in.Addr).Unmap()
		if in.Scope_id != 0 { // a link-local address means nothing without it
			from = from.WithZone(strconv.FormatUint(uint64(in.Scope_id), 10))
		}
		return netip.AddrPortFrom(from, swap(in.Port))
	}
	return netip.AddrPort{}
}

// swap turns a port in the order of the network around, and one of a little-endian
// machine back.
func swap(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port)) //nolint:gosec // its bytes in memory
	return uint16(b[0])<<8 | uint16(b[1])
}

// Connect returns a connection that is being made to addr. Its keepalive probes
// begin after idle.
func Connect(addr netip.AddrPort, idle time.Duration) (fd int, err error) {
	if addr.Addr().Zone() != "" {
		return 0, errors.ErrUnsupported
	}
	family := uintptr(unix.AF_INET)
	if addr.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err = call(unix.SYS_SOCKET, family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP, 0, 0, 0)
	if err != nil {
		return 0, os.NewSyscallError("socket", err)
	}
	set(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	set(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int32(idle/time.Second))
	set(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if err = connect(fd, addr); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		Close(fd)
		return 0, os.NewSyscallError("connect", err)
	}
	return fd, nil
}

// set sets an option that every TCP socket has.
func set(fd, level, name int, value int32) {
	_, _ = call(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(unsafe.Pointer(&value)), 4, 0) //nolint:gosec // unsafe is how a system call gets memory
}

func connect(fd int, addr netip.AddrPort) (err error) {
	if addr.Addr().Is6() {
		to := unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swap(addr.Port()), Addr: addr.Addr().As16()}
		_, err = call(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to)), unix.SizeofSockaddrInet6, 0, 0, 0) //nolint:gosec // unsafe is how a system call gets memory
		return err
	}
	to := unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swap(addr.Port()), Addr: addr.Addr().As4()}
	_, err = call(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to)), unix.SizeofSockaddrInet4, 0, 0, 0) //nolint:gosec // unsafe is how a system call gets memory
	return err
}
