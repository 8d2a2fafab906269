package draw

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// unused is an endpoint that a sender could believe in and does not use.
type unused struct {
	endpoint *topology.Endpoint
	why      string // in words, as far as the endpoint itself tells
	caption
}

// believe finds the endpoints for the service asked for that the senders on
// the way have beside them and do not use, and marks the one that is crossed
// instead.
func (w *way) believe(t *topology.Topology, say speaker) {
	for _, leg := range w.legs {
		crossed := crossing(t, leg)
		own := false // the client has an endpoint that it does not use
		for i := range leg {
			s := &leg[i]
			switch s.hop.Kind {
			case route.ClientHop, route.ProxyHop:
				s.unused = w.beside(s, crossed, say)
				own = own || s.hop.Kind == route.ClientHop && len(s.unused) > 0
			case route.EndpointHop:
				w.judge(s, endpoint(t, s.hop.Name), own && slices.ContainsFunc(leg[:i], isProxy), say)
			default:
			}
		}
	}
	if w.last != nil && w.trace.Verdict == route.DeniedByResourcePolicy {
		w.last.detail = say.word("bucket-denies")
	}
}

// judge marks the step s at e, which is not the sender's choice if astray.
func (w *way) judge(s *step, e *topology.Endpoint, astray bool, say speaker) {
	if e == nil || e.Kind == topology.PrivateLink {
		return
	}
	s.unmeant = astray
	switch {
	case w.trace.Verdict == route.DeniedByEndpointPolicy && e == w.trace.Endpoint:
		s.detail = say.word("policy-denies")
	case astray:
		s.detail = say.word("unmeant")
	}
}

// crossing returns the endpoints that leg crosses.
func crossing(t *topology.Topology, leg []step) []*topology.Endpoint {
	var found []*topology.Endpoint
	for _, s := range leg {
		if s.hop.Kind == route.EndpointHop {
			found = append(found, endpoint(t, s.hop.Name))
		}
	}
	return found
}

func isProxy(s step) bool { return s.hop.Kind == route.ProxyHop }

// beside returns the endpoints of the sender s that would come into question
// for the service and are not crossed: gateway endpoints of its subnet,
// interface endpoints of its VPC.
func (w *way) beside(s *step, crossed []*topology.Endpoint, say speaker) []unused {
	if s.place.vpc == nil || w.trace.Asked.Service == "" {
		return nil
	}
	var found []unused
	for _, e := range s.place.vpc.Endpoints {
		gateway := e.Kind == topology.Gateway
		switch {
		case slices.Contains(crossed, e) || e.AWSService != w.trace.Asked.Service || e.Kind == topology.PrivateLink:
		case gateway && !slices.Contains(e.Subnets, s.place.subnet):
		default:
			u := unused{e, w.whyNot(e, say), caption{endpointWords(e, say), e.Name, say.word("unused")}}
			if u.why != "" {
				u.detail = u.why + "\n" + u.detail
			}
			found = append(found, u)
		}
	}
	slices.SortStableFunc(found, func(a, b unused) int { return int(a.endpoint.Kind) - int(b.endpoint.Kind) })
	return found
}

// whyNot returns why e cannot be used, if that can be seen from e.
func (w *way) whyNot(e *topology.Endpoint, say speaker) string {
	region := e.VPC.Region
	if e.ServiceRegion.Is() {
		region = e.ServiceRegion.V
	}
	if region == w.trace.Asked.Region {
		return ""
	}
	return say.word("unused.region", region)
}
