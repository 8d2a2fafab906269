package proxy

import (
	"iter"
	"sync"
	"sync/atomic"
)

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
	t.slot = uint32(len(t.shard.list))
	t.shard.list = append(t.shard.list, t)
}

// remove forgets t, if it has been added.
func (ts *tunnels) remove(t *tunnel) {
	if t.shard == nil {
		return
	}
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
