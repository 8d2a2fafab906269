package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"
)

func addrs(texts ...string) (all []netip.Addr) {
	for _, s := range texts {
		all = append(all, netip.MustParseAddr(s))
	}
	return all
}

// RFC 8305 section 4: families take turns, each in the order of the answer.
func TestInterleave(t *testing.T) {
	got := Interleave(addrs("10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1", "fd00::2"))
	if want := addrs("fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func listen(t *testing.T) uint16 {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return netip.MustParseAddrPort(ln.Addr().String()).Port()
}

// Nobody listens at 127.0.0.2 and 127.0.0.3: the address that does is found, and
// said.
func TestAnyFindsTheOneThatAnswers(t *testing.T) {
	port := listen(t)
	for _, all := range [][]netip.Addr{addrs("127.0.0.1"), addrs("127.0.0.2", "127.0.0.3", "127.0.0.1")} {
		c, addr, err := Any(&net.Dialer{}, NewUntil(time.Now().Add(time.Minute)), all, port)
		if err != nil {
			t.Fatalf("%v: %v", all, err)
		}
		if _ = c.Close(); addr != netip.AddrPortFrom(all[len(all)-1], port) {
			t.Errorf("%v: %s", all, addr)
		}
	}
}

// No more than eight addresses are tried.
func TestAnyGivesUp(t *testing.T) {
	port := listen(t)
	all := addrs("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6", "127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.1")
	if c, addr, err := Any(&net.Dialer{}, NewUntil(time.Now().Add(time.Minute)), all, port); err == nil {
		_ = c.Close()
		t.Errorf("the ninth address was tried: %s", addr)
	} else if Timeout(err) {
		t.Errorf("%v is no matter of time", err)
	}
}

// A time-out says more than a refusal, whichever comes first.
func TestAnySaysMost(t *testing.T) {
	d := &net.Dialer{ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		if host, _, _ := net.SplitHostPort(address); host == "127.0.0.2" {
			return context.DeadlineExceeded
		}
		return errors.New("refused")
	}}
	for _, all := range [][]netip.Addr{addrs("127.0.0.2", "127.0.0.3"), addrs("127.0.0.3", "127.0.0.2")} {
		if _, _, err := Any(d, NewUntil(time.Now().Add(time.Minute)), all, 1); !Timeout(err) {
			t.Errorf("%v: %v, want that of 127.0.0.2", all, err)
		}
	}
}

// End ends a dial that would have gone on for a minute.
func TestEnd(t *testing.T) {
	var until *Until
	d := &net.Dialer{ControlContext: func(ctx context.Context, _, _ string, _ syscall.RawConn) error {
		over := make(chan struct{})
		context.AfterFunc(ctx, func() { close(over) })
		go until.End()
		select {
		case <-over:
			return context.Canceled
		case <-time.After(time.Minute):
			return errors.New("nobody told the dial")
		}
	}}
	for _, all := range [][]netip.Addr{addrs("127.0.0.2"), addrs("127.0.0.2", "127.0.0.3")} {
		until = NewUntil(time.Now().Add(2 * time.Minute))
		if _, _, err := Any(d, until, all, 1); !errors.Is(err, context.Canceled) || !until.Ended() || until.Err() == nil {
			t.Errorf("%v: %v, ended %v, %v", all, err, until.Ended(), until.Err())
		}
	}
}

// An Until that is past its time says so as contexts do.
func TestUntilIsOver(t *testing.T) {
	until := NewUntil(time.Now().Add(-time.Second))
	if at, ok := until.Deadline(); !ok || at.After(time.Now()) {
		t.Errorf("Deadline() = %v, %v", at, ok)
	}
	if until.Ended() || !errors.Is(until.Err(), context.DeadlineExceeded) {
		t.Errorf("ended %v, Err() = %v", until.Ended(), until.Err())
	}
}
