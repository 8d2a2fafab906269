package template

// row is how a resource of Terraform's becomes one of CloudFormation's: its type,
// and arguments with the keys that they are, "block.argument=Key.Key".
type row struct{ typ, keys string }

// rows are the resources that checks know.
var rows = map[string]row{
	"aws_vpc":                     {"AWS::EC2::VPC", "cidr_block=CidrBlock enable_dns_support=EnableDnsSupport enable_dns_hostnames=EnableDnsHostnames"},
	"aws_subnet":                  {"AWS::EC2::Subnet", "vpc_id=VpcId cidr_block=CidrBlock availability_zone=AvailabilityZone availability_zone_id=AvailabilityZone map_public_ip_on_launch=MapPublicIpOnLaunch"},
	"aws_route_table":             {"AWS::EC2::RouteTable", "vpc_id=VpcId"},
	"aws_route":                   {"AWS::EC2::Route", "route_table_id=RouteTableId " + routeKeys},
	"aws_route_table_association": {"AWS::EC2::SubnetRouteTableAssociation", "subnet_id=SubnetId route_table_id=RouteTableId"},
	"aws_internet_gateway":        {"AWS::EC2::InternetGateway", ""},
	"aws_internet_gateway_attachment": {"AWS::EC2::VPCGatewayAttachment",
		"vpc_id=VpcId internet_gateway_id=InternetGatewayId"},
	"aws_vpn_gateway_attachment": {"AWS::EC2::VPCGatewayAttachment", "vpc_id=VpcId vpn_gateway_id=VpnGatewayId"},
	"aws_ec2_transit_gateway_vpc_attachment": {"AWS::EC2::TransitGatewayAttachment",
		"vpc_id=VpcId subnet_ids=SubnetIds transit_gateway_id=TransitGatewayId"},
	"aws_nat_gateway": {"AWS::EC2::NatGateway", "subnet_id=SubnetId allocation_id=AllocationId connectivity_type=ConnectivityType availability_mode=AvailabilityMode"},
	"aws_vpc_ipv4_cidr_block_association": {"AWS::EC2::VPCCidrBlock",
		"vpc_id=VpcId cidr_block=CidrBlock"},
	"aws_default_route_table":          {"AWS::EC2::RouteTable", "default_route_table_id=VpcId"}, // which refers to the VPC
	"aws_main_route_table_association": {MainTable, "vpc_id=VpcId route_table_id=RouteTableId"},
	"aws_vpn_gateway":                  {"AWS::EC2::VPNGateway", ""},
	"aws_eip":                          {"AWS::EC2::EIP", "domain=Domain"},
	"aws_vpc_endpoint": {"AWS::EC2::VPCEndpoint", "vpc_id=VpcId service_name=ServiceName vpc_endpoint_type=VpcEndpointType route_table_ids=RouteTableIds " +
		"subnet_ids=SubnetIds security_group_ids=SecurityGroupIds private_dns_enabled=PrivateDnsEnabled policy=PolicyDocument"},
	"aws_vpc_endpoint_service": {"AWS::EC2::VPCEndpointService", "acceptance_required=AcceptanceRequired network_load_balancer_arns=NetworkLoadBalancerArns"},
	"aws_security_group":       {"AWS::EC2::SecurityGroup", "vpc_id=VpcId description=GroupDescription name=GroupName"},
	"aws_vpc_security_group_ingress_rule": {"AWS::EC2::SecurityGroupIngress", "security_group_id=GroupId ip_protocol=IpProtocol from_port=FromPort to_port=ToPort " +
		"cidr_ipv4=CidrIp cidr_ipv6=CidrIpv6 prefix_list_id=SourcePrefixListId referenced_security_group_id=SourceSecurityGroupId"},
	"aws_vpc_security_group_egress_rule": {"AWS::EC2::SecurityGroupEgress", "security_group_id=GroupId ip_protocol=IpProtocol from_port=FromPort to_port=ToPort " +
		"cidr_ipv4=CidrIp cidr_ipv6=CidrIpv6 prefix_list_id=DestinationPrefixListId referenced_security_group_id=DestinationSecurityGroupId"},
	"aws_lb": {"AWS::ElasticLoadBalancingV2::LoadBalancer", "name=Name load_balancer_type=Type subnets=Subnets security_groups=SecurityGroups subnet_mapping=SubnetMappings " +
		"enforce_security_group_inbound_rules_on_private_link_traffic=EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"},
	"aws_lb_target_group": {"AWS::ElasticLoadBalancingV2::TargetGroup", "name=Name vpc_id=VpcId port=Port protocol=Protocol target_type=TargetType " +
		"health_check.protocol=HealthCheckProtocol health_check.port=HealthCheckPort health_check.path=HealthCheckPath health_check.interval=HealthCheckIntervalSeconds " +
		"health_check.timeout=HealthCheckTimeoutSeconds health_check.healthy_threshold=HealthyThresholdCount " +
		"health_check.unhealthy_threshold=UnhealthyThresholdCount health_check.matcher=Matcher.HttpCode health_check.enabled=HealthCheckEnabled"},
	"aws_lb_listener": {"AWS::ElasticLoadBalancingV2::Listener", "load_balancer_arn=LoadBalancerArn port=Port protocol=Protocol"},
	"aws_launch_template": {"AWS::EC2::LaunchTemplate", "image_id=LaunchTemplateData.ImageId instance_type=LaunchTemplateData.InstanceType " +
		"key_name=LaunchTemplateData.KeyName vpc_security_group_ids=LaunchTemplateData.SecurityGroupIds user_data=LaunchTemplateData.UserData " +
		"iam_instance_profile.arn=LaunchTemplateData.IamInstanceProfile.Arn iam_instance_profile.name=LaunchTemplateData.IamInstanceProfile.Name " +
		metadataKeys("LaunchTemplateData.")},
	"aws_autoscaling_group": {"AWS::AutoScaling::AutoScalingGroup", "name=AutoScalingGroupName min_size=MinSize max_size=MaxSize desired_capacity=DesiredCapacity " +
		"vpc_zone_identifier=VPCZoneIdentifier target_group_arns=TargetGroupARNs health_check_type=HealthCheckType " +
		"health_check_grace_period=HealthCheckGracePeriod launch_template.id=LaunchTemplate.LaunchTemplateId launch_template.name=LaunchTemplate.LaunchTemplateName"},
	"aws_launch_configuration": {"AWS::EC2::LaunchTemplate", "image_id=LaunchTemplateData.ImageId instance_type=LaunchTemplateData.InstanceType " +
		"key_name=LaunchTemplateData.KeyName security_groups=LaunchTemplateData.SecurityGroupIds user_data=LaunchTemplateData.UserData " +
		"iam_instance_profile=LaunchTemplateData.IamInstanceProfile.Name " + metadataKeys("LaunchTemplateData.")},
	"aws_instance":                   {"AWS::EC2::Instance", "ami=ImageId instance_type=InstanceType key_name=KeyName " + metadataKeys("")},
	"aws_elb":                        {"AWS::ElasticLoadBalancing::LoadBalancer", "name=LoadBalancerName subnets=Subnets security_groups=SecurityGroups"},
	"aws_kms_key":                    {"AWS::KMS::Key", "policy=KeyPolicy"},
	"aws_autoscaling_lifecycle_hook": {"AWS::AutoScaling::LifecycleHook", "name=LifecycleHookName autoscaling_group_name=AutoScalingGroupName " + hookKeys},
	"aws_iam_role":                   {"AWS::IAM::Role", "name=RoleName assume_role_policy=AssumeRolePolicyDocument managed_policy_arns=ManagedPolicyArns"},
	"aws_iam_role_policy":            {"AWS::IAM::Policy", "role=Roles policy=PolicyDocument"},
	"aws_iam_policy":                 {"AWS::IAM::ManagedPolicy", "policy=PolicyDocument"},
	"aws_iam_instance_profile":       {"AWS::IAM::InstanceProfile", "role=Roles"},
	"aws_ssm_parameter":              {"AWS::SSM::Parameter", "name=Name type=Type value=Value tier=Tier insecure_value=Value"},
	"aws_cloudwatch_log_group":       {"AWS::Logs::LogGroup", "name=LogGroupName retention_in_days=RetentionInDays kms_key_id=KmsKeyId"},
	"aws_s3_bucket":                  {"AWS::S3::Bucket", "bucket=BucketName object_lock_enabled=ObjectLockEnabled"},
}

