package route

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// met is a proxy as a request met it.
type met struct {
	proxy    *topology.Proxy
	sees     source             // the address that it takes for the client's
	endpoint *topology.Endpoint // whose id the PROXY protocol carries
}

// handed is how a request is handed to a proxy: by whom, and why.
type handed struct {
	by      *sender
	seen    source // of its packets where they arrive
	via     topology.Via
	because reason.Because
	pos     diag.Pos
}

// toProxy takes a connection to the proxy that the setting h.via leads to.
func (w *walk) toProxy(h handed) (met, bool) {
	if !w.resolvesProxy(h) {
		return met{}, false
	}
	switch {
	case h.via.Proxy != nil:
		return w.direct(h)
	case h.via.NLB != nil:
		return w.balanced(h)
	}
	return w.privateLink(h)
}

// resolvesProxy reports whether h.by can look up the name of the proxy.
func (w *walk) resolvesProxy(h handed) bool {
	site := h.by.site
	if h.by.subnet != nil {
		site = h.by.subnet.VPC.DNS.Resolver.V
		w.assume(unwritten(h.by.subnet.VPC.DNS.Resolver.State), key{"vpcs.", h.by.subnet.VPC.Name, ".dns.resolver"}, "amazon")
	}
	if site == nil || site.DNS.Public.V || h.via.Proxy != nil && h.via.Proxy == h.by.host {
		return true
	}
	w.assume(unwritten(site.DNS.ProxyNames.State), key{"sites.", site.Name, ".dns.proxy_names"}, "true")
	if site.DNS.ProxyNames.V {
		return true
	}
	w.assume(unwritten(site.DNS.Public.State), key{"sites.", site.Name, ".dns.public"}, "false")
	return w.end(DNSFails, reason.New("route.dns.proxy-name", site.Name, h.via.Text), site.DNS.ProxyNames.Pos)
}

// direct takes a connection to a proxy itself.
func (w *walk) direct(h handed) (met, bool) {
	x := h.via.Proxy
	at := spot{x.At.Subnet, x.At.Site}
	hop := at.on(Hop{Kind: ProxyHop, Name: x.Name, Because: h.because, Pos: h.pos})
	if h.by.host == x { // over the loopback interface
		w.hop(hop)
		return met{proxy: x, sees: h.by.ip}, w.listens(x, h.via.Port) && w.speaks(x, false, nil)
	}
	to := sourceAt(at, x.IP, key{"proxies.", x.Name, ".ip"})
	seen, ok := w.travel(h.by, at, to, h.via.Port, hop)
	ok = ok && w.admits(x.SGFrom, key{"proxies.", x.Name, ".sg_from"}, seen, x.Name) &&
		w.listens(x, h.via.Port) &&
		w.speaks(x, false, nil)
	return met{proxy: x, sees: seen}, ok
}

// listens reports whether x listens on port.
func (w *walk) listens(x *topology.Proxy, port uint16) bool {
	if port == x.Port {
		return true
	}
	return w.end(TimesOut, reason.New("route.port", x.Name, span.Port(port).String(), span.Port(x.Port).String()), x.Pos)
}

// speaks reports whether x and the load balancer before it, if there is one,
// agree on the PROXY protocol.
func (w *walk) speaks(x *topology.Proxy, sent bool, l *topology.NLB) bool {
	w.assume(unwritten(x.ProxyProtocol.State), key{"proxies.", x.Name, ".proxy_protocol"}, "false")
	if x.ProxyProtocol.V == sent {
		return true
	}
	if sent {
		return w.end(ProxyProtocolMismatch, reason.New("route.proxy-protocol.unexpected", x.Name, l.Name), l.ProxyProtocol.Pos)
	}
	return w.end(ProxyProtocolMismatch, reason.New("route.proxy-protocol.missing", x.Name), x.ProxyProtocol.Pos)
}

// balanced takes a connection to a load balancer and on to one of its proxies.
func (w *walk) balanced(h handed) (met, bool) {
	l := h.via.NLB
	node := w.node(h.by, l)
	to := sourceAt(spot{subnet: node}, l.IP, key{"nlbs.", l.Name, ".ip"})
	hop := Hop{Kind: w.kindOf(l), Name: l.Name, Because: h.because, Pos: h.pos, Subnet: node}
	seen, ok := w.travel(h.by, spot{subnet: node}, to, h.via.Port, hop)
	h.seen = seen
	ok = ok && w.admits(l.SGFrom, key{"nlbs.", l.Name, ".sg_from"}, seen, l.Name) &&
		w.listensLB(l, h.via.Port) &&
		w.forwards(l)
	if !ok {
		return met{}, false
	}
	return w.behind(h, l, node, nil)
}

func (w *walk) kindOf(l *topology.NLB) HopKind {
	w.assume(unwritten(l.ALB.State), key{"nlbs.", l.Name, ".type"}, "nlb")
	if l.ALB.V {
		return ALBHop
	}
	return NLBHop
}

func (w *walk) listensLB(l *topology.NLB, port uint16) bool {
	if slices.Contains(l.Listeners, port) {
		return true
	}
	return w.end(TimesOut, reason.New("route.listener", l.Name, span.Port(port).String()), l.Pos)
}

