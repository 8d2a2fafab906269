// Package relay moves bytes between two TCP connections. It waits for
// readability without holding a buffer or a pipe, borrows them only while bytes
// move, and lets the kernel move bulk (splice, Linux). It counts what it
// delivers and never wraps a connection.
//
// Each direction ends on its own: the end of one side's stream is passed on as
// such, and the tunnel ends when both have ended, when a connection breaks, when
// a limit is reached, or when it is cut. Whether two connections may be joined
// is not its question, nor who is told afterwards.
package relay

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Limits ends tunnels that nobody ends. Zero means none. They are kept to
// within a sixteenth or a second, whichever is less.
type Limits struct {
	Idle     time.Duration // without a byte in either direction
	Lifetime time.Duration // since the start
}

// Ender is told when a tunnel has ended.
type Ender interface {
	// End is called exactly once, from a goroutine of the relay, when both
	// connections are closed.
	End(Result)
}

// ErrClosed is the error of tunnels that were running when their Pool closed.
var ErrClosed = errors.New("relay closed")

// Pool runs tunnels and lends them what they need to move bytes. Its methods may
// be called from any goroutine. Make one with New.
type Pool struct {
	running sync.WaitGroup
	clock   clock
	tunnels registry
	buffers buffers
	mover   mover // how this operating system moves bulk
	closed  atomic.Bool
	done    chan struct{}
}

// New returns a Pool without tunnels. Close it when it is no longer needed.
func New() *Pool {
	p := &Pool{done: make(chan struct{})}
	p.mover.init()
	p.clock.init()
	p.running.Go(p.sweep)
	return p
}

// Start joins client and origin and takes both over: nobody else may use them
// any more. early are bytes already read from the client that must reach the
// origin first; they must not change until the tunnel ends. Nothing of the
// caller is needed afterwards: the tunnel runs on goroutines of its own.
func (p *Pool) Start(client, origin *net.TCPConn, early []byte, lim Limits, end Ender) *Tunnel {
	t := &Tunnel{pool: p, client: client, origin: origin, limits: lim, end: end}
	t.up.init(t, client, origin)
	t.down.init(t, origin, client)
	t.begun = p.clock.coarse()
	t.active.Store(t.begun)
	t.left.Store(2)
	p.running.Add(1)
	p.clock.respect(lim)
	p.tunnels.add(t)
	go t.up.run(early)
	go t.down.run(nil)
	if p.closed.Load() {
		t.stop(Cut, ErrClosed)
	}
	return t
}

// Close cuts every tunnel and waits until all have ended.
func (p *Pool) Close() {
	if p.closed.Swap(true) {
		p.running.Wait()
		return
	}
	close(p.done)
	for t := range p.tunnels.all() {
		t.Cut(ErrClosed)
	}
	p.running.Wait()
	p.mover.close()
}
