package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// gatewayBeyondProxy finds proxies without a way out whose own subnet lacks the
// route to a gateway endpoint that their VPC has, and those that reach nothing
// of AWS at all.
//
// Story C: story B's advice turns round where the proxy's network is closed. In
// the closed VPC the proxy's own subnet must carry the S3 gateway endpoint; VPC
// user guide, "Gateway endpoints": a subnet that is not associated gains nothing.
func gatewayBeyondProxy(f *finder) {
	for _, p := range f.t.Proxies {
		s := p.At.Subnet
		if s == nil || p.Parent.State != topology.NotWritten || exit(s) != nil {
			continue
		}
		if len(f.clientsOf(p)) > 0 && f.nowhere(p) {
			f.warn(ofProxy(p).to("at"), say("DG3402.nowhere", p.Name)).Hint = say("DG3402.hint.nowhere")
			continue
		}
		for _, e := range s.VPC.Endpoints {
			if e.Kind != topology.Gateway || reaches(s, e.AWSService) {
				continue
			}
			found := f.warn(ofEndpoint(e).to("subnets"), say("DG3402", p.Name, e.AWSService, s.Path(), e.Path()))
			found.Hint = say("DG3402.hint", s.Name)
		}
	}
}

// reaches reports whether s has an endpoint or a route of its own for service.
func reaches(s *topology.Subnet, service string) bool {
	return slices.ContainsFunc(s.Gateways, func(e *topology.Endpoint) bool { return e.AWSService == service }) ||
		endpointFor(s.VPC, service) != nil ||
		slices.ContainsFunc(s.Routes, func(r *topology.Route) bool { return r.Service == service && r.Region == s.VPC.Region })
}

// nowhere reports whether p reaches none of the common services, and none that
// an endpoint of the file leads to.
func (f *finder) nowhere(p *topology.Proxy) bool {
	hosts := f.hostsBelow("amazonaws.com")
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind == topology.Gateway {
				hosts = append(hosts, regional(e.AWSService, v.Region))
			} else if host := hostOf(e); host != "" {
				hosts = append(hosts, host)
			}
		}
	}
	return !slices.ContainsFunc(hosts, func(host string) bool { return !lost(f.asked.trace(f.asked.host[p], host, "/").Verdict) })
}
