package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// inboundOnly finds S3 interface endpoints with private DNS for inbound queries
// alone in a VPC that has no gateway endpoint of S3 for everyone else.
//
// S3 user guide, "AWS PrivateLink for Amazon S3", private DNS: the option needs
// a gateway endpoint in the VPC (awsdocs/amazon-s3-userguide@cc53dd6).
func inboundOnly(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			gateway := slices.ContainsFunc(v.Endpoints, func(g *topology.Endpoint) bool {
				return g.Kind == topology.Gateway && g.AWSService == e.AWSService
			})
			if e.PrivateDNS.V == topology.PrivateDNSInboundOnly && e.AWSService == "s3" && !gateway {
				f.fail(ofEndpoint(e).to("private_dns"), say("DG3407", e.Path(), v.Name)).Hint = say("DG3407.hint")
			}
		}
	}
}
