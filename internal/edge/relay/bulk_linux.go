package relay

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

const (
	bulkAfter  = 4        // full buffers in a row before a direction is spliced
	smallAfter = 4        // small splices in a row before it is copied again
	smallMove  = 16 << 10 // bytes; below, a splice is small
)

// fill takes what fits a pipe, and drains it. Without a pipe, or where the
// kernel does not splice, it copies.
func (t *looped) fill(s side) {
	f := &t.flows[s]
	if f.pipe == nil {
		f.pipe = t.pool.mover.pipes.take()
	}
	if f.pipe == nil {
		f.bulk = false
		t.copy(s)
		return
	}
	n, err := t.pool.mover.splice(t.fds[s], f.pipe.w, f.pipe.size)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		t.returnPipe(f)
		f.bulk, f.copy = false, true
		t.copy(s)
		return
	}
	if !t.taken(s, n, err) {
		return
	}
	f.pipe.held = n
	if n >= smallMove {
		f.row = 0
	} else if f.row++; f.row >= smallAfter {
		f.bulk, f.row = false, 0
	}
	if t.drain(s) && !f.bulk {
		t.returnPipe(f)
	}
}

// drain empties the pipe. It reports whether the other side took all.
func (t *looped) drain(s side) bool {
	f := &t.flows[s]
	for f.pipe.held > 0 {
		n, err := t.pool.mover.splice(f.pipe.r, t.fds[s.other()], f.pipe.held)
		switch {
		case err == nil:
		case errors.Is(err, socket.Again):
			return false
		case errors.Is(err, unix.EINVAL):
			return t.spill(s)
		default:
			t.broke(s, s.other(), os.NewSyscallError("splice", err))
			return false
		}
		f.pipe.held -= n
		t.count(s, int64(n))
	}
	return true
}

// spill delivers by copying what is in the pipe, when a connection that could be
// spliced from cannot be spliced to.
func (t *looped) spill(s side) bool {
	f := &t.flows[s]
	f.bulk, f.copy = false, true
	for f.pipe.held > 0 {
		buf := t.pool.buffers.take()
		n, err := socket.Read(f.pipe.r, buf[:])
		if err != nil {
			t.pool.buffers.back(buf)
			t.fail(s, os.NewSyscallError("read", err))
			return false
		}
		f.pipe.held -= n
		if !t.write(s, buf[:n], buf) {
			return false
		}
		t.pool.buffers.back(buf)
	}
	t.returnPipe(f)
	return true
}

// returnPipe gives the pipe back, if f has one.
func (t *looped) returnPipe(f *flow) {
	if f.pipe != nil {
		t.pool.mover.pipes.back(f.pipe)
		f.pipe = nil
	}
}
