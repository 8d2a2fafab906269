package relay

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
)

// direction moves bytes one way, on its own goroutine.
type direction struct {
	tunnel   *Tunnel
	from, to *net.TCPConn
	moved    atomic.Int64 // bytes delivered
	ended    atomic.Bool  // the end of the stream is being passed on, or has been
}

func (d *direction) init(t *Tunnel, from, to *net.TCPConn) {
	d.tunnel, d.from, d.to = t, from, to
}

// brokenError tells which connection an error concerns.
type brokenError struct {
	at  *net.TCPConn
	err error
}

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// run moves early and then everything that comes. When there is no more, it
// watches over the connection that it came from, as long as the other direction
// goes on: nobody else would see it break.
func (d *direction) run(early []byte) {
	t := d.tunnel
	defer t.goroutineEnded()
	err := d.pass(early)
	if err != nil {
		d.broke(err)
	}
	t.touch()
	if t.moving.Add(-1) == 0 {
		t.hangUp()
		return
	}
	if err == nil {
		t.pool.mover.watch(d)
	}
}

// pass passes on a stream, from early to its end. Where the other direction has
// found a connection broken, the end is none.
func (d *direction) pass(early []byte) error {
	if len(early) > 0 {
		if err := d.write(early); err != nil {
			return err
		}
	}
	if err := d.tunnel.pool.mover.move(d); err != nil {
		return err
	}
	if d.tunnel.ending.Load() != nil {
		return nil
	}
	d.ended.Store(true)
	if err := d.to.CloseWrite(); err != nil {
		return &brokenError{d.to, err}
	}
	return nil
}

// broke ends the tunnel because of err. When the peer reset a connection that was
// written to, what it had sent before can still be read (a server that answers 413
// and hangs up): the other direction does so and meets the end soon.
func (d *direction) broke(err error) {
	t, at := d.tunnel, d.from
	if b, ok := errors.AsType[*brokenError](err); ok {
		at, err = b.at, b.err
	}
	reset := errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	if at == d.to && reset && t.moving.Load() == 2 {
		t.blame(t.gone(at), err)
		return
	}
	t.stop(t.gone(at), err)
}

// back is the other direction of the tunnel.
func (d *direction) back() *direction {
	if d == &d.tunnel.up {
		return &d.tunnel.down
	}
	return &d.tunnel.up
}

// write delivers all of b.
func (d *direction) write(b []byte) error {
	n, err := d.to.Write(b)
	d.count(int64(n))
	if err != nil {
		return &brokenError{d.to, err}
	}
	return nil
}

// count notes that n bytes have been delivered just now.
func (d *direction) count(n int64) {
	if n == 0 {
		return
	}
	d.moved.Add(n)
	d.tunnel.touch()
}

// copyAll moves everything through a buffer that it holds while it waits. It
// works everywhere.
func (d *direction) copyAll() error {
	buf := d.tunnel.pool.buffers.take()
	defer d.tunnel.pool.buffers.back(buf)
	for {
		n, err := d.from.Read(buf[:])
		if n > 0 {
			if err := d.write(buf[:n]); err != nil {
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
