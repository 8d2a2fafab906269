package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// gatewayBesideProxy finds gateway endpoints whose route stands in the table of
// a proxy that has another way out: requests of the endpoint's service and
// Region are bent into it, and its policy judges what every client of the proxy
// asks for.
//
// Story B: no endpoints in the proxy's subnet, above all no gateway endpoints.
// It is a warning where it must surprise: a client has an endpoint of its own,
// or the policy is not full. Otherwise it may well be meant, and saves NAT.
func gatewayBesideProxy(f *finder) {
	for _, p := range f.t.Proxies {
		s := p.At.Subnet
		if s == nil || wholly(p) || exit(s) == nil {
			continue
		}
		for _, e := range s.Gateways {
			severity := diag.Note
			if e.Policy.Is() && !isFull(e) || slices.ContainsFunc(f.clientsOf(p), func(c *topology.Client) bool { return hasOther(c, e) }) {
				severity = diag.Warning
			}
			at := ofEndpoint(e).to("subnets").item(slices.Index(e.Subnets, s))
			found := f.add(severity, at, say("DG3401", p.Name, e.AWSService, e.Path(), e.VPC.Region))
			found.Hint = say("DG3401.hint", s.Path())
		}
	}
}

// hasOther reports whether c's own subnet has another endpoint of e's service.
func hasOther(c *topology.Client, e *topology.Endpoint) bool {
	return c.At.Subnet != nil && slices.ContainsFunc(c.At.Subnet.Gateways, func(g *topology.Endpoint) bool {
		return g != e && g.AWSService == e.AWSService
	})
}
