package invariant_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/invariant"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

func check(t *testing.T, text, exit string) []diag.Problem {
	t.Helper()
	tmpl, problems := template.CloudFormation("stack.yaml", []byte(text))
	if tmpl == nil {
		t.Fatalf("CloudFormation: %v\n%s", kittest.Lines(problems), text)
	}
	return append(problems, invariant.Check(tmpl, invariant.Options{Exit: exit, Now: kittest.Now})...)
}

// provider is the first stack of a kit.
func provider(t *testing.T, src string) string {
	t.Helper()
	return cloudformation.Stacks(kittest.Plan(t, src))[0].Text()
}

// TestSound: nothing is found in what the kit itself writes.
func TestSound(t *testing.T) {
	for name, src := range kittest.Matrix() {
		p := kittest.Plan(t, src)
		for _, s := range cloudformation.Stacks(p) {
			for _, exit := range []string{"", p.Kit.Exit.String()} {
				if found := check(t, s.Text(), exit); len(found) > 0 {
					t.Errorf("Check(%s of %s, exit %q) = %v", s.File(), name, exit, kittest.Lines(found))
				}
			}
		}
	}
}

// TestFaults breaks a sound stack in one place at a time. Every fault is one
// that cfn-lint passes or that changes what the kit is for.
func TestFaults(t *testing.T) {
	const public, data = "AssociatePublicIpAddress: true", "MetadataOptions: {HttpEndpoint: enabled, HttpTokens: required, HttpPutResponseHopLimit: 1}"
	cases := map[string]struct {
		kit, old, to string
		want         []string // codes
	}{
		"an Application Load Balancer":                    {kittest.Closed, "Type: network\n", "Type: application\n", []string{"DG6201"}},
		"no type, which means application":                {kittest.Closed, "      Type: network\n", "", []string{"DG6201"}},
		"a listener that reads TLS":                       {kittest.Closed, "Protocol: TCP\n      Port: 3128\n      DefaultActions", "Protocol: TLS\n      Port: 3128\n      DefaultActions", []string{"DG6201"}},
		"a misspelt attribute":                            {kittest.Closed, "proxy_protocol_v2.enabled", "proxy_protocol.v2.enabled", []string{"DG6202", "DG6205"}},
		"a delay beyond what AWS takes":                   {kittest.Closed, "timeout_seconds, Value: \"120\"", "timeout_seconds, Value: \"4000\"", []string{"DG6203", "DG6208"}},
		"an idle timeout beyond what AWS takes":           {kittest.Closed, "tcp.idle_timeout.seconds, Value: \"3600\"", "tcp.idle_timeout.seconds, Value: \"9000\"", []string{"DG6203"}},
		"yes for true":                                    {kittest.Closed, "preserve_client_ip.enabled, Value: \"false\"", "preserve_client_ip.enabled, Value: \"no\"", []string{"DG6203"}},
		"health by /healthz":                              {kittest.Closed, "/readyz", "/healthz", []string{"DG6204"}},
		"health by an open port":                          {kittest.Closed, "HealthCheckProtocol: HTTP", "HealthCheckProtocol: TCP", []string{"DG6204"}},
		"health on the proxy's port":                      {kittest.Closed, `HealthCheckPort: "3129"`, `HealthCheckPort: "3128"`, []string{"DG6204"}},
		"PROXY headers that nobody sends":                 {kittest.Closed, "v2.enabled, Value: \"true\"", "v2.enabled, Value: \"false\"", []string{"DG6205"}},
		"PROXY headers that nobody reads":                 {kittest.Closed, "proxy_protocol: required, trust: [10.40.0.0/24, 10.40.1.0/24]", "proxy_protocol: off", []string{"DG6205"}},
		"an idle timeout below the keepalive":             {kittest.Closed, "tcp.idle_timeout.seconds, Value: \"3600\"", "tcp.idle_timeout.seconds, Value: \"120\"", []string{"DG6206"}},
		"a load balancer in one zone":                     {kittest.Closed, "Subnets: [!Ref SubnetA, !Ref SubnetC]", "Subnets: [!Ref SubnetA]", []string{"DG6207"}},
		"a fleet in one zone":                             {kittest.Closed, "VPCZoneIdentifier: [!Ref SubnetA, !Ref SubnetC]", "VPCZoneIdentifier: [!Ref SubnetA]", []string{"DG6207"}},
		"a hook for what begins":                          {kittest.Closed, "EC2_INSTANCE_TERMINATING", "EC2_INSTANCE_LAUNCHING", []string{"DG6208"}},
		"a hook that ends too soon":                       {kittest.Closed, "HeartbeatTimeout: 180", "HeartbeatTimeout: 60", []string{"DG6208"}},
		"no way in for health checks":                     {kittest.Closed, "FromPort: 3129\n      ToPort: 3129\n      SourceSecurityGroupId", "FromPort: 3139\n      ToPort: 3139\n      SourceSecurityGroupId", []string{"DG6301"}},
		"connections from a group that has none":          {kittest.Closed, "SourceSecurityGroupId: !GetAtt LoadBalancerGroup.GroupId\n      Description: Connections", "SourceSecurityGroupId: !GetAtt ProxyGroup.GroupId\n      Description: Connections", []string{"DG6301"}},
		"an open proxy":                                   {kittest.Closed, "CidrIp: 192.168.0.0/16", "CidrIp: 0.0.0.0/0", []string{"DG6302"}},
		"SSH":                                             {kittest.Closed, "      SecurityGroupEgress:\n", "      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}]\n      SecurityGroupEgress:\n", []string{"DG6302"}},
		"a key pair":                                      {kittest.Closed, "        MetadataOptions:", "        KeyName: operators\n        MetadataOptions:", []string{"DG6302"}},
		"subnets that overlap":                            {kittest.Closed, "CidrBlock: 10.40.1.0/24", "CidrBlock: 10.40.0.128/25", []string{"DG6303"}},
		"a subnet outside its VPC":                        {kittest.Closed, "CidrBlock: 10.40.1.0/24", "CidrBlock: 10.41.1.0/24", []string{"DG6205", "DG6303"}},
		"closed, and the endpoint on one table of two":    {kittest.Closed, "RouteTableIds: [!Ref TableA, !Ref TableC]", "RouteTableIds: [!Ref TableA]", []string{"DG6401"}},
		"closed, and an endpoint for another service":     {kittest.Closed, "com.amazonaws.${AWS::Region}.s3", "com.amazonaws.${AWS::Region}.dynamodb", []string{"DG6401"}},
		"closed, without ssmmessages":                     {kittest.Closed, "com.amazonaws.${AWS::Region}.ssmmessages", "com.amazonaws.${AWS::Region}.ec2messages", []string{"DG6403", "DG6408"}},
		"an endpoint that does not admit the proxies":     {kittest.Closed, "FromPort: 443\n          ToPort: 443\n          SourceSecurityGroupId", "FromPort: 80\n          ToPort: 80\n          SourceSecurityGroupId", []string{"DG6404", "DG6404", "DG6404", "DG6404"}},
		"open, and a gateway endpoint beside the proxies": {kittest.Consumers, "  LoadBalancerGroup:\n", "  S3:\n    Type: AWS::EC2::VPCEndpoint\n    Properties: {VpcId: !Ref Vpc, ServiceName: !Sub \"com.amazonaws.${AWS::Region}.s3\", RouteTableIds: [!Ref TableC]}\n  LoadBalancerGroup:\n", []string{"DG6402"}},
		"an internet gateway and private addresses":       {kittest.Consumers, public, "AssociatePublicIpAddress: false", []string{"DG6405"}},
		"metadata without a token":                        {kittest.Closed, "HttpTokens: required", "HttpTokens: optional", []string{"DG6501"}},
		"metadata as it was by default":                   {kittest.Closed, "        " + data + "\n", "", []string{"DG6501"}},
		"metadata for containers":                         {kittest.Closed, "HttpPutResponseHopLimit: 1", "HttpPutResponseHopLimit: 2", []string{"DG6501"}},
		"the deprecated policy":                           {kittest.Closed, "AmazonSSMManagedInstanceCore", "service-role/AmazonEC2RoleforSSM", []string{"DG6502"}},
		"an administrator's policy":                       {kittest.Closed, "AmazonSSMManagedInstanceCore", "AdministratorAccess", []string{"DG6502"}},
		"a service for every account":                     {kittest.Consumers, "AllowedPrincipals: [!Sub \"arn:${AWS::Partition}:iam::222222222222:root\"]", "AllowedPrincipals: [\"*\"]", []string{"DG6503"}},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			sound := provider(t, c.kit)
			broken := strings.Replace(sound, c.old, c.to, 1)
			if broken == sound {
				t.Fatalf("%q is not in the stack:\n%s", c.old, sound)
			}
			var got []string
			for _, p := range check(t, broken, "") {
				if got = append(got, p.Code); p.Pos.Line < 1 || p.Hint.IsZero() && !slices.Contains([]string{"DG6203", "DG6303"}, p.Code) {
					t.Errorf("%s has no place or no hint", kittest.Lines([]diag.Problem{p}))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings after %q became %q (-want +got):\n%s", c.old, c.to, diff)
			}
		})
	}
}

