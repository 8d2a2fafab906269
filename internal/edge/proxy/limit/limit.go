// Package limit counts what a proxy has open, and says when it is enough.
package limit

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
)

// Limiter counts what is open: in all, and for each client. It has no lock that
// all tunnels share.
type Limiter struct {
	Connections atomic.Int64 // each may come to need two descriptors
	Descriptors atomic.Int64 // that connections may take
	Tunnels     atomic.Int64
	Nameless    Nameless
	shards      [64]shard
	seed        maphash.Seed
}

type shard struct {
	mu   sync.Mutex
	open map[Key]share
}

func (l *Limiter) shard(k Key) *shard {
	return &l.shards[maphash.Comparable(l.seed, k)%uint64(len(l.shards))]
}

// Key is whose limit it is: the PrivateLink endpoint where one is known,
// since its consumers choose their own addresses, else the client's address.
type Key struct {
	addr     netip.Addr
	endpoint string
}

// share is what one client has.
type share struct {
	open    int           // connections
	lookups chan struct{} // a token for each lookup under way; nil before the first
}

// Whose returns a number for k, which is not 0. Two keys may have the same one, now
// and then.
func (l *Limiter) Whose(k Key) uint64 { return maphash.Comparable(l.seed, k) | 1 }

// KeyOf returns whose limit holds for client.
func KeyOf(client netip.Addr, endpoint string) Key {
	if endpoint != "" {
		return Key{endpoint: endpoint}
	}
	return Key{addr: client}
}

// reserved descriptors are kept for listeners, the log, name servers, the admin
// listener, attempts beside the first one to connect, what is refused early, and
// the pipes of the relay.
const reserved = 128 + relay.Descriptors + resolve.MaxSockets + resolve.MaxSockets

// Init makes l ready for a process that may have so many descriptors, and refuses
// so many connections at once.
func (l *Limiter) Init(descriptors, shedding int64) {
	l.Descriptors.Store(max(descriptors-reserved-shedding, descriptors/2))
	l.Nameless.Most.Store(l.Descriptors.Load() / 4) // half of the connections
	l.seed = maphash.MakeSeed()
	for i := range l.shards {
		l.shards[i].open = map[Key]share{}
	}
}

// Connect counts a new connection, and reports whether there are descriptors
// left to carry it. It must be disconnected either way.
func (l *Limiter) Connect() bool { return 2*l.Connections.Add(1) <= l.Descriptors.Load() }

// Disconnect takes back one Connect, and the Enter of k unless k is zero.
func (l *Limiter) Disconnect(k Key) {
	l.Connections.Add(-1)
	if k == (Key{}) {
		return
	}
	s := l.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[k]
	if c.open--; c.open <= 0 {
		delete(s.open, k)
		return
	}
	s.open[k] = c
}

// Room is what a client's limit has left for one more connection. The zero Room is
// none.
type Room int

// What there may be room for.
const (
	None   Room = iota // it was not counted
	Word               // saying that there are too many
	Served             // all that it asks for
)

// words is how many connections of a client that has too many are told so at a
// time. They live for a second or two.
const words = 16

// Enter counts a connection for its client, who may have most of them. A tunnel, a
// request and a connection that has not asked yet count the same: each holds
// descriptors that nobody else can have.
func (l *Limiter) Enter(k Key, most int) Room {
	s := l.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[k]
	if c.open >= most+words {
		return None
	}
	c.open++
	s.open[k] = c
	if c.open > most {
		return Word
	}
	return Served
}

// Lookups is how many names of one client are asked for at a time: an eighth of
// those of all.
const Lookups = 32

// Asking holds a token for each lookup that is under way for k, which has a
// connection: who puts one in waits for the same client's others, for nobody else's.
func (l *Limiter) Asking(k Key) chan struct{} {
	s := l.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[k]
	if c.lookups == nil {
		c.lookups = make(chan struct{}, Lookups)
		s.open[k] = c
	}
	return c.lookups
}

// Acquire counts a tunnel or request, unless there are too many.
func (l *Limiter) Acquire(most int) bool {
	if l.Tunnels.Add(1) > int64(most) {
		l.Tunnels.Add(-1)
		return false
	}
	return true
}

// Release takes back one Acquire.
func (l *Limiter) Release() { l.Tunnels.Add(-1) }
