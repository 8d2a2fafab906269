package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// unseenPrivateDNS finds VPCs whose interface endpoints have private names that
// nobody in the VPC gets: the VPC's own DNS is off in part, or other servers
// answer there and do not ask Amazon's.
//
// VPC user guide: private DNS needs enableDnsSupport and enableDnsHostnames
// (awsdocs/amazon-vpc-user-guide@a16ab76, vpc-dns.md). Route 53 guide,
// "Considerations when working with a private hosted zone": own servers have to
// forward (awsdocs/amazon-route53-docs@b5a28eb).
func unseenPrivateDNS(f *finder) {
	for _, v := range f.t.VPCs {
		named := slices.DeleteFunc(slices.Clone(v.Endpoints), func(e *topology.Endpoint) bool {
			return e.PrivateDNS.V != topology.PrivateDNSAll || len(privateNames(e)) == 0
		})
		if len(named) == 0 {
			continue
		}
		list := paths(named)
		switch dns := v.DNS; {
		case dns.Support.Is() && !dns.Support.V:
			f.fail(ofVPC(v).to("dns", "support"), say("DG3406", v.Name, "dns.support", list)).Hint = say("DG3406.hint")
		case dns.Hostnames.Is() && !dns.Hostnames.V:
			f.fail(ofVPC(v).to("dns", "hostnames"), say("DG3406", v.Name, "dns.hostnames", list)).Hint = say("DG3406.hint")
		case dns.Resolver.V != nil:
			site := dns.Resolver.V
			named = slices.DeleteFunc(named, func(e *topology.Endpoint) bool { return asksInbound(site, e) })
			if len(named) > 0 {
				f.warn(ofVPC(v).to("dns", "resolver"), say("DG3406.resolver", site.Name, v.Name, paths(named))).Hint = say("DG3406.hint.resolver", site.Name, v.Name)
			}
		}
	}
}

// asksInbound reports whether the servers of s ask e's VPC for the names of e.
func asksInbound(s *topology.Site, e *topology.Endpoint) bool {
	return slices.ContainsFunc(s.DNS.Forward, func(z topology.SiteForward) bool {
		return z.VPC == e.VPC && z.Inbound && slices.ContainsFunc(privateNames(e), func(name string) bool { return inZone(name, z.Zone) })
	})
}

// inZone reports whether name is in zone, "" being the zone of every name.
func inZone(name, zone string) bool {
	return zone == "" || name == zone || strings.HasSuffix(name, "."+zone)
}

// privateNames returns the private names of e, none if it is no interface
// endpoint.
func privateNames(e *topology.Endpoint) []string {
	switch {
	case e.Kind != topology.InterfaceEndpoint:
		return nil
	case e.Names.Is():
		return e.Names.V
	}
	return awsdata.PrivateNames(e.AWSService, regionOf(e), awsdata.PartitionOf(regionOf(e)))
}

// regionOf returns the Region whose service e leads to.
func regionOf(e *topology.Endpoint) string {
	if e.ServiceRegion.Is() {
		return e.ServiceRegion.V
	}
	return e.VPC.Region
}

// paths lists endpoints for a summary.
func paths(endpoints []*topology.Endpoint) string {
	names := make([]string, len(endpoints))
	for i, e := range endpoints {
		names[i] = e.Path()
	}
	return strings.Join(names, ", ")
}
