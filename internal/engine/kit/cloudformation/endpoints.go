package cloudformation

import (
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
)

// beside are the endpoints without which the fleet of a closed VPC does not
// start. With another exit there are none.
func (s *Stack) beside(net *network) {
	for _, service := range s.plan.Gateways {
		id := "Gateway" + words(service)
		s.resource(id, "AWS::EC2::VPCEndpoint", tree.Map(
			"VpcId", net.vpc, "VpcEndpointType", "Gateway",
			"ServiceName", sub("com.amazonaws.${AWS::Region}."+service),
			"RouteTableIds", tree.List(net.tables...)))
		net.ready = append(net.ready, id)
	}
	if len(s.plan.Own) > 0 {
		s.endpointGroup(net.vpc, att("ProxyGroup.GroupId"))
	}
	for _, service := range s.plan.Own {
		net.ready = append(net.ready, s.interfaceEndpoint(service, net.vpc, net.subnets))
	}
	s.output("VpcId", net.vpc, "Parameter of the endpoints' stack")
	for i, z := range s.plan.Kit.Zones {
		s.output("Subnet"+zoneID(z), net.subnets[i].(*tree.Node), "Subnet of the proxies in zone "+z.Name.V)
	}
	s.output("ProxyGroupId", att("ProxyGroup.GroupId"), "Security group of the proxies")
}

// endpointGroup lets the proxies in, whose group from is.
func (s *Stack) endpointGroup(vpc, from *tree.Node) {
	s.resource("EndpointGroup", "AWS::EC2::SecurityGroup", tree.Map(
		"GroupDescription", "Interface endpoints", "VpcId", vpc,
		"SecurityGroupIngress", tree.List(opened(443, 443, "SourceSecurityGroupId", from, "Proxies")),
		"Tags", s.tags("endpoints")))
}

// interfaceEndpoint makes one in subnets, with private DNS, and returns its
// logical id.
func (s *Stack) interfaceEndpoint(service string, vpc *tree.Node, subnets []any) string {
	id := "Endpoint" + words(service)
	s.resource(id, "AWS::EC2::VPCEndpoint", tree.Map(
		"VpcId", vpc, "VpcEndpointType", "Interface",
		"ServiceName", sub("com.amazonaws.${AWS::Region}."+service),
		"SubnetIds", tree.List(subnets...),
		"SecurityGroupIds", tree.List(att("EndpointGroup.GroupId")),
		"PrivateDnsEnabled", true))
	return id
}

// endpoints is the stack of those interface endpoints that rules need or the
// author asked for.
func endpoints(p *kit.Plan) *Stack {
	s := newStack(p, p.Kit.Name+"-endpoints", "interface endpoints beside the proxies")
	k := p.Kit
	var subnets []any
	vpc := s.parameter("VpcId", "AWS::EC2::VPC::Id", present(k.VPC.ID), "Output VpcId of the provider's stack")
	for _, z := range k.Zones {
		subnets = append(subnets, s.parameter("Subnet"+zoneID(z), "AWS::EC2::Subnet::Id", present(z.Subnet), "Its output Subnet"+zoneID(z)))
	}
	group := s.parameter("ProxyGroupId", "AWS::EC2::SecurityGroup::Id", nil, "Its output ProxyGroupId")
	s.endpointGroup(vpc, group)
	for _, service := range p.Others {
		s.interfaceEndpoint(service, vpc, subnets)
	}
	return s
}

// present is text as a parameter's default, nil if there is none.
func present(text string) any {
	if text == "" {
		return nil
	}
	return text
}
