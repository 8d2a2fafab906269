package relay

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// Descriptors is how many the relay may hold besides the connections.
const Descriptors = 2 * maxPipes

// mover waits for readability with nothing borrowed, copies what is small and
// splices what is bulk.
type mover struct {
	portable bool // tests hold both ways to the same table
	pipes    pipes
	splice   func(from, to, n int) (int, error)
}

func (m *mover) init()  { m.pipes.max, m.splice = maxPipes, spliceNow }
func (m *mover) close() { m.pipes.close() }

func (m *mover) move(d *direction) error {
	if m.portable {
		return d.copyAll()
	}
	return d.moveReady()
}

// watch waits until the connection that d came from breaks, or is closed.
func (m *mover) watch(d *direction) {
	if m.portable {
		return
	}
	in, err := d.from.SyscallConn()
	if err != nil {
		return
	}
	var broken int
	err = in.Read(func(fd uintptr) bool {
		broken, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		return broken != 0
	})
	if err == nil {
		d.tunnel.stop(d.tunnel.gone(d.from), syscall.Errno(broken))
	}
}

// brokenOff reports whether a read of 0 bytes from d means a reset, of which the
// other direction has got the error, instead of an end of stream.
func (d *direction) brokenOff(fd int) bool {
	if d.back().ended.Load() {
		return false
	}
	// Hung up means no more in both directions. As it was not us who ended the
	// other one, the peer broke the connection.
	p := []unix.PollFd{{Fd: int32(fd)}}
	_, err := unix.Poll(p, 0)
	return err == nil && p[0].Revents&unix.POLLHUP != 0 && !d.back().ended.Load()
}

// unsent returns how many bytes written to c its peer has not acknowledged.
func unsent(c *net.TCPConn) (n int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	return n
}
