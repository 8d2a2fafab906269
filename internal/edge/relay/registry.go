package relay

import (
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// registry holds the running tunnels. It is cut in shards, one for each
// processor, so that there is no lock that all tunnels take.
type registry struct {
	next   atomic.Uint32
	shards []*shard
}

// maxShards bounds the descriptors that loops take.
const maxShards = 32

// shard is a table of tunnels. A tunnel keeps its slot while it runs, and its
// number tells it from those that had the slot before.
type shard struct {
	mu     sync.Mutex
	seats  []seat
	free   []uint32 // slots
	closed bool
}

// seat is a place of a shard. It is small, and they stand side by side: a sweep
// looks at one after the other and touches only those tunnels that may be due.
type seat struct {
	tunnel *Tunnel // nil if free
	due    ticks   // before this, no limit of the tunnel can be reached
	number uint32  // changes with each tunnel
}

func (r *registry) init() {
	for range min(runtime.GOMAXPROCS(0), maxShards) {
		r.shards = append(r.shards, &shard{})
	}
}

// some returns a shard, each in its turn.
func (r *registry) some() *shard {
	return r.shards[r.next.Add(1)%uint32(len(r.shards))]
}

// add gives t a place, and makes Close wait for it, unless it is too late for
// that. s.mu is held.
func (s *shard) add(t *Tunnel) (number uint32, ok bool) {
	if s.closed {
		return 0, false
	}
	t.pool.running.Add(1)
	t.shard = s
	if n := len(s.free); n > 0 {
		t.slot, s.free = s.free[n-1], s.free[:n-1]
	} else {
		t.slot = uint32(len(s.seats))
		s.seats = append(s.seats, seat{})
	}
	at := &s.seats[t.slot]
	at.tunnel, at.due = t, t.look(t.begun)
	return at.number, true
}

// remove frees the place of t.
func (s *shard) remove(t *Tunnel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := &s.seats[t.slot]
	at.tunnel, at.number = nil, at.number+1
	s.free = append(s.free, t.slot)
}

// at returns the tunnel with that number in slot, or nil if it has ended. s.mu
// is held.
func (s *shard) at(slot, number uint32) *Tunnel {
	if int(slot) >= len(s.seats) || s.seats[slot].number != number {
		return nil
	}
	return s.seats[slot].tunnel
}

// close lets no tunnel in any more.
func (r *registry) close() {
	for _, s := range r.shards {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
	}
}

// all yields the tunnels that run when a shard's turn comes.
func (r *registry) all() iter.Seq[*Tunnel] {
	return func(yield func(*Tunnel) bool) {
		for _, s := range r.shards {
			for _, t := range s.list() {
				if !yield(t) {
					return
				}
			}
		}
	}
}

func (s *shard) list() (all []*Tunnel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.seats {
		if t := s.seats[i].tunnel; t != nil {
			all = append(all, t)
		}
	}
	return all
}

type overdue struct {
	tunnel *Tunnel
	cause  Cause
}

// overdue returns the tunnels that have reached a limit, and which.
func (s *shard) overdue(now ticks) (all []overdue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.seats {
		at := &s.seats[i]
		if at.due > now || at.tunnel == nil {
			continue
		}
		if due, c := at.tunnel.due(); due <= now {
			all = append(all, overdue{at.tunnel, c})
		}
		at.due = at.tunnel.look(now)
	}
	return all
}
