package relay

import (
	"net"
	"testing"
	"time"
)

// far is what the tests hold of a tunnel: the other ends of its connections,
// and its result when it has ended.
type far struct {
	client, origin *net.TCPConn
	tunnel         *Tunnel
	ended          chan Result
}

// End hands the result to the test.
func (f *far) End(r Result) { f.ended <- r }

// result waits for the end of the tunnel.
func (f *far) result(t testing.TB) Result {
	t.Helper()
	select {
	case r := <-f.ended:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("the tunnel does not end")
		return Result{}
	}
}

// join starts a tunnel of p between two loopback connections.
func join(t testing.TB, p *Pool, network string, early []byte, lim Limits) *far {
	t.Helper()
	c, inner := connected(t, network)
	o, outer := connected(t, network)
	f := &far{client: c, origin: o, ended: make(chan Result, 2)}
	f.tunnel = p.Start(inner, outer, early, lim, f)
	return f
}

// connected returns both ends of a new connection. The test closes the first.
func connected(t testing.TB, network string) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen(network, "localhost:0")
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
	return c.(*net.TCPConn), s.(*net.TCPConn)
}
