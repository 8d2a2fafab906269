package resolve

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// These tests run in a bubble where time moves only when all wait, with name
// servers at the other end of pipes.

// pipes dials servers that answer with what reply returns, nil being silence.
func pipes(reply func(server string, query []byte) []byte) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			buf := make([]byte, 4096)
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			if msg := reply(address, buf[:n]); msg != nil {
				_, _ = server.Write(msg)
			}
			_, _ = server.Read(buf) // until the client has gone
		}()
		return client, nil
	}
}

const one, two = "192.0.2.53:53", "192.0.2.54:53"

func asksA(query []byte) bool {
	q := new(dns.Msg)
	return q.Unpack(query) == nil && q.Question[0].Qtype == dns.TypeA
}

// TestShares: every try has its share of the time that is left.
func TestShares(t *testing.T) {
	type try struct {
		Server string
		At     time.Duration
	}
	quiet := func(string, []byte) []byte { return nil }
	tests := map[string]struct {
		reply func(server string, query []byte) []byte
		want  []try
		took  time.Duration
		kind  Kind // of the error; Failed: none
	}{
		"all silent: two rounds": {quiet, []try{{one, 0}, {two, 1 * time.Second}, {one, 2 * time.Second}, {two, 3 * time.Second}}, 4 * time.Second, Timeout},
		"the first answers":      {func(_ string, query []byte) []byte { return truth(query) }, []try{{one, 0}}, 0, Failed},
		"the second answers": {func(server string, query []byte) []byte {
			if server == one {
				return nil
			}
			return truth(query)
		}, []try{{one, 0}, {two, 1 * time.Second}}, 1 * time.Second, Failed},
		"who fails at once leaves its time to the others": {func(server string, query []byte) []byte {
			if server == one {
				q := new(dns.Msg)
				_ = q.Unpack(query)
				msg, _ := new(dns.Msg).SetRcode(q, dns.RcodeServerFailure).Pack()
				return msg
			}
			return nil
		}, []try{{one, 0}, {two, 0}, {two, 2 * time.Second}}, 4 * time.Second, Timeout},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var mu sync.Mutex
				var tries []try
				r := newResolver(t, Options{Servers: []string{one, two}, Timeout: 4 * time.Second, dial: pipes(func(server string, query []byte) []byte {
					if asksA(query) {
						mu.Lock()
						defer mu.Unlock()
						tries = append(tries, try{server, time.Since(start)})
					}
					return tt.reply(server, query)
				})})
				_, err := lookup(t, r, "a.example")
				if took := time.Since(start); took.Round(time.Millisecond) != tt.took {
					t.Errorf("Lookup took %v, want %v", took, tt.took)
				}
				mu.Lock()
				defer mu.Unlock()
				for i := range tries {
					tries[i].At = tries[i].At.Round(time.Millisecond)
				}
				if diff := cmp.Diff(tt.want, tries); diff != "" {
					t.Errorf("tries (-want +got):\n%s", diff)
				}
				if tt.kind != Failed {
					wantKind(t, err, tt.kind)
				} else if err != nil {
					t.Errorf("Lookup: %v", err)
				}
			})
		})
	}
}

// TestOneFamilyIsEnough: some firewalls and servers swallow AAAA queries.
func TestOneFamilyIsEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var queries int
		r := newResolver(t, Options{Servers: []string{one}, Timeout: 4 * time.Second, Cache: 10, dial: pipes(func(_ string, query []byte) []byte {
			if !asksA(query) {
				return nil
			}
			queries++
			return truth(query) // with a TTL of a minute
		})})
		for _, step := range []struct {
			passes, took time.Duration
			queries      int
		}{
			{0, grace, 1},
			{partial - 1, 0, 1},
			{1, grace, 2},
		} {
			time.Sleep(step.passes)
			start := time.Now()
			got, err := lookup(t, r, "a.example")
			if diff := cmp.Diff([]string{"192.0.2.1"}, got); diff != "" {
				t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
			}
			if took := time.Since(start); took != step.took || queries != step.queries {
				t.Errorf("Lookup took %v and %d queries so far, want %v and %d", took, queries, step.took, step.queries)
			}
		}
	})
}

func TestDeadServerIsAskedLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newResolver(t, Options{Servers: []string{one, two}, Timeout: 4 * time.Second, dial: pipes(func(server string, query []byte) []byte {
			if server == one {
				return nil
			}
			return truth(query)
		})})
		for i, want := range []time.Duration{time.Second, time.Second, 0, 0} { // two families: two silences a lookup
			start := time.Now()
			if _, err := lookup(t, r, "a.example"); err != nil || time.Since(start) != want {
				t.Errorf("lookup %d = %v after %v, want %v", i, err, time.Since(start), want)
			}
		}
		time.Sleep(dead)
		start := time.Now()
		if _, err := lookup(t, r, "a.example"); err != nil || time.Since(start) == 0 {
			t.Errorf("Lookup = %v after %v: the dead server got no other chance", err, time.Since(start))
		}
	})
}

func TestFirstCallerLeavesTheOthersStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		r := newResolver(t, Options{Servers: []string{one}, Timeout: time.Minute, dial: pipes(func(_ string, query []byte) []byte {
			<-answer
			return truth(query)
		})})
		first, cancel := context.WithCancelCause(t.Context())
		gone := make(chan error, 1)
		go func() { _, err := r.Lookup(first, "a.example"); gone <- err }()
		synctest.Wait()
		stayed := make(chan error, 20)
		for range cap(stayed) {
			go func() { _, err := r.Lookup(t.Context(), "A.example."); stayed <- err }()
		}
		synctest.Wait()
		cause := errors.New("client went away")
		cancel(cause)
		if err := <-gone; !errors.Is(err, cause) || !errors.Is(err, ErrTimeout) {
			t.Errorf("Lookup of the caller that left = %v, want its cause and ErrTimeout", err)
		}
		close(answer)
		for range cap(stayed) {
			if err := <-stayed; err != nil {
				t.Errorf("Lookup of a caller that stayed: %v", err)
			}
		}
		if s := r.Stats(); s.Queries != 2 || s.Flying != 0 {
			t.Errorf("Stats = %+v, want 2 queries for all and nothing under way", s)
		}
	})
}

func TestFlightsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newResolver(t, Options{Servers: []string{one}, Timeout: 4 * time.Second, flights: 2, dial: pipes(func(string, []byte) []byte { return nil })})
		gone := make(chan error, 2)
		for _, name := range []string{"a.example", "b.example"} {
			go func() { _, err := r.Lookup(t.Context(), name); gone <- err }()
		}
		synctest.Wait()
		_, err := r.Lookup(t.Context(), "c.example")
		wantKind(t, err, Overloaded)
		if !errors.Is(err, ErrTimeout) {
			t.Errorf("Lookup = %v, want it to be ErrTimeout", err)
		}
		if s := r.Stats(); s.Flying != 2 || s.Failures["overloaded"] != 1 {
			t.Errorf("Stats = %+v, want two lookups under way and one overloaded", s)
		}
		wantKind(t, <-gone, Timeout)
		wantKind(t, <-gone, Timeout)
		_, err = r.Lookup(t.Context(), "c.example")
		wantKind(t, err, Timeout)
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		r := newResolver(t, Options{Servers: []string{one}, Timeout: time.Minute, dial: pipes(func(string, []byte) []byte { return nil })})
		gone := make(chan error, 1)
		go func() { _, err := r.Lookup(t.Context(), "a.example"); gone <- err }()
		synctest.Wait()
		r.Close()
		if err := <-gone; !errors.Is(err, ErrTimeout) || time.Since(start) != 0 {
			t.Errorf("Lookup under way at Close = %v after %v, want ErrTimeout at once", err, time.Since(start))
		}
		_, err := r.Lookup(t.Context(), "b.example")
		wantKind(t, err, Closed)
	})
}

// TestCallersOwnDeadline: a caller in a hurry does not wait for the servers.
func TestCallersOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newResolver(t, Options{Servers: []string{one}, Timeout: time.Minute, dial: pipes(func(string, []byte) []byte { return nil })})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := r.Lookup(ctx, "a.example")
		wantKind(t, err, Timeout)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("Lookup = %v after %v, want the deadline of a second", err, time.Since(start))
		}
	})
}
