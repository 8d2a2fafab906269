package proxy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// errCut marks what the proxy itself ended; the text says why.
var errCut = errors.New("cut")

// The reasons for which the proxy ends a tunnel.
var (
	errDrain   = fmt.Errorf("%w: the drain time was over", errCut)
	errRecheck = fmt.Errorf("%w: denied after a reload", errCut)
)

// Draining reports whether s is shutting down.
func (s *Server) Draining() bool { return s.draining.Load() }

// Shutdown stops accepting, lets requests and tunnels finish until ctx ends,
// and cuts the rest. It returns how many tunnels were cut. Everything that the
// server started has ended when it returns.
func (s *Server) Shutdown(ctx context.Context) (cut int) {
	s.draining.Store(true)
	s.mu.Lock()
	for _, l := range s.listeners {
		_ = l.Close()
	}
	s.mu.Unlock()
	s.open.hurry()
	if !s.wait(ctx, 20*time.Millisecond) {
		for t := range s.tunnels.all() {
			cut++
			t.cut(errDrain)
		}
		s.cutting.Store(true)
		s.open.closeAll()
		s.relay.Hurry()
	}
	s.conns.Wait()
	s.relay.Close()
	return cut
}

// Retire stops accepting because another process has the sockets now, and waits
// until all that was accepted has ended by itself. It reports false if ctx ends
// before. Unlike Shutdown it refuses and hurries nobody: who was accepted does
// not know that there are two.
func (s *Server) Retire(ctx context.Context) bool {
	s.retired.Store(true)
	s.mu.Lock()
	for _, l := range s.listeners {
		_ = l.Close()
	}
	s.mu.Unlock()
	return s.wait(ctx, time.Second)
}

// wait looks every so often until there is no connection left, or ctx ends. Tunnels are
// counted, not joined: they belong to the relay.
func (s *Server) wait(ctx context.Context, every time.Duration) bool {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for s.limiter.Connections.Load() > 0 {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// Recheck judges every live tunnel by the policy in force and cuts those that
// it denies. It returns how many it cut.
func (s *Server) Recheck(now time.Time) (cut int) {
	p := s.Policy()
	s.rechecked.Store(p) // tunnels that stand after this ask by themselves
	for t := range s.tunnels.all() {
		if p.permits(t, s.own.Contains, now) {
			continue
		}
		cut++
		t.cut(errRecheck)
	}
	return cut
}

// permits reports whether p would let t through today, to the address that it
// was connected to.
func (p *Policy) permits(t *tunnel, own access.Own, now time.Time) bool {
	q, err := requestOf(t, now)
	q.Own = own
	if err != nil {
		return false
	}
	d := p.Rules.Decide(&q)
	if d.Verdict == access.Denied {
		return false
	}
	if t.parent != "" {
		parent := p.Rules.Parent(&q)
		return parent != nil && parent.Address == t.parent
	}
	return p.Rules.Answer(&q, d, []netip.Addr{t.addr.Addr()}).Verdict != access.Denied
}

// requestOf is the request that t was admitted for, as if it came now.
func requestOf(t *tunnel, now time.Time) (access.Request, error) {
	host, err := netset.ParseHost(t.host)
	q := access.Request{
		Client: t.client.Addr(), Endpoint: t.endpoint,
		Host: host, Port: t.port, Now: now,
	}
	if t.method != http.MethodConnect {
		q.Scheme = access.HTTP
	}
	if err == nil && !host.IsAddr() {
		q.Name = awsdata.Names().Classify(host)
	}
	return q, err
}

// connSet is the set of connections that the proxy, not the relay, holds.
type connSet struct {
	shards [64]struct {
		mu  sync.Mutex
		set map[*conn]struct{}
	}
}

func (cs *connSet) shard(c *conn) int { return int(c.peer.Port()) % len(cs.shards) }

func (cs *connSet) add(c *conn) {
	s := &cs.shards[cs.shard(c)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = map[*conn]struct{}{}
	}
	s.set[c] = struct{}{}
}

func (cs *connSet) remove(c *conn) {
	s := &cs.shards[cs.shard(c)]
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.set, c)
}

// hurry ends the wait of connections that are between two requests.
func (cs *connSet) hurry() {
	cs.each(func(c *conn) {
		if c.idle.Load() {
			_ = c.tcp.SetReadDeadline(time.Now())
		}
	})
}

// closeAll closes every connection, and that to its origin: a request may wait
// for either.
func (cs *connSet) closeAll() {
	cs.each(func(c *conn) {
		_ = c.tcp.Close()
		if far := c.far.Load(); far != nil {
			_ = far.Close()
		}
	})
}

func (cs *connSet) each(do func(*conn)) {
	for i := range cs.shards {
		s := &cs.shards[i]
		s.mu.Lock()
		for c := range s.set {
			do(c)
		}
		s.mu.Unlock()
	}
}
