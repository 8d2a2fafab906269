// Package relay moves bytes between two TCP connections. On Linux a few loops
// carry all tunnels: a tunnel in which nothing moves is two descriptors and a
// record of some 200 bytes, without a goroutine, a timer, a buffer or a pipe.
// Buffers are borrowed while bytes move, and the kernel moves bulk (splice).
// Elsewhere two goroutines carry a tunnel. What is delivered is counted.
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
	// End is called exactly once, from a goroutine of the relay or, when the
	// Pool is closed, from Start, when both connections are closed. It must not
	// wait: other tunnels may hang on the same goroutine.
	End(Result)
}

// Patience is how long a connection to an origin may take for a client that has
// ended its stream and still waits for the answer. After that it has left.
const Patience = time.Second

// ErrPanic is the error of a tunnel that a defect ended.
var ErrPanic = errors.New("defect in the relay")

// ErrClosed is the error of tunnels that were running when their Pool closed.
var ErrClosed = errors.New("relay closed")

// Pool runs tunnels and lends them what they need to move bytes. Its methods may
// be called from any goroutine. Make one with New.
type Pool struct {
	// Panicked is told of a panic in a loop, which then ends the tunnel that
	// caused it and no other. If it is nil, the process ends. Set it before the
	// first tunnel starts.
	Panicked func(v any)

	running sync.WaitGroup // tunnels, and the sweep
	clock   clock
	tunnels registry
	buffers buffers
	mover   mover // how this operating system moves bytes
	done    chan struct{}
	end     sync.Once
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
	p.clock.init()
	p.tunnels.init()
	p.mover.init(p)
	return p
}

// Start joins client and origin and takes both over: nobody else may use them
// any more. early are bytes already read from the client that must reach the
// origin first; they are the caller's again when Start returns.
//
// On a Pool that is closed, the tunnel ends at once, with ErrClosed.
func (p *Pool) Start(client, origin *net.TCPConn, early []byte, lim Limits, end Ender) *Tunnel {
	p.clock.respect(lim)
	return p.mover.start(p, &order{client, origin, early, lim, end})
}

// order is what Start is asked for.
type order struct {
	client, origin *net.TCPConn
	early          []byte
	limits         Limits
	end            Ender
}

// Close cuts every tunnel and waits until all have ended.
func (p *Pool) Close() {
	p.tunnels.close()
	p.end.Do(func() { close(p.done) })
	for t := range p.tunnels.all() {
		t.Cut(ErrClosed)
	}
	p.running.Wait()
	p.mover.close()
}
