package service

import (
	"net"

	"golang.org/x/sys/unix"
)

// segmentsOf is how many TCP segments came in on c, keepalive packets included.
func segmentsOf(c net.Conn) (n uint64) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return 0
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			n = uint64(info.Segs_in)
		}
	})
	return n
}
