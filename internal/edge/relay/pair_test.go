package relay

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"
)

// inEveryWay runs test on a new Pool, whose clock stands still, for every way of
// moving bytes over both versions of IP, and checks that the Pool has everything
// back afterwards.
func inEveryWay(t *testing.T, test func(t *testing.T, j joiner)) {
	for name, w := range ways {
		for _, network := range []string{"tcp4", "tcp6"} {
			t.Run(name+"/"+network, func(t *testing.T) {
				p := newPool()
				w.set(p)
				test(t, joiner{p, network, w.watches})
				p.Close()
				checkAllBack(t, p)
			})
		}
	}
}

func checkAllBack(t *testing.T, p *Pool) {
	t.Helper()
	if n := p.buffers.out.Load(); n != 0 {
		t.Errorf("after Close: %d buffers are out, want 0", n)
	}
	for range p.tunnels.all() {
		t.Error("after Close: a tunnel is still registered")
	}
	checkReturned(t, p)
}

// joiner starts tunnels between loopback connections.
type joiner struct {
	pool    *Pool
	network string
	watches bool
}

// way is a way of moving bytes.
type way struct {
	set     func(*Pool)
	watches bool // sees a connection break that it does not read from
}

// far is what the tests hold of a tunnel: the other ends of its connections,
// and its result when it has ended.
type far struct {
	client, origin *net.TCPConn
	tunnel         *Tunnel
	ended          chan Result
}

// End hands the result to the test; a second one would block it for ever.
func (f *far) End(r Result) { f.ended <- r }

// result waits for the end of the tunnel.
func (f *far) result(t testing.TB) Result {
	t.Helper()
	select {
	case r := <-f.ended:
		return r
	case <-time.After(30 * time.Second):
		t.Fatal("the tunnel does not end")
		return Result{}
	}
}

func (j joiner) join(t testing.TB) *far { return j.joinWith(t, nil, Limits{}) }

func (j joiner) joinWith(t testing.TB, early []byte, lim Limits) *far {
	t.Helper()
	c, inner := connected(t, j.network)
	o, outer := connected(t, j.network)
	f := &far{client: c, origin: o, ended: make(chan Result, 1)}
	f.tunnel = j.pool.Start(inner, outer, early, lim, f)
	return f
}

// connected returns both ends of a new connection. The test closes the first.
func connected(t testing.TB, network string) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen(network, map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"}[network])
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	for _, conn := range []net.Conn{c, s} {
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // a test that hangs says where
	}
	_ = s.SetDeadline(time.Time{})
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

// send writes b and fails the test if it cannot.
func send(t testing.TB, c *net.TCPConn, b []byte) {
	t.Helper()
	if n, err := c.Write(b); err != nil {
		t.Fatalf("Write of %d bytes = %d, %v", len(b), n, err)
	}
}

// expect reads as many bytes as want has and compares them.
func expect(t testing.TB, c *net.TCPConn, want string) {
	t.Helper()
	b := make([]byte, len(want))
	if _, err := io.ReadFull(c, b); err != nil || string(b) != want {
		t.Fatalf("ReadFull = %q, %v, want %q", b, err, want)
	}
}

// expectEnd reads what an orderly end, and nothing else, looks like.
func expectEnd(t testing.TB, c *net.TCPConn) {
	t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Fatalf("Read = %d, %v, want 0, EOF", n, err)
	}
}

// expectReset reads until the connection breaks.
func expectReset(t testing.TB, c *net.TCPConn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("the stream ends with %v, want a reset", err)
	}
}

// flood is more than all buffers of a tunnel hold when nobody reads.
var flood = sync.OnceValue(func() []byte { return make([]byte, 64<<20) })

// reset breaks the connection.
func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

// until waits for what happens in a goroutine of the relay without telling.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still not so: %s", what)
		}
	}
}
