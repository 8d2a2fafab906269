package draw

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// way is a trace as every format tells it.
type way struct {
	number int // counts from 1
	trace  route.Trace
	// legs are the steps up to S3's redirect, if there is one, and those after it.
	legs [][]step
	last *step // nil if there is no hop at all
}

// step is a hop at its place.
type step struct {
	number int // counts from 1 through all legs
	hop    route.Hop
	place  place
	caption
	// unused are endpoints of this sender that its request does not use.
	unused []unused
	// unmeant marks an endpoint that takes a request whose client may believe
	// in an endpoint of its own.
	unmeant bool
}

// caption is what a step is called.
type caption struct {
	kind, name string // "proxy", "osaka-proxy"
	detail     string // may be empty, or have several lines
}

// place is where a step stands: a site, or a VPC and perhaps a subnet of it.
// The zero place is none: links stand between places, AWS beyond them.
type place struct {
	site   *topology.Site
	vpc    *topology.VPC
	subnet *topology.Subnet
}

// network returns p without its subnet.
func (p place) network() place { p.subnet = nil; return p }

// key returns a name that no other place has.
func (p place) key() string {
	switch {
	case p.site != nil:
		return "site " + p.site.Name
	case p.subnet != nil:
		return "subnet " + p.subnet.Path()
	case p.vpc != nil:
		return "vpc " + p.vpc.Name
	}
	return ""
}

// String returns p as the format writes it: "office", "app/private".
func (p place) String() string {
	switch {
	case p.site != nil:
		return p.site.Name
	case p.subnet != nil:
		return p.subnet.Path()
	case p.vpc != nil:
		return p.vpc.Name
	}
	return ""
}

// ways returns traces as they are told.
func ways(t *topology.Topology, traces []route.Trace, say speaker) []way {
	told := make([]way, len(traces))
	for i, trace := range traces {
		told[i] = newWay(t, trace, say)
		told[i].number = i + 1
	}
	return told
}

func newWay(t *topology.Topology, trace route.Trace, say speaker) way {
	w := way{trace: trace}
	var leg []step
	var before place
	for i, hop := range trace.Hops {
		if i > 0 && hop.Kind == route.ClientHop {
			w.legs = append(w.legs, leg)
			leg = nil
		}
		s := step{number: i + 1, hop: hop, place: standing(t, trace, hop, before)}
		s.caption = captionOf(t, trace, hop, say)
		if s.place != (place{}) {
			before = s.place
		}
		leg = append(leg, s)
	}
	if leg != nil {
		w.legs = append(w.legs, leg)
		w.last = &leg[len(leg)-1]
	}
	w.believe(t, say)
	return w
}

// surprising reports whether w crosses an endpoint that was not meant.
func (w way) surprising() bool {
	for _, leg := range w.legs {
		if slices.ContainsFunc(leg, func(s step) bool { return s.unmeant }) {
			return true
		}
	}
	return false
}

// standing returns the place of hop; before is the place of the sender.
func standing(t *topology.Topology, trace route.Trace, hop route.Hop, before place) place {
	switch hop.Kind {
	case route.ClientHop:
		if trace.Client != nil {
			return spot(trace.Client.At)
		}
	case route.ProxyHop, route.MetadataHop:
		if p := t.Proxy(hop.Name); p != nil {
			return spot(p.At)
		}
	case route.NLBHop, route.ALBHop:
		if n := t.NLB(hop.Name); n != nil && hop.Subnet == nil && len(n.At) > 0 {
			return in(n.At[0])
		}
	case route.EndpointHop:
		return standingOf(endpoint(t, hop.Name), hop, before)
	case route.InternetGateway, route.EgressOnlyGateway:
		return place{vpc: t.VPC(hop.Name)}
	case route.NATHop:
		if s := subnet(t, hop.Name); s != nil {
			return in(s)
		}
	case route.InternetHop: // a site's connection, or what is behind a gateway
		if hop.Site == nil && before.site != nil {
			return before
		}
	case route.PeeringHop, route.TGWHop, route.VPNHop, route.DXHop, route.AWSHop:
		return place{}
	}
	if hop.Subnet != nil {
		return in(hop.Subnet)
	}
	return place{site: hop.Site}
}

// standingOf returns the place of an endpoint: of a gateway endpoint the
// subnet whose route leads to it.
func standingOf(e *topology.Endpoint, hop route.Hop, before place) place {
	switch {
	case e == nil:
		return place{}
	case e.Kind == topology.Gateway && before.vpc == e.VPC:
		return before
	case e.Kind != topology.Gateway && hop.Subnet != nil:
		return in(hop.Subnet)
	case e.Kind != topology.Gateway && len(e.Subnets) > 0:
		return in(e.Subnets[0])
	}
	return place{vpc: e.VPC}
}

// spot returns where a client or a proxy stands.
func spot(s topology.Spot) place {
	switch {
	case s.Subnet != nil:
		return in(s.Subnet)
	case s.Proxy != nil:
		return spot(s.Proxy.At)
	}
	return place{site: s.Site}
}

func in(s *topology.Subnet) place { return place{vpc: s.VPC, subnet: s} }
