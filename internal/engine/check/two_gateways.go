package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// twoGateways finds subnets whose route table would hold two gateway endpoints
// of one service.
//
// VPC user guide, "Gateway endpoints": one endpoint for a service and a route
// table; AWS refuses the second.
func twoGateways(f *finder) {
	for _, v := range f.t.VPCs {
		for _, s := range v.Subnets {
			for i, e := range s.Gateways {
				same := func(g *topology.Endpoint) bool { return g.AWSService == e.AWSService }
				if first := slices.IndexFunc(s.Gateways, same); first < i {
					at := ofEndpoint(e).to("subnets").item(slices.Index(e.Subnets, s))
					f.fail(at, say("DG3403", s.Path(), e.AWSService, s.Gateways[first].Path(), e.Path())).Hint = say("DG3403.hint")
				}
			}
		}
	}
}
