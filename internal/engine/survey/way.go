package survey

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Way is what becomes of requests that take the same way for the same reason,
// whatever they ask for.
type Way struct {
	Verdict route.Verdict
	// Path is the way after the client. Of what belongs to the service asked,
	// only what all have in common is named: "vpce:app/*", "aws".
	Path []string
	// Example is one of the answers.
	Example *route.Trace
}

// gather puts destinations together that go the same way from every group.
func (s *Survey) gather() {
	ways := make(map[string]int)
	cells := make([][]int, len(s.Groups)) // by destination
	for g := range s.Groups {
		cells[g] = make([]int, len(s.Destinations))
		for d := range s.Destinations {
			cells[g][d] = s.way(ways, &s.Groups[g].Traces[d])
		}
	}
	s.Cells = make([][]int, len(s.Groups))
	for d := range s.Destinations {
		c := slices.IndexFunc(s.Columns, func(column []int) bool {
			return !slices.ContainsFunc(cells, func(row []int) bool { return row[column[0]] != row[d] })
		})
		if c >= 0 {
			s.Columns[c] = append(s.Columns[c], d)
			continue
		}
		s.Columns = append(s.Columns, []int{d})
		for g := range s.Groups {
			s.Cells[g] = append(s.Cells[g], cells[g][d])
		}
	}
}

// way returns the index of t's way, which it adds if it is a new one. known
// holds the ways by what they have in common.
func (s *Survey) way(known map[string]int, t *route.Trace) int {
	rough, exact := make([]string, 0, len(t.Hops)), make([]string, 0, len(t.Hops))
	for _, h := range t.Hops[min(1, len(t.Hops)):] {
		rough, exact = append(rough, s.common(h, t)), append(exact, s.named(h, t))
	}
	key := strings.Join(append([]string{string(t.Verdict), string(cause(t)), t.DNS.By, t.DNS.Answer}, rough...), "\x00")
	w, ok := known[key]
	if !ok {
		known[key] = len(s.Ways)
		s.Ways = append(s.Ways, Way{t.Verdict, exact, t})
		return len(s.Ways) - 1
	}
	for i := range exact {
		if s.Ways[w].Path[i] != exact[i] {
			s.Ways[w].Path[i] = rough[i]
		}
	}
	return w
}

// cause is why t failed, if it did: what reached needs no reason to be alike.
func cause(t *route.Trace) reason.Code {
	if t.Verdict == route.Reached {
		return ""
	}
	return t.Because.Code
}

// common is h without what belongs to the service that is asked: the name of
// the service, and that of its own interface endpoint.
func (s *Survey) common(h route.Hop, t *route.Trace) string {
	e := t.Endpoint
	if h.Kind == route.EndpointHop && e != nil && e.Kind == topology.InterfaceEndpoint && e.Path() == h.Name {
		vpc, _, _ := strings.Cut(s.named(h, t), "/")
		return vpc + "/*"
	}
	return s.named(h, t)
}

// named is h without the names of client and service, and without that of the
// client's VPC if that is the survey's way to be short.
func (s *Survey) named(h route.Hop, t *route.Trace) string {
	if h.Kind == route.AWSHop || h.Kind == route.ClientHop || h.Kind == route.InternetHop {
		return string(h.Kind)
	}
	own := ""
	if s.Own {
		own = ownVPC
	}
	return string(h.Kind) + ":" + nameOf(h, t.Client, own)
}
