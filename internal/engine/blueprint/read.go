package blueprint

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Read returns what e comes to. It knows the plan, and nothing of what was
// predicted.
func (p *Plan) Read(e *Evidence) Answer {
	r := &reader{Plan: p, Evidence: e, asked: target.Of(e.Request), client: p.machine(e.Client)}
	r.walk()
	r.answer.DNS = r.dns()
	r.verdict()
	r.answer.Endpoint = r.crossed()
	return r.answer
}

// machine returns the node that c runs on.
func (p *Plan) machine(c *topology.Client) *Node {
	if c.At.Proxy != nil {
		return p.byName["proxy:"+c.At.Proxy.Name]
	}
	return p.byName["client:"+c.Name]
}

// reader reads evidence.
type reader struct {
	*Plan
	*Evidence
	asked  target.Resource // for now: S3 may send the client elsewhere
	client *Node
	answer Answer
	turned bool           // the client has begun again
	begun  netip.AddrPort // a connection of the client, for credentials
}

// flow is one connection, as one node saw it come or go.
type flow struct {
	node     string
	port     string
	out      bool
	from, to netip.AddrPort
}

// walk reads the path off the first packets of connections.
func (r *reader) walk() {
	r.hop("client:" + r.Evidence.Client.Name)
	seen := map[flow]bool{}
	for _, s := range r.Seen {
		f := flow{s.Node, s.Port, s.Out, s.From, s.To}
		n := r.byName[s.Node]
		if n == nil || seen[f] {
			continue // a packet that was sent again
		}
		seen[f] = true
		if r.repeats(n, s) {
			break
		}
		r.redirected(n, s)
		if s.Out {
			r.left(n, s)
		} else {
			r.arrived(n, s)
		}
	}
	for _, m := range r.Metadata {
		if n := r.byName[m.Node]; n != nil && n.Proxy != nil && r.answer.Path[len(r.answer.Path)-1] == n.Hop {
			r.hop("imds:" + n.Proxy.Name)
		}
	}
	for _, d := range r.Dropped {
		if d.Drop.At != "" {
			r.hop(d.Drop.At)
		}
	}
}

// repeats reports whether the client begins another call for credentials, after
// one that did not get its own: all of them go the same way.
func (r *reader) repeats(n *Node, s Sighting) bool {
	if r.Role == "" || r.Role == "own" || n != r.client || !s.Out {
		return false
	}
	begun := r.begun
	r.begun = s.From
	return begun.IsValid() && begun != s.From
}

func (r *reader) hop(name string) {
	if n := len(r.answer.Path); n > 0 && r.answer.Path[n-1] == name {
		return
	}
	r.answer.Path = append(r.answer.Path, name)
}

// redirected begins again at the client, once S3 has sent it elsewhere.
func (r *reader) redirected(n *Node, s Sighting) {
	if r.turned || n != r.client || !s.Out {
		return
	}
	for _, c := range r.Calls {
		if c.Redirect != "" && s.Time.After(c.Time) {
			r.turned, r.answer.Redirect = true, c.Redirect
			u := *r.Evidence.Request.URL
			u.Host = c.Redirect
			q := r.Evidence.Request
			q.URL = &u
			r.asked = target.Of(q)
			r.hop("client:" + r.Evidence.Client.Name)
			return
		}
	}
}

// left is for hops that a packet has reached when it goes on.
func (r *reader) left(n *Node, s Sighting) {
	switch n.Kind {
	case Exit:
		if p := n.named(s.Port); p != nil && p.Peer.Node.Kind == Internet {
			r.hop(n.Hop)
		}
	case Site:
		if p := n.named(s.Port); p != nil && p.Peer.Node.Kind == Internet {
			r.hop("internet")
		}
	case Host:
		if n.balances() && s.Port != "lo" {
			r.hop(n.Hop) // what came by PrivateLink has arrived elsewhere
		}
	case Gateway, VPC, Link, NAT, Internet, Region:
	}
}

// arrived is for hops that a packet has reached when it comes in.
func (r *reader) arrived(n *Node, s Sighting) {
	aws := r.service()
	switch n.Kind {
	case Link, NAT:
		if p := n.named(s.Port); n.Kind == Link || p != nil && s.From.Addr() != n.Addr(false) {
			r.hop(n.Hop)
		}
	case Internet:
		if slices.ContainsFunc(n.Answers, func(p netip.Prefix) bool { return p.Contains(s.To.Addr()) }) && !r.ofRegion(s.To.Addr()) {
			r.hop("internet")
		}
	case Region:
		r.hop(aws)
	case Gateway:
		if !r.dropped(n.Name, Outside) {
			r.hop(n.Hop)
			r.hop(aws)
		}
	case Host:
		r.reached(n, s, aws)
	case VPC, Site, Exit:
	}
}

// service is the hop that AWS is: as its name tells, and else as AWS knows.
func (r *reader) service() string {
	if r.asked.Service != "" {
		return "aws:" + r.asked.Service + "." + r.asked.Region
	}
	for _, c := range r.Calls {
		if c.Host == r.asked.Host {
			return "aws:" + c.Service
		}
	}
	return "aws:"
}

// ofRegion reports whether a is of AWS, which the internet only leads to.
func (r *reader) ofRegion(a netip.Addr) bool {
	return slices.ContainsFunc(r.byName["internet"].Tables[0].Routes, func(l Route) bool {
		return l.To.Contains(a) && l.Port.Peer.Node.Kind == Region
	})
}

