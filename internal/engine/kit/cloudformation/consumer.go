package cloudformation

import (
	"fmt"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// consumer is the stack of one consumer, deployed in its own account.
func consumer(p *kit.Plan, c kitfile.Consumer) *Stack {
	s := newStack(p, p.Kit.Name+"-consumer-"+c.Name.V, "the endpoint of "+c.Name.V+" to the proxies")
	vpc := s.parameter("VpcId", "AWS::EC2::VPC::Id", c.VPC.ID, "The consumer's VPC")
	var subnets []any
	for _, z := range c.Zones {
		subnets = append(subnets, s.parameter("Subnet"+zoneID(z), "AWS::EC2::Subnet::Id", z.Subnet, "Subnet of the endpoint in zone "+z.Name.V))
	}
	name := s.parameter("ServiceName", "String", nil, "Output ServiceName of the provider's stack")
	port := int(p.Kit.Port)
	from := tree.List(opened(port, port, "CidrIp", c.VPC.CIDR.V, "The VPC"))
	for _, network := range c.From {
		from.Items = append(from.Items, opened(port, port, "CidrIp", network.V, "Behind the VPC"))
	}
	s.resource("Group", "AWS::EC2::SecurityGroup", tree.Map(
		"GroupDescription", "Endpoint to the proxies", "VpcId", vpc, "SecurityGroupIngress", from, "Tags", s.tags("endpoint")))
	s.resource("Endpoint", "AWS::EC2::VPCEndpoint", tree.Map(
		"VpcId", vpc, "VpcEndpointType", "Interface", "ServiceName", name,
		"SubnetIds", tree.List(subnets...), "SecurityGroupIds", tree.List(att("Group.GroupId"))))
	s.output("EndpointId", ref("Endpoint"), "consumers."+c.Name.V+".endpoint of kit.yaml: rules know the consumer by it")
	s.domain(c, vpc)
	return s
}

// domain gives the endpoint a name of the consumer's choice. The first entry of
// DnsEntries is the zone and the name of the whole endpoint.
func (s *Stack) domain(c kitfile.Consumer, vpc *tree.Node) {
	part := func(i int) *tree.Node {
		return tree.Tagged("!Select", tree.List(i, tree.Map("Fn::Split", tree.List(":", tree.Map("Fn::Select", tree.List(0, att("Endpoint.DnsEntries")))))))
	}
	if c.Domain == "" {
		s.output("ProxyName", part(1), fmt.Sprintf("The proxy is http://this name:%d", s.plan.Kit.Port))
		return
	}
	s.resource("Zone", "AWS::Route53::HostedZone", tree.Map("Name", c.Domain, "VPCs", tree.List(tree.Map("VPCId", vpc, "VPCRegion", ref("AWS::Region")))))
	s.resource("Name", "AWS::Route53::RecordSet", tree.Map(
		"HostedZoneId", ref("Zone"), "Name", "proxy."+c.Domain, "Type", "A",
		"AliasTarget", tree.Map("HostedZoneId", part(0), "DNSName", part(1), "EvaluateTargetHealth", true)))
	s.output("ProxyName", ref("Name"), fmt.Sprintf("The proxy is http://this name:%d", s.plan.Kit.Port))
}
