package cloudformation

import (
	"fmt"

	"github.com/deguchi-project/deguchi/internal/engine/kit/machine"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// balancer is the Network Load Balancer with its listener and targets.
func (s *Stack) balancer(net *network) {
	k := s.plan.Kit
	s.resource("LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", tree.Map(
		"Type", "network", "Scheme", "internal",
		"Subnets", tree.List(net.subnets...),
		"SecurityGroups", tree.List(att("LoadBalancerGroup.GroupId")),
		// A consumer has addresses of its own choice, which no group can know;
		// who may connect is settled by the endpoint service.
		"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "off",
		"LoadBalancerAttributes", attributes("load_balancing.cross_zone.enabled", "true"),
		"Tags", s.tags("front"),
	))
	s.resource("Targets", "AWS::ElasticLoadBalancingV2::TargetGroup", tree.Map(
		"VpcId", net.vpc, "Protocol", "TCP", "Port", k.Port, "TargetType", "instance",
		"HealthCheckProtocol", "HTTP", "HealthCheckPort", fmt.Sprint(k.AdminPort), "HealthCheckPath", "/readyz",
		"HealthCheckIntervalSeconds", 10, "HealthCheckTimeoutSeconds", 5,
		"HealthyThresholdCount", 2, "UnhealthyThresholdCount", 2, "Matcher", tree.Map("HttpCode", "200"),
		"TargetGroupAttributes", attributes(
			"proxy_protocol_v2.enabled", "true",
			"preserve_client_ip.enabled", "false",
			"deregistration_delay.timeout_seconds", fmt.Sprint(k.Drain),
			"deregistration_delay.connection_termination.enabled", "true"),
		"Tags", s.tags("proxies"),
	))
	s.resource("Listener", "AWS::ElasticLoadBalancingV2::Listener", tree.Map(
		"LoadBalancerArn", ref("LoadBalancer"), "Protocol", "TCP", "Port", k.Port,
		"DefaultActions", tree.List(tree.Map("Type", "forward", "TargetGroupArn", ref("Targets"))),
		"ListenerAttributes", attributes("tcp.idle_timeout.seconds", fmt.Sprint(k.Idle)),
	))
}

func attributes(pairs ...string) *tree.Node {
	n := tree.List()
	for i := 0; i+1 < len(pairs); i += 2 {
		n.Items = append(n.Items, tree.Map("Key", pairs[i], "Value", pairs[i+1]))
	}
	return n
}

// The names of the group and its hook: the role and the instances have to know
// them before they are there.
const (
	fleetName = "${AWS::StackName}-fleet"
	hookName  = "${AWS::StackName}-drain"
)

// fleet is the Auto Scaling group.
func (s *Stack) fleet(net *network) {
	k := s.plan.Kit
	s.launchTemplate()
	properties := tree.Map(
		"AutoScalingGroupName", sub(fleetName),
		"MinSize", ref("FleetMin"), "MaxSize", ref("FleetMax"),
		"VPCZoneIdentifier", tree.List(net.subnets...),
		"LaunchTemplate", tree.Map("LaunchTemplateId", ref("Template"), "Version", att("Template.LatestVersionNumber")),
		"TargetGroupARNs", tree.List(ref("Targets")),
		"HealthCheckType", "ELB", "HealthCheckGracePeriod", 300,
		"Tags", tree.List(tree.Map("Key", "Name", "Value", k.Name+"-proxy", "PropagateAtLaunch", true)),
	)
	update := tree.Map("AutoScalingRollingUpdate", tree.Map(
		"MinInstancesInService", ref("FleetMin"), "MaxBatchSize", 1, "PauseTime", "PT5M",
		"SuspendProcesses", tree.List("HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions")))
	ready := append([]any{"Listener"}, net.ready...) // else the first instances find no way
	s.resource("Fleet", "AWS::AutoScaling::AutoScalingGroup", properties, "DependsOn", tree.List(ready...), "UpdatePolicy", update)
	s.resource("Drain", "AWS::AutoScaling::LifecycleHook", tree.Map(
		"AutoScalingGroupName", ref("Fleet"), "LifecycleHookName", sub(hookName),
		"LifecycleTransition", "autoscaling:EC2_INSTANCE_TERMINATING",
		"HeartbeatTimeout", k.Drain+60, "DefaultResult", "CONTINUE"))
	s.resource("Scaling", "AWS::AutoScaling::ScalingPolicy", tree.Map(
		"AutoScalingGroupName", ref("Fleet"), "PolicyType", "TargetTrackingScaling",
		"TargetTrackingConfiguration", tree.Map(
			"PredefinedMetricSpecification", tree.Map("PredefinedMetricType", "ASGAverageCPUUtilization"), "TargetValue", 50)))
}

// launchTemplate is what an instance is. It has no key pair: operators come by
// Session Manager.
func (s *Stack) launchTemplate() {
	k := s.plan.Kit
	card := tree.Map("DeviceIndex", 0, "AssociatePublicIpAddress", k.Exit == kitfile.Internet, "DeleteOnTermination", true, "Groups", tree.List(att("ProxyGroup.GroupId")))
	data := tree.Map(
		"ImageId", ref("ImageId"), "InstanceType", ref("InstanceType"),
		"IamInstanceProfile", tree.Map("Arn", att("Profile.Arn")),
		"MetadataOptions", tree.Map("HttpEndpoint", "enabled", "HttpTokens", "required", "HttpPutResponseHopLimit", 1),
		"NetworkInterfaces", tree.List(card),
		"BlockDeviceMappings", tree.List(tree.Map("DeviceName", "/dev/xvda", "Ebs", tree.Map(
			"VolumeSize", 16, "VolumeType", "gp3", "Encrypted", true, "DeleteOnTermination", true))),
		"Monitoring", tree.Map("Enabled", true),
		"TagSpecifications", tree.List(
			tree.Map("ResourceType", "instance", "Tags", s.tags("proxy")),
			tree.Map("ResourceType", "volume", "Tags", s.tags("proxy"))),
		"UserData", tree.Map("Fn::Base64", sub(UserData(s))),
	)
	s.resource("Template", "AWS::EC2::LaunchTemplate", tree.Map("LaunchTemplateData", data))
}

// UserData is the script of the instances, as the stack has it.
func UserData(s *Stack) string {
	k := s.plan.Kit
	return machine.UserData(machine.Values{
		Region: "${AWS::Region}", Bucket: s.program("Bucket"), Key: s.program("Key"), SHA256: s.program("Sha256"), Package: k.Program.Package,
		Parameter: "${Configuration}", Fleet: fleetName, Hook: hookName, LogGroup: "${LogGroup}",
		Ports: [2]uint16{k.Port, k.AdminPort}, Drain: k.Drain,
	})
}