// forwards reports whether l passes on what is meant for a proxy.
func (w *walk) forwards(l *topology.NLB) bool {
	if !l.ALB.V {
		return true
	}
	return w.end(LBRejects, reason.New("route.alb", l.Name), l.ALB.Pos)
}

// node returns the node of l that s uses: of those with targets the one in its
// own zone, else the first. Without targets anywhere DNS gives all of them.
func (w *walk) node(s *sender, l *topology.NLB) *topology.Subnet {
	var first *topology.Subnet
	for _, n := range l.At {
		if w.target(l, n) == nil {
			continue
		}
		if first == nil {
			first = n
		}
		if s.subnet != nil && w.sameZone(s.subnet, n) {
			return n
		}
	}
	if first == nil {
		return l.At[0]
	}
	return first
}

// sameZone reports whether a and b are in one availability zone.
func (w *walk) sameZone(a, b *topology.Subnet) bool {
	if a == b {
		return true
	}
	for _, s := range [...]*topology.Subnet{a, b} {
		w.assume(unwritten(s.AZ.State), key{"vpcs.", s.VPC.Name, ".subnets.", s.Name, ".az"}, "a")
	}
	return a.VPC.Region == b.VPC.Region && a.AZ.V == b.AZ.V
}

// target returns the first proxy that the node of l uses, nil if it has none.
func (w *walk) target(l *topology.NLB, node *topology.Subnet) *topology.Proxy {
	if l.CrossZone.V && len(l.Targets) > 0 {
		return l.Targets[0]
	}
	for _, x := range l.Targets {
		if x.At.Subnet != nil && w.sameZone(x.At.Subnet, node) {
			return x
		}
	}
	w.assume(unwritten(l.CrossZone.State), key{"nlbs.", l.Name, ".cross_zone"}, "false")
	return nil
}

// behind takes a connection from a node of l to a proxy. e is the endpoint that
// it came through, if it came by PrivateLink.
func (w *walk) behind(h handed, l *topology.NLB, node *topology.Subnet, e *topology.Endpoint) (met, bool) {
	x := w.target(l, node)
	if x == nil {
		return met{}, w.end(TimesOut, reason.New("route.no-target", l.Name, node.Path()), l.Pos)
	}
	w.assume(unwritten(l.PreserveClientIP.State), key{"nlbs.", l.Name, ".preserve_client_ip"}, "true")
	w.assume(unwritten(l.ProxyProtocol.State), key{"nlbs.", l.Name, ".proxy_protocol"}, "false")
	preserved := e == nil && l.PreserveClientIP.V
	if preserved && h.by.host == x {
		return met{}, w.end(TimesOut, reason.New("route.hairpin", x.Name, l.Name), l.PreserveClientIP.Pos)
	}
	src := sourceAt(spot{subnet: node}, l.IP, key{"nlbs.", l.Name, ".ip"})
	if preserved {
		src = h.seen
	}
	at := spot{subnet: x.At.Subnet}
	if !w.insideVPC(node, x, src) {
		return met{}, false
	}
	w.hop(at.on(Hop{Kind: ProxyHop, Name: x.Name, Because: reason.New("route.target", l.Name, node.Path(), x.Name), Pos: l.Pos}))
	m := met{proxy: x, sees: src}
	if l.ProxyProtocol.V {
		m.sees, m.endpoint = h.seen, e
	}
	w.idles(h, l)
	return m, w.admits(x.SGFrom, key{"proxies.", x.Name, ".sg_from"}, src, x.Name) && w.speaks(x, l.ProxyProtocol.V, l)
}

// insideVPC takes packets with the source src from a node to the proxy x, past
// the network ACLs of their subnets.
func (w *walk) insideVPC(node *topology.Subnet, x *topology.Proxy, src source) bool {
	if x.At.Subnet == node {
		return true
	}
	to := sourceAt(spot{subnet: x.At.Subnet}, x.IP, key{"proxies.", x.Name, ".ip"})
	from, dst := []netip.Prefix{src.network}, []netip.Prefix{to.network}
	return w.acl(node, false, dst, span.Port(x.Port), to) &&
		w.acl(x.At.Subnet, true, from, span.Port(x.Port), src) &&
		w.acl(x.At.Subnet, false, from, span.Ephemeral, src) &&
		w.acl(node, true, dst, span.Ephemeral, to)
}

// idles notes that l forgets the tunnel if it is silent for longer than that.
func (w *walk) idles(h handed, l *topology.NLB) {
	idle := w.trace.Request.Idle
	if !idle.Is() {
		return
	}
	w.assume(unwritten(l.IdleTimeout.State), key{"nlbs.", l.Name, ".idle_timeout"}, "350")
	if idle.V <= l.IdleTimeout.V {
		return
	}
	if c := w.trace.Client; h.by.group == "clients" {
		w.assume(unwritten(c.Keepalive.State), key{"clients.", c.Name, ".keepalive"}, "none")
		if c.Keepalive.Is() && c.Keepalive.V < l.IdleTimeout.V {
			return
		}
	}
	w.idle = l
}
