package service

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	proxyproto "github.com/pires/go-proxyproto"
	"github.com/pires/go-proxyproto/tlvparse"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestProxyHeader has a library that others use read the headers.
func TestProxyHeader(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ src, dst, endpoint string }{
		{"10.0.0.7:40000", "10.0.1.1:3128", ""},
		{"10.0.0.7:40000", "10.0.1.1:3128", "vpce-0123456789abcdef0"},
		{"[2001:db8::7]:40000", "[2001:db8::1]:3128", "vpce-0123456789abcdef0"},
	} {
		h, err := proxyproto.Read(bufio.NewReader(bytes.NewReader(append(proxyHeader(netip.MustParseAddrPort(tt.src), netip.MustParseAddrPort(tt.dst), tt.endpoint), "CONNECT"...))))
		if err != nil {
			t.Fatalf("%+v: %v", tt, err)
		}
		tlvs, err := h.TLVs()
		if err != nil || h.Version != 2 || h.Command != proxyproto.PROXY || h.SourceAddr.String() != tt.src || h.DestinationAddr.String() != tt.dst || tlvparse.FindAWSVPCEndpointID(tlvs) != tt.endpoint {
			t.Errorf("%+v is read as %+v, endpoint %q, %v", tt, h, tlvparse.FindAWSVPCEndpointID(tlvs), err)
		}
	}
	if h, err := proxyproto.Read(bufio.NewReader(bytes.NewReader(proxyHeader(netip.AddrPort{}, netip.AddrPort{}, "")))); err != nil || h.Command != proxyproto.LOCAL {
		t.Errorf("of a health check: %+v, %v", h, err)
	}
}

// backendOf is a target that says its name and then sends back what it gets.
func backendOf(t testing.TB, name string) (Target, net.Listener) {
	t.Helper()
	ln := listen(t)
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			done.Go(func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, name+"\n")
				_, _ = io.Copy(conn, conn)
			})
		}
	})
	t.Cleanup(func() { _ = ln.Close(); done.Wait() })
	return Target{Name: name, Zone: "r/" + name[:1], Addr: addrPort(ln.Addr())}, ln
}

// dial is a Node.Dial of the loopback interface.
func dial(ctx context.Context, _, target netip.AddrPort) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", target.String())
}

// balancer is a load balancer with a node in every zone that zones names.
func balancer(t testing.TB, o NLBOptions, zones ...string) (n *NLB, at map[string]string, ends chan Flow) {
	t.Helper()
	ends = make(chan Flow, 1000)
	o.Record = func(f Flow) { ends <- f }
	n, at = NewNLB(o), map[string]string{}
	for _, zone := range zones {
		ln := listen(t)
		at[zone] = ln.Addr().String()
		n.Serve(ln, Node{Zone: "r/" + zone, Dial: dial})
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n, at, ends
}

// who connects to addr and returns the name of the target that it reached.
func who(t testing.TB, addr string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if errors.Is(err, syscall.ECONNRESET) {
		return err.Error() // accepted, and at once given up
	}
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	name, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(name)
}

func TestNLBZones(t *testing.T) {
	t.Parallel()
	a1, _ := backendOf(t, "a1")
	a2, _ := backendOf(t, "a2")
	b1, _ := backendOf(t, "b1")
	all := []Target{a1, a2, b1}
	for _, tt := range []struct {
		why   string
		cross bool
		zone  string
		want  string
	}{
		{"its own zone", false, "a", "a1"},
		{"another", false, "b", "b1"},
		{"every zone", true, "b", "a1"},
		{"no target in the zone, but in others", true, "c", "a1"},
	} {
		_, at, _ := balancer(t, NLBOptions{Targets: all, CrossZone: tt.cross}, tt.zone)
		if got := who(t, at[tt.zone]); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.why, got, tt.want)
		}
	}
	_, at, _ := balancer(t, NLBOptions{Targets: all, CrossZone: true, Spread: true}, "a")
	seen := map[string]bool{}
	for range 200 {
		seen[who(t, at["a"])] = true
	}
	if len(seen) != 3 {
		t.Errorf("200 flows went to %v", seen)
	}
}

// TestNLBNoTarget is a node that lets connections time out.
func TestNLBNoTarget(t *testing.T) {
	t.Parallel()
	a1, _ := backendOf(t, "a1")
	n, at, ends := balancer(t, NLBOptions{Targets: []Target{a1}}, "b")
	conn, err := net.Dial("tcp", at["b"])
	if err != nil {
		t.Fatal(err)
	}
	if f := <-ends; f.End != FlowNoTarget || f.Target != "" {
		t.Errorf("%+v", f)
	}
	if n.Healthy("r/b") || !n.Healthy("r/a") {
		t.Error("the node without a target is healthy, or the other is not")
	}
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	var timeout net.Error
	if _, err := conn.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("it answers: %v", err)
	}
	_ = conn.Close()
}