// reached is for what stands in a subnet or at a site.
func (r *reader) reached(n *Node, s Sighting, aws string) {
	if !n.Takes && !slices.Contains(n.Addrs, s.To.Addr()) || len(n.Serves) == 0 && !n.unconnected() {
		return
	}
	if s.Port == "lo" && (n.Proxy == nil || s.To.Port() != n.Proxy.Port) {
		return
	}
	if n.Takes && !slices.Contains(n.Addrs, s.To.Addr()) || s.Port != "lo" && slices.Contains(n.Addrs, s.From.Addr()) {
		return // an answer, or a packet that has come back to its sender
	}
	r.hop(n.Hop)
	for _, sv := range n.Serves {
		if sv.Kind == AWSFront && slices.ContainsFunc(r.Calls, func(c Call) bool { return c.Endpoint == sv.Endpoint }) {
			r.hop(aws)
		}
		if sv.Kind == ConsumerENI && sv.NLB.ALB.V && slices.ContainsFunc(r.Refused, func(x Refusal) bool { return x.Node == n.Name }) {
			r.hop("alb:" + sv.NLB.Name)
		}
	}
}

// unconnected reports whether n is an endpoint's interface that nothing is
// behind.
func (n *Node) unconnected() bool { return strings.HasPrefix(n.Hop, "vpce:") }

// balances reports whether n is a node of a load balancer.
func (n *Node) balances() bool {
	return slices.ContainsFunc(n.Serves, func(s Service) bool { return s.Kind == Balancer })
}

// named returns the port of n called name, or nil.
func (n *Node) named(name string) *Port {
	i := slices.IndexFunc(n.Ports, func(p *Port) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return n.Ports[i]
}

func (r *reader) dropped(node string, cause Cause) bool {
	return slices.ContainsFunc(r.Dropped, func(d Dropped) bool { return d.Node == node && d.Drop.Cause == cause && d.Packets > 0 })
}

// lastProxy is the proxy that took the request last since it began, nil if none
// did.
func (r *reader) lastProxy() *Node {
	for _, h := range slices.Backward(r.answer.Path) {
		if n := r.byName[h]; n != nil && n.Proxy != nil && r.took(n) {
			return n
		}
		if strings.HasPrefix(h, "client:") {
			break
		}
	}
	return nil
}

// took reports whether the proxy at n read the request: it did something about
// it.
func (r *reader) took(n *Node) bool {
	return slices.ContainsFunc(r.Asked, func(q Question) bool { return q.Node == n.Name }) ||
		slices.ContainsFunc(r.Refused, func(x Refusal) bool { return x.Node == n.Name && x.Host != "" && x.Reason != ByHeader }) ||
		slices.ContainsFunc(r.Seen, func(s Sighting) bool {
			return s.Node == n.Name && s.Out && s.Port != "lo" && n != r.client
		})
}

// dns says who looked the host up, and what the answer was.
func (r *reader) dns() topology.DNS {
	if r.Role == "none" || strings.HasPrefix(r.Role, "proxy:") {
		return topology.DNS{By: "none", Answer: "link-local"}
	}
	by, n := "client", r.client
	if x := r.lastProxy(); x != nil {
		by, n = x.Hop, x
	}
	for _, q := range slices.Backward(r.Asked) {
		if q.Node == n.Name && q.Host == r.asked.Host {
			return topology.DNS{By: by, Answer: r.kindOf(q.Addrs)}
		}
	}
	for _, s := range r.Seen { // a name that it knew already
		if s.Node == n.Name && s.Out && s.Port != "lo" && s.To.Port() == r.asked.Port && n != r.client {
			return topology.DNS{By: by, Answer: r.kindOf([]netip.Addr{s.To.Addr()})}
		}
	}
	switch {
	case r.asked.Literal.IsValid() && r.sentTo(n, r.asked.Literal):
		return topology.DNS{By: by, Answer: "public"}
	case by == "client":
		by = "none"
	}
	return topology.DNS{By: by, Answer: "not-resolved"}
}

// sentTo reports whether n tried to connect to a.
func (r *reader) sentTo(n *Node, a netip.Addr) bool {
	return slices.ContainsFunc(r.Seen, func(s Sighting) bool { return s.Node == n.Name && s.Out && s.To.Addr() == a }) ||
		r.dropped(n.Name, GroupOut)
}

// kindOf says whether addrs are an endpoint's.
func (r *reader) kindOf(addrs []netip.Addr) string {
	if len(addrs) == 0 {
		return "none"
	}
	for _, n := range r.Nodes {
		if n.unconnected() && n.Kind == Host && slices.Contains(n.Addrs, addrs[0]) {
			return "endpoint"
		}
	}
	return "public"
}

// crossed is the endpoint towards AWS on the last way.
func (r *reader) crossed() string {
	for i, h := range slices.Backward(r.answer.Path) {
		if strings.HasPrefix(h, "client:") {
			break
		}
		if strings.HasPrefix(h, "aws:") && i > 0 {
			if name, ok := strings.CutPrefix(r.answer.Path[i-1], "vpce:"); ok {
				return name
			}
			break
		}
	}
	return "none"
}

// hopOf is the hop that a path's item names.
func hopOf(text string) route.Hop {
	kind, name, ok := strings.Cut(text, ":")
	if !ok {
		return route.Hop{Kind: route.InternetHop}
	}
	return route.Hop{Kind: route.HopKind(kind), Name: name}
}
