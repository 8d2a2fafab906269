package relay

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

const (
	bulkAfter  = 4        // full buffers in a row before a direction is spliced
	smallAfter = 4        // small splices in a row before it is copied again
	smallMove  = 16 << 10 // bytes; below, a splice is small
)

// reader is the state of one direction between two waits.
type reader struct {
	d    *direction
	buf  *buffer // borrowed while bytes move
	pipe *pipe   // likewise
	n    int     // of the last read or splice
	err  error   // likewise
	row  int     // full buffers, or small splices, in a row
	bulk bool    // splice instead of copying
	copy bool    // splice does not work here
}

// moveReady moves everything, with nothing borrowed while it waits for more.
func (d *direction) moveReady() error {
	in, err := d.from.SyscallConn()
	if err != nil {
		return err
	}
	r := &reader{d: d}
	defer r.giveBack()
	ready := r.ready
	for {
		if err := in.Read(ready); err != nil {
			return err
		}
		if err := r.deliver(); err != nil {
			return err
		}
		if r.n == 0 {
			return nil
		}
	}
}

// ready takes what there is to read; an end of stream is a take of 0 bytes. It
// returns false, with nothing borrowed, if there is nothing yet: the runtime
// then waits and calls again.
func (r *reader) ready(fd uintptr) bool {
	if r.bulk {
		r.n, r.err = r.fill(int(fd))
	} else {
		r.n, r.err = r.read(int(fd))
	}
	if errors.Is(r.err, unix.EAGAIN) {
		r.giveBack()
		return false
	}
	if r.n == 0 && r.err == nil && r.d.brokenOff(int(fd)) {
		r.err = unix.ECONNRESET
	}
	return true
}

// read takes what fits a buffer.
func (r *reader) read(fd int) (int, error) {
	if r.buf == nil {
		r.giveBack()
		r.buf = r.d.tunnel.pool.buffers.take()
	}
	n, err := ignoringEINTR(func() (int, error) { return unix.Read(fd, r.buf[:]) })
	if err != nil {
		return 0, err
	}
	if n < len(r.buf) {
		r.row = 0
	} else if r.row++; r.row >= bulkAfter && !r.copy {
		r.bulk, r.row = true, 0
	}
	return n, nil
}

// fill takes what fits a pipe. Without a pipe, or where the kernel does not
// splice, it reads.
func (r *reader) fill(fd int) (int, error) {
	if r.pipe == nil {
		r.giveBack()
		r.pipe = r.d.tunnel.pool.mover.pipes.take()
	}
	if r.pipe == nil {
		r.bulk = false
		return r.read(fd)
	}
	n, err := r.splice(fd, r.pipe.w, r.pipe.size)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		r.giveBack()
		r.bulk, r.copy = false, true
		return r.read(fd)
	case err != nil:
		return 0, err
	}
	r.pipe.held = n
	if n >= smallMove {
		r.row = 0
	} else if r.row++; r.row >= smallAfter {
		r.bulk, r.row = false, 0
	}
	return n, nil
}

// deliver writes what was taken.
func (r *reader) deliver() error {
	switch {
	case r.err != nil:
		return os.NewSyscallError("read", r.err)
	case r.n == 0:
		return nil
	case r.pipe == nil:
		return r.d.write(r.buf[:r.n])
	}
	out, err := r.d.to.SyscallConn()
	if err != nil {
		return &brokenError{r.d.to, err}
	}
	err = out.Write(r.drain)
	if err == nil {
		err = r.err
	}
	if errors.Is(err, unix.EINVAL) {
		return r.spill()
	}
	if err != nil {
		return &brokenError{r.d.to, os.NewSyscallError("splice", err)}
	}
	return nil
}

// drain empties the pipe. It returns false when the other side takes no more
// for now: the runtime then waits and calls again.
func (r *reader) drain(fd uintptr) bool {
	for r.pipe.held > 0 {
		n, err := r.splice(r.pipe.r, int(fd), r.pipe.held)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return false
		case err != nil:
			r.err = err
			return true
		}
		r.pipe.held -= n
		r.d.count(int64(n))
	}
	return true
}

// spill delivers by copying what is in the pipe, when a connection that could be
// spliced from cannot be spliced to.
func (r *reader) spill() error {
	r.bulk, r.copy = false, true
	buf := r.d.tunnel.pool.buffers.take()
	defer r.d.tunnel.pool.buffers.back(buf)
	for r.pipe.held > 0 {
		n, err := ignoringEINTR(func() (int, error) { return unix.Read(r.pipe.r, buf[:]) })
		if err != nil {
			return os.NewSyscallError("read", err)
		}
		r.pipe.held -= n
		if err := r.d.write(buf[:n]); err != nil {
			return err
		}
	}
	return nil
}

// giveBack returns what is borrowed.
func (r *reader) giveBack() {
	if r.buf != nil {
		r.d.tunnel.pool.buffers.back(r.buf)
		r.buf = nil
	}
	if r.pipe != nil {
		r.d.tunnel.pool.mover.pipes.back(r.pipe)
		r.pipe = nil
	}
}

// splice moves up to n bytes between a pipe and a connection, without waiting.
func (r *reader) splice(from, to, n int) (int, error) {
	return ignoringEINTR(func() (int, error) { return r.d.tunnel.pool.mover.splice(from, to, n) })
}

// spliceNow is the system call.
func spliceNow(from, to, n int) (int, error) {
	m, err := unix.Splice(from, nil, to, nil, n, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
	return int(m), err
}

func ignoringEINTR(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
