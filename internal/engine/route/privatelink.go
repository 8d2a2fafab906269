package route

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// privateLink takes a connection through an endpoint of an endpoint service to
// the load balancer behind it.
func (w *walk) privateLink(h handed) (met, bool) {
	e := h.via.Endpoint
	l := e.Service.NLB
	if len(e.Subnets) == 0 {
		return met{}, w.end(DNSFails, noInterface(e), e.Pos)
	}
	in := w.chosen(h.by, e)
	hop := Hop{Kind: EndpointHop, Name: e.Path(), Because: h.because, Pos: h.pos, Subnet: in}
	seen, ok := w.travel(h.by, spot{subnet: in}, source{network: in.CIDR, known: true}, h.via.Port, hop)
	if !ok {
		return met{}, false
	}
	h.seen = seen
	node, ok := w.connected(e, in)
	ok = ok && w.admits(e.SGFrom, key{"vpcs.", e.VPC.Name, ".endpoints.", e.Name, ".sg_from"}, seen, e.Path()) &&
		w.listensLB(l, h.via.Port)
	if !ok {
		return met{}, false
	}
	w.hop(Hop{Kind: w.kindOf(l), Name: l.Name, Because: reason.New("route.service", e.Path(), e.Service.Name, l.Name), Pos: e.Service.Pos, Subnet: node})
	if !w.enforces(h, l) || !w.forwards(l) {
		return met{}, false
	}
	return w.behind(h, l, node, e)
}

// chosen returns the subnet of the interface of e that s uses: the one in its
// own zone, else the first.
func (w *walk) chosen(s *sender, e *topology.Endpoint) *topology.Subnet {
	if s.subnet != nil && len(e.Subnets) > 1 {
		for _, n := range e.Subnets {
			if w.sameZone(s.subnet, n) {
				return n
			}
		}
	}
	return e.Subnets[0]
}

// connected reports whether the owner of the service behind e let it connect,
// and returns the node of the load balancer in the zone of in.
func (w *walk) connected(e *topology.Endpoint, in *topology.Subnet) (*topology.Subnet, bool) {
	s := e.Service
	owner, caller := s.NLB.At[0].VPC, e.VPC
	for _, v := range [...]*topology.VPC{owner, caller} {
		w.assume(unwritten(v.Account.State), key{"vpcs.", v.Name, ".account"}, topology.Main)
	}
	if caller.Account.V != owner.Account.V {
		w.assume(unwritten(s.Allow.State), key{"endpoint_services.", s.Name, ".allow"}, "none")
		switch {
		case s.Allow.State == topology.Unknown:
			return nil, w.end(Unknown, reason.New("route.service.unknown", s.Name), s.Allow.Pos)
		case !slices.Contains(s.Allow.V, caller.Account.V):
			return nil, w.end(EndpointNotConnected, reason.New("route.service.account", s.Name, caller.Account.V.Name), s.Allow.Pos)
		}
	}
	across := caller.Region != owner.Region
	if across {
		w.assume(unwritten(s.Regions.State), key{"endpoint_services.", s.Name, ".regions"}, "none")
		switch {
		case s.Regions.State == topology.Unknown:
			return nil, w.end(Unknown, reason.New("route.service.unknown", s.Name), s.Regions.Pos)
		case !slices.Contains(s.Regions.V, caller.Region):
			return nil, w.end(EndpointNotConnected, reason.New("route.service.region", s.Name, caller.Region), s.Regions.Pos)
		}
	}
	w.assume(unwritten(s.Auto.State), key{"endpoint_services.", s.Name, ".accept"}, "manual")
	if !s.Auto.V {
		w.assume(unwritten(e.Accepted.State), key{"vpcs.", e.VPC.Name, ".endpoints.", e.Name, ".accepted"}, "false")
		if !e.Accepted.V {
			return nil, w.end(EndpointNotConnected, reason.New("route.service.accept", e.Path(), s.Name), e.Accepted.Pos)
		}
	}
	if across { // zones of different Regions have nothing in common
		return s.NLB.At[0], true
	}
	for _, node := range s.NLB.At {
		if w.sameZone(in, node) {
			return node, true
		}
	}
	return nil, w.end(EndpointNotConnected, reason.New("route.service.zone", s.Name, in.AZ.V), s.NLB.Pos)
}

// enforces asks the security group of l about a client of PrivateLink, as long
// as that is not switched off. It compares the client's own address.
func (w *walk) enforces(h handed, l *topology.NLB) bool {
	w.assume(unwritten(l.EnforceSG.State), key{"nlbs.", l.Name, ".enforce_sg_on_privatelink"}, "true")
	if !l.EnforceSG.V {
		return true
	}
	return w.admits(l.SGFrom, key{"nlbs.", l.Name, ".sg_from"}, h.seen, l.Name)
}