// FuzzCheck: whatever a template says, it is read or refused.
func FuzzCheck(f *testing.F) {
	f.Add("Resources: {A: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {VPCZoneIdentifier: [!Ref B]}}}")
	f.Add("Resources: {A: !Ref A, B: {Properties: {Fn::Join: [1, [2]]}}}")
	f.Add("Resources: {L: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: !Sub x, TargetGroupAttributes: [1, {Key: {}}]}}}")
	f.Fuzz(func(t *testing.T, src string) {
		tmpl, problems := template.CloudFormation("f", []byte(src))
		if tmpl == nil && len(problems) == 0 {
			t.Fatalf("%q is refused without a reason", src)
		}
		if tmpl != nil {
			invariant.Check(tmpl, invariant.Options{Exit: "closed", Now: kittest.Now})
		}
	})
}

// FuzzModule: whatever a module says, it is read or refused.
func FuzzModule(f *testing.F) {
	f.Add("resource \"aws_lb\" \"a\" {\n  subnets = [aws_subnet.b.id]\n}\nresource \"aws_subnet\" \"b\" { count = 2 }")
	f.Add("resource \"aws_security_group\" \"a\" {\n  ingress = [{ cidr_blocks = 1, self = true }]\n  egress {}\n}")
	f.Add("resource \"aws_iam_role\" \"a\" {\n  assume_role_policy = \"[{}]\"\n  inline_policy { policy = 3 }\n}\nresource \"aws_route_table\" \"b\" { route = [1] }")
	f.Fuzz(func(t *testing.T, src string) {
		tmpl, problems := template.Terraform("m", template.Folder{Files: []hcldoc.File{{Name: "main.tf", Source: []byte(src)}}}, nil)
		if tmpl == nil && len(problems) == 0 {
			t.Fatalf("%q is refused without a reason", src)
		}
		if tmpl != nil {
			invariant.Check(tmpl, invariant.Options{Exit: "closed", Now: kittest.Now})
		}
	})
}
