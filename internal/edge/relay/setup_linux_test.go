package relay

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// judge is a Gate that takes hellos that begin with "ok", five bytes in all.
type judge struct {
	pool      *Pool
	connected atomic.Int32
	failed    chan error
	given     atomic.Int64 // the client's descriptor, given back
	*far
}

func (g *judge) Connected(*Tunnel) { g.connected.Add(1) }

func (g *judge) Failed(fd int, err error) {
	g.given.Store(int64(fd))
	g.failed <- err
}

var errJudged = errors.New("not ok")

func (g *judge) Hello(b []byte, err error) (int, error) {
	switch {
	case err != nil:
		return 0, err
	case len(b) < 5:
		return 5, nil
	case string(b[:2]) != "ok":
		return 0, errJudged
	}
	return 0, nil
}

// bare returns both ends of a new connection, the second as a descriptor.
func bare(t testing.TB) (*net.TCPConn, int) {
	t.Helper()
	ours, theirs := connected(t, "tcp4")
	fd, err := duplicate(theirs)
	if err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	return ours, fd
}

// setUp starts to connect a client with an origin at addr.
func setUp(t testing.TB, p *Pool, addr netip.AddrPort, connect, hello time.Duration) *judge {
	t.Helper()
	c, fd := bare(t)
	o, err := socket.Connect(addr, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	g := &judge{pool: p, failed: make(chan error, 1), far: &far{client: c, ended: make(chan Result, 1)}}
	s := Setup{Client: fd, Origin: o, Connect: time.Now().Add(connect), Answer: []byte("answer"), Hello: hello}
	if !p.Connect(&s, g, g.far) {
		t.Fatal("Connect = false, want a loop that waits")
	}
	return g
}

// accepting returns where a listener listens, and what it accepts.
func accepting(t testing.TB) (netip.AddrPort, func() *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort(), func() *net.TCPConn {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		return c.(*net.TCPConn)
	}
}

// full returns where nobody answers: the queue of a listener that is full.
func full(t testing.TB) netip.AddrPort {
	t.Helper()
	l, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(l) })
	if err := errors.Join(unix.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(l, 0)); err != nil {
		t.Fatal(err)
	}
	a, err := unix.Getsockname(l)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(a.(*unix.SockaddrInet4).Port))
	for range 3 { // a backlog of 0 takes one
		fd, err := socket.Connect(addr, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { socket.Close(fd) })
	}
	return addr
}

func startPool(t *testing.T) *Pool {
	p := New()
	t.Cleanup(func() {
		p.Close()
		checkAllBack(t, p)
	})
	return p
}

func TestSetup(t *testing.T) {
	p := startPool(t)
	addr, accept := accepting(t)
	long := string(append([]byte("ok"), make([]byte, 100_000)...))
	for name, tt := range map[string]struct {
		hello time.Duration
		says  []string
		want  string // at the origin
	}{
		"nothing is judged":           {0, []string{"any", "thing"}, "anything"},
		"hello at once":               {time.Minute, []string{"ok123"}, "ok123"},
		"hello with more behind":      {time.Minute, []string{"ok123 and more"}, "ok123 and more"},
		"hello byte by byte":          {time.Minute, []string{"o", "k", "1", "2", "3"}, "ok123"},
		"hello longer than a buffer":  {time.Minute, []string{long}, long},
		"hello in two, with the rest": {time.Minute, []string{"ok", "123 and more"}, "ok123 and more"},
	} {
		t.Run(name, func(t *testing.T) {
			g := setUp(t, p, addr, time.Minute, tt.hello)
			o := accept()
			expect(t, g.client, "answer")
			for _, s := range tt.says {
				send(t, g.client, []byte(s))
				if len(tt.says) > 2 {
					time.Sleep(2 * time.Millisecond) // so that they are read apart
				}
			}
			expect(t, o, tt.want)
			send(t, o, []byte("back"))
			expect(t, g.client, "back")
			_ = g.client.CloseWrite()
			expectEnd(t, o)
			_ = o.CloseWrite()
			expectEnd(t, g.client)
			if r, want := g.result(t), (Result{Up: int64(len(tt.want)), Down: 4}); r != want || g.connected.Load() != 1 {
				t.Errorf("Result = %+v after %d times Connected, want %+v after one", r, g.connected.Load(), want)
			}
		})
	}
}