// TestNLBBytes moves a lot both ways, with one end finished before the other.
func TestNLBBytes(t *testing.T) {
	t.Parallel()
	a1, _ := backendOf(t, "a1")
	_, at, ends := balancer(t, NLBOptions{Targets: []Target{a1}}, "a")
	sent := make([]byte, 8<<20)
	_, _ = rand.Read(sent)
	conn, err := net.Dial("tcp", at["a"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		_, _ = conn.Write(sent)
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if err != nil || sha256.Sum256(got[len("a1\n"):]) != sha256.Sum256(sent) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if f := <-ends; f.End != FlowClosed || f.Up != int64(len(sent)) || f.Down != int64(len(got)) || f.Target != "a1" || f.Zone != "r/a" || f.Client != addrPort(conn.LocalAddr()) {
		t.Errorf("%+v", f)
	}
}

// TestNLBRefused passes a reset on: at AWS, client and target speak TCP with each
// other.
func TestNLBRefused(t *testing.T) {
	t.Parallel()
	a1, ln := backendOf(t, "a1")
	_ = ln.Close()
	_, at, ends := balancer(t, NLBOptions{Targets: []Target{a1}}, "a")
	conn, err := net.Dial("tcp", at["a"])
	if err == nil { // the reset may have come first
		_, err = conn.Read(make([]byte, 1))
		_ = conn.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client got %v", err)
	}
	if f := <-ends; f.End != FlowRefused || f.Target != "a1" {
		t.Errorf("%+v", f)
	}
}

// TestNLBForgets is a flow that was silent for too long: nobody is told, and who
// sends then is reset.
func TestNLBForgets(t *testing.T) {
	t.Parallel()
	a1, _ := backendOf(t, "a1")
	_, at, ends := balancer(t, NLBOptions{Targets: []Target{a1}, Idle: 100 * time.Millisecond}, "a")
	conn, err := net.Dial("tcp", at["a"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	br := bufio.NewReader(conn)
	if name, err := br.ReadString('\n'); err != nil || name != "a1\n" {
		t.Fatal(name, err)
	}
	if f := <-ends; f.End != FlowForgotten || f.Took < 100*time.Millisecond || f.Down != 3 {
		t.Errorf("%+v", f)
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	var timeout net.Error
	if _, err := br.ReadByte(); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("the client was told: %v", err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := br.ReadByte(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("who sends on it gets %v", err)
	}
}

// TestKeepalive is what keeps a silent flow alive: packets that only the system
// sees.
func TestKeepalive(t *testing.T) {
	t.Parallel()
	requiretest.Linux(t)
	ln := listen(t)
	defer ln.Close()
	conn, err := (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second}}).DialContext(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	quiet(in)
	before := segmentsOf(in)
	for end := time.Now().Add(30 * time.Second); segmentsOf(in) == before; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no segment came beyond the first %d", before)
		}
	}
}

// until waits for something that happens by itself.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// TestNLBHealth takes a target away and gives it back.
func TestNLBHealth(t *testing.T) {
	t.Parallel()
	a1, ln := backendOf(t, "a1")
	a2, _ := backendOf(t, "a2")
	n, at, _ := balancer(t, NLBOptions{Targets: []Target{a1, a2}, Health: 5 * time.Millisecond}, "a")
	if got := who(t, at["a"]); got != "a1" {
		t.Errorf("at first: %s", got)
	}
	_ = ln.Close()
	until(t, "a flow goes to the other target", func() bool { return who(t, at["a"]) == "a2" })
	if !n.Healthy("r/a") {
		t.Error("not healthy with one of two")
	}
	again, err := net.Listen("tcp", a1.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := again.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "again\n")
			_ = conn.Close()
		}
	})
	defer done.Wait()
	defer again.Close()
	until(t, "a flow goes to the first target again", func() bool { return who(t, at["a"]) == "again" })
}

