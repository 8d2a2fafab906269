package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// gatewayOverruled finds static routes to a service's public addresses in a
// table that also has the gateway endpoint of the service: the static routes
// win, and the endpoint, its policy and its keys are passed by.
//
// VPC user guide, route priority: a static route beats an overlapping route of a
// prefix list (awsdocs/amazon-vpc-user-guide@a16ab76, VPC_Route_Tables.md).
func gatewayOverruled(f *finder) {
	for _, v := range f.t.VPCs {
		for _, s := range v.Subnets {
			for _, r := range s.Routes {
				i := slices.IndexFunc(s.Gateways, func(e *topology.Endpoint) bool { return e.AWSService == r.Service && r.Region == v.Region })
				if i >= 0 {
					f.warn(ofSubnet(s).to("routes", r.Text), say("DG3412", s.Gateways[i].Path(), s.Path(), quote(r.Text))).Hint = say("DG3412.hint")
				}
			}
		}
	}
}
