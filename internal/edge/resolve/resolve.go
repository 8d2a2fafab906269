// Package resolve looks names up: every address of a name, kept for as long as
// its TTL says and never longer, and what the lookups cost. It asks the given
// servers, or the machine's own, and reads the hosts file.
//
// It has no search domains and no multicast DNS, never asks anyone about
// localhost, and does not judge the addresses that it finds.
package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	defaultTimeout = 3 * time.Second
	maxFlights     = 256 // lookups under way
	maxAddrs       = 64  // of one name
)

// MaxSockets is how many descriptors a resolver may hold at a time.
const MaxSockets = 2 * maxFlights

// Options say how names are looked up. The zero Options asks the machine's
// own name servers and keeps nothing.
type Options struct {
	Servers []string      // address:port; empty: those of /etc/resolv.conf, re-read when it changes
	Timeout time.Duration // of one lookup, all tries included; 0 is 3 s
	Cache   int           // names kept; 0: none
	Hosts   string        // hosts file; empty: the machine's own

	// Tests put their own in the place of these.
	resolvConf string
	flights    int
	now        func() time.Time
	dial       func(ctx context.Context, network, address string) (net.Conn, error)
}

// Resolver looks names up. It is safe for concurrent use.
type Resolver struct {
	servers func() []string
	hosts   *watched[hosts]
	cache   *cache
	health  health
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	counts  counts

	same   singleflight.Group
	life   func() (context.Context, context.CancelFunc) // of one lookup
	end    context.CancelFunc
	most   int
	gate   sync.Mutex
	closed bool
	flying int
	wait   sync.WaitGroup
}

// New returns a resolver; Close ends it.
func New(o Options) (*Resolver, error) {
	o = o.filled()
	life, end := context.WithCancel(context.Background())
	r := &Resolver{
		hosts:  watch(o.Hosts, parseHosts, o.now),
		cache:  newCache(o.Cache, o.now),
		health: health{now: o.now},
		dial:   o.dial,
		life:   func() (context.Context, context.CancelFunc) { return context.WithTimeout(life, o.Timeout) },
		end:    end,
		most:   o.flights,
	}
	switch {
	case len(o.Servers) > 0:
		for _, s := range o.Servers {
			if _, err := netip.ParseAddrPort(s); err != nil {
				end()
				return nil, fmt.Errorf("name server %q: want address:port", s)
			}
		}
		fixed := slices.Clone(o.Servers)
		r.servers = func() []string { return fixed }
	case o.resolvConf != "":
		r.servers = watch(o.resolvConf, parseServers, o.now).value
	default:
		end()
		return nil, errors.New("this system does not say which name servers it uses: set resolve.servers")
	}
	return r, nil
}

// filled returns o with its defaults in place.
func (o Options) filled() Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Hosts == "" {
		o.Hosts = hostsFile()
	}
	if o.resolvConf == "" && runtime.GOOS != "windows" {
		o.resolvConf = "/etc/resolv.conf"
	}
	if o.flights == 0 {
		o.flights = maxFlights
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.dial == nil {
		o.dial = new(net.Dialer).DialContext
	}
	return o
}

// Lookup returns every address of name, A before AAAA, at least one, IPv4
// unmapped. It blocks no longer than ctx and the timeout allow. The result is
// the caller's own. Errors are of type *Error.
func (r *Resolver) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	r.counts.lookups.Add(1)
	addrs, err := r.lookup(ctx, name)
	if err != nil {
		err.Name = name
		r.counts.failures[err.Kind].Add(1)
		return nil, err
	}
	return slices.Clone(addrs), nil
}

// Known is Lookup for a name that need not be asked for: it never waits.
func (r *Resolver) Known(name string) ([]netip.Addr, bool) {
	key, ok := canonical(name)
	if !ok {
		return nil, false
	}
	addrs, cached := r.hosts.value()[key], false
	if len(addrs) == 0 && !isLocalhost(key) {
		found, ok := r.cache.get(key)
		if !ok || found.err != nil {
			return nil, false
		}
		addrs, cached = found.addrs, true
	}
	if len(addrs) == 0 {
		return nil, false
	}
	r.counts.lookups.Add(1)
	if cached {
		r.counts.hits.Add(1)
	}
	return slices.Clone(addrs), true
}

// lookup is Lookup; the addresses are shared with the cache. The error is the
// caller's own.
func (r *Resolver) lookup(ctx context.Context, name string) ([]netip.Addr, *Error) {
	if addr, ok := literal(name); ok {
		return []netip.Addr{addr}, nil
	}
	key, ok := canonical(name)
	if !ok {
		return nil, &Error{Kind: BadName}
	}
	if isLocalhost(key) {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	if addrs := r.hosts.value()[key]; len(addrs) > 0 {
		return addrs, nil
	}
	if found, ok := r.cache.get(key); ok {
		r.counts.hits.Add(1)
		return found.addrs, found.failure()
	}
	flight := r.same.DoChan(key, func() (any, error) { return r.fly(key), nil })
	select {
	case landed := <-flight:
		found, _ := landed.Val.(found)
		return found.addrs, found.failure()
	case <-ctx.Done():
		return nil, &Error{Kind: Timeout, Err: context.Cause(ctx)}
	}
}

// fly asks the servers about the name key, for everyone who waits for it.
func (r *Resolver) fly(key string) found {
	if kind := r.takeOff(); kind != Failed {
		return found{err: &Error{Kind: kind}}
	}
	defer r.landed()
	ctx, cancel := r.life()
	defer cancel()
	f := r.both(ctx, key)
	r.cache.put(key, f)
	return f
}

// takeOff admits a lookup; any Kind but Failed says why it does not.
func (r *Resolver) takeOff() Kind {
	r.gate.Lock()
	defer r.gate.Unlock()
	switch {
	case r.closed:
		return Closed
	case r.flying >= r.most:
		return Overloaded
	}
	r.flying++
	r.wait.Add(1)
	return Failed
}

func (r *Resolver) landed() {
	r.gate.Lock()
	r.flying--
	r.gate.Unlock()
	r.wait.Done()
}

// Close ends lookups under way and waits for them.
func (r *Resolver) Close() {
	r.gate.Lock()
	r.closed = true
	r.gate.Unlock()
	r.end()
	r.wait.Wait()
}

// Stats are counts since New.
type Stats struct {
	Lookups  uint64            // asked for, however answered
	Queries  uint64            // messages sent to servers
	Hits     uint64            // lookups answered from the cache
	Failures map[string]uint64 // lookups that failed, by Kind
	Flying   int               // lookups under way
	Names    int               // in the cache
}

type counts struct {
	lookups, queries, hits atomic.Uint64
	failures               [len(kinds)]atomic.Uint64
}

// Stats returns what lookups have cost so far.
func (r *Resolver) Stats() Stats {
	s := Stats{
		Lookups:  r.counts.lookups.Load(),
		Queries:  r.counts.queries.Load(),
		Hits:     r.counts.hits.Load(),
		Failures: make(map[string]uint64, len(kinds)),
		Names:    r.cache.len(),
	}
	for i := range kinds {
		s.Failures[Kind(i).String()] = r.counts.failures[i].Load()
	}
	r.gate.Lock()
	s.Flying = r.flying
	r.gate.Unlock()
	return s
}
