package relay

import (
	"sync"

	"golang.org/x/sys/unix"
)

const (
	// pipeSize: CPU s/GB over 8 streams was 0.18-0.21 with 64 KiB, 0.10-0.14
	// with 256 KiB and 1 MiB, measured on loopback.
	pipeSize = 256 << 10

	// maxPipes is how many may exist. The kernel gives a user 64 MiB of pipes
	// (fs.pipe-user-pages-soft, 16384 pages) and makes further ones tiny: with
	// 128 there is room for other processes. Who gets none, copies.
	maxPipes = 128

	// keptPipes is how many unused ones are kept.
	keptPipes = 16
)

// pipe is a kernel pipe and what is in it.
type pipe struct {
	r, w int // descriptors
	held int // bytes in it
}

func (p *pipe) close() {
	_ = unix.Close(p.r)
	_ = unix.Close(p.w)
}

// pipes lends pipes, which come and go empty.
type pipes struct {
	mu   sync.Mutex
	max  int
	all  int // that exist
	free []*pipe
}

// take returns an empty pipe, or nil when there is none to be had.
func (ps *pipes) take() *pipe {
	ps.mu.Lock()
	if n := len(ps.free); n > 0 {
		p := ps.free[n-1]
		ps.free = ps.free[:n-1]
		ps.mu.Unlock()
		return p
	}
	ok := ps.all < ps.max
	if ok {
		ps.all++
	}
	ps.mu.Unlock()
	if !ok {
		return nil
	}
	p := newPipe()
	if p == nil {
		ps.forget()
	}
	return p
}

// back takes p back. One that still holds bytes is closed: they belong to
// nobody else.
func (ps *pipes) back(p *pipe) {
	ps.mu.Lock()
	if p.held == 0 && len(ps.free) < keptPipes {
		ps.free = append(ps.free, p)
		ps.mu.Unlock()
		return
	}
	ps.mu.Unlock()
	p.close()
	ps.forget()
}

func (ps *pipes) forget() {
	ps.mu.Lock()
	ps.all--
	ps.mu.Unlock()
}

func (ps *pipes) close() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.free {
		p.close()
	}
	ps.all -= len(ps.free)
	ps.free = nil
}

// out returns how many pipes are lent.
func (ps *pipes) out() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.all - len(ps.free)
}

// newPipe returns nil where the kernel has no descriptors or no room: a small
// pipe would cost more than copying.
func newPipe() *pipe {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil
	}
	p := &pipe{r: fds[0], w: fds[1]}
	if n, err := unix.FcntlInt(uintptr(p.w), unix.F_SETPIPE_SZ, pipeSize); err != nil || n < pipeSize {
		p.close()
		return nil
	}
	return p
}
