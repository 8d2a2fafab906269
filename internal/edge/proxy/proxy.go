// Package proxy is the forward proxy itself: it accepts connections, reads one
// bounded head, asks package access whether the client may reach the host,
// resolves the name, dials an address that was checked, and hands the pair to
// the relay. What it refuses, it refuses with a reason.
//
// One connection's way through the files: listen.go accepts, conn.go finds out
// who asks and what for, connect.go (CONNECT) or forward.go (http://) carries
// it out, reach.go resolves and dials, refuse.go says no, tunnel.go remembers and
// logs, drain.go ends it all. On Linux quick_linux.go tries first to do all this
// without waiting, and so without a goroutine.
package proxy

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/limit"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/machine"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/refused"
	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Policy is a configuration in force: what was written, and what was made of
// it. It is immutable; a reload swaps one pointer, and a request keeps the
// Policy it started with.
type Policy struct {
	Config   *config.Config
	Rules    *access.Rules
	Resolver Resolver

	number  uint64   // its place among those of its Server, which Swap gives
	sayings sync.Map // *said by decided
}

// Resolver finds the addresses of a name. An error that wraps
// context.DeadlineExceeded, or whose Timeout method says so, is a timeout.
type Resolver interface {
	Lookup(ctx context.Context, name string) ([]netip.Addr, error)
}

// Options are what a Server needs of the world besides its Policy.
type Options struct {
	Log     *slog.Logger
	Metrics *observe.Metrics
}

// Server is a running proxy.
type Server struct {
	Options
	begun    time.Time
	policy   atomic.Pointer[Policy]
	access   atomic.Pointer[observe.AccessLog]
	relay    *relay.Pool
	tunnels  tunnels
	limiter  limit.Limiter
	own      machine.Addresses
	refusals refused.Latest
	shedding chan struct{} // holds one token for each connection that is being told 503

	rechecked atomic.Pointer[Policy] // by which live tunnels were judged last; nil if never
	draining  atomic.Bool
	retired   atomic.Bool    // another process accepts now
	cutting   atomic.Bool    // the drain time is over
	conns     sync.WaitGroup // connections that the proxy, not the relay, holds
	open      connSet

	mu        sync.Mutex // guards what follows
	listeners map[string]*listener
}

// New returns a Server that enforces p and writes to l. It listens to nothing
// yet.
func New(p *Policy, l *observe.AccessLog, o Options) *Server {
	s := &Server{Options: o, begun: time.Now(), relay: relay.New(), listeners: map[string]*listener{}, shedding: make(chan struct{}, maxShedding)}
	s.relay.Panicked = s.panicked("relay")
	s.policy.Store(p)
	s.access.Store(l)
	s.own.Refresh()
	s.limiter.Init(machine.Descriptors(), maxShedding)
	return s
}

// AccessLog returns the access log in use.
func (s *Server) AccessLog() *observe.AccessLog { return s.access.Load() }

// Policy returns the policy in force.
func (s *Server) Policy() *Policy { return s.policy.Load() }
