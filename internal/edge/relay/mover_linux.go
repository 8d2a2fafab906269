package relay

import (
	"net"

	"golang.org/x/sys/unix"
)

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

// unsent returns how many bytes written to c its peer has not acknowledged.
func unsent(c *net.TCPConn) (n int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	return n
}
