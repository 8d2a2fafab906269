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
// most recently. A name that was asked for once makes room before one that was
// asked for again: names without end, which somebody makes up, push out each
// other and not what everybody uses. A nil cache keeps nothing.
type cache struct {
	most int
	now  func() time.Time

	mu    sync.Mutex
	names map[string]*list.Element // of kept
	once  list.List                // front: asked for most recently
	again list.List                // the same; up to three quarters of all
}

type kept struct {
	name string
	found
	until time.Time
	in    *list.List // once or again
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
	c.use(e)
	return k.found, true
}

// use notes that e was asked for once more. What has not been asked for longest
// goes back among the names that were asked for once.
func (c *cache) use(e *list.Element) {
	k := e.Value.(*kept)
	if k.in == &c.again {
		c.again.MoveToFront(e)
		return
	}
	c.move(e, &c.again)
	if c.again.Len() > max(1, c.most*3/4) {
		c.move(c.again.Back(), &c.once)
	}
}

// move puts e at the front of another list.
func (c *cache) move(e *list.Element, to *list.List) {
	k := e.Value.(*kept)
	k.in.Remove(e)
	k.in = to
	c.names[k.name] = to.PushFront(k)
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
	for c.once.Len()+c.again.Len() >= c.most {
		last := c.once.Back()
		if last == nil {
			last = c.again.Back()
		}
		c.drop(last)
	}
	c.names[name] = c.once.PushFront(&kept{name, f, until, &c.once})
}

func (c *cache) drop(e *list.Element) {
	k := e.Value.(*kept)
	delete(c.names, k.name)
	k.in.Remove(e)
}

func (c *cache) len() int {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.once.Len() + c.again.Len()
}
