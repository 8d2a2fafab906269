package resolve

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// found is what is known of a name: addresses, or why there are none.
type found struct {
	addrs []netip.Addr
	err   *Error
	ttl   time.Duration // for how long it may be kept; 0: not at all
}

// failure returns a copy of the error, for one caller; nil if there is none.
func (f found) failure() *Error {
	if f.err == nil {
		return nil
	}
	e := *f.err
	return &e
}

// cache keeps what was found until its TTL is over, for the names asked for
// most recently. A nil cache keeps nothing.
type cache struct {
	most int
	now  func() time.Time

	mu    sync.Mutex
	names map[string]*list.Element // of kept
	order list.List                // front: asked for most recently
}

type kept struct {
	name string
	found
	until time.Time
}

func newCache(most int, now func() time.Time) *cache {
	if most <= 0 {
		return nil
	}
	return &cache{most: most, now: now, names: make(map[string]*list.Element)}
}

func (c *cache) get(name string) (found, bool) {
	if c == nil {
		return found{}, false
	}
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.names[name]
	if !ok {
		return found{}, false
	}
	k := e.Value.(*kept)
	if !now.Before(k.until) {
		c.drop(e)
		return found{}, false
	}
	c.order.MoveToFront(e)
	return k.found, true
}

// put keeps f. What may not be kept leaves nothing behind, not even what was
// known before.
func (c *cache) put(name string, f found) {
	if c == nil {
		return
	}
	until := c.now().Add(f.ttl)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.names[name]; ok {
		c.drop(e)
	}
	if f.ttl <= 0 {
		return
	}
	for c.order.Len() >= c.most {
		c.drop(c.order.Back())
	}
	c.names[name] = c.order.PushFront(&kept{name, f, until})
}

func (c *cache) drop(e *list.Element) {
	delete(c.names, e.Value.(*kept).name)
	c.order.Remove(e)
}

func (c *cache) len() int {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}
