// Package relay moves bytes between two TCP connections. It waits for
// readability without holding a buffer or a pipe, borrows them only while bytes
// move, and lets the kernel move bulk (splice, Linux). It counts what it
// delivers and never wraps a connection.
//
// Each direction ends on its own: the end of one side's stream is passed on as
// such, and the tunnel ends when both have ended, when a connection breaks, when
// a limit is reached, or when it is cut. Whether two connections may be joined
// is not its question, nor are their options: keepalive finds peers that are
// gone, and whoever makes the connections sets it.
package relay

import (
	"errors"
	"net"
	"sync"
	"time"
)

// Limits ends tunnels that nobody ends. Zero means none. A limit is kept to
// within a sixteenth of it or a second, whichever is less.
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
	done    chan struct{}
	gate    sync.RWMutex // between Start and Close
	closed  bool
}

// New returns a Pool without tunnels. Close it when it is no longer needed.
func New() *Pool {
	p := newPool()
	p.running.Go(p.sweep)
	return p
}

// newPool returns a Pool whose clock stands still.
func newPool() *Pool {
	p := &Pool{done: make(chan struct{})}
	p.mover.init()
	p.clock.init()
	return p
}

// Start joins client and origin and takes both over: nobody else may use them
// any more. early are bytes already read from the client that must reach the
// origin first; they must not change until the tunnel ends. Nothing of the
// caller is needed afterwards: the tunnel runs on goroutines of its own.
//
// On a Pool that is closed, the tunnel ends at once, with ErrClosed.
func (p *Pool) Start(client, origin *net.TCPConn, early []byte, lim Limits, end Ender) *Tunnel {
	p.clock.respect(lim)
	t := &Tunnel{pool: p, client: client, origin: origin, limits: lim, end: end}
	t.up.init(t, client, origin)
	t.down.init(t, origin, client)
	t.begun = p.clock.coarse()
	t.active.Store(t.begun)
	t.moving.Store(2)
	t.left.Store(2)
	if !p.admit(t) {
		t.stop(Cut, ErrClosed)
	}
	t.launch(early)
	return t
}

// launch starts the directions on fresh goroutines, which keep the smallest stack
// while they wait. WaitGroup.Go would hold two closures and a frame for each; the
// Pool counts tunnels itself, in admit and goroutineEnded.
func (t *Tunnel) launch(early []byte) {
	go t.up.run(early)
	go t.down.run(nil)
}

// admit makes Close wait for t, unless it is too late for that.
func (p *Pool) admit(t *Tunnel) bool {
	p.gate.RLock()
	defer p.gate.RUnlock()
	if p.closed {
		return false
	}
	p.running.Add(1)
	p.tunnels.add(t)
	return true
}

// Close cuts every tunnel and waits until all have ended.
func (p *Pool) Close() {
	p.gate.Lock()
	again := p.closed
	p.closed = true
	p.gate.Unlock()
	if !again {
		close(p.done)
	}
	for t := range p.tunnels.all() {
		t.Cut(ErrClosed)
	}
	p.running.Wait()
	p.mover.close()
}
