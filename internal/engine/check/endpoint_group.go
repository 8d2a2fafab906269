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

// keptOut reports the first sender whose requests for host e refuses.
func (f *finder) keptOut(e *topology.Endpoint, host string) {
	refused := func(c *topology.Client) bool {
		t := f.asked.trace(c, host, "/")
		return t.Verdict == route.DeniedBySecurityGroup && t.Hops[len(t.Hops)-1].String() == "vpce:"+e.Path()
	}
	report := func(who string, c *topology.Client) {
		place := addressOf(c.At, c.IP)
		f.fail(ofEndpoint(e).to("sg_from"), say("DG3404", e.Path(), who, place)).Hint = say("DG3404.hint", place)
	}
	for _, p := range f.t.Proxies {
		if f.sees(p.At, e) && refused(f.asked.host[p]) {
			report("proxies."+p.Name, f.asked.host[p])
			return
		}
	}
	for _, c := range f.t.Clients {
		if c.Proxy.State == topology.NotWritten && f.sees(c.At, e) && refused(f.asked.plain[c]) {
			report("clients."+c.Name, c)
			return
		}
	}
}

// sees reports whether who stands at s may be answered with e's address: it is
// in e's VPC, or in a network that asks there, or where a zone leads to e.
func (f *finder) sees(s topology.Spot, e *topology.Endpoint) bool {
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
