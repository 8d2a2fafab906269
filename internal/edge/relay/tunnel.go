package relay

import (
	"net"
	"sync/atomic"
)

// Cause says why a tunnel ended.
type Cause uint8

// The causes. Finished is the only one without an error.
const (
	Finished   Cause = iota // both sides ended their streams
	Idle                    // Limits.Idle
	Lifetime                // Limits.Lifetime
	HalfClosed              // one side ended its stream, and then nothing came from the other
	Cut                     // Tunnel.Cut or Pool.Close
	ClientGone              // the connection to the client broke
	OriginGone              // the connection to the origin broke
)

var causeWords = [...]string{
	Finished:   "finished",
	Idle:       "idle limit",
	Lifetime:   "lifetime limit",
	HalfClosed: "half-closed limit",
	Cut:        "cut",
	ClientGone: "client gone",
	OriginGone: "origin gone",
}

// String returns the cause in lower-case words, for a log.
func (c Cause) String() string { return causeWords[c] }

// Result says what a tunnel did.
type Result struct {
	Up, Down int64 // bytes delivered to the origin, to the client
	Cause    Cause
	Err      error // what broke or cut it; nil for Finished and limits
	AfterEnd bool  // the side that is gone had ended its stream before: it was done
}

// Tunnel is one running pair of connections.
type Tunnel struct {
	pool           *Pool
	client, origin *net.TCPConn
	up, down       direction
	end            Ender
	limits         Limits
	begun          ticks
	active         atomicTicks             // when a byte or an end of stream moved last
	ending         atomic.Pointer[verdict] // the first reason to end; nil means none yet
	moving         atomic.Int32            // directions whose stream has not ended
	left           atomic.Int32            // goroutines that have not ended
	shard          *shard                  // of the registry; nil if started too late
	slot           int                     // place in it, guarded by its lock
}

// verdict is why a tunnel ends, when it is not by itself.
type verdict struct {
	cause Cause
	err   error
}

// Bytes returns what has been delivered so far to the origin and to the client.
func (t *Tunnel) Bytes() (up, down int64) { return t.up.moved.Load(), t.down.moved.Load() }

// Cut ends the tunnel now. Result.Err is err, unless the tunnel was already
// ending for another reason.
func (t *Tunnel) Cut(err error) { t.stop(Cut, err) }

// blame records why the tunnel ends. The first reason stands.
func (t *Tunnel) blame(c Cause, err error) {
	t.ending.CompareAndSwap(nil, &verdict{c, err})
}

// stop ends both directions at once. They find their connections closed.
func (t *Tunnel) stop(c Cause, err error) {
	t.blame(c, err)
	t.hangUp()
}

// hangUp closes both connections. A stream that is not complete must not look
// complete: unless the tunnel finished or was idle, the other side sees a reset.
// Only bytes that are still on their way are worth more than that: when the
// origin is gone, the client gets what it had sent, then an end.
func (t *Tunnel) hangUp() {
	v := t.ending.Load()
	abort := v != nil && v.cause != Idle && v.cause != HalfClosed
	if abort {
		_ = t.origin.SetLinger(0)
		if v.cause != OriginGone || unsent(t.client) == 0 {
			_ = t.client.SetLinger(0)
		}
	}
	_ = t.client.Close()
	_ = t.origin.Close()
}

// touch notes that something happened just now.
func (t *Tunnel) touch() {
	if now := t.pool.clock.coarse(); t.active.Load() != now {
		t.active.Store(now)
	}
}

// gone is the cause of a tunnel whose connection at broke.
func (t *Tunnel) gone(at *net.TCPConn) Cause {
	if at == t.client {
		return ClientGone
	}
	return OriginGone
}

// goroutineEnded is the last act of each direction.
func (t *Tunnel) goroutineEnded() {
	if t.left.Add(-1) > 0 {
		return
	}
	r := Result{}
	r.Up, r.Down = t.Bytes()
	if v := t.ending.Load(); v != nil {
		r.Cause, r.Err = v.cause, v.err
		r.AfterEnd = v.cause == ClientGone && t.up.ended.Load() || v.cause == OriginGone && t.down.ended.Load()
	}
	if t.shard == nil {
		t.end.End(r)
		return
	}
	t.shard.remove(t)
	t.end.End(r)
	t.pool.running.Done()
}
