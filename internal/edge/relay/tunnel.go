package relay

import "sync/atomic"

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
	Refused                 // Gate.Hello
)

var causeWords = [...]string{
	Finished:   "finished",
	Idle:       "idle limit",
	Lifetime:   "lifetime limit",
	HalfClosed: "half-closed limit",
	Cut:        "cut",
	ClientGone: "client gone",
	OriginGone: "origin gone",
	Refused:    "refused",
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

// side is one of the two connections. It also names the direction that comes
// from it: that from the client goes up.
type side uint8

const (
	client side = iota
	origin
)

func (s side) other() side { return 1 - s }

// gone is the cause of a tunnel whose connection at s broke.
func (s side) gone() Cause { return ClientGone + Cause(s) }

// Tunnel is one running pair of connections.
type Tunnel struct {
	pool   *Pool
	by     carrier // moves its bytes
	end    Ender
	limits Limits
	begun  ticks
	active atomicTicks             // when a byte or an end of stream moved last
	ending atomic.Pointer[verdict] // the first reason to end; nil means none yet
	sides  [2]stream               // by the side that it comes from
	moving atomic.Int32            // streams that have not ended
	slot   uint32                  // place in shard, guarded by its lock
	shard  *shard                  // of the registry
}

// stream is what others may know of one direction.
type stream struct {
	moved atomic.Int64 // bytes delivered
	ended atomic.Bool  // its end is being passed on, or has been
}

// carrier is what moves the bytes of one tunnel.
type carrier interface {
	// hangUp has both connections closed, now. It may be called at any time
	// and any number of times.
	hangUp()
}

// verdict is why a tunnel ends, when it is not by itself.
type verdict struct {
	cause Cause
	err   error
}

// Bytes returns what has been delivered so far to the origin and to the client.
func (t *Tunnel) Bytes() (up, down int64) {
	return t.sides[client].moved.Load(), t.sides[origin].moved.Load()
}

// Cut ends the tunnel now. Result.Err is err, unless the tunnel was already
// ending for another reason.
func (t *Tunnel) Cut(err error) { t.stop(Cut, err) }

// begin sets what t needs to be carried by c in p.
func (t *Tunnel) begin(p *Pool, o *order, c carrier) {
	t.pool, t.by, t.limits, t.end = p, c, o.limits, o.end
	t.begun = t.pool.clock.coarse()
	t.active.Store(t.begun)
	t.moving.Store(2)
}

// blame records why the tunnel ends. The first reason stands.
func (t *Tunnel) blame(c Cause, err error) {
	t.ending.CompareAndSwap(nil, &verdict{c, err})
}

// stop ends both directions at once.
func (t *Tunnel) stop(c Cause, err error) {
	t.blame(c, err)
	t.by.hangUp()
}

// aborts reports whether the tunnel ends before its streams have. One that is
// not complete must not look complete: unless the tunnel was idle, or never began,
// the sides then see a reset.
func (t *Tunnel) aborts() bool {
	v := t.ending.Load()
	return v != nil && v.cause != Idle && v.cause != HalfClosed && v.cause != Refused
}

// spares reports whether an abort leaves the client what is on its way to it,
// and then an end: when the origin is gone, that is worth more than a reset.
func (t *Tunnel) spares() bool { return t.ending.Load().cause == OriginGone }

// touch notes that something happened just now.
func (t *Tunnel) touch() {
	if now := t.pool.clock.coarse(); t.active.Load() != now {
		t.active.Store(now)
	}
}

// count notes that n bytes of s have been delivered just now.
func (t *Tunnel) count(s side, n int64) {
	if n > 0 {
		t.sides[s].moved.Add(n)
		t.touch()
	}
}

// over tells of the end, when both connections are closed.
func (t *Tunnel) over() {
	r := Result{}
	r.Up, r.Down = t.Bytes()
	if v := t.ending.Load(); v != nil {
		r.Cause, r.Err = v.cause, v.err
		r.AfterEnd = v.cause == ClientGone && t.sides[client].ended.Load() ||
			v.cause == OriginGone && t.sides[origin].ended.Load()
	}
	t.shard.remove(t)
	defer t.pool.running.Done()
	t.end.End(r)
}
