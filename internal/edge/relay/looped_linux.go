package relay

import (
	"bytes"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// movesPerTurn bounds how long one direction keeps others of its loop waiting.
const movesPerTurn = 4

// looped is a tunnel that a loop carries.
type looped struct {
	Tunnel
	loop   *loop
	fds    [2]int
	flows  [2]flow // by the side that they come from
	setup  *setup  // until the tunnel stands
	next   *looped // in the inbox
	posted atomic.Bool
	closed bool
}

// flow is what the loop knows of one direction.
type flow struct {
	rest     *rest // was read and waits to be written; nil is nothing
	pipe     *pipe // borrowed while bulk moves
	row      uint8 // full buffers, or small splices, in a row
	bulk     bool  // splice instead of copying
	copy     bool  // splice does not work here
	readable bool  // there may be more to read
	on       bool  // a short read is not the last
	busy     bool  // has another turn
	done     bool  // its stream has ended, or is of no use any more
}

// rest is bytes that could not be written yet.
type rest struct {
	b  []byte
	of *buffer // in which they are; nil if they have memory of their own
}

// waits reports whether something that was read has not been written.
func (f *flow) waits() bool { return f.rest != nil || f.pipe != nil && f.pipe.held > 0 }

// offer writes early as far as the origin takes it now, and keeps the rest. The
// loop does not know t yet; it will meet what goes wrong here again.
func (t *looped) offer(early []byte) {
	if len(early) == 0 {
		return
	}
	n, err := socket.Write(t.fds[origin], early)
	if err == nil {
		t.count(client, int64(n))
		early = early[n:]
	}
	if len(early) > 0 {
		t.flows[client].rest = &rest{b: bytes.Clone(early)}
	}
}

// happened sees to an event of the connection at s.
func (t *looped) happened(s side, events uint32) {
	if t.closed {
		return
	}
	from, to := &t.flows[s], &t.flows[s.other()]
	if events&toRead != 0 {
		from.readable = true
		from.on = from.on || events&readOn != 0
	}
	switch {
	case t.setup != nil:
		t.awaited(s, events)
		return
	case events&toRead == 0:
	case !from.done:
		t.pump(s)
	case events&unix.EPOLLERR != 0:
		t.brokeAfterEnd(s)
	}
	if events&toWrite != 0 && !t.closed && to.waits() {
		t.pump(s.other())
	}
}

// brokeAfterEnd ends the tunnel when a connection breaks from which nothing is
// read any more.
func (t *looped) brokeAfterEnd(s side) {
	if err := socket.Error(t.fds[s]); err != nil {
		t.fail(s, err)
	}
}

// pump moves bytes that come from s until there are no more, or the other side
// takes no more, or others have waited long enough.
func (t *looped) pump(s side) {
	f := &t.flows[s]
	for range movesPerTurn {
		if t.closed || !t.deliver(s) || f.done || !f.readable {
			return
		}
		if f.bulk {
			t.fill(s)
		} else {
			t.copy(s)
		}
	}
	if !t.closed && !f.done && f.readable {
		t.loop.again(t, s)
	}
}

// deliver writes what waits. It reports whether all of it went.
func (t *looped) deliver(s side) bool {
	f := &t.flows[s]
	if r := f.rest; r != nil {
		f.rest = nil
		if !t.write(s, r.b, r.of) {
			return false
		}
		if r.of != nil {
			t.pool.buffers.back(r.of)
		}
	}
	return f.pipe == nil || f.pipe.held == 0 || t.drain(s)
}

// copy moves what fits a buffer.
func (t *looped) copy(s side) {
	f, l := &t.flows[s], t.loop
	if l.buf == nil {
		l.buf = t.pool.buffers.take()
	}
	n, err := socket.Read(t.fds[s], l.buf[:])
	if !t.taken(s, n, err) {
		return
	}
	if n < len(l.buf) {
		f.row, f.readable = 0, f.on
	} else if f.row++; f.row >= bulkAfter && !f.copy {
		f.bulk, f.row = true, 0
	}
	if !t.write(s, l.buf[:n], l.buf) && f.rest != nil {
		l.buf = nil // it is the flow's now
	}
}

// taken sees to a read or splice that brought no bytes. It reports whether this
// one did.
func (t *looped) taken(s side, n int, err error) bool {
	f := &t.flows[s]
	switch {
	case err == socket.Again: //nolint:errorlint // a bare number: system calls wrap nothing
		f.readable = false
		t.returnPipe(f)
	case err != nil:
		t.broke(s, s, os.NewSyscallError("read", err))
	case n == 0:
		t.ended(s)
	}
	return n > 0 && err == nil
}

// write writes b, which lies in of. What the other side does not take now stays
// with the flow, of with it. It reports whether all went.
func (t *looped) write(s side, b []byte, of *buffer) bool {
	n, err := socket.Write(t.fds[s.other()], b)
	if err != nil && err != socket.Again { //nolint:errorlint // a bare number: system calls wrap nothing
		t.flows[s].rest = nil
		t.broke(s, s.other(), os.NewSyscallError("write", err))
		if of != nil && of != t.loop.buf {
			t.pool.buffers.back(of)
		}
		return false
	}
	t.count(s, int64(n))
	if n < len(b) {
		t.flows[s].rest = &rest{b[n:], of}
		return false
	}
	return true
}

// ended passes on that the stream from s has ended. Where a connection has been
// found broken, the end is none.
func (t *looped) ended(s side) {
	t.flows[s].done = true
	t.returnPipe(&t.flows[s])
	t.touch()
	if t.ending.Load() == nil {
		t.sides[s].ended.Store(true)
	}
	if t.moving.Add(-1) == 0 {
		t.close() // which says so to both
		return
	}
	if t.ending.Load() != nil {
		return
	}
	to := t.fds[s.other()]
	if err := socket.EndWrites(to); err != nil {
		if why := socket.Error(to); why != nil {
			err = why
		}
		t.fail(s.other(), os.NewSyscallError("shutdown", err))
	}
}

// broke ends the direction from s because the connection at is broken. When an
// origin reset a connection that was written to, what it had sent before can still
// be read (a server that answers 413 and hangs up): the other direction does so
// and meets the end soon. What a client had sent that is gone is of no use: an
// origin that does not take it would keep both.
func (t *looped) broke(s, at side, err error) {
	if at == origin && at != s && isReset(err) && t.moving.Load() == 2 {
		t.blame(at.gone(), err)
		t.flows[s].done = true
		t.release(&t.flows[s])
		t.touch()
		t.moving.Add(-1)
		return
	}
	t.fail(at, err)
}

// fail ends the tunnel because the connection at broke.
func (t *looped) fail(at side, err error) {
	t.blame(at.gone(), err)
	t.close()
}

// hangUp has the loop close both connections.
func (t *looped) hangUp() { t.loop.post(t) }

// close ends the tunnel.
func (t *looped) close() {
	if t.closed {
		return
	}
	if t.setup != nil && t.setup.waiter != nil { // is no tunnel
		t.handBack(ErrClosed)
		return
	}
	t.closed = true
	t.posted.Store(true) // who still wants it closed comes too late
	if t.setup != nil {
		t.loop.forget(t)
	}
	for s := range t.flows {
		t.release(&t.flows[s])
	}
	t.hangUpNow()
	t.over()
}

// release gives back what f has borrowed.
func (t *looped) release(f *flow) {
	if f.rest != nil && f.rest.of != nil {
		t.pool.buffers.back(f.rest.of)
	}
	f.rest = nil
	t.returnPipe(f)
}

// hangUpNow closes both connections.
func (t *looped) hangUpNow() {
	if t.aborts() {
		socket.Abort(t.fds[origin])
		if !t.spares() || socket.Unacknowledged(t.fds[client]) == 0 {
			socket.Abort(t.fds[client])
		}
	}
	socket.Close(t.fds[client])
	socket.Close(t.fds[origin])
}
