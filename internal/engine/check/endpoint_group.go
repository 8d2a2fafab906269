package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// endpointGroup finds interface endpoints whose security group keeps out who is
// sent there: a client that resolves their names, or the proxy that does it for
// its clients.
//
// facts: the group must admit 443 from the caller, and behind a proxy the caller
// is the proxy (awsdocs/amazon-vpc-user-guide@eec118e^, vpce-interface.md).
func endpointGroup(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			host := hostOf(e)
			if e.Kind == topology.InterfaceEndpoint && e.SGFrom.Is() && host != "" {
				f.keptOut(e, host)
			}
		}
	}
}

// keptOut reports the first sender whose requests for host e refuses: a client
// itself, or its last proxy.
func (f *finder) keptOut(e *topology.Endpoint, host string) {
	for _, c := range f.t.Clients {
		if !sees(c.At, e) && !passes(c.Proxy, func(p *topology.Proxy) bool { return sees(p.At, e) }) {
			continue
		}
		t := f.asked.trace(f.asked.plain[c], host, "/")
		if t.Verdict != route.DeniedBySecurityGroup || t.Hops[len(t.Hops)-1].String() != "vpce:"+e.Path() {
			continue
		}
		who, place := "clients."+c.Name, addressOf(c.At, c.IP)
		for _, h := range t.Hops {
			if p := f.t.Proxy(h.Name); h.Kind == route.ProxyHop && p != nil {
				who, place = "proxies."+p.Name, addressOf(p.At, p.IP)
			}
		}
		f.fail(ofEndpoint(e).to("sg_from"), say("DG3404", e.Path(), who, place)).Hint = say("DG3404.hint", place)
		return
	}
}

// sees reports whether who stands at s may be answered with e's address: it is
// in e's VPC, or in a network that asks there, or where a zone leads to e.
func sees(s topology.Spot, e *topology.Endpoint) bool {
	switch {
	case s.Site != nil:
		return slices.ContainsFunc(s.Site.DNS.Forward, func(z topology.SiteForward) bool { return z.VPC == e.VPC && z.Inbound })
	case s.Subnet != nil:
		return s.Subnet.VPC == e.VPC || len(s.Subnet.VPC.DNS.Zones) > 0
	}
	return false
}

// hostOf returns a host that leads to e; empty if none does.
func hostOf(e *topology.Endpoint) string {
	names := privateNames(e)
	switch {
	case len(names) > 0:
		return strings.Replace(names[0], "*", "a", 1)
	case e.DNSName.Is():
		return e.DNSName.V
	}
	return ""
}
