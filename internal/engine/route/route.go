// Package route says which way a request goes through a topology and what stops
// it, hop by hop and each hop with its reason. It asks the five questions of
// the format, in this order: by proxy or direct, who resolves the name, public
// or an endpoint, which route, which keys and policies.
//
//	p := route.New(t, route.Options{Now: now})
//	trace := p.Trace(t.Client("ec2"), request)
//	fmt.Println(trace.Verdict, trace.Path())
//
// It is pure: the same topology and request have the same answer, whatever the
// order of the file's maps. What the file does not tell and what could change
// the verdict stands under Trace.Assumed; what nobody can tell from it is
// Unknown, which is never Reached.
//
// It does not evaluate identity policies, and it sends nothing.
package route

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Options are what a Planner needs besides the topology.
type Options struct {
	// Now is for rules of proxies' configurations that are past their until.
	Now time.Time
	// Strict takes what is open because it is not written (security groups,
	// network ACLs, policies, lists of a proxy) as unknown.
	Strict bool
}

// Planner is a topology ready to answer. It is immutable and may be used by any
// number of goroutines.
type Planner struct {
	t       *topology.Topology
	options Options
}

// New makes t ready to answer. It keeps t: traces point into it.
func New(t *topology.Topology, options Options) *Planner {
	return &Planner{t: t, options: options}
}

// Topology returns what p answers from.
func (p *Planner) Topology() *topology.Topology { return p.t }

// Trace returns the way of the request q of client c, one of p's topology.
func (p *Planner) Trace(c *topology.Client, q topology.Request) Trace {
	return Trace{Client: c, Request: q, Verdict: Unknown}
}
