package cloudformation

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// network is what the other parts of the provider's stack refer to.
type network struct {
	vpc     *tree.Node
	subnets []any // of the proxies and of the load balancer's nodes
	tables  []any // of these subnets
	ready   []any // logical ids that instances wait for
}

// network makes the VPC, or takes the ids of one that is there.
func (s *Stack) network() *network {
	k := s.plan.Kit
	net := &network{}
	if !k.VPC.New() {
		net.vpc = s.parameter("VpcId", "AWS::EC2::VPC::Id", k.VPC.ID, "The VPC")
		for _, z := range k.Zones {
			net.subnets = append(net.subnets, s.parameter("Subnet"+zoneID(z), "AWS::EC2::Subnet::Id", z.Subnet, "Subnet of the proxies in zone "+z.Name.V))
			if k.Exit == kitfile.Closed {
				net.tables = append(net.tables, s.parameter("Table"+zoneID(z), "String", z.Table, "Its route table"))
			}
		}
		return net
	}
	net.vpc = s.resource("Vpc", "AWS::EC2::VPC", tree.Map(
		"CidrBlock", k.VPC.CIDR.V, "EnableDnsSupport", true, "EnableDnsHostnames", true, "Tags", s.tags("vpc")))
	gateway := s.internetGateway(net)
	attached := s.attachments(net)
	for _, z := range k.Zones {
		id := zoneID(z)
		table := s.resource("Table"+id, "AWS::EC2::RouteTable", tree.Map("VpcId", net.vpc, "Tags", s.tags("proxies-"+z.Name.V)))
		subnet := s.subnet("Subnet"+id, z, z.CIDR, "proxies-"+z.Name.V, net)
		s.join("Subnet"+id, "Table"+id)
		net.subnets, net.tables = append(net.subnets, subnet), append(net.tables, table)
		if route := s.wayOut(z, gateway, net); route != "" {
			net.ready = append(net.ready, route)
		}
		s.waysToSites(z, attached)
	}
	return net
}

// subnet makes a subnet of zone z.
func (s *Stack) subnet(id string, z kitfile.Zone, cidr kitfile.Prefix, name string, net *network) *tree.Node {
	return s.resource(id, "AWS::EC2::Subnet", tree.Map(
		"VpcId", net.vpc, "AvailabilityZone", sub(zoneName(z)), "CidrBlock", cidr.V, "Tags", s.tags(name)))
}

// join puts a subnet on a route table.
func (s *Stack) join(subnet, table string) {
	s.resource(subnet+"Table", "AWS::EC2::SubnetRouteTableAssociation", tree.Map("SubnetId", ref(subnet), "RouteTableId", ref(table)))
}

// internetGateway makes one, and returns the logical id of its attachment, ""
// if the exit is closed.
func (s *Stack) internetGateway(net *network) string {
	if s.plan.Kit.Exit == kitfile.Closed {
		return ""
	}
	s.resource("InternetGateway", "AWS::EC2::InternetGateway", tree.Map("Tags", s.tags("gateway")))
	s.resource("InternetGatewayAttachment", "AWS::EC2::VPCGatewayAttachment", tree.Map("VpcId", net.vpc, "InternetGatewayId", ref("InternetGateway")))
	return "InternetGatewayAttachment"
}

// wayOut makes the default route of zone z, and returns its logical id.
func (s *Stack) wayOut(z kitfile.Zone, attachment string, net *network) string {
	id := zoneID(z)
	route := func(id, table string, target ...any) string {
		properties := tree.Map("RouteTableId", ref(table), "DestinationCidrBlock", "0.0.0.0/0")
		properties.Entries = append(properties.Entries, tree.Map(target...).Entries...)
		s.resource(id, "AWS::EC2::Route", properties, "DependsOn", attachment)
		return id
	}
	switch s.plan.Kit.Exit {
	case kitfile.Internet:
		return route("Default"+id, "Table"+id, "GatewayId", ref("InternetGateway"))
	case kitfile.NAT:
		s.subnet("NatSubnet"+id, z, z.NAT, "nat-"+z.Name.V, net)
		s.resource("NatTable"+id, "AWS::EC2::RouteTable", tree.Map("VpcId", net.vpc, "Tags", s.tags("nat-"+z.Name.V)))
		s.join("NatSubnet"+id, "NatTable"+id)
		route("NatDefault"+id, "NatTable"+id, "GatewayId", ref("InternetGateway"))
		s.resource("NatAddress"+id, "AWS::EC2::EIP", tree.Map("Domain", "vpc", "Tags", s.tags("nat-"+z.Name.V)), "DependsOn", attachment)
		s.resource("Nat"+id, "AWS::EC2::NatGateway", tree.Map(
			"AllocationId", att("NatAddress"+id+".AllocationId"), "SubnetId", ref("NatSubnet"+id), "Tags", s.tags("nat-"+z.Name.V)),
			"DependsOn", tree.List("NatDefault"+id, "NatSubnet"+id+"Table"))
		s.output("SourceAddress"+id, ref("NatAddress"+id), "Source address of the proxies in zone "+z.Name.V)
		return route("Default"+id, "Table"+id, "NatGatewayId", ref("Nat"+id))
	case kitfile.Closed:
	}
	return ""
}

// attachments join the VPC to the gateways that sites are behind, and returns
// the logical id of each by the gateway's.
func (s *Stack) attachments(net *network) map[string]string {
	ids := make(map[string]string)
	for _, site := range s.plan.Kit.Sites {
		if site.Through == "" || ids[site.Through] != "" {
			continue
		}
		kind, _, _ := strings.Cut(site.Through, "-")
		if kind == "vgw" {
			ids[site.Through] = "VpnGatewayAttachment"
			s.resource("VpnGatewayAttachment", "AWS::EC2::VPCGatewayAttachment", tree.Map("VpcId", net.vpc, "VpnGatewayId", site.Through))
			continue
		}
		id := "Transit" + words(site.Name.V)
		ids[site.Through] = id
		subnets := tree.List()
		for _, z := range s.plan.Kit.Zones {
			subnets.Items = append(subnets.Items, ref("Subnet"+zoneID(z)))
		}
		s.resource(id, "AWS::EC2::TransitGatewayAttachment", tree.Map(
			"TransitGatewayId", site.Through, "VpcId", net.vpc, "SubnetIds", subnets, "Tags", s.tags("transit")))
	}
	return ids
}

// waysToSites are the routes by which answers go back to sites.
func (s *Stack) waysToSites(z kitfile.Zone, attached map[string]string) {
	for _, site := range s.plan.Kit.Sites {
		if site.Through == "" {
			continue
		}
		target := "TransitGatewayId"
		if strings.HasPrefix(site.Through, "vgw") {
			target = "GatewayId"
		}
		s.resource("To"+words(site.Name.V)+zoneID(z), "AWS::EC2::Route", tree.Map(
			"RouteTableId", ref("Table"+zoneID(z)), "DestinationCidrBlock", site.CIDR.V, target, site.Through),
			"DependsOn", attached[site.Through])
	}
}
