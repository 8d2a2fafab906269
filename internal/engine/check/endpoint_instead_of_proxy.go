package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// endpointInsteadOfProxy finds proxies in closed VPCs that do no more than lead
// sites to one gateway endpoint. An interface endpoint of the service and a
// resolver's inbound endpoint lead there without a proxy. A proxy that limits
// names or hosts is there for that too, and is not mentioned.
//
// Story C; S3 user guide, "AWS PrivateLink for Amazon S3", on-premises clients.
func endpointInsteadOfProxy(f *finder) {
	for _, p := range f.t.Proxies {
		s := p.At.Subnet
		if s == nil || len(s.Gateways) != 1 || s.Gateways[0].AWSService != "s3" || exit(s) != nil ||
			p.Config.Is() || p.AllowDomains.State != topology.NotWritten || p.Parent.State != topology.NotWritten {
			continue
		}
		more := slices.ContainsFunc(s.VPC.Endpoints, func(e *topology.Endpoint) bool { return e.Kind != topology.Gateway })
		fromSites := f.clientsOf(p)
		inside := slices.ContainsFunc(fromSites, func(c *topology.Client) bool { return c.At.Site == nil })
		if !more && !inside && len(fromSites) > 0 && len(s.VPC.DNS.Zones) == 0 {
			f.note(ofProxy(p).to("at"), say("DG3409", p.Name, s.Gateways[0].Path())).Hint = say("DG3409.hint")
		}
	}
}
