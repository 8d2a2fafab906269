package relay

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
)

// carried is a tunnel that two goroutines carry, one for each direction, each
// with a buffer. That works everywhere.
type carried struct {
	Tunnel
	conns [2]*net.TCPConn
	left  atomic.Int32 // goroutines that have not ended
}

// carry starts a tunnel on goroutines of its own.
func (p *Pool) carry(o *order) *Tunnel {
	k := &carried{conns: [2]*net.TCPConn{client: o.client, origin: o.origin}}
	k.begin(p, o, k)
	k.left.Store(2)
	s := p.tunnels.some()
	s.mu.Lock()
	_, ok := s.add(&k.Tunnel)
	s.mu.Unlock()
	if !ok {
		k.blame(Cut, ErrClosed)
		k.hangUp()
		k.end.End(Result{Cause: Cut, Err: ErrClosed})
		return &k.Tunnel
	}
	go k.run(client, bytes.Clone(o.early)) // waited for by Close, over the count of tunnels
	go k.run(origin, nil)
	return &k.Tunnel
}

// brokenError tells which connection an error concerns.
type brokenError struct {
	at  side
	err error
}

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// run moves early and then everything that comes from s.
func (k *carried) run(s side, early []byte) {
	defer func() {
		if k.left.Add(-1) == 0 {
			k.over()
		}
	}()
	if err := k.pass(s, early); err != nil {
		k.broke(s, err)
	}
	k.touch()
	if k.moving.Add(-1) == 0 {
		k.hangUp()
	}
}

// pass passes on a stream, from early to its end. Where the other direction has
// found a connection broken, the end is none.
func (k *carried) pass(s side, early []byte) error {
	if len(early) > 0 {
		if err := k.write(s, early); err != nil {
			return err
		}
	}
	if err := k.copy(s); err != nil {
		return err
	}
	if k.ending.Load() != nil {
		return nil
	}
	k.sides[s].ended.Store(true)
	if err := k.conns[s.other()].CloseWrite(); err != nil {
		return &brokenError{s.other(), err}
	}
	return nil
}

// broke ends the tunnel because of err. When an origin reset a connection that was
// written to, what it had sent before can still be read (a server that answers 413
// and hangs up): the other direction does so and meets the end soon. What a client
// had sent that is gone is of no use: an origin that does not take it would keep both.
func (k *carried) broke(s side, err error) {
	at := s
	if b, ok := errors.AsType[*brokenError](err); ok {
		at, err = b.at, b.err
	}
	if at == origin && at != s && isReset(err) && k.moving.Load() == 2 {
		k.blame(at.gone(), err)
		return
	}
	k.stop(at.gone(), err)
}

// isReset reports whether err is how a connection ends that the peer broke off.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// write delivers all of b.
func (k *carried) write(s side, b []byte) error {
	n, err := k.conns[s.other()].Write(b)
	k.count(s, int64(n))
	if err != nil {
		return &brokenError{s.other(), err}
	}
	return nil
}

// copy moves everything through a buffer, which it holds while it waits.
func (k *carried) copy(s side) error {
	buf := k.pool.buffers.take()
	defer k.pool.buffers.back(buf)
	for {
		n, err := k.conns[s].Read(buf[:])
		if n > 0 {
			if err := k.write(s, buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// hangUp closes both connections; the directions find them so.
func (k *carried) hangUp() {
	if k.aborts() {
		_ = k.conns[origin].SetLinger(0)
		if !k.spares() || unsent(k.conns[client]) == 0 {
			_ = k.conns[client].SetLinger(0)
		}
	}
	_ = k.conns[client].Close()
	_ = k.conns[origin].Close()
}
