package fix

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// scene is a request that does not reach, as those who think of steps look at it.
type scene struct {
	t      *topology.Topology
	p      *route.Planner
	asked  []survey.Destination // what else matters
	trace  route.Trace
	client *topology.Client
	sender sender // of the packets that got no further
	host   string // asked for: after a redirect, the host that S3 named
}

// sender is the client or the proxy that sent the last packets.
type sender struct {
	client *topology.Client
	proxy  *topology.Proxy // the proxy itself, or the one on whose host the client runs
}

// scenes are what trace may be about. Where it ends at a proxy that resolved
// nothing, the packets may be those to the proxy, which refused or could not
// answer them, or those of the proxy to the next.
func scenes(p *route.Planner, trace route.Trace, asked []survey.Destination) []*scene {
	s := &scene{t: p.Topology(), p: p, asked: asked, trace: trace, client: trace.Client, host: trace.Asked.Host}
	if trace.Redirect != "" {
		s.host = trace.Redirect
	}
	senders := s.senders()
	s.sender = senders[len(senders)-1]
	all := []*scene{s}
	if s.sender.client == nil && trace.DNS.Answer == "not-resolved" && trace.Verdict != route.DeniedByProxy {
		before := *s
		before.sender = s.before()
		all = append(all, &before)
	}
	return all
}

// senders are who sent packets, in the order of the way; the client first.
func (s *scene) senders() []sender {
	client := sender{client: s.client, proxy: s.client.At.Proxy}
	all := []sender{client}
	for i, h := range s.trace.Hops {
		switch {
		case i == 0:
		case h.Kind == route.ClientHop:
			all = append(all, client)
		case h.Kind == route.ProxyHop:
			all = append(all, sender{proxy: s.t.Proxy(h.Name)})
		}
	}
	return all
}

// before is who sent to the last sender.
func (s *scene) before() sender {
	all := s.senders()
	return all[max(len(all)-2, 0)]
}

func (s sender) spot() topology.Spot {
	if s.proxy != nil {
		return s.proxy.At
	}
	return s.client.At
}

// place is the narrowest place that holds the sender's address.
func (s sender) place() string {
	if s.proxy != nil {
		return placeOf(s.proxy.IP, s.proxy.At)
	}
	return placeOf(s.client.IP, s.client.At)
}

func placeOf(ip topology.Setting[netip.Addr], at topology.Spot) string {
	if ip.Is() {
		return netip.PrefixFrom(ip.V, ip.V.BitLen()).String()
	}
	return at.String()
}

// sgTo is what the sender's security group lets out to.
func (s sender) sgTo() topology.Setting[[]topology.Place] {
	if s.client != nil && s.client.At.Proxy == nil {
		return s.client.SGTo
	}
	return s.proxy.SGTo
}

// via is the proxy, load balancer or endpoint that the sender was going to, nil
// if it was going to the target itself.
func (s *scene) via() *topology.Via {
	var via topology.Setting[topology.Via]
	switch {
	case s.sender.client != nil && s.trace.DNS.By != "client":
		via = s.client.Proxy
	case s.sender.client != nil:
	case s.trace.DNS.Answer == "not-resolved" && s.trace.Verdict != route.DeniedByProxy:
		via = s.sender.proxy.Parent
	}
	if !via.Is() {
		return nil
	}
	return &via.V
}

// private are the places of the private addresses that the sender may have been
// going to: those of the next proxy, or of interface endpoints of the service.
func (s *scene) private() (to []topology.Spot) {
	via := s.via()
	switch {
	case via != nil && via.Proxy != nil:
		return []topology.Spot{via.Proxy.At}
	case via != nil && via.NLB != nil:
		return spots(via.NLB.At)
	case via != nil:
		return spots(via.Endpoint.Subnets)
	case s.trace.DNS.Answer == "endpoint":
		for _, e := range s.endpoints(topology.InterfaceEndpoint) {
			to = append(to, spots(e.Subnets)...)
		}
	}
	return to
}

func spots(subnets []*topology.Subnet) []topology.Spot {
	at := make([]topology.Spot, len(subnets))
	for i, n := range subnets {
		at[i] = topology.Spot{Subnet: n}
	}
	return at
}

// endpoints are those of kind that serve what is asked for.
func (s *scene) endpoints(kind topology.EndpointKind) (found []*topology.Endpoint) {
	for _, v := range s.t.VPCs {
		for _, e := range v.Endpoints {
			region := v.Region
			if e.ServiceRegion.Is() {
				region = e.ServiceRegion.V
			}
			if e.Kind == kind && e.AWSService == s.trace.Asked.Service && region == s.trace.Asked.Region {
				found = append(found, e)
			}
		}
	}
	return found
}

// around is st, which sends the request another way. If the policy of an
// endpoint refused what the client itself sent there, that way goes past what
// somebody set up to refuse it. What a proxy's endpoint takes from the client is
// another matter: nobody may have meant it.
func (s *scene) around(st step) step {
	if s.trace.Verdict != route.DeniedByEndpointPolicy || s.sender.client == nil {
		return st
	}
	st.opens = max(st.opens, past)
	st.why = reason.New("fix.both").With(st.why, reason.New("fix.past", s.trace.Endpoint.Path()))
	return st
}

// balancers are the load balancers of the way so far.
func (s *scene) balancers() (found []*topology.NLB) {
	for _, h := range s.trace.Hops {
		if h.Kind == route.NLBHop || h.Kind == route.ALBHop {
			found = append(found, s.t.NLB(h.Name))
		}
	}
	return found
}

// crossed are the endpoints of the way so far, and the one it was going to.
func (s *scene) crossed() (found []*topology.Endpoint) {
	for _, h := range s.trace.Hops {
		if h.Kind != route.EndpointHop {
			continue
		}
		for _, v := range s.t.VPCs {
			for _, e := range v.Endpoints {
				if e.Path() == h.Name {
					found = append(found, e)
				}
			}
		}
	}
	if via := s.via(); via != nil && via.Endpoint != nil && len(found) == 0 {
		found = append(found, via.Endpoint)
	}
	return found
}