func TestSetupThatFails(t *testing.T) {
	p := startPool(t)
	addr, accept := accepting(t)
	for name, tt := range map[string]struct {
		hello time.Duration
		do    func(g *judge)
		want  Result
	}{
		"hello is refused": {time.Minute, func(g *judge) { send(t, g.client, []byte("bad!!")) }, Result{Cause: Refused, Err: errJudged}},
		"hello is refused, in pieces": {time.Minute, func(g *judge) {
			for _, piece := range []string{"b", "a", "d!!"} {
				send(t, g.client, []byte(piece))
				time.Sleep(2 * time.Millisecond) // so that they are read apart
			}
		}, Result{Cause: Refused, Err: errJudged}},
		"no hello, but an end":    {time.Minute, func(g *judge) { _ = g.client.CloseWrite() }, Result{Cause: Refused, Err: io.EOF}},
		"half a hello and an end": {time.Minute, func(g *judge) { send(t, g.client, []byte("ok")); _ = g.client.CloseWrite() }, Result{Cause: Refused, Err: io.EOF}},
		"no hello in time":        {alarm, func(*judge) {}, Result{Cause: Refused, Err: os.ErrDeadlineExceeded}},
		"half a hello in time":    {alarm, func(g *judge) { send(t, g.client, []byte("ok")) }, Result{Cause: Refused, Err: os.ErrDeadlineExceeded}},
	} {
		t.Run(name, func(t *testing.T) {
			g := setUp(t, p, addr, time.Minute, tt.hello)
			o := accept()
			expect(t, g.client, "answer")
			tt.do(g)
			if r := g.result(t); r != tt.want {
				t.Errorf("Result = %+v, want %+v", r, tt.want)
			}
			expectEnd(t, o) // and has got nothing
		})
	}
	t.Run("the client resets while its hello is awaited", func(t *testing.T) {
		g := setUp(t, p, addr, time.Minute, time.Minute)
		o := accept()
		expect(t, g.client, "answer")
		reset(g.client)
		if r := g.result(t); r.Cause != Refused || !errors.Is(r.Err, syscall.ECONNRESET) {
			t.Errorf("Result = %+v, want refused for a reset", r)
		}
		expectEnd(t, o)
	})
	t.Run("cut while the hello is awaited", func(t *testing.T) {
		g := setUp(t, p, addr, time.Minute, time.Minute)
		o := accept()
		expect(t, g.client, "answer")
		for tunnel := range p.tunnels.all() {
			tunnel.Cut(errJudged)
		}
		if r, want := g.result(t), (Result{Cause: Cut, Err: errJudged}); r != want {
			t.Errorf("Result = %+v, want %+v", r, want)
		}
		expectReset(t, o)
	})
}

func TestOriginThatCannotBeConnected(t *testing.T) {
	p := startPool(t)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := l.Addr().(*net.TCPAddr).AddrPort()
	_ = l.Close()
	hole := full(t)
	for name, tt := range map[string]struct {
		addr netip.AddrPort
		time time.Duration
		do   func()
		want error
	}{
		"nobody listens":       {refusing, time.Minute, func() {}, syscall.ECONNREFUSED},
		"nobody answers":       {hole, 2 * alarm, func() {}, os.ErrDeadlineExceeded},
		"everybody is hurried": {hole, time.Minute, p.Hurry, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			g := setUp(t, p, tt.addr, tt.time, time.Minute)
			tt.do()
			select {
			case err := <-g.failed:
				if !errors.Is(err, tt.want) {
					t.Errorf("Failed with %v, want %v", err, tt.want)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("nobody is told")
			}
			fd := int(g.given.Load())
			if _, err := socket.Write(fd, []byte("refused")); err != nil {
				t.Errorf("writing to the client that was given back: %v", err)
			}
			socket.Close(fd)
			expect(t, g.client, "refused")
			expectEnd(t, g.client)
			if len(g.ended) != 0 || g.connected.Load() != 0 {
				t.Error("it ended, or was connected, as well")
			}
		})
	}
}

// An origin that resets before anybody has been told that it is connected was not:
// its other addresses can still be tried. One that does so later is gone.
func TestOriginThatResetsAtOnce(t *testing.T) {
	p := startPool(t)
	all := p.mover.loops
	p.mover.loops = all[:1]
	defer func() { p.mover.loops = all }()
	addr, accept := accepting(t)
	for range 20 {
		goOn := hold(t, p)
		g := setUp(t, p, addr, time.Minute, 0)
		o := accept()
		send(t, o, []byte("bye"))
		reset(o)
		goOn()
		if err := <-g.failed; !isReset(err) {
			t.Errorf("Failed with %v, want a reset", err)
		}
		socket.Close(int(g.given.Load()))
		expectEnd(t, g.client)
	}
	g := setUp(t, p, addr, time.Minute, 0)
	o := accept()
	expect(t, g.client, "answer")
	reset(o)
	if r := g.result(t); r.Cause != OriginGone || !isReset(r.Err) {
		t.Errorf("Result = %+v (%v), want origin gone, reset", r, r.Cause)
	}
}

