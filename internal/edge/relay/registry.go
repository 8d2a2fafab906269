package relay

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// registry holds the running tunnels. It is cut in shards so that a sweep over
// fifty thousand tunnels does not hold up those that start or end.
type registry struct {
	next   atomic.Uint32
	shards [shards]shard
}

const shards = 16

type shard struct {
	mu      sync.Mutex
	tunnels []*Tunnel
}

// add gives t a place.
func (r *registry) add(t *Tunnel) {
	t.shard = &r.shards[r.next.Add(1)%shards]
	s := t.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	t.slot = len(s.tunnels)
	s.tunnels = append(s.tunnels, t)
}

// remove gives the place of t to the last of its shard.
func (s *shard) remove(t *Tunnel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.tunnels) - 1
	s.tunnels[t.slot] = s.tunnels[last]
	s.tunnels[t.slot].slot = t.slot
	s.tunnels[last] = nil
	s.tunnels = s.tunnels[:last]
	if cap(s.tunnels) > 64 && last < cap(s.tunnels)/4 { // a peak is not kept
		s.tunnels = slices.Clip(slices.Clone(s.tunnels))
	}
}

// all yields the tunnels that run when a shard's turn comes.
func (r *registry) all() iter.Seq[*Tunnel] {
	return func(yield func(*Tunnel) bool) {
		for i := range r.shards {
			s := &r.shards[i]
			s.mu.Lock()
			some := slices.Clone(s.tunnels)
			s.mu.Unlock()
			for _, t := range some {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// due yields the tunnels that have reached a limit, and which.
func (r *registry) due(now ticks) iter.Seq2[*Tunnel, Cause] {
	return func(yield func(*Tunnel, Cause) bool) {
		for i := range r.shards {
			for _, o := range r.shards[i].overdue(now) {
				if !yield(o.tunnel, o.cause) {
					return
				}
			}
		}
	}
}

type overdue struct {
	tunnel *Tunnel
	cause  Cause
}

func (s *shard) overdue(now ticks) (all []overdue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tunnels {
		if at, c := t.due(); at <= now {
			all = append(all, overdue{t, c})
		}
	}
	return all
}
