package kit

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// The names of the fleet's parts in topologies.
const (
	fleet   = kitfile.Fleet
	front   = "front"
	service = "exit"
)

// Topology returns the text of a topology in which p is deployed, with tests of
// the ways that its clients and its own instances have. Config is where it finds
// the proxies' configuration.
func (p *Plan) Topology(config string) string {
	k := p.Kit
	t := tree.Map("version", 1, "title", "The kit "+k.Name+", exit "+k.Exit.String())
	accounts, sites, vpcs, links := tree.Map(), tree.Map(), tree.Map(), p.links()
	for _, c := range k.Consumers {
		tree.Set(accounts, c.Name.V, tree.Map("id", c.Account))
	}
	tree.Set(vpcs, fleet, p.fleetVPC())
	for _, s := range k.Sites {
		if !p.within(s) {
			tree.Set(sites, s.Name.V, tree.Map("cidr", s.CIDR.V))
		}
	}
	for _, c := range k.Consumers {
		tree.Set(vpcs, c.Name.V, p.consumerVPC(c))
		for i, network := range c.From {
			tree.Set(sites, behind(c, i), tree.Map("cidr", network.V))
			tree.Set(links, "to-"+behind(c, i), tree.Map("vpn", behind(c, i), "vpc", c.Name.V))
		}
	}
	for _, part := range []struct {
		key string
		n   *yamldoc.Node
	}{
		{"accounts", accounts}, {"sites", sites}, {"vpcs", vpcs}, {"links", links},
		{"nlbs", tree.Map(front, p.balancer())}, {"endpoint_services", p.offered()},
		{"proxies", p.proxies(config)}, {"clients", p.clients()}, {"tests", p.tests()},
	} {
		if len(part.n.Entries)+len(part.n.Items) > 0 {
			tree.Set(t, part.key, part.n)
		}
	}
	return "# Written by deguchi kit from " + k.File + ": what will be deployed, and the ways\n" +
		"# that it must have. deguchi verify proves them.\n" + yamldoc.Write(t)
}

// within reports whether s is a part of the fleet's VPC.
func (p *Plan) within(s kitfile.Site) bool { return s.CIDR.V.Overlaps(p.Kit.VPC.CIDR.V) }

// behind is the name of the ith network behind a consumer's VPC.
func behind(c kitfile.Consumer, i int) string { return c.Name.V + "-" + strconv.Itoa(i+1) }

func subnetOf(vpc string, z kitfile.Zone) string { return vpc + "/" + z.Name.V }
func proxyIn(z kitfile.Zone) string              { return "proxy-" + z.Name.V }
func natIn(z kitfile.Zone) string                { return "nat-" + z.Name.V }

// links are the ways to sites. A transit gateway is one link for all of its
// sites; what leads to a virtual private gateway is taken for Direct Connect.
func (p *Plan) links() *yamldoc.Node {
	links := tree.Map()
	for _, s := range p.Kit.Sites {
		switch {
		case p.within(s) || links.Find(p.linkTo(s)) != nil:
		case strings.HasPrefix(s.Through, "tgw"):
			members := tree.List(fleet)
			for _, other := range p.Kit.Sites {
				if other.Through == s.Through {
					members.Items = append(members.Items, tree.Value(other.Name.V))
				}
			}
			tree.Set(links, p.linkTo(s), tree.Map("tgw", members))
		default:
			tree.Set(links, p.linkTo(s), tree.Map("dx", s.Name.V, "vpc", fleet))
		}
	}
	return links
}

// linkTo is the name of the link to s: that of the first site behind the same
// transit gateway.
func (p *Plan) linkTo(s kitfile.Site) string {
	for _, other := range p.Kit.Sites {
		if other.Through == s.Through && strings.HasPrefix(s.Through, "tgw") {
			return "to-" + other.Name.V
		}
	}
	return "to-" + s.Name.V
}

