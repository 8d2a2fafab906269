package cloudformation

import (
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
)

// groups are the security groups: sites to the load balancer, the load balancer
// to the proxies, the proxies to the ports that rules let through, and to the
// endpoints beside them.
func (s *Stack) groups(net *network) {
	k := s.plan.Kit
	front := tree.List()
	for _, site := range k.Sites {
		front.Items = append(front.Items, opened(int(k.Port), int(k.Port), "CidrIp", site.CIDR.V, "Clients of "+site.Name.V))
	}
	balancer := tree.Map("GroupDescription", "Load balancer in front of the proxies", "VpcId", net.vpc)
	if len(front.Items) > 0 {
		tree.Set(balancer, "SecurityGroupIngress", front)
	}
	tree.Set(balancer, "Tags", s.tags("front"))
	s.resource("LoadBalancerGroup", "AWS::EC2::SecurityGroup", balancer)

	out := tree.List()
	for _, p := range s.plan.Ports() {
		out.Items = append(out.Items, opened(int(p.First), int(p.Last), "CidrIp", "0.0.0.0/0", "What rules let through"))
	}
	s.resource("ProxyGroup", "AWS::EC2::SecurityGroup", tree.Map(
		"GroupDescription", "Proxies", "VpcId", net.vpc, "SecurityGroupEgress", out, "Tags", s.tags("proxies")))

	for _, way := range []struct {
		id          string
		port        uint16
		description string
	}{{"Proxy", k.Port, "Connections"}, {"Health", k.AdminPort, "Health checks"}} {
		s.resource(way.id+"FromLoadBalancer", "AWS::EC2::SecurityGroupIngress", chained("ProxyGroup", "SourceSecurityGroupId", "LoadBalancerGroup", way.port, way.description))
		s.resource("LoadBalancerTo"+way.id, "AWS::EC2::SecurityGroupEgress", chained("LoadBalancerGroup", "DestinationSecurityGroupId", "ProxyGroup", way.port, way.description))
	}
}

// opened is a rule inside a group.
func opened(first, last int, key string, peer any, description string) *tree.Node {
	return tree.Map("IpProtocol", "tcp", "FromPort", first, "ToPort", last, key, peer, "Description", description)
}

// chained is a rule that stands beside its group, because two groups name each
// other.
func chained(group, key, peer string, port uint16, description string) *tree.Node {
	return tree.Map("GroupId", att(group+".GroupId"), "IpProtocol", "tcp", "FromPort", port, "ToPort", port, key, att(peer+".GroupId"), "Description", description)
}
