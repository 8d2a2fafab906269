package proxy

import (
	"errors"
	"iter"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/relay"
)

// tunnel is what the proxy remembers of a pair that the relay runs: enough to
// list it, to judge it again after a reload, and to log it when it ends.
type tunnel struct {
	s             *Server
	key           clientKey
	since         time.Time
	record        observe.Record // only End changes it
	ahead, behind int64          // bytes passed on before the relay began: to the origin, to the client
	relay         atomic.Pointer[relay.Tunnel]
	shard         *tunnelShard
	slot          int // place in shard.list
}

// start hands client and origin to the relay.
func (t *tunnel) start(client, origin *net.TCPConn, admittedBy *Policy) {
	cfg := admittedBy.Config
	if cfg.Log.Open {
		r := t.record
		r.Event, r.Time = observe.Open, time.Now()
		t.s.access.Load().Write(&r)
	}
	t.s.Metrics.Established(time.Since(t.since))
	t.s.tunnels.add(t)
	limits := relay.Limits{Idle: cfg.Limits.Idle, Lifetime: cfg.Limits.Lifetime}
	t.relay.Store(t.s.relay.Start(client, origin, nil, limits, t))
	if p := t.s.rechecked.Load(); p != nil && admittedBy.number < p.number && !p.permits(t, t.s.own.contains, time.Now()) {
		t.cut(errRecheck)
	}
}

// End logs the tunnel and gives back what it held. The relay calls it.
func (t *tunnel) End(r relay.Result) {
	t.s.tunnels.remove(t)
	t.s.limiter.release(t.key)
	t.s.limiter.disconnect()
	t.record.Up, t.record.Down = t.ahead+r.Up, t.behind+r.Down
	switch {
	case r.AfterEnd:
		// Whoever closes a TLS connection often does not wait for the other
		// side's goodbye. That is an end like any other.
	case errors.Is(r.Err, errCut):
		t.record.Err = r.Err.Error()
	case r.Err != nil:
		t.record.Err = r.Cause.String() + ": " + plainError(r.Err)
	case r.Cause != relay.Finished:
		t.record.Err = r.Cause.String()
	}
	t.s.ended(&t.record, t.since)
}

// cut ends the tunnel now; why appears in the log.
func (t *tunnel) cut(why error) {
	if r := t.relay.Load(); r != nil {
		r.Cut(why)
	}
}

// tunnels is the set of live tunnels. It has no lock that all of them share.
type tunnels struct {
	next   atomic.Uint32
	shards [64]tunnelShard
}

type tunnelShard struct {
	mu   sync.Mutex
	list []*tunnel
}

func (ts *tunnels) add(t *tunnel) {
	t.shard = &ts.shards[ts.next.Add(1)%uint32(len(ts.shards))]
	t.shard.mu.Lock()
	defer t.shard.mu.Unlock()
	t.slot = len(t.shard.list)
	t.shard.list = append(t.shard.list, t)
}

func (ts *tunnels) remove(t *tunnel) {
	t.shard.mu.Lock()
	defer t.shard.mu.Unlock()
	last := len(t.shard.list) - 1
	moved := t.shard.list[last]
	t.shard.list[t.slot], moved.slot = moved, t.slot
	t.shard.list[last] = nil
	t.shard.list = t.shard.list[:last]
}

// all yields the tunnels that are live when it comes to them.
func (ts *tunnels) all() iter.Seq[*tunnel] {
	return func(yield func(*tunnel) bool) {
		for i := range ts.shards {
			s := &ts.shards[i]
			s.mu.Lock()
			list := append([]*tunnel(nil), s.list...)
			s.mu.Unlock()
			for _, t := range list {
				if !yield(t) {
					return
				}
			}
		}
	}
}

func (ts *tunnels) count() int {
	n := 0
	for i := range ts.shards {
		ts.shards[i].mu.Lock()
		n += len(ts.shards[i].list)
		ts.shards[i].mu.Unlock()
	}
	return n
}