func (p *Plan) fleetVPC() *yamldoc.Node {
	k := p.Kit
	subnets, endpoints := tree.Map(), tree.Map()
	zones := tree.List()
	for _, z := range k.Zones {
		routes := tree.Map()
		switch k.Exit {
		case kitfile.Internet:
			tree.Set(routes, "internet", "igw")
		case kitfile.NAT:
			tree.Set(routes, "internet", "nat:"+natIn(z))
			tree.Set(subnets, natIn(z), tree.Map("cidr", z.NAT.V, "az", z.Name.V, "nat", true, "routes", tree.Map("internet", "igw")))
		case kitfile.Closed:
		}
		for _, s := range k.Sites {
			if !p.within(s) {
				tree.Set(routes, s.Name.V, p.linkTo(s))
			}
		}
		subnet := tree.Map("cidr", z.CIDR.V, "az", z.Name.V)
		if len(routes.Entries) > 0 {
			tree.Set(subnet, "routes", routes)
		}
		tree.Set(subnets, z.Name.V, subnet)
		zones.Items = append(zones.Items, tree.Value(z.Name.V))
	}
	for _, s := range k.Sites {
		if p.within(s) {
			tree.Set(subnets, s.Name.V, tree.Map("cidr", s.CIDR.V, "az", k.Zones[0].Name.V))
		}
	}
	for _, g := range p.Gateways {
		tree.Set(endpoints, g, tree.Map("gateway", g, "subnets", zones))
	}
	for _, i := range p.interfaces() {
		tree.Set(endpoints, i, tree.Map("interface", i, "subnets", zones, "sg_from", p.zonePlaces()))
	}
	v := tree.Map("region", k.Region, "cidr", k.VPC.CIDR.V)
	if k.Exit != kitfile.Closed {
		tree.Set(v, "igw", true)
	}
	tree.Set(v, "subnets", subnets)
	if len(endpoints.Entries) > 0 {
		tree.Set(v, "endpoints", endpoints)
	}
	return v
}

// interfaces are the services of all interface endpoints beside the proxies.
func (p *Plan) interfaces() (all []string) {
	all = append(append(all, p.Own...), p.Others...)
	for _, t := range p.Kit.Endpoints.Present {
		all = append(all, t.V)
	}
	return all
}

// zonePlaces are the subnets of the proxies and the load balancer.
func (p *Plan) zonePlaces() *yamldoc.Node {
	all := tree.List()
	for _, z := range p.Kit.Zones {
		all.Items = append(all.Items, tree.Value(subnetOf(fleet, z)))
	}
	return all
}

func (p *Plan) consumerVPC(c kitfile.Consumer) *yamldoc.Node {
	subnets, zones, from := tree.Map(), tree.List(), tree.List(c.Name.V)
	for i := range c.From {
		from.Items = append(from.Items, tree.Value(behind(c, i)))
	}
	for _, z := range c.Zones {
		subnet := tree.Map("cidr", z.CIDR.V, "az", z.Name.V)
		if len(c.From) > 0 {
			routes := tree.Map()
			for i := range c.From {
				tree.Set(routes, behind(c, i), "to-"+behind(c, i))
			}
			tree.Set(subnet, "routes", routes)
		}
		tree.Set(subnets, z.Name.V, subnet)
		zones.Items = append(zones.Items, tree.Value(z.Name.V))
	}
	endpoint := tree.Map("privatelink", service, "subnets", zones, "accepted", true, "sg_from", from)
	if c.Endpoint.V != "" {
		tree.Set(endpoint, "dns_name", c.Endpoint.V+"-example0.vpce-svc-0123456789abcdef0."+p.Kit.Region+".vpce.amazonaws.com")
	}
	return tree.Map("region", p.Kit.Region, "account", c.Name.V, "cidr", c.VPC.CIDR.V, "subnets", subnets, "endpoints", tree.Map(service, endpoint))
}

func (p *Plan) balancer() *yamldoc.Node {
	targets, from := tree.List(), tree.List()
	for _, z := range p.Kit.Zones {
		targets.Items = append(targets.Items, tree.Value(proxyIn(z)))
	}
	for _, s := range p.Kit.Sites {
		from.Items = append(from.Items, tree.Value(s.CIDR.V))
	}
	return tree.Map("at", p.zonePlaces(), "listeners", tree.List(p.Kit.Port), "targets", targets,
		"preserve_client_ip", false, "proxy_protocol", true, "cross_zone", true,
		"sg_from", from, "enforce_sg_on_privatelink", false, "idle_timeout", p.Kit.Idle)
}

// offered is the endpoint service, if there are consumers.
func (p *Plan) offered() *yamldoc.Node {
	allow := tree.List()
	for _, c := range p.Kit.Consumers {
		allow.Items = append(allow.Items, tree.Value(c.Name.V))
	}
	if len(allow.Items) == 0 {
		return tree.Map()
	}
	return tree.Map(service, tree.Map("nlb", front, "allow", allow))
}

// proxies has one instance in each zone. The public addresses are of a range for
// documentation: which ones AWS will give, nobody knows.
func (p *Plan) proxies(config string) *yamldoc.Node {
	all := tree.Map()
	for i, z := range p.Kit.Zones {
		x := tree.Map("at", subnetOf(fleet, z), "port", p.Kit.Port)
		if p.Kit.Exit == kitfile.Internet {
			tree.Set(x, "public_ip", "203.0.113."+strconv.Itoa(10+i))
		}
		tree.Set(x, "config", config)
		tree.Set(x, "proxy_protocol", true)
		tree.Set(x, "deny_link_local", true)
		tree.Set(x, "sg_from", p.zonePlaces())
		tree.Set(all, proxyIn(z), x)
	}
	return all
}
