package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// privateDNSOff finds interface endpoints that no name leads to: private DNS is
// off, no private zone has a record for them, and no vpce- name is written. The
// programs' default names then resolve to public addresses, as if the endpoint
// were not there.
//
// VPC user guide, "Interface endpoints": with private DNS off the default name
// stays public (awsdocs/amazon-vpc-user-guide@eec118e^, vpce-interface.md).
func privateDNSOff(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			off := e.PrivateDNS.Is() && e.PrivateDNS.V == topology.PrivateDNSOff
			if e.Kind != topology.InterfaceEndpoint || !off || e.DNSName.State != topology.NotWritten || f.hasRecord(e) {
				continue
			}
			f.warn(ofEndpoint(e).to("private_dns"), say("DG3405", e.Path())).Hint = say("DG3405.hint")
		}
	}
}

// hasRecord reports whether a private zone leads to e.
func (f *finder) hasRecord(e *topology.Endpoint) bool {
	return slices.ContainsFunc(f.t.VPCs, func(v *topology.VPC) bool {
		return slices.ContainsFunc(v.DNS.Zones, func(z topology.Zone) bool {
			return slices.ContainsFunc(z.Records, func(r topology.Record) bool { return r.Endpoint == e })
		})
	})
}
