package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// halfSessionManager finds what lets the SSM agent register but never open a
// session: ssm without ssmmessages, in a proxy's list or among the endpoints of
// a VPC. Since ssm alone serves Parameter Store too, it takes an agent or
// ec2messages beside it for a sign that sessions are meant.
//
// Story E; Systems Manager user guide, "Reference: ec2messages, ssmmessages, and
// other API operations"; symptom ec2messages-retired.
func halfSessionManager(f *finder) {
	for _, p := range f.t.Proxies {
		if !p.AllowDomains.Is() || p.Config.Is() {
			continue
		}
		agent := slices.ContainsFunc(f.clientsOf(p), isAgent)
		for i, d := range p.AllowDomains.V {
			rest, ok := strings.CutPrefix(strings.TrimPrefix(d, "."), "ssm.")
			if ok && (agent || admits(p, "ec2messages."+rest)) && !admits(p, "ssmmessages."+rest) {
				at := ofProxy(p).to("allow_domains").item(i)
				f.warn(at, say("DG3203", p.Name, "ssmmessages."+rest)).Hint = say("DG3203.hint", "ssmmessages."+rest)
			}
		}
	}
	f.rulesWithoutSessions()
	for _, v := range f.t.VPCs {
		ssm := endpointFor(v, "ssm")
		meant := endpointFor(v, "ec2messages") != nil || slices.ContainsFunc(f.t.Clients, func(c *topology.Client) bool {
			return isAgent(c) && c.At.Subnet != nil && c.At.Subnet.VPC == v && c.Proxy.State == topology.NotWritten && exit(c.At.Subnet) == nil
		})
		if ssm != nil && meant && endpointFor(v, "ssmmessages") == nil {
			f.warn(ofEndpoint(ssm).to("interface"), say("DG3203.vpc", v.Name)).Hint = say("DG3203.hint.vpc")
		}
	}
}

// rulesWithoutSessions reports the configurations of proxies that let an agent
// reach ssm and not ssmmessages.
func (f *finder) rulesWithoutSessions() {
	for _, c := range f.t.Clients {
		if !isAgent(c) || c.At.Subnet == nil {
			continue
		}
		host := regional("ssmmessages", c.At.Subnet.VPC.Region)
		t := f.asked.trace(f.asked.plain[c], host, "/")
		if t.Verdict != route.DeniedByProxy || f.asked.trace(f.asked.plain[c], regional("ssm", c.At.Subnet.VPC.Region), "/").Verdict != route.Reached {
			continue
		}
		if p := f.t.Proxy(t.Hops[len(t.Hops)-1].Name); p != nil && p.Config.Is() {
			f.warn(ofProxy(p).to("config"), say("DG3203", p.Name, host)).Hint = say("DG3203.hint", host)
		}
	}
}

func isAgent(c *topology.Client) bool { return c.Program.V == "ssm-agent" }

// admits reports whether p's list of names holds host.
func admits(p *topology.Proxy, host string) bool {
	return !p.AllowDomains.Is() || slices.ContainsFunc(p.AllowDomains.V, func(d string) bool {
		below, suffix := strings.CutPrefix(d, ".")
		return host == below || suffix && strings.HasSuffix(host, d)
	})
}

// endpointFor returns the first interface endpoint of service in v and its own
// Region, or nil.
func endpointFor(v *topology.VPC, service string) *topology.Endpoint {
	i := slices.IndexFunc(v.Endpoints, func(e *topology.Endpoint) bool {
		return e.Kind == topology.InterfaceEndpoint && e.AWSService == service && !e.ServiceRegion.Is()
	})
	if i < 0 {
		return nil
	}
	return v.Endpoints[i]
}

// regional returns the name of service in region.
func regional(service, region string) string {
	return service + "." + region + "." + awsname.Suffix(awsdata.PartitionOf(region), "")
}
