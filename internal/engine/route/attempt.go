package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// attempt takes the request once, from the client to the service.
func (w *walk) attempt() bool {
	c := w.trace.Client
	s := w.p.clients[c]
	w.hop(s.on(Hop{Kind: ClientHop, Name: c.Name, Because: w.starts(), Pos: c.Pos}))
	d, proxied := w.asksProxy(exceptionTarget(&w.asked, w.trace.Request.URL.Port()))
	w.trace.DNS, w.trace.Resolved = topology.DNS{By: "none", Answer: "not-resolved"}, reason.Because{}
	switch {
	case d.Route == noproxy.Broken:
		return w.end(Unknown, d.Because, c.Proxy.Pos)
	case !proxied:
		w.hops[len(w.hops)-1].Because = d.Because
		return w.onward(s, nil)
	}
	last, ok := w.proxies(handed{by: s, via: c.Proxy.V, because: d.Because, pos: c.Proxy.Pos})
	if !ok {
		return false
	}
	return w.onward(w.p.senders[last.proxy], &last)
}

// starts says what the client asks for, again if S3 sent it elsewhere.
func (w *walk) starts() reason.Because {
	if w.trace.Redirect != "" {
		return reason.New("route.redirected", w.asked.Host)
	}
	return reason.New("route.starts", w.asked.Host)
}

// proxies takes the request to the proxy, and from parent to parent.
func (w *walk) proxies(h handed) (met, bool) {
	for {
		m, ok := w.toProxy(h)
		if !ok {
			return m, false
		}
		w.trace.DNS = topology.DNS{By: w.p.senders[m.proxy].asks, Answer: "not-resolved"}
		if !w.admitted(m) {
			return m, false
		}
		parent, because, ok := w.parent(m.proxy, w.asked.Host)
		if parent == nil {
			return m, ok
		}
		h = handed{by: w.p.senders[m.proxy], via: *parent, because: because, pos: m.proxy.Parent.Pos}
	}
}

// parent returns where x hands the request for host on to, nil if it does not
// or if nobody can tell, which ends the request.
func (w *walk) parent(x *topology.Proxy, host string) (via *topology.Via, because reason.Because, ok bool) {
	w.assume(unwritten(x.Parent.State), key{"proxies.", x.Name, ".parent"}, "none")
	if !x.Parent.Is() {
		return nil, because, true
	}
	w.assume(unwritten(x.ParentFor.State), key{"proxies.", x.Name, ".parent_for"}, "every name")
	because = reason.New("route.parent", x.Name, x.Parent.V.Text)
	switch x.ParentFor.State {
	case topology.NotWritten:
		return &x.Parent.V, because, true
	case topology.Unknown:
		return nil, because, w.end(Unknown, reason.New("route.parent.unknown", x.Name), x.ParentFor.Pos)
	case topology.Written:
	}
	for _, name := range x.ParentFor.V {
		if onList(host, name) || under(host, name) {
			return &x.Parent.V, because, true
		}
	}
	return nil, because, true
}

// onward asks the questions that are left, from the place of s, who is the last
// to send: who resolves the name to what, which route leads there, and what the
// policies say. m is the proxy that s is, nil for a client.
func (w *walk) onward(s *sender, m *met) bool {
	a := w.resolve(s)
	w.trace.DNS, w.trace.Resolved = topology.DNS{By: s.asks, Answer: a.word()}, a.because
	switch {
	case a.fails:
		return w.end(DNSFails, a.because, a.pos)
	case a.unknown:
		return w.end(Unknown, a.because, a.pos)
	case a.endpoint != nil:
		return w.toEndpoint(s, m, a)
	}
	return w.toPublic(s)
}

// toEndpoint takes the request to the interface of an endpoint and through it.
func (w *walk) toEndpoint(s *sender, m *met, a dnsAnswer) bool {
	e := a.endpoint
	if !w.serves(e) {
		return w.end(Unknown, reason.New("route.endpoint.other", w.asked.Host, e.Path()), a.pos)
	}
	if w.asked.VPCE || w.asked.Service == "" {
		w.asked.Through(e, regionOf(e), w.trace.Request)
	}
	in := w.chosen(s, e)
	if m != nil && m.proxy.Config.Is() && !w.admitsAddress(*m, in) {
		return false
	}
	hop := Hop{Kind: EndpointHop, Name: e.Path(), Because: a.because, Pos: a.pos, Subnet: in}
	seen, ok := w.travel(s, spot{subnet: in}, source{network: in.CIDR, known: true}, w.asked.Port, hop)
	if !ok || !w.admits(e.SGFrom, key{"vpcs.", e.VPC.Name, ".endpoints.", e.Name, ".sg_from"}, seen, e.Path()) {
		return false
	}
	w.trace.Endpoint = e
	w.hop(Hop{Kind: AWSHop, Name: w.asked.Service + "." + w.asked.Region, Because: reason.New("route.aws", w.asked.Host)})
	return w.judged(way{endpoint: e, from: seen})
}

// admitsAddress asks the configuration of the last proxy about the private address
// that the name turned out to have.
func (w *walk) admitsAddress(m met, in *topology.Subnet) bool {
	addrs := []netip.Addr{in.CIDR.Addr(), span.Last(in.CIDR)}
	one, other := w.configured(m, w.asked.Host, addrs[:1]), w.configured(m, w.asked.Host, addrs[1:])
	switch {
	case one.extent == span.All && other.extent == span.All:
		return true
	case one.extent == span.None && other.extent == span.None:
		return w.end(DeniedByProxy, one.because, one.pos)
	}
	return w.end(Unknown, reason.New("route.proxy.private.part", m.proxy.Name, in.CIDR.String()), one.pos)
}

// toPublic takes the request to a public address.
func (w *walk) toPublic(s *sender) bool {
	if !w.asked.OnInternet() {
		return w.end(Unknown, reason.New("route.not-on-internet", w.asked.Host), diag.Pos{})
	}
	if w.asked.AWS && (w.asked.Service == "" || w.asked.Region == "") {
		return w.end(Unknown, reason.New("route.untold", w.asked.Host), diag.Pos{})
	}
	x, ok := w.leave(s)
	from := s.seenBehind(x.nat)
	if x.v6 {
		from = source{network: span.Lone(s.ip6), known: true}
	}
	way := way{endpoint: x.endpoint, from: from, public: x.public, publicKey: x.key, v6: x.v6}
	if ok {
		return w.judged(way)
	}
	if w.hops[len(w.hops)-1].Kind == AWSHop {
		w.sees(way, w.caller()) // AWS sees the request, and its answer is lost
	}
	return false
}
