package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// frontsOf returns the load balancers that have p as a target.
func (f *finder) frontsOf(p *topology.Proxy) (fronts []*topology.NLB) {
	for _, l := range f.t.NLBs {
		if slices.Contains(l.Targets, p) {
			fronts = append(fronts, l)
		}
	}
	return fronts
}

// offered reports whether l stands behind an endpoint service.
func (f *finder) offered(l *topology.NLB) bool {
	return slices.ContainsFunc(f.t.Services, func(s *topology.Service) bool { return s.NLB == l })
}

// used reports whether somebody comes by l.
func (f *finder) used(l *topology.NLB) bool {
	return f.offered(l) ||
		slices.ContainsFunc(f.t.Clients, func(c *topology.Client) bool { return c.Proxy.V.NLB == l }) ||
		slices.ContainsFunc(f.t.Proxies, func(p *topology.Proxy) bool { return p.Parent.V.NLB == l })
}

// reachedBy reports whether a client, or a proxy before it, comes to p in a way
// that is like.
func (f *finder) reachedBy(p *topology.Proxy, like func(topology.Via) bool) bool {
	leads := func(v topology.Setting[topology.Via]) bool {
		return v.Is() && slices.Contains(v.V.Proxies(), p) && like(v.V)
	}
	return slices.ContainsFunc(f.t.Clients, func(c *topology.Client) bool { return leads(c.Proxy) }) ||
		slices.ContainsFunc(f.t.Proxies, func(q *topology.Proxy) bool { return leads(q.Parent) })
}

// clientsOf returns the clients whose requests come to p, by other proxies too.
func (f *finder) clientsOf(p *topology.Proxy) (clients []*topology.Client) {
	for _, c := range f.t.Clients {
		if passes(c.Proxy, func(q *topology.Proxy) bool { return q == p }) {
			clients = append(clients, c)
		}
	}
	return clients
}

// passes reports whether one of the proxies that v leads to, or of their
// parents, is like. A loop of parents is no sound topology.
func passes(v topology.Setting[topology.Via], like func(*topology.Proxy) bool) bool {
	return v.Is() && slices.ContainsFunc(v.V.Proxies(), func(p *topology.Proxy) bool { return like(p) || passes(p.Parent, like) })
}

// balancer returns the load balancer that v leads through, or nil.
func balancer(v topology.Via) *topology.NLB {
	if v.Endpoint != nil {
		return v.Endpoint.Service.NLB
	}
	return v.NLB
}

// exit returns the route by which what is not private leaves s, or nil. Routes
// to nowhere are none.
func exit(s *topology.Subnet) *topology.Route {
	for _, r := range s.Routes {
		if r.Prefix.IsValid() && r.Prefix.Addr().Is4() && r.Prefix.Bits() == 0 && r.Target.Kind != topology.Blackhole && r.Target.Kind != topology.Interface {
			return r
		}
	}
	return nil
}

// wholly reports whether p hands every request to a parent.
func wholly(p *topology.Proxy) bool {
	return p.Parent.State != topology.NotWritten && p.ParentFor.State == topology.NotWritten
}