// hold holds the loops of p up until goOn is called: p has one.
func hold(t *testing.T, p *Pool) (goOn func()) {
	held, wait := make(chan bool), make(chan bool)
	c, fd := bare(t)
	if !p.Await(fd, time.Now().Add(time.Minute), &member{3, fd, func(m *member) {
		held <- true
		<-wait
		socket.Close(m.fd)
	}}) {
		t.Fatal("Await = false, want a loop that waits")
	}
	send(t, c, []byte("x"))
	<-held
	return func() { close(wait) }
}

// A client that leaves while its origin is being connected is not waited for, nor is
// its origin. One that has ended its stream may still want to read.
func TestClientThatLeaves(t *testing.T) {
	p := startPool(t)
	hole := full(t)
	addr, accept := accepting(t)
	for name, tt := range map[string]struct {
		do    func(c *net.TCPConn)
		least time.Duration
	}{
		"a reset":              {reset, 0},
		"an end":               {func(c *net.TCPConn) { _ = c.CloseWrite() }, Patience / 2},
		"a close":              {func(c *net.TCPConn) { _ = c.Close() }, Patience / 2},
		"an end, then a reset": {func(c *net.TCPConn) { _ = c.CloseWrite(); reset(c) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setUp(t, p, hole, time.Hour, time.Minute)
			begun := time.Now()
			tt.do(g.client)
			if r := g.result(t); r.Cause != ClientGone || time.Since(begun) < tt.least {
				t.Errorf("Result = %+v (%v) after %v, want client gone after %v", r, r.Cause, time.Since(begun), tt.least)
			}
		})
	}
	t.Run("an end behind a word", func(t *testing.T) {
		t.Parallel()
		g := setUp(t, p, hole, Patience+10*alarm, time.Minute)
		send(t, g.client, []byte("early"))
		_ = g.client.CloseWrite()
		if err := <-g.failed; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Failed with %v, want no end before connect's own time", err)
		}
		socket.Close(int(g.given.Load()))
	})
	t.Run("an end, and the origin takes it", func(t *testing.T) {
		g := setUp(t, p, addr, time.Hour, 0)
		_ = g.client.CloseWrite()
		o := accept()
		expect(t, g.client, "answer")
		expectEnd(t, o)
		send(t, o, []byte("late word"))
		_ = o.CloseWrite()
		expect(t, g.client, "late word")
		if r, want := g.result(t), (Result{Down: 9}); r != want {
			t.Errorf("Result = %+v, want %+v", r, want)
		}
	})
}

// A descriptor that another process has got a copy of stays in the kernel's list
// when it is closed. Its events are nobody's, whoever has its slot by then.
func TestEventsOutliveATunnel(t *testing.T) {
	p := startPool(t)
	all := p.mover.loops
	p.mover.loops = all[:1]
	defer func() { p.mover.loops = all }()
	c, inner := connected(t, "tcp4")
	o, outer := connected(t, "tcp4")
	kept, err := inner.File()
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	f := &far{client: c, origin: o, ended: make(chan Result, 1)}
	f.tunnel = p.Start(inner, outer, nil, Limits{}, f)
	exchange(t, f)
	slot := f.tunnel.slot
	f.tunnel.Cut(nil)
	f.result(t)
	_, fd := bare(t)
	w := make(patient, 2)
	if !p.Await(fd, time.Now().Add(time.Minute), w) {
		t.Fatal("Await = false, want a loop that waits")
	}
	for now := range p.tunnels.all() {
		if now.slot != slot {
			t.Fatalf("slot %d, want that of the tunnel before, %d", now.slot, slot)
		}
	}
	send(t, c, []byte("to the dead"))
	select {
	case <-w:
		t.Error("an event of the tunnel before came to who has its slot now")
	case <-time.After(50 * time.Millisecond):
	}
	p.Hurry()
	<-w
	socket.Close(fd)
}

// explosive panics when its tunnel ends.
type explosive struct{ *far }

func (e explosive) End(r Result) {
	e.far.End(r)
	panic("a defect")
}

func TestPanicEndsOneTunnel(t *testing.T) {
	p := newPool()
	said := make(chan any, 1)
	p.Panicked = func(v any) { said <- v }
	j := joiner{pool: p, network: "tcp4"}
	var others []*far
	for range 8 { // more than there are loops
		others = append(others, j.join(t))
	}
	c, inner := connected(t, "tcp4")
	o, outer := connected(t, "tcp4")
	f := &far{client: c, origin: o, ended: make(chan Result, 1)}
	f.tunnel = p.Start(inner, outer, nil, Limits{}, explosive{f})
	reset(c)
	if v := <-said; v != "a defect" {
		t.Errorf("Panicked(%v), want what was thrown", v)
	}
	for _, other := range others {
		exchange(t, other)
	}
	p.Close()
	checkAllBack(t, p)
}
