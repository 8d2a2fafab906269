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
}

// Group is clients of which every destination gives the same answer. Traces
// are those of the first, one for each destination.
type Group struct {
	Clients []*topology.Client
	Traces  []route.Trace
}

// Of asks p for every client of its topology and every destination. progress,
// if not nil, hears after each client how many are done.
func Of(p *route.Planner, destinations []Destination, progress func(done int)) *Survey {
	s := &Survey{Destinations: destinations}
	at := make(map[string]int)
	traces := make([]route.Trace, len(destinations))
	for i, c := range p.Topology().Clients {
		var key strings.Builder
		for j, d := range destinations {
			traces[j] = p.Trace(c, d.Request)
			sign(&key, &traces[j])
		}
		g, known := at[key.String()]
		if !known {
			g = len(s.Groups)
			at[key.String()] = g
			s.Groups = append(s.Groups, Group{Traces: append([]route.Trace(nil), traces...)})
		}
		s.Groups[g].Clients = append(s.Groups[g].Clients, c)
		if progress != nil {
			progress(i + 1)
		}
	}
	s.gather()
	return s
}

// sign appends to b what makes t another answer than the next client's. The
// client's own name and the keys that tell who it is are none of it.
func sign(b *strings.Builder, t *route.Trace) {
	part := func(text string) { b.WriteString(text); b.WriteByte(0) }
	part(string(t.Verdict))
	part(string(t.Because.Code))
	for _, h := range t.Hops {
		part(string(h.Kind))
		if h.Kind != route.ClientHop {
			part(h.Name)
		}
	}
	part("")
	part(t.Crossed())
	part(t.DNS.By)
	part(t.DNS.Answer)
	part(t.Credentials)
	part(t.Redirect)
}

// Examples returns an answer for every group and column, for pictures.
func (s *Survey) Examples() []route.Trace {
	var all []route.Trace
	for _, g := range s.Groups {
		for _, column := range s.Columns {
			all = append(all, g.Traces[column[0]])
		}
	}
	return all
}
