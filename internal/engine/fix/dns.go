package fix

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// names lets the sender's resolver answer, or answer with an endpoint where a
// public address leads nowhere.
func names(s *scene) (steps []step) {
	if s.trace.Verdict != route.DNSFails && !stuck(s.trace.Verdict) {
		return nil
	}
	at := s.sender.spot()
	if at.Site != nil {
		return siteNames(s, at.Site)
	}
	return vpcNames(s, at.Subnet.VPC)
}

// siteNames are changes of what a site's servers resolve. The narrowest is to
// send the one name to the inbound endpoint of a VPC that answers it.
func siteNames(s *scene, site *topology.Site) (steps []step) {
	dns := func(value string, why reason.Because, width int, keys ...string) {
		steps = append(steps, step{
			edits: []edit{set(value, append([]string{"sites", site.Name, "dns"}, keys...)...)},
			why:   why, size: 1, width: width,
		})
	}
	if d := site.DNS.ProxyNames; d.Is() && !d.V {
		dns("true", reason.New("fix.proxy-names", site.Name), 0, "proxy_names")
	}
	for _, v := range s.t.VPCs {
		if !reachable(s.t, site, v) {
			continue
		}
		to := inbound(v)
		steps = append(steps, forward(site, s.host, v))
		for _, f := range site.DNS.Forward {
			if !f.Inbound && f.VPC == v && f.Zone != "" {
				dns(to, reason.New("fix.forward", f.Zone, to, site.Name), 1, "forward", f.Zone)
			}
		}
	}
	if !site.DNS.Public.V {
		dns("true", reason.New("fix.public-dns", site.Name), 3, "public")
	}
	return steps
}

// forward sends zone from the servers of site to the inbound endpoint of v.
func forward(site *topology.Site, zone string, v *topology.VPC) step {
	return step{
		edits: []edit{set(inbound(v), "sites", site.Name, "dns", "forward", zone)},
		why:   reason.New("fix.forward", zone, inbound(v), site.Name),
		size:  1,
	}
}

func inbound(v *topology.VPC) string { return v.Name + "/inbound" }

// reachable reports whether a link joins the site to v.
func reachable(t *topology.Topology, site *topology.Site, v *topology.VPC) bool {
	return slices.ContainsFunc(t.Links, func(l *topology.Link) bool { return l.JoinsSite(site) && l.Joins(v) })
}

// vpcNames are changes of how names are resolved in v.
func vpcNames(s *scene, v *topology.VPC) (steps []step) {
	dns := func(value string, why reason.Because, width int, keys ...string) {
		steps = append(steps, step{
			edits: []edit{set(value, append([]string{"vpcs", v.Name, "dns"}, keys...)...)},
			why:   why, size: 1, width: width,
		})
	}
	if !v.DNS.Support.V {
		dns("true", reason.New("fix.dns-support", v.Name), 2, "support")
	}
	if !v.DNS.Hostnames.V {
		dns("true", reason.New("fix.dns-hostnames", v.Name), 2, "hostnames")
	}
	if v.DNS.Resolver.Is() && v.DNS.Resolver.V != nil {
		dns("amazon", reason.New("fix.resolver", v.Name), 3, "resolver")
	}
	for _, f := range v.DNS.Forward {
		if f.Zone == s.host || strings.HasSuffix(s.host, "."+f.Zone) {
			dns("null", reason.New("fix.forward.remove", f.Zone, v.Name), 2, "forward", f.Zone)
		}
	}
	for _, z := range v.DNS.Zones {
		if z.Name != s.host && !strings.HasSuffix(s.host, "."+z.Name) {
			continue
		}
		label := strings.TrimSuffix(strings.TrimSuffix(s.host, z.Name), ".")
		if label == "" {
			label = "@"
		}
		for _, e := range s.endpoints(topology.InterfaceEndpoint) {
			dns(scalar(e.Path()), reason.New("fix.record", s.host, e.Path(), v.Name), 0, "zones", z.Name, label)
		}
		dns("null", reason.New("fix.zone.remove", z.Name, v.Name), 2, "zones", z.Name)
	}
	return steps
}

// privateDNS lets the names of endpoints that there are resolve to them.
func privateDNS(s *scene) (steps []step) {
	if s.trace.DNS.Answer != "public" && s.trace.DNS.Answer != "none" {
		return nil
	}
	for _, e := range s.endpoints(topology.InterfaceEndpoint) {
		if e.PrivateDNS.V == topology.PrivateDNSAll {
			continue
		}
		width := 1
		for _, value := range []string{"inbound-only", "all"} {
			if value == "inbound-only" && e.PrivateDNS.V == topology.PrivateDNSInboundOnly {
				continue
			}
			steps = append(steps, step{
				edits: []edit{set(value, "vpcs", e.VPC.Name, "endpoints", e.Name, "private_dns")},
				why:   reason.New("fix.private-dns", e.Path(), value),
				size:  1, width: width,
			})
			width++
		}
	}
	return steps
}
