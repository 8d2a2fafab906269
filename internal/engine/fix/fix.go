// Package fix finds the smallest change of a topology with which a request that
// fails would reach. Every change it proposes was tried on the model first: the
// request reaches with it, no test of the file that passed before fails, and
// what else it would change is listed.
//
//	for _, f := range fix.Find(p, client, request, fix.Options{}) {
//		fmt.Println(f.Change, f.After, len(f.AlsoChanges))
//	}
//
// It proposes narrow changes: a name rather than a domain, a bucket rather than
// a service, an address rather than a network; and what lets in strangers, or
// lets out to all the internet, only if nothing else reaches. That it proposes
// nothing does not mean that nothing helps.
package fix

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Fix is a change that helps.
type Fix struct {
	// Change is the change as it stands in a test. It is empty if no topology
	// can hold it, as a rule of a proxy's own configuration: then Because says
	// what to write there.
	Change  string
	After   route.Verdict // of the request, with Change
	Size    int           // keys and list items that Change sets or removes
	Because reason.Because
	// AlsoChanges are the other routes that Change gives another way, sorted
	// by client and URL.
	AlsoChanges []Effect
	// Against are the names of the tests that state the failure itself: with
	// Change they no longer hold.
	Against []string
}

// local reports whether host is an address that no network carries packets to:
// loopback, link-local (metadata over IPv4 among it) or multicast.
func local(host string) bool {
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && !addr.IsGlobalUnicast()
}

// Effect is what a change does to a route that nobody asked about. Before and
// After may be the same: then the way alone changes.
type Effect struct {
	Client, URL           string
	Action                string             // empty if nobody named one
	Principal             topology.Principal // likewise
	Before, After         route.Verdict
	PathBefore, PathAfter []string
}

// Options bound the search. The zero Options are good for a person who waits.
type Options struct {
	Most  int // fixes returned at most; 0: 3
	Tries int // changes tried at most; 0: 250
}

// Find returns the changes of p's topology with which the request q of client c
// reaches, best first: the fewest keys, then the fewest other routes changed,
// then the narrowest. Of changes that differ in width only there is one. It is
// empty if q reaches, and if nothing was found.
//
// A test that states this very failure, of c with the host of q, is what a fix
// is to change; every other test that passes must go on passing.
func Find(p *route.Planner, c *topology.Client, q topology.Request, options Options) []Fix {
	options.Most, options.Tries = cmp.Or(options.Most, 3), cmp.Or(options.Tries, 250)
	s := newSearch(p, c, q)
	if s.failed.Verdict == route.Reached || local(s.failed.Asked.Host) {
		return nil
	}
	found := s.run(options)
	found = found[:min(len(found), 2*options.Most)]
	for _, f := range found {
		f.effects = s.effects(f)
	}
	slices.SortStableFunc(found, func(a, b *attempt) int {
		return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(len(a.effects), len(b.effects)),
			cmp.Compare(a.width, b.width), strings.Compare(a.change, b.change))
	})
	var fixes []Fix
	for _, f := range found[:min(len(found), options.Most)] {
		fixes = append(fixes, s.fix(f))
	}
	return fixes
}