const (
	routeKeys = "destination_cidr_block=DestinationCidrBlock gateway_id=GatewayId nat_gateway_id=NatGatewayId transit_gateway_id=TransitGatewayId " +
		"vpc_endpoint_id=VpcEndpointId network_interface_id=NetworkInterfaceId vpc_peering_connection_id=VpcPeeringConnectionId"
	hookKeys = "lifecycle_transition=LifecycleTransition heartbeat_timeout=HeartbeatTimeout default_result=DefaultResult"
)

// metadataKeys are the arguments of metadata_options, with keys below one.
func metadataKeys(below string) string {
	return "metadata_options.http_endpoint=" + below + "MetadataOptions.HttpEndpoint metadata_options.http_tokens=" + below + "MetadataOptions.HttpTokens " +
		"metadata_options.http_put_response_hop_limit=" + below + "MetadataOptions.HttpPutResponseHopLimit"
}

// MainTable is the type of a resource that says which route table is a VPC's main
// one. CloudFormation has none; Terraform has two.
const MainTable = "Deguchi::MainTable"

// same are other names of resources.
var same = map[string]string{"aws_alb": "aws_lb", "aws_alb_target_group": "aws_lb_target_group", "aws_alb_listener": "aws_lb_listener"}

// attributes are arguments that are items of a list of attributes in
// CloudFormation.
var attributes = map[string]struct {
	list string
	keys [][2]string
}{
	"aws_lb": {"LoadBalancerAttributes", [][2]string{
		{"enable_cross_zone_load_balancing", "load_balancing.cross_zone.enabled"}, {"enable_deletion_protection", "deletion_protection.enabled"},
		{"dns_record_client_routing_policy", "dns_record.client_routing_policy"},
	}},
	"aws_lb_target_group": {"TargetGroupAttributes", [][2]string{
		{"proxy_protocol_v2", "proxy_protocol_v2.enabled"}, {"preserve_client_ip", "preserve_client_ip.enabled"},
		{"deregistration_delay", "deregistration_delay.timeout_seconds"},
		{"connection_termination", "deregistration_delay.connection_termination.enabled"},
		{"load_balancing_cross_zone_enabled", "load_balancing.cross_zone.enabled"},
	}},
	"aws_lb_listener": {"ListenerAttributes", [][2]string{{"tcp_idle_timeout_seconds", "tcp.idle_timeout.seconds"}}},
}
