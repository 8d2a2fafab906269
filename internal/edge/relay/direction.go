package relay

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// direction moves bytes one way. Only its own goroutine touches it, apart from
// moved.
type direction struct {
	tunnel   *Tunnel
	from, to *net.TCPConn
	moved    atomic.Int64 // bytes delivered
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

// run moves early and then everything that comes, until there is no more.
func (d *direction) run(early []byte) {
	defer d.tunnel.directionEnded()
	if len(early) > 0 {
		if err := d.write(early); err != nil {
			d.broke(err)
			return
		}
	}
	if err := d.tunnel.pool.mover.move(d); err != nil {
		d.broke(err)
		return
	}
	if err := d.to.CloseWrite(); err != nil {
		d.broke(&brokenError{d.to, err})
	}
}

// broke ends the tunnel. When a write failed, the connection is dead, but what
// it sent before can still be read (a server that answers 413 and hangs up): the
// other direction reads that and meets the end at once.
func (d *direction) broke(err error) {
	at := d.from
	if b, ok := errors.AsType[*brokenError](err); ok {
		at, err = b.at, b.err
	}
	cause := OriginGone
	if at == d.tunnel.client {
		cause = ClientGone
	}
	if at == d.to && d.tunnel.left.Load() == 2 {
		d.tunnel.blame(cause, err)
		return
	}
	d.tunnel.stop(cause, err)
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
	t := d.tunnel
	if now := t.pool.clock.coarse(); t.active.Load() != now {
		t.active.Store(now)
	}
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
