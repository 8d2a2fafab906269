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

func TestResetEndsBoth(t *testing.T) {
	type sides struct{ broken, other *net.TCPConn }
	phases := []struct {
		name  string
		until func(t *testing.T, s sides)
		blind bool // the other side has read an end, or a write of its gets the error
		late  bool // only who watches a connection without reading from it can know
	}{
		{name: "before a byte", until: func(*testing.T, sides) {}},
		{name: "idle after a byte", until: func(t *testing.T, s sides) {
			send(t, s.other, []byte("x"))
			expect(t, s.broken, "x")
		}},
		{name: "half-closed by it", blind: true, late: true, until: func(t *testing.T, s sides) {
			_ = s.broken.CloseWrite()
			expectEnd(t, s.other)
		}},
		{name: "half-closed by the other", until: func(t *testing.T, s sides) {
			_ = s.other.CloseWrite()
			expectEnd(t, s.broken)
		}},
		{name: "amid bulk towards it", blind: true, until: func(t *testing.T, s sides) {
			go func() { _, _ = s.other.Write(flood()) }()
			expect(t, s.broken, string(make([]byte, 4<<20)))
		}},
		{name: "amid bulk from it", until: func(t *testing.T, s sides) {
			go func() { _, _ = s.broken.Write(flood()) }()
			expect(t, s.other, string(make([]byte, 4<<20)))
		}},
		{name: "while it does not read", until: func(t *testing.T, s sides) {
			_ = s.other.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			_, _ = s.other.Write(flood())
		}},
	}
	inEveryWay(t, func(t *testing.T, j joiner) {
		for _, phase := range phases {
			if phase.late && !j.watches {
				continue
			}
			for _, c := range []Cause{ClientGone, OriginGone} {
				t.Run(phase.name+": "+c.String(), func(t *testing.T) {
					f := j.join(t)
					s := sides{f.client, f.origin}
					if c == OriginGone {
						s = sides{f.origin, f.client}
					}
					phase.until(t, s)
					end := make(chan error, 1)
					go func() { _, err := io.Copy(io.Discard, s.other); end <- err }()
					reset(s.broken)
					r := f.result(t)
					checkBroken(t, r, c)
					if r.AfterEnd != phase.late && j.watches {
						t.Errorf("AfterEnd = %v, want %v", r.AfterEnd, phase.late)
					}
					// A client may get an end when bytes were on their way to it.
					err := <-end
					if c == ClientGone && !phase.blind && j.watches && !errors.Is(err, syscall.ECONNRESET) {
						t.Errorf("the origin's stream ends with %v, want a reset", err)
					}
				})
			}
		}
	})
}

// A client that goes while both streams are full is gone: an origin that waits to
// be read from reads no more itself, and would keep the tunnel.
func TestClientResetWhileNobodyReads(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		var full sync.WaitGroup
		for _, c := range []*net.TCPConn{f.client, f.origin} {
			full.Go(func() {
				_ = c.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
				_, _ = c.Write(flood())
			})
		}
		full.Wait()
		reset(f.client)
		checkBroken(t, f.result(t), ClientGone)
	})
}

func checkBroken(t *testing.T, r Result, want Cause) {
	t.Helper()
	if r.Cause != want || !errors.Is(r.Err, syscall.ECONNRESET) && !errors.Is(r.Err, syscall.EPIPE) {
		t.Errorf("Result = %+v (%v), want %v with a reset or a broken pipe", r, r.Cause, want)
	}
}

func TestOriginResetReachesAnIdleClient(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		send(t, f.origin, []byte("x"))
		expect(t, f.client, "x")
		reset(f.origin)
		f.result(t)
		if j.watches {
			expectReset(t, f.client)
		}
	})
}

// A server that refuses an upload answers, closes, and resets what still comes.
func TestAnswerBeforeAResetIsDelivered(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		go func() { _, _ = f.client.Write(flood()) }()
		expect(t, f.origin, string(make([]byte, 1<<20)))
		send(t, f.origin, []byte("413 too large"))
		expect(t, f.client, "413 too large")
		_ = f.origin.Close() // with bytes unread: a reset
		checkBroken(t, f.result(t), OriginGone)
	})
}

