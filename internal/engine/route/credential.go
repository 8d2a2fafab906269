package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// calls are the addresses that programs ask for credentials, over plain http.
var calls = map[topology.Credentials]string{
	topology.IMDSCredentials:     "169.254.169.254",
	topology.IMDSIPv6Credentials: "fd00:ec2::254",
	topology.ECSCredentials:      "169.254.170.2",
	topology.EKSCredentials:      "169.254.170.23",
	topology.EKSIPv6Credentials:  "fd00:ec2::23",
}

// credentials makes the client's call for credentials, and reports whether it
// gets its own. The call is meant for the client's own host: a proxy that it is
// sent to has, at best, other ones.
func (w *walk) credentials() bool {
	c := w.trace.Client
	w.assume(unwritten(c.Credentials.State), key{"clients.", c.Name, ".credentials"}, "static")
	host, ok := calls[c.Credentials.V]
	if !ok {
		return true
	}
	d, proxied := w.asksProxy(noproxy.Target{Scheme: "http", Host: host, Addrs: []netip.Addr{netip.MustParseAddr(host)}})
	if !proxied && d.Route != noproxy.Broken {
		return true
	}
	w.trace.Credentials = "none"
	s := w.p.clients[c]
	w.hop(s.on(Hop{Kind: ClientHop, Name: c.Name, Because: reason.New("route.credentials", host), Pos: c.Pos}))
	if !proxied {
		w.trace.DNS = topology.DNS{By: "none", Answer: "not-resolved"}
		return w.end(Unknown, d.Because, c.Proxy.Pos)
	}
	w.misrouted(handed{by: s, via: c.Proxy.V, because: d.Because, pos: c.Proxy.Pos}, host)
	w.trace.DNS = topology.DNS{By: "none", Answer: "link-local"}
	return false
}

// misrouted takes the call for credentials from proxy to proxy, as far as they
// let it through. Whatever stops it, the reason is that it was sent there.
func (w *walk) misrouted(h handed, host string) {
	asked := w.asked
	w.asked = target.Resource{Host: host, Written: host, Port: 80, Literal: netip.MustParseAddr(host)}
	defer func() { w.asked = asked }()
	for {
		m, ok := w.toProxy(h)
		if !ok {
			w.end(IMDSMisrouted, reason.New("route.imds.stopped", host, h.via.Text).With(w.trace.Because), w.trace.Pos)
			return
		}
		if !w.passesLinkLocal(m, host) {
			w.end(IMDSMisrouted, reason.New("route.imds.refused", host, m.proxy.Name), h.pos)
			return
		}
		if parent, because, _ := w.parent(m.proxy, host); parent != nil {
			h = handed{by: w.p.senders[m.proxy], via: *parent, because: because, pos: m.proxy.Parent.Pos}
			continue
		}
		w.metadata(m.proxy, host, h)
		return
	}
}

// passesLinkLocal reports whether the proxy forwards a link-local address. Our
// own never does.
func (w *walk) passesLinkLocal(m met, host string) bool {
	w.assume(unwritten(m.proxy.DenyLinkLocal.State), key{"proxies.", m.proxy.Name, ".deny_link_local"}, "false")
	return !m.proxy.DenyLinkLocal.V && w.rule(m, host).extent == span.All
}

// metadata asks the metadata service of the host of x, if it has one. Only the
// instance's own address has an answer there.
func (w *walk) metadata(x *topology.Proxy, host string, h handed) {
	w.assume(unwritten(x.IMDS.State), key{"proxies.", x.Name, ".imds"}, "v2")
	if host != calls[topology.IMDSCredentials] || x.At.Subnet == nil || x.IMDS.V == topology.NoIMDS {
		w.end(IMDSMisrouted, reason.New("route.imds.nothing", host, x.Name), h.pos)
		return
	}
	w.hop(Hop{Kind: MetadataHop, Name: x.Name, Because: reason.New("route.imds", x.Name), Pos: h.pos, Subnet: x.At.Subnet})
	w.assume(x.IMDS.V == topology.IMDSv2 && unwritten(x.XForwardedFor.State), key{"proxies.", x.Name, ".x_forwarded_for"}, "true")
	if x.IMDS.V == topology.IMDSv2 && x.XForwardedFor.V {
		w.end(IMDSMisrouted, reason.New("route.imds.token", x.Name), h.pos)
		return
	}
	w.trace.Credentials = "proxy:" + x.Name
	w.end(IMDSMisrouted, reason.New("route.imds.role", x.Name), h.pos)
}