// TestNLBLost is a flow whose target has become unhealthy, with another in the
// zone, and without: only with one is the client reset when it sends.
func TestNLBLost(t *testing.T) {
	t.Parallel()
	for _, others := range []bool{true, false} {
		a1, _ := backendOf(t, "a1")
		a2, _ := backendOf(t, "a2")
		targets := []Target{a1}
		if others {
			targets = append(targets, a2)
		}
		var gone atomic.Bool
		n := NewNLB(NLBOptions{Targets: targets, Health: 5 * time.Millisecond})
		ln := listen(t)
		n.Serve(ln, Node{Zone: "r/a", Dial: func(ctx context.Context, client, target netip.AddrPort) (net.Conn, error) {
			if !client.IsValid() && target == a1.Addr && gone.Load() {
				return nil, syscall.EHOSTUNREACH
			}
			return dial(ctx, client, target)
		}})
		defer n.Close()
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		br := bufio.NewReader(conn)
		if name, err := br.ReadString('\n'); err != nil || name != "a1\n" {
			t.Fatal(name, err)
		}
		gone.Store(true)
		if others {
			until(t, "the target is given up", func() bool { return n.lost("a1", "r/a") })
		} else {
			until(t, "the zone is given up", func() bool { return !n.Healthy("r/a") })
		}
		if _, err := conn.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		switch b, err := br.ReadByte(); {
		case others && !errors.Is(err, syscall.ECONNRESET):
			t.Errorf("with another target: %q, %v", b, err)
		case !others && err != nil:
			t.Errorf("without one: %v", err)
		}
	}
}

// TestNLBProxyProtocol shows a target who came through which endpoint.
func TestNLBProxyProtocol(t *testing.T) {
	t.Parallel()
	ln := &proxyproto.Listener{Listener: listen(t)}
	defer ln.Close()
	n := NewNLB(NLBOptions{Targets: []Target{{Name: "squid", Zone: "r/a", Addr: addrPort(ln.Addr())}}, ProxyProtocol: true, Health: time.Hour})
	defer n.Close()
	eni := listen(t)
	n.Serve(eni, Node{Zone: "r/a", Endpoint: "vpce-0123456789abcdef0", Dial: dial})
	client, err := net.Dial("tcp", eni.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for {
		conn, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		h := conn.(*proxyproto.Conn).ProxyHeader()
		if h == nil || h.Command == proxyproto.LOCAL {
			continue // a health check
		}
		tlvs, err := h.TLVs()
		if err != nil || conn.RemoteAddr().String() != client.LocalAddr().String() || tlvparse.FindAWSVPCEndpointID(tlvs) != "vpce-0123456789abcdef0" {
			t.Errorf("the target sees %v, %q, %v", conn.RemoteAddr(), tlvparse.FindAWSVPCEndpointID(tlvs), err)
		}
		return
	}
}

// TestNLBClose cuts what there is.
func TestNLBClose(t *testing.T) {
	t.Parallel()
	a1, _ := backendOf(t, "a1")
	n, at, ends := balancer(t, NLBOptions{Targets: []Target{a1}}, "a")
	conn, err := net.Dial("tcp", at["a"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if n.Flows() != 1 {
		t.Errorf("%d flows", n.Flows())
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if f := <-ends; f.End != FlowCut || n.Flows() != 0 {
		t.Errorf("%+v, %d flows", f, n.Flows())
	}
}

// TestALB has curl ask a proxy behind it.
func TestALB(t *testing.T) {
	t.Parallel()
	var asked ledger[string]
	squid := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.add(r.Method + " " + r.RequestURI + " " + r.Host + " " + r.Header.Get("X-Forwarded-For"))
		http.Error(w, "ERR_INVALID_URL", http.StatusBadRequest)
	}))
	defer squid.Close()
	a, ln := NewALB(Target{Name: "squid", Addr: addrPort(squid.Listener.Addr())}), listen(t)
	a.Serve(ln, Node{Dial: dial})
	defer a.Close()
	env := []string{"https_proxy=http://" + ln.Addr().String(), "http_proxy=http://" + ln.Addr().String()}
	if r := program(t, env, "curl", "-sS", "https://s3.ap-northeast-1.amazonaws.com/"); r.code != 56 || !strings.Contains(r.err, "400") {
		t.Errorf("CONNECT: %v", r)
	}
	if r := program(t, env, "curl", "-sS", "http://s3.ap-northeast-1.amazonaws.com/key"); !strings.Contains(r.out, "ERR_INVALID_URL") {
		t.Errorf("GET: %v", r)
	}
	if got := asked.take(); len(got) != 1 || got[0] != "GET /key s3.ap-northeast-1.amazonaws.com 127.0.0.1" || a.Refused() != 1 {
		t.Errorf("the proxy was asked %q; %d refused", got, a.Refused())
	}
	if r := program(t, append(env, "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=s"), awsCLI, "sts", "get-caller-identity"); r.code != 255 || !strings.Contains(r.err, "Failed to connect to proxy URL") {
		t.Errorf("the CLI: %v", r)
	}
}
