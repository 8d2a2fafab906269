// Package survey asks a whole topology: every client × every destination that
// matters, with clients and destinations that behave alike put together. It
// also compares two topologies by what their clients reach.
//
//	s := survey.Of(planner, survey.Destinations(t, survey.Wanted{}), nil)
//	for _, g := range s.Groups {
//		fmt.Println(len(g.Clients), g.Traces[0].Verdict)
//	}
//
// It decides nothing itself: which way one request goes is the business of
// package route.
package survey

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Survey is every client × every destination. Clients stand in the order of
// their names, destinations as they were handed in.
type Survey struct {
	Destinations []Destination
	Groups       []Group
	// Columns are the destinations that behave alike seen from every group, as
	// indexes into Destinations; Ways are what becomes of requests, and
	// Cells[g][c] is the one of group g and column c, an index into Ways.
	Columns [][]int
	Ways    []Way
	Cells   [][]int
	// Own is set where there were too many groups to read: then clients are
	// alike, too, whose ways differ by the name of their own VPC alone. Ways
	// write it as "(own)".
	Own bool
}

// mostGroups is how many groups a person reads.
const mostGroups = 30

// Group is clients of which every destination gives the same answer. Traces
// are those of the first, one for each destination, without the condition keys
// and the assumptions, which take much room where there are very many.
type Group struct {
	Clients []*topology.Client
	Traces  []route.Trace
}

// Of asks p for every client of its topology and every destination. progress,
// if not nil, hears after each client how many are done of how many.
func Of(p *route.Planner, destinations []Destination, progress func(done, all int)) *Survey {
	s := &Survey{Destinations: destinations}
	exact := newGroups("")
	traces := make([]route.Trace, len(destinations))
	for i, c := range p.Topology().Clients {
		for j, d := range destinations {
			traces[j] = p.Trace(c, d.Request)
			traces[j].Context, traces[j].Assumed = nil, nil
		}
		exact.add([]*topology.Client{c}, traces)
		if progress != nil {
			progress(i+1, len(p.Topology().Clients))
		}
	}
	if s.Groups = exact.all; len(s.Groups) > mostGroups {
		s.Own = true
		rough := newGroups(ownVPC)
		for _, g := range exact.all {
			rough.add(g.Clients, g.Traces)
		}
		for _, g := range rough.all {
			slices.SortFunc(g.Clients, func(a, b *topology.Client) int { return strings.Compare(a.Name, b.Name) })
		}
		s.Groups = rough.all
	}
	s.gather()
	return s
}

// groups collects clients that behave alike.
type groups struct {
	own string // what stands for the client's own VPC, "" for its name
	all []Group
	at  map[string]int // place in all, by what the answers have in common
}

func newGroups(own string) *groups { return &groups{own: own, at: make(map[string]int)} }

// add adds clients, whose answers are traces.
func (gs *groups) add(clients []*topology.Client, traces []route.Trace) {
	var key strings.Builder
	for i := range traces {
		sign(&key, &traces[i], gs.own)
	}
	g, known := gs.at[key.String()]
	if !known {
		g = len(gs.all)
		gs.at[key.String()] = g
		gs.all = append(gs.all, Group{Traces: slices.Clone(traces)})
	}
	gs.all[g].Clients = append(gs.all[g].Clients, clients...)
}

// sign appends to b what makes t another answer than the next client's. The
// client's own name and the keys that tell who it is are none of it; own, if
// not empty, stands for the name of its VPC.
func sign(b *strings.Builder, t *route.Trace, own string) {
	part := func(text string) { b.WriteString(text); b.WriteByte(0) }
	part(string(t.Verdict))
	part(string(t.Because.Code))
	for _, h := range t.Hops {
		part(string(h.Kind))
		if h.Kind != route.ClientHop {
			part(nameOf(h, t.Client, own))
		}
	}
	part("")
	if t.Endpoint == nil || own == "" { // else the hop that crosses it tells
		part(t.Crossed())
	}
	part(t.DNS.By)
	part(t.DNS.Answer)
	part(t.Credentials)
	part(t.Redirect)
}

// ownVPC stands for the name of the client's own VPC.
const ownVPC = "(own)"

// nameOf is the name of h, in which own, if not empty, stands for c's VPC.
func nameOf(h route.Hop, c *topology.Client, own string) string {
	vpc, rest, _ := strings.Cut(h.Name, "/")
	if own == "" || vpc != home(c) || !slices.Contains(ofVPC, h.Kind) {
		return h.Name
	}
	return strings.TrimSuffix(own+"/"+rest, "/")
}

// ofVPC are the hops that are called by their VPC.
var ofVPC = []route.HopKind{route.EndpointHop, route.InternetGateway, route.EgressOnlyGateway, route.NATHop}

// home is the name of the VPC that c stands in, "" at a site.
func home(c *topology.Client) string {
	at := c.At
	if at.Proxy != nil {
		at = at.Proxy.At
	}
	if at.Subnet == nil {
		return ""
	}
	return at.Subnet.VPC.Name
}

// Examples returns an answer for every group and column, for pictures: whole
// ones, which p gives, the planner of s.
func (s *Survey) Examples(p *route.Planner) []route.Trace {
	var all []route.Trace
	for _, g := range s.Groups {
		for _, column := range s.Columns {
			t := &g.Traces[column[0]]
			all = append(all, p.Trace(t.Client, t.Request))
		}
	}
	return all
}
