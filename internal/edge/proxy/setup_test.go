package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A tunnel that is still being set up when live ones are judged anew is judged
// as soon as it stands.
func TestRecheckReachesTunnelsInTheMaking(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	looking, goOn := make(chan struct{}), make(chan struct{})
	f.names.set("a.example", "127.0.0.1")
	f.names.hook = func(string) { close(looking); <-goOn }
	c := f.dial().send("CONNECT a.example:%s HTTP/1.1\r\n\r\n", port(origin))
	<-looking
	none := strings.Replace(permissive, "name: everything\n    allow", "name: nothing\n    deny", 1)
	if err := f.Swap(t.Context(), f.policyOf(none)); err != nil {
		t.Fatal(err)
	}
	if cut := f.Recheck(time.Now()); cut != 0 {
		t.Fatalf("Recheck cut %d tunnels, want 0: none stands", cut)
	}
	close(goOn)
	_, _ = http.ReadResponse(c.br, &http.Request{Method: "CONNECT"}) // the 200 may get lost in the cut
	c.closed()
	if line := f.log(1)[0]; line["err"] != errRecheck.Error() {
		t.Errorf("log %v, want the cause of the cut", line)
	}
}

// What live tunnels were judged by once says nothing about those that a later
// configuration admits.
func TestRecheckBindsNoLaterPolicy(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	none := strings.Replace(permissive, "name: everything\n    allow", "name: nothing\n    deny", 1)
	if err := f.Swap(t.Context(), f.policyOf(none)); err != nil {
		t.Fatal(err)
	}
	f.Recheck(time.Now())
	if err := f.Swap(t.Context(), f.policyOf(permissive)); err != nil {
		t.Fatal(err)
	}
	f.tunnel(origin).echo("admitted after the recheck")
}

// Operators look at tunnels while these begin and end.
func TestListWhileTunnelsEnd(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				c, err := net.Dial("tcp", f.addr)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(c, "CONNECT "+origin+" HTTP/1.1\r\n\r\nx")
				_, _ = io.ReadFull(c, make([]byte, len(established)+1))
				_ = c.Close()
			}
		})
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	for {
		select {
		case <-ended:
			return
		default:
			for _, l := range f.List(time.Now()) {
				if l.Up > 1 || l.Down > 1 || l.Addr.String() != origin {
					t.Errorf("a tunnel of one byte: %+v", l)
				}
			}
		}
	}
}

// The time for reaching an origin begins when it is asked for: clients that
// connect ahead of their need are no slower.
func TestConnectTimeoutBeginsWithTheRequest(t *testing.T) {
	f := start(t, permissive+"limits: {connect_timeout: 1s}\n")
	origin := echoServer(t)
	c := f.dial()
	time.Sleep(1050 * time.Millisecond)
	c.send("CONNECT %s HTTP/1.1\r\n", origin)
	time.Sleep(1050 * time.Millisecond)
	if r := c.send("\r\n").response("CONNECT"); r.StatusCode != 200 {
		t.Errorf("2.1 s after the connection: %q, want a tunnel", r.Status)
	}
}

// A parent whose answer has no end is not believed to have agreed: the rest of
// its head would be the beginning of the tunnel.
func TestParentWithAnEndlessAnswer(t *testing.T) {
	parent := listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 100)+"\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	f := start(t, replacePort(withParent, parent))
	f.names.set("parent.example", "127.0.0.1")
	if _, r := f.connect("db.far.example:443"); r.StatusCode != 502 || r.reason() != "connect-failed" {
		t.Errorf("answer %q, want connect-failed", r.Status)
	}
}

// limits.header is the largest head that is read.
func TestHeadOfExactlyTheLimit(t *testing.T) {
	f := start(t, permissive+"limits: {header: 8KiB}\n")
	origin := echoServer(t)
	head := "CONNECT " + origin + " HTTP/1.1\r\nX: "
	for size, want := range map[int]int{8191: 200, 8192: 200, 8193: 400, 16 << 10: 400} {
		pad := strings.Repeat("x", size-len(head)-4)
		for _, behind := range []string{"", "and the tunnel's first bytes"} {
			c := f.dial().send("%s", head+pad+"\r\n\r\n"+behind)
			if r := c.response("CONNECT"); r.StatusCode != want {
				t.Errorf("head of %d bytes, %d behind it: %s, want %d", size, len(behind), r.Status, want)
			}
			_ = c.Close()
		}
	}
}

// A defect that one request runs into must not end everybody's tunnels.
func TestPanicEndsItsConnectionOnly(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	live := f.tunnel(origin)
	f.names.set("a.example", "127.0.0.1")
	f.names.hook = func(string) { panic("a defect") }
	f.dial().send("CONNECT a.example:443 HTTP/1.1\r\n\r\n").closed()
	live.echo("still here")
	if n := f.limiter.Tunnels.Load(); n != 1 {
		t.Errorf("%d tunnels are counted, want the live one", n)
	}
}