func TestLimits(t *testing.T) {
	const hour = ticks(time.Hour)
	tests := []struct {
		name string
		lim  Limits
		do   func(*testing.T, *far)
		last ticks // a sweep at this time changes nothing
		at   ticks // a sweep at this time ends it
		want Cause
	}{
		{"idle", Limits{Idle: time.Hour}, nil, hour - 1, hour, Idle},
		{"lifetime, however busy", Limits{Lifetime: time.Hour, Idle: time.Minute},
			func(t *testing.T, f *far) {
				for i := range ticks(60) {
					f.tunnel.pool.clock.now.Store((i + 1) * hour / 60)
					exchange(t, f)
				}
			}, hour - 1, hour, Lifetime},
		{"the earlier of two", Limits{Idle: 2 * time.Hour, Lifetime: time.Hour}, nil, hour - 1, hour, Lifetime},
		{"a byte starts idleness anew", Limits{Idle: time.Hour}, func(t *testing.T, f *far) {
			f.tunnel.pool.clock.now.Store(hour / 2)
			exchange(t, f)
		}, hour + hour/2 - 1, hour + hour/2, Idle},
		{"half-closed, though nothing limits idleness", Limits{}, func(t *testing.T, f *far) {
			f.tunnel.pool.clock.now.Store(hour)
			_ = f.client.CloseWrite()
			expectEnd(t, f.origin)
			until(t, "the direction has ended", func() bool { return f.tunnel.moving.Load() == 1 })
		}, hour + ticks(halfClosedLimit) - 1, hour + ticks(halfClosedLimit), HalfClosed},
	}
	inEveryWay(t, func(t *testing.T, j joiner) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				j.pool.clock.now.Store(0)
				f := j.joinWith(t, nil, tt.lim)
				if tt.do != nil {
					tt.do(t, f)
				}
				j.pool.sweepAt(tt.last)
				if f.tunnel.ending.Load() != nil {
					t.Fatalf("ends at %v, too early", time.Duration(tt.last))
				}
				j.pool.sweepAt(tt.at)
				if r := f.result(t); r.Cause != tt.want || r.Err != nil {
					t.Errorf("Result = %+v (%v), want %v", r, r.Cause, tt.want)
				}
			})
		}
	})
}

// exchange moves a byte each way and so proves that both were counted.
func exchange(t *testing.T, f *far) {
	t.Helper()
	send(t, f.client, []byte("a"))
	expect(t, f.origin, "a")
	send(t, f.origin, []byte("b"))
	expect(t, f.client, "b")
	send(t, f.client, []byte("a"))
	expect(t, f.origin, "a")
}

func TestShortLimitIsKeptInRealTime(t *testing.T) {
	j := joiner{pool: New(), network: "tcp4"}
	defer j.pool.Close()
	const limit = 160 * time.Millisecond
	start := time.Now()
	f := j.joinWith(t, nil, Limits{Idle: limit})
	if r := f.result(t); r.Cause != Idle {
		t.Errorf("Result = %+v, want idle", r)
	}
	if took := time.Since(start); took < limit*15/16 {
		t.Errorf("ended after %v, want %v", took, limit)
	}
}

func TestCutEndsNow(t *testing.T) {
	why := errors.New("the new rules deny it")
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		exchange(t, f)
		f.tunnel.Cut(why)
		f.tunnel.Cut(errors.New("a second reason does not count"))
		if r, want := f.result(t), (Result{Up: 2, Down: 1, Cause: Cut, Err: why}); r != want {
			t.Errorf("Result = %+v, want %+v", r, want)
		}
		expectReset(t, f.client)
		expectReset(t, f.origin)
	})
}

func TestCutWhileBytesMove(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		for range 10 {
			f := j.join(t)
			go func() { _, _ = f.client.Write(flood()) }()
			expect(t, f.origin, string(make([]byte, 1<<20)))
			f.tunnel.Cut(nil)
			if r := f.result(t); r.Cause != Cut {
				t.Errorf("Result = %+v (%v), want cut", r, r.Cause)
			}
		}
	})
}

func TestCloseEndsHundreds(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		var all []*far
		for range 200 {
			all = append(all, j.join(t))
		}
		j.pool.Close()
		for _, f := range all {
			select {
			case r := <-f.ended:
				if r.Cause != Cut || !errors.Is(r.Err, ErrClosed) {
					t.Errorf("Result = %+v, want cut, %v", r, ErrClosed)
				}
			default:
				t.Fatal("Close returned before a tunnel had ended")
			}
		}
		late := j.join(t)
		if r := late.result(t); r.Cause != Cut || !errors.Is(r.Err, ErrClosed) {
			t.Errorf("started after Close: %+v, want cut, %v", r, ErrClosed)
		}
	})
}

// Everything that can end a tunnel does so at once; End is called once: the
// channel has room for one result, and Close waits for all that End does.
func TestOneEndOfMany(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		for range 50 {
			f := j.joinWith(t, []byte("early"), Limits{Idle: time.Second})
			var all sync.WaitGroup
			for _, end := range []func(){
				func() { f.tunnel.Cut(nil) }, func() { reset(f.client) }, func() { reset(f.origin) },
				func() { j.pool.sweepAt(never - 1) },
			} {
				all.Go(end)
			}
			all.Wait()
			f.result(t)
		}
	})
}
