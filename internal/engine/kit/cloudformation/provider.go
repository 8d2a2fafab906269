package cloudformation

import (
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
)

// provider is the stack of the fleet.
func provider(p *kit.Plan) *Stack {
	s := newStack(p, p.Kit.Name+"-provider", "a fleet of proxies behind a Network Load Balancer, exit "+p.Kit.Exit.String())
	s.settings()
	net := s.network()
	s.groups(net)
	s.beside(net)
	s.logs()
	s.role()
	s.parameterOfRules()
	s.balancer(net)
	s.fleet(net)
	s.service()
	s.alarms()
	s.dashboard()
	return s
}

// settings are the parameters that operators change from time to time.
func (s *Stack) settings() {
	k := s.plan.Kit
	s.parameter("ImageId", "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
		"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"+k.Instances.Architecture(), "Amazon Linux 2023, "+k.Instances.Architecture())
	s.parameter("InstanceType", "String", k.Instances.Type, "Instance type, of the same architecture as image and program")
	s.parameter("FleetMin", "Number", k.Instances.Least, "Instances at least")
	s.parameter("FleetMax", "Number", k.Instances.Most, "Instances at most")
	s.parameter("BinaryBucket", "String", k.Binary.Bucket, "S3 bucket with the program")
	s.parameter("BinaryKey", "String", k.Binary.Key, "Key of the program")
	s.parameter("BinarySha256", "String", k.Binary.SHA256, "SHA-256 of the program", "AllowedPattern", "^[0-9a-f]{64}$")
}

// service offers the load balancer over PrivateLink.
func (s *Stack) service() {
	k := s.plan.Kit
	s.output("ProxyName", att("LoadBalancer.DNSName"), "Name of the proxy for sites; the port is in the kit")
	if len(k.Consumers) == 0 {
		return
	}
	var principals []any
	seen := map[string]bool{}
	for _, c := range k.Consumers {
		if !seen[c.Account] {
			principals = append(principals, sub("arn:${AWS::Partition}:iam::"+c.Account+":root"))
		}
		seen[c.Account] = true
	}
	s.resource("Service", "AWS::EC2::VPCEndpointService", tree.Map(
		"NetworkLoadBalancerArns", tree.List(ref("LoadBalancer")),
		"AcceptanceRequired", true,
	))
	s.resource("ServicePermissions", "AWS::EC2::VPCEndpointServicePermissions", tree.Map(
		"ServiceId", ref("Service"), "AllowedPrincipals", tree.List(principals...),
	))
	s.output("ServiceName", sub("com.amazonaws.vpce.${AWS::Region}.${Service}"), "Parameter of the consumers' stacks")
}

// parameterOfRules holds what the proxies run on.
func (s *Stack) parameterOfRules() {
	s.resource("Configuration", "AWS::SSM::Parameter", tree.Map(
		"Name", "/deguchi/"+s.plan.Kit.Name+"/configuration",
		"Type", "String", "Tier", s.plan.Tier(),
		"Description", "deguchi.yaml of the proxies; they take a new value within two minutes",
		"Value", s.plan.Source,
	))
}
