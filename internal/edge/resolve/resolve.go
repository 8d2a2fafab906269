// Package resolve looks names up: every address of a name, for as long as its
// TTL says and never longer, and what the lookups cost. It asks the given
// servers, or the machine's own, and reads the hosts file; it has no search
// domains and no multicast DNS, and it does not judge addresses.
package resolve

import (
	"context"
	"net/netip"
	"time"
)

// Options say how names are looked up. The zero Options asks the machine's
// own name servers and keeps nothing.
type Options struct {
	Servers []string      // address:port; empty: those of /etc/resolv.conf, re-read when it changes
	Timeout time.Duration // of one lookup, all tries included; 0 is 3 s
	Cache   int           // names kept; 0: none
	Hosts   string        // hosts file; empty: the machine's own
}

// Resolver looks names up. It is safe for concurrent use.
type Resolver struct{}

// New returns a resolver. Close ends it.
func New(o Options) (*Resolver, error) { return &Resolver{}, nil }

// Lookup returns every address of name, A before AAAA, at least one, IPv4
// unmapped. It blocks no longer than ctx and the timeout allow. The result is
// the caller's own. Errors are of type *Error.
func (r *Resolver) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	return nil, &Error{Name: name, Kind: Failed}
}

// Stats returns what lookups have cost so far.
func (r *Resolver) Stats() Stats { return Stats{} }

// Close ends lookups under way and waits for them.
func (r *Resolver) Close() {}

// Stats are counts since New.
type Stats struct {
	Lookups  uint64            // asked for, however answered
	Queries  uint64            // messages sent to servers
	Hits     uint64            // lookups answered from the cache
	Failures map[string]uint64 // lookups that failed, by Kind
	Flying   int               // lookups under way
	Names    int               // in the cache
}
