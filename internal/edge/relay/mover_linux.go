package relay

import (
	"net"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// Descriptors is how many the relay may hold besides the connections.
const Descriptors = 2*maxPipes + 2*maxShards

// mover has loops carry the tunnels, one for each shard of the registry.
type mover struct {
	portable bool // tests hold both ways to the same table
	pipes    pipes
	splice   func(from, to, n int) (int, error)
	loops    []*loop
	next     atomic.Uint32
	running  sync.WaitGroup
}

// init starts the loops. Where the kernel grants no more of them, fewer do; with
// none, every tunnel is carried by goroutines.
func (m *mover) init(p *Pool) {
	m.pipes.max, m.splice = maxPipes, socket.Splice
	for _, s := range p.tunnels.shards {
		l, err := newLoop(p, s)
		if err != nil {
			break
		}
		m.loops = append(m.loops, l)
		m.running.Go(l.run)
	}
}

// close ends the loops, which have no tunnels any more.
func (m *mover) close() {
	for _, l := range m.loops {
		l.stop()
	}
	m.running.Wait()
	m.pipes.close()
}

func (m *mover) start(p *Pool, o *order) *Tunnel {
	if m.portable || len(m.loops) == 0 {
		return p.carry(o)
	}
	fds, err := detach(o.client, o.origin)
	if err != nil { // out of descriptors, of which this takes one more for a moment
		return p.carry(o)
	}
	l := m.pick()
	return l.start(p, o, fds)
}

// pick returns the loop for another tunnel: one that is awake, since it costs
// less to see to more at a time than to wake another, unless it has enough to do.
// If none is, each has its turn.
func (m *mover) pick() *loop {
	for _, l := range m.loops {
		if l.state.Load() == awake {
			return l
		}
	}
	next := int(m.next.Add(1))
	for i := range m.loops {
		if l := m.loops[(next+i)%len(m.loops)]; l.state.Load() == asleep {
			return l
		}
	}
	return m.loops[next%len(m.loops)]
}

// detach takes the descriptors of connections away from package net, whose
// poller they leave, and closes the connections.
func detach(conns ...*net.TCPConn) (fds [2]int, err error) {
	for i, c := range conns {
		fd, err := duplicate(c)
		if err != nil {
			for _, fd := range fds[:i] {
				socket.Close(fd)
			}
			return fds, err
		}
		fds[i] = fd
	}
	for _, c := range conns {
		_ = c.Close()
	}
	return fds, nil
}

func duplicate(c *net.TCPConn) (fd int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(own uintptr) { fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	if err != nil {
		return 0, err
	}
	return fd, failed
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
