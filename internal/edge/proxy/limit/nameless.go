package limit

import (
	"container/list"
	"sync"
	"sync/atomic"
)

// Nameless are the connections of which nobody can tell yet whose they are: a load
// balancer has opened them, and has not said for whom. No client's limit holds for
// them, so there may be only so many, and the one that has kept silent for longest
// makes room for the next. The zero Nameless lets in one.
type Nameless struct {
	Most atomic.Int64

	mu  sync.Mutex
	all list.List // of func(), the oldest first
}

// Place is that of one connection.
type Place = list.Element

// Enter takes up a connection. If there are too many, it shuts the oldest and
// reports so; shut must not wait, and is not called after Leave.
func (n *Nameless) Enter(shut func()) (p *Place, full bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if full = n.all.Len() > 0 && n.all.Len() >= int(n.Most.Load()); full {
		n.all.Remove(n.all.Front()).(func())()
	}
	return n.all.PushBack(shut), full
}

// Leave ends the place of a connection; nil is nobody's.
func (n *Nameless) Leave(p *Place) {
	if p == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all.Remove(p) // nothing, if it had to make room
}

// Hold calls f while nobody is shut. It ends the place p if f reports false.
func (n *Nameless) Hold(p *Place, f func() bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !f() {
		n.all.Remove(p)
	}
}
