package blueprint

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// zone is where the names of proxies, load balancers and endpoints stand.
const zone = ".lab.internal"

// HostOf is the name by which clients know what via leads to.
func HostOf(via topology.Via) string {
	switch {
	case via.Proxy != nil:
		return dashed(via.Proxy.Name) + ".proxy" + zone
	case via.NLB != nil:
		return dashed(via.NLB.Name) + ".nlb" + zone
	}
	return dashed(via.Endpoint.Name) + "." + dashed(via.Endpoint.VPC.Name) + ".vpce" + zone
}

// dashed is a name as one label of a host.
func dashed(name string) string { return strings.NewReplacer(".", "-", "_", "-").Replace(name) }

// Interface is an address of something that may have several.
type Interface struct {
	Addr   netip.Addr
	Subnet *topology.Subnet // nil at a site
	Down   bool             // nobody is to use it
}

// Interfaces returns the addresses of what clients know by name; none if that
// is nobody's.
func (p *Plan) Interfaces(name string) []Interface {
	if !strings.HasSuffix(name, zone) {
		return nil
	}
	t := p.Topology
	for _, x := range t.Proxies {
		if HostOf(topology.Via{Proxy: x}) == name {
			return []Interface{{Addr: p.byName["proxy:"+x.Name].Addr(false), Subnet: x.At.Subnet}}
		}
	}
	for _, l := range t.NLBs {
		if HostOf(topology.Via{NLB: l}) == name {
			return p.nodesOf(l)
		}
	}
	for _, v := range t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind == topology.PrivateLink && HostOf(topology.Via{Endpoint: e}) == name {
				return p.EndpointInterfaces(e)
			}
		}
	}
	return nil
}

func (p *Plan) nodesOf(l *topology.NLB) (all []Interface) {
	sort := "nlb:"
	if l.ALB.V {
		sort = "alb:"
	}
	for _, s := range l.At {
		n := p.byName[numbered(sort+l.Name, l.At, s)]
		all = append(all, Interface{n.Addr(false), s, Target(l, s) == nil})
	}
	return all
}

// EndpointInterfaces returns the addresses of an endpoint, in the order of its
// subnets.
func (p *Plan) EndpointInterfaces(e *topology.Endpoint) (all []Interface) {
	if e.Kind == topology.Gateway {
		return nil
	}
	for _, s := range e.Subnets {
		all = append(all, Interface{p.byName[numbered("vpce:"+e.Path(), e.Subnets, s)].Addr(false), s, false})
	}
	return all
}

// AWS returns the public addresses of a service, IPv4 first.
func (p *Plan) AWS(service, region string) (all []netip.Addr) {
	if !slices.Contains(p.public.regions, region) {
		return nil
	}
	for _, v6 := range []bool{false, true} {
		if networks := p.public.networks(service, region, v6); len(networks) > 0 {
			all = append(all, pick(networks[0], service))
		}
	}
	return all
}

// Elsewhere returns the addresses of a host that is not AWS's.
func (p *Plan) Elsewhere(host string) []netip.Addr {
	return []netip.Addr{pick(elsewhere4, host)}
}

// Balancer returns the node of l in subnet.
func (p *Plan) Balancer(l *topology.NLB, subnet *topology.Subnet) *Node {
	sort := "nlb:"
	if l.ALB.V {
		sort = "alb:"
	}
	return p.byName[numbered(sort+l.Name, l.At, subnet)]
}

// Machine returns the node that c runs on.
func (p *Plan) Machine(c *topology.Client) *Node { return p.machine(c) }
