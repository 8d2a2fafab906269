package service

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// flow is a connection through a load balancer while it lasts.
type flow struct {
	Flow
	idle   time.Duration
	client net.Conn
	record func(Flow)  // may be nil
	lost   func() bool // the target has become unhealthy

	mu        sync.Mutex
	target    net.Conn // nil until there is one
	isCut     bool
	once      sync.Once
	up, down  atomic.Int64
	forgotten atomic.Bool
	broken    atomic.Bool
}

// ended tells how f ended, the first time that somebody knows.
func (f *flow) ended(how FlowEnd) {
	f.once.Do(func() {
		f.End, f.Took, f.Up, f.Down = how, time.Since(f.Begin), f.up.Load(), f.down.Load()
		if f.record != nil {
			f.record(f.Flow)
		}
	})
}

// cut ends f at once.
func (f *flow) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.isCut = true
	_ = f.client.Close()
	if f.target != nil {
		_ = f.target.Close()
	}
}

// hang hears the client and says nothing until it gives up.
func (f *flow) hang() { _, _ = io.Copy(io.Discard, f.client) }

// move carries bytes both ways until both ends have finished.
func (f *flow) move(target net.Conn) {
	f.mu.Lock()
	f.target = target
	wasCut := f.isCut
	f.mu.Unlock()
	if wasCut {
		f.ended(FlowCut)
		return
	}
	quiet(f.client)
	quiet(target)
	ctx, done := context.WithCancel(context.Background())
	var both sync.WaitGroup
	both.Go(func() { f.watch(ctx) })
	var ways sync.WaitGroup
	ways.Go(func() { f.carry(target, f.client, &f.up) })
	ways.Go(func() { f.carry(f.client, target, &f.down) })
	ways.Wait()
	done()
	both.Wait()
	f.mu.Lock()
	wasCut = f.isCut
	f.mu.Unlock()
	switch {
	case wasCut:
		f.ended(FlowCut)
	case f.broken.Load():
		f.ended(FlowReset)
	default:
		f.ended(FlowClosed)
	}
}

// flowBuffer is what one direction holds.
const flowBuffer = 64 << 10

// carry moves bytes one way. What comes after the flow was forgotten, or for a
// target that was lost, is answered with a reset, and goes nowhere.
func (f *flow) carry(to, from net.Conn, moved *atomic.Int64) {
	b := make([]byte, flowBuffer)
	for {
		n, err := from.Read(b)
		if f.forgotten.Load() || n > 0 && from == f.client && f.lost() {
			f.broken.Store(true)
			reset(from)
			reset(f.client)
			return
		}
		if n > 0 {
			w, werr := to.Write(b[:n])
			moved.Add(int64(w))
			if werr != nil {
				f.broken.Store(true)
				reset(from)
				return
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			closeWrite(to)
			return
		default:
			f.broken.Store(true)
			reset(to)
			return
		}
	}
}

// looks is how often watch looks while a flow may be silent.
const looks = 10

// watch forgets f when nothing has moved for long. Keepalive packets, which only
// the system sees, keep it alive.
func (f *flow) watch(ctx context.Context) {
	tick := time.NewTicker(max(f.idle/looks, time.Millisecond))
	defer tick.Stop()
	seen, last := f.moved(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := f.moved(); now != seen {
			seen, last = now, time.Now()
		}
		if time.Since(last) >= f.idle {
			f.forgotten.Store(true)
			f.ended(FlowForgotten)
			return
		}
	}
}

// moved grows with whatever comes from either end.
func (f *flow) moved() uint64 {
	return uint64(f.up.Load()) + uint64(f.down.Load()) + segmentsOf(f.client) + segmentsOf(f.target)
}

// quiet keeps the system from sending keepalive packets of its own, which the
// other end would answer.
func quiet(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetKeepAlive(false)
	}
}

// reset closes c so that the other end knows that something broke.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the other end may have gone
	}
}
