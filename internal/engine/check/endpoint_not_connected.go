package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// endpointNotConnected finds PrivateLink endpoints that the service does not
// take: their account is not allowed, their Region is not offered, or nobody
// accepted the connection.
//
// AWS PrivateLink guide, "Create a service powered by AWS PrivateLink": allowed
// principals, acceptance (manual by default), supported Regions.
func endpointNotConnected(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind != topology.PrivateLink {
				continue
			}
			s, owner := e.Service, e.Service.NLB.At[0].VPC
			switch {
			case s.Allow.State != topology.Unknown && v.Account.V != owner.Account.V && !slices.Contains(s.Allow.V, v.Account.V):
				f.notConnected(e, "privatelink", "DG3411.account", v.Account.V.Name)
			case s.Regions.State != topology.Unknown && v.Region != owner.Region && !slices.Contains(s.Regions.V, v.Region):
				f.notConnected(e, "privatelink", "DG3411.region", v.Region)
			case !s.Auto.V && !e.Accepted.V:
				f.fail(ofEndpoint(e).to("accepted"), say("DG3411", e.Path(), s.Name)).Hint = say("DG3411.hint")
			}
		}
	}
}

func (f *finder) notConnected(e *topology.Endpoint, key string, code reason.Code, name string) {
	f.fail(ofEndpoint(e).to(key), say(code, e.Path(), e.Service.Name, name)).Hint = say(code+".hint", name, e.Service.Name)
}
