package relay

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// bulk is more than buffers, pipes and socket buffers hold.
var bulk = func() string {
	b := make([]byte, 16<<20)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return string(b)
}()

// spliced starts a tunnel whose splices go through call, and sends bulk up.
func spliced(t *testing.T, call func(p *Pool, from, to, n int) (int, error)) (*Pool, *far) {
	p := New()
	p.mover.splice = func(from, to, n int) (int, error) { return call(p, from, to, n) }
	f := joiner{pool: p, network: "tcp4"}.join(t)
	if err := errors.Join(f.origin.SetReadBuffer(128<<10), f.client.SetWriteBuffer(128<<10)); err != nil {
		t.Fatal(err) // as large as the kernel likes, they would hold all of bulk
	}
	go func() {
		_, _ = f.client.Write([]byte(bulk))
		_ = f.client.CloseWrite()
	}()
	return p, f
}

// queued returns when the bytes that c has sent stand in a queue: the relay will
// read full buffers, and splice, however slow the machine is.
func queued(c *net.TCPConn) {
	for before := -1; ; time.Sleep(5 * time.Millisecond) {
		n := unsent(c)
		if n > 0 && n == before {
			return
		}
		before = n
	}
}

// isPipe tells whether fd is the reading end of a pipe, as opposed to a connection.
func isPipe(fd int) bool {
	var s unix.Stat_t
	return unix.Fstat(fd, &s) == nil && s.Mode&unix.S_IFMT == unix.S_IFIFO
}

func TestSpliceThatMisbehaves(t *testing.T) {
	tests := []struct {
		name string
		fill func(i int, from, to, n int) (int, error) // the i-th splice into a pipe
		pour func(i int, from, to, n int) (int, error) // the i-th splice out of one
	}{
		{"a few bytes at a time", atMost(4000), atMost(100)},
		{"into a pipe is not supported", failing(0, unix.EINVAL), nil},
		{"into a pipe stops being supported", failing(3, unix.EINVAL), nil},
		{"into a pipe is unknown to the kernel", failing(0, unix.ENOSYS), nil},
		{"out of a pipe is not supported", nil, failing(0, unix.EINVAL)},
		{"out of a pipe stops amid one", atMost(200_000), failing(5, unix.EINVAL)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var fills, pours atomic.Int32
			p, f := spliced(t, func(_ *Pool, from, to, n int) (int, error) {
				switch {
				case isPipe(from) && tt.pour != nil:
					return tt.pour(int(pours.Add(1)-1), from, to, n)
				case !isPipe(from) && tt.fill != nil:
					return tt.fill(int(fills.Add(1)-1), from, to, n)
				}
				return socket.Splice(from, to, n)
			})
			queued(f.client)
			expect(t, f.origin, bulk)
			expectEnd(t, f.origin)
			_ = f.origin.Close()
			if r, want := f.result(t), (Result{Up: int64(len(bulk))}); r != want {
				t.Errorf("Result = %+v, want %+v", r, want)
			}
			if fills.Load()+pours.Load() == 0 {
				t.Error("nothing was spliced")
			}
			p.Close()
			checkAllBack(t, p)
		})
	}
}

func atMost(most int) func(i, from, to, n int) (int, error) {
	return func(_, from, to, n int) (int, error) { return socket.Splice(from, to, min(n, most)) }
}

// failing works a few times, moving half of what it is asked to.
func failing(after int, err error) func(i, from, to, n int) (int, error) {
	return func(i, from, to, n int) (int, error) {
		if i >= after {
			return -1, err
		}
		return socket.Splice(from, to, (n+1)/2)
	}
}

// What is in a pipe when a connection fails belongs to nobody else.
func TestPipeWithBytesInItIsNotReused(t *testing.T) {
	p, f := spliced(t, func(_ *Pool, from, to, n int) (int, error) {
		if isPipe(from) {
			return -1, unix.EIO
		}
		return socket.Splice(from, to, n)
	})
	defer p.Close()
	go func() { _, _ = io.Copy(io.Discard, f.origin) }()
	if r := f.result(t); r.Cause != OriginGone || !errors.Is(r.Err, syscall.EIO) {
		t.Errorf("Result = %+v, want origin gone, EIO", r)
	}
	if ps := &p.mover.pipes; ps.all != 0 {
		t.Errorf("%d pipes exist, %d free, want none: it was not empty", ps.all, len(ps.free))
	}
}

func TestPipesAreBounded(t *testing.T) {
	ps := pipes{max: keptPipes + 2}
	var lent []*pipe
	for range ps.max {
		lent = append(lent, ps.take())
	}
	if p := ps.take(); p != nil {
		t.Errorf("take() beyond max = %v, want nil", p)
	}
	for _, p := range lent {
		if p == nil {
			t.Fatal("take() = nil, want a pipe")
		}
		ps.back(p)
	}
	if ps.all != keptPipes || ps.out() != 0 {
		t.Errorf("%d pipes kept, %d out, want %d, 0", ps.all, ps.out(), keptPipes)
	}
	ps.close()
}
