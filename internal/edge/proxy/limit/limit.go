// Package limit counts what a proxy has open, and says when it is enough.
package limit

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Limiter counts what is open: in all, and for each client. It has no lock that
// all tunnels share.
type Limiter struct {
	Connections atomic.Int64 // each may come to need two descriptors
	Descriptors atomic.Int64 // that connections may take
	Tunnels     atomic.Int64
	shards      [64]struct {
		mu   sync.Mutex
		open map[Key]int
	}
	seed maphash.Seed
}

// Key is whose limit it is: the PrivateLink endpoint where one is known,
// since its consumers choose their own addresses, else the client's address.
type Key struct {
	addr     netip.Addr
	endpoint string
}

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
	l.seed = maphash.MakeSeed()
	for i := range l.shards {
		l.shards[i].open = map[Key]int{}
	}
}

// Connect counts a new connection, and reports whether there are descriptors
// left to carry it. It must be disconnected either way.
func (l *Limiter) Connect() bool { return 2*l.Connections.Add(1) <= l.Descriptors.Load() }

// Disconnect takes back one Connect.
func (l *Limiter) Disconnect() { l.Connections.Add(-1) }

// Acquire counts a tunnel or request for k, unless a limit is reached: then the
// code says which one.
func (l *Limiter) Acquire(k Key, limits config.Limits) (code reason.Code, limit int) {
	if n := l.Tunnels.Add(1); n > int64(limits.Tunnels) {
		l.Tunnels.Add(-1)
		return reason.TooManyTunnels, limits.Tunnels
	}
	s := &l.shards[maphash.Comparable(l.seed, k)%uint64(len(l.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[k] >= limits.TunnelsPerClient {
		l.Tunnels.Add(-1)
		return reason.TooManyOfClient, limits.TunnelsPerClient
	}
	s.open[k]++
	return "", 0
}

// Release takes back one Acquire.
func (l *Limiter) Release(k Key) {
	l.Tunnels.Add(-1)
	s := &l.shards[maphash.Comparable(l.seed, k)%uint64(len(l.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[k]--; s.open[k] <= 0 {
		delete(s.open, k)
	}
}
