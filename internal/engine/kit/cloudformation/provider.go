package cloudformation

import (
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
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
	form, what := form(k.Program)
	s.parameter(form+"Bucket", "String", k.Program.Bucket, "S3 bucket with the "+what)
	s.parameter(form+"Key", "String", k.Program.Key, "Key of the "+what)
	s.parameter(form+"Sha256", "String", k.Program.SHA256, "SHA-256 of the "+what, "AllowedPattern", "^[0-9a-f]{64}$")
}

// form is the beginning of the names of parameters that say where the program is,
// and what stands there.
func form(p kitfile.Program) (name, what string) {
	if p.Package {
		return "Package", "package"
	}
	return "Binary", "program"
}

// program refers to one of those parameters inside text.
func (s *Stack) program(which string) string {
	name, _ := form(s.plan.Kit.Program)
	return "${" + name + which + "}"
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
