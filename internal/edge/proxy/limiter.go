package proxy

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

// limiter counts what is open: in all, and for each client. It has no lock that
// all tunnels share.
type limiter struct {
	connections atomic.Int64 // each may come to need two descriptors
	descriptors atomic.Int64
	tunnels     atomic.Int64
	shards      [64]struct {
		mu   sync.Mutex
		open map[clientKey]int
	}
	seed maphash.Seed
}

// clientKey is whose limit it is: the PrivateLink endpoint where one is known,
// since its consumers choose their own addresses, else the client's address.
type clientKey struct {
	addr     netip.Addr
	endpoint string
}

func keyOf(client netip.Addr, endpoint string) clientKey {
	if endpoint != "" {
		return clientKey{endpoint: endpoint}
	}
	return clientKey{addr: client}
}

// reserved descriptors are kept for listeners, the log, name servers, the admin
// listener, attempts beside the first one to connect, what is refused early, and
// the pipes of the relay.
const reserved = 128 + maxShedding + relay.Descriptors + resolve.MaxSockets + resolve.MaxSockets

func (l *limiter) init(descriptors int64) {
	l.descriptors.Store(max(descriptors-reserved, descriptors/2))
	l.seed = maphash.MakeSeed()
	for i := range l.shards {
		l.shards[i].open = map[clientKey]int{}
	}
}

// connect counts a new connection, and reports whether there are descriptors
// left to carry it. It must be disconnected either way.
func (l *limiter) connect() bool { return 2*l.connections.Add(1) <= l.descriptors.Load() }

func (l *limiter) disconnect() { l.connections.Add(-1) }

// acquire counts a tunnel or request for k, unless a limit is reached: then the
// code says which one.
func (l *limiter) acquire(k clientKey, limits config.Limits) (code reason.Code, limit int) {
	if n := l.tunnels.Add(1); n > int64(limits.Tunnels) {
		l.tunnels.Add(-1)
		return reason.TooManyTunnels, limits.Tunnels
	}
	s := &l.shards[maphash.Comparable(l.seed, k)%uint64(len(l.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[k] >= limits.TunnelsPerClient {
		l.tunnels.Add(-1)
		return reason.TooManyOfClient, limits.TunnelsPerClient
	}
	s.open[k]++
	return "", 0
}

// release takes back one acquire.
func (l *limiter) release(k clientKey) {
	l.tunnels.Add(-1)
	s := &l.shards[maphash.Comparable(l.seed, k)%uint64(len(l.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[k]--; s.open[k] <= 0 {
		delete(s.open, k)
	}
}
