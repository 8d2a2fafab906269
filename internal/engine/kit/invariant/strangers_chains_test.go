package invariant_test

// sound are variations in which nothing is wrong.
var sound = []variation{
	{why: "as it stands", in: "long.json"},
	{why: "as it stands", in: "modern"},
	{why: "as it stands", in: "calls"},
	{why: "as it stands", in: "other.yaml"},
	{why: "as it stands", in: "other"},
	{why: "numbers as text and the other way round", in: "long.json", swaps: []swap{{`"Fleet": {`, `"MinSize": "2"`, `"MinSize": 2`}, {`"Machine": {`, `"HttpPutResponseHopLimit": "1"`, `"HttpPutResponseHopLimit": 1`}}},
	{why: "all of TCP by number", in: "long.json", swaps: []swap{{`"FrontOut": {`, `"IpProtocol": "-1"`, `"IpProtocol": 6, "FromPort": 0, "ToPort": 65535`}}},
	{why: "a subnet in a second range of the VPC", in: "long.json", swaps: []swap{
		{`"prod": {`, `"InnerC": "10.50.1.0/24"`, `"InnerC": "100.64.1.0/24"`},
		{`"FrontOut": {`, `"IpProtocol": "-1"`, `"IpProtocol": "-1", "Description": "and the second range below"`},
		{`"Resources": {`, `"Resources": {`, `"Resources": {"More": {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": "100.64.0.0/16"}},
			"FrontOutMore": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": {"GroupId": {"Ref": "SgFront"}, "IpProtocol": "-1", "CidrIp": "100.64.0.0/16"}},
			"EndMore": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": {"Ref": "SgEnd"}, "IpProtocol": "-1", "CidrIp": "100.64.0.0/16"}},`},
	}},
	{why: "a second range of the VPC", in: "other", swaps: []swap{
		{`resource "aws_subnet" "private"`, `cidrsubnet(var.cidr, 8, count.index)`, `cidrsubnet("100.64.0.0/16", 8, count.index)`},
		{`data "aws_region" "this" {}`, `data "aws_region" "this" {}`, `resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "100.64.0.0/16"
}`},
	}},
	{why: "a key whose policy stands beside it", in: "other", swaps: []swap{{`resource "aws_cloudwatch_log_group" "access"`, `resource "aws_cloudwatch_log_group" "access" {`, "resource \"aws_kms_key\" \"logs\" {}\n\nresource \"aws_kms_key_policy\" \"logs\" {\n  key_id = aws_kms_key.logs.id\n  policy = file(\"key.json\")\n}\n\nresource \"aws_cloudwatch_log_group\" \"access\" {\n  kms_key_id = aws_kms_key.logs.arn"}}},
	{why: "a listener that also forwards to what is elsewhere", in: "long.json", swaps: []swap{{`"Ear": {`, `"Ref": "Group"`, `"Ref": "Elsewhere"`}, {`"Parameters": {`, `"Port"`, `"Elsewhere": {"Type": "String"}, "Port"`}}},
	{why: "what a role may not do needs no endpoint", in: "long.json", swaps: []swap{{`"Inline": {`, `"Statement": [`, `"Statement": [{"Effect": "Deny", "Action": ["kms:Decrypt"], "Resource": ["*"]},`}}},
	{why: "timeouts at their bounds", in: "modern", swaps: []swap{{"", "optional(number, 3600)", "optional(number, 350)"}, {"dynamic \"health_check\"", `protocol = "HTTP"`, "protocol = \"HTTP\"\n      interval = 10\n      timeout  = 10"}, {"", `deregistration_delay   = "120"`, "deregistration_delay = 3600"}, {"", "heartbeat_timeout    = 180", "heartbeat_timeout = 3600"}}},
	{why: "clients in two halves", in: "modern", swaps: []swap{{`resource "aws_security_group_rule" "endpoints"`, "values(local.cidrs)", `["10.70.0.0/25", "10.70.0.128/25", "10.70.1.0/25", "10.70.1.128/25"]`}}},
	{why: "tables that only the deployment knows", in: "long.json", swaps: []swap{{`"S3A": {`, `{
            "Ref": "WayA"
          }`, `{"Ref": "Tables"}`}, {`"S3C": {`, `"WayC"`, `"WayA"`}, {`"Parameters": {`, `"Port"`, `"Tables": {"Type": "String"}, "Port"`}}},
	{why: "a gateway endpoint for others", in: "stack internet", swaps: []swap{
		{"  LoadBalancerGroup:\n", "  LoadBalancerGroup:\n", "  Theirs: {Type: \"AWS::EC2::RouteTable\", Properties: {VpcId: !Ref Vpc}}\n  S3: {Type: \"AWS::EC2::VPCEndpoint\", Properties: {VpcId: !Ref Vpc, ServiceName: !Sub \"com.amazonaws.${AWS::Region}.s3\", RouteTableIds: [!Ref Theirs]}}\n  LoadBalancerGroup:\n"}}},
	{why: "everything, on a condition", in: "long.json", swaps: []swap{{`"Sid": "End"`, `"Resource": [`, `"Condition": {"StringEquals": {"aws:ResourceTag/egress": "yes"}}, "Resource": ["*", `}}},
	{why: "one gateway endpoint for both tables", in: "long.json", swaps: []swap{{`"S3A": {`, `"Ref": "WayA"`, `"Ref": "WayA"}, {"Ref": "WayC"`}, {`"S3C": {`, `"Ref": "WayC"`, `"Ref": "WayC"`}}},
	{why: "a main table", in: "other", swaps: []swap{
		{`resource "aws_route_table" "private"`, "count  = length(var.zones)", "count  = 1"},
		{`resource "aws_route_table_association" "private"`, `resource "aws_route_table_association" "private" {
  count          = length(var.zones)
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, count.index)
}`, `resource "aws_main_route_table_association" "private" {
  vpc_id         = aws_vpc.this.id
  route_table_id = aws_route_table.private[0].id
}`},
		{`resource "aws_nat_gateway" "this"`, "count         = length(var.zones)", "count         = 1"},
	}},
	{why: "the table that the VPC has", in: "other", swaps: []swap{
		{`resource "aws_route_table" "private"`, `resource "aws_route_table" "private" {
  count  = length(var.zones)
  vpc_id = aws_vpc.this.id
`, `resource "aws_default_route_table" "private" {
  default_route_table_id = aws_vpc.this.default_route_table_id
`},
		{`resource "aws_default_route_table" "private"`, "aws_nat_gateway.this[count.index].id", "aws_nat_gateway.this[0].id"},
		{`resource "aws_nat_gateway" "this"`, "count         = length(var.zones)", "count         = 1"},
		{`resource "aws_route_table_association" "private"`, `resource "aws_route_table_association" "private" {
  count          = length(var.zones)
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, count.index)
}`, ""},
	}},
	{why: "two VPCs that are there, with the same ranges", in: "other.yaml", swaps: []swap{
		{"Parameters:\n", "Parameters:\n", "Parameters:\n  FirstVpc: {Type: \"AWS::EC2::VPC::Id\"}\n  SecondVpc: {Type: \"AWS::EC2::VPC::Id\"}\n"},
		{"  PublicRt:", "  PublicRt:", "  There:\n    Type: AWS::EC2::Subnet\n    Properties: {VpcId: !Ref FirstVpc, CidrBlock: 10.80.0.0/24}\n  Elsewhere:\n    Type: AWS::EC2::Subnet\n    Properties: {VpcId: !Ref SecondVpc, CidrBlock: 10.80.0.0/24}\n  PublicRt:"},
	}},
	{why: "endpoints in a loop", in: "other.yaml", swaps: []swap{
		{"AWSTemplateFormatVersion", "Description:", "Transform: AWS::LanguageExtensions\nDescription:"},
		{"  Ifsts:", "  Ifsts:", "  Fn::ForEach::Endpoints:\n    - Service\n    - [kms, ecr.api]\n    - Endpoint${Service}:\n        Type: AWS::EC2::VPCEndpoint\n        Properties:\n          VpcId: !Ref Vpc\n          VpcEndpointType: Interface\n          ServiceName: !Sub \"com.amazonaws.${AWS::Region}.${Service}\"\n          SubnetIds: [!Ref ClientA, !Ref ClientB]\n          SecurityGroupIds: [!Ref EndpointSg]\n          PrivateDnsEnabled: true\n  Ifsts:"},
	}},
	{why: "truth in the words of YAML 1.1", in: "other.yaml", swaps: []swap{{"", "EnableDnsSupport: true, EnableDnsHostnames: true", "EnableDnsSupport: True, EnableDnsHostnames: yes"}, {"  Ifssm:", "PrivateDnsEnabled: true", "PrivateDnsEnabled: on"}}},
	{why: "compared by the shell", in: "other.yaml", swaps: []swap{{"UserData", "echo \"${ArtifactSha256}  /usr/local/bin/deguchi\" | sha256sum -c -", "[[ $(sha256sum < /usr/local/bin/deguchi | awk '{print $1}') == ${ArtifactSha256} ]]"}}},
	{why: "compared, and what follows only then", in: "other.yaml", swaps: []swap{{"UserData", "set -euo pipefail", "set -u"}, {"UserData", "sha256sum -c -\n            chmod", "sha256sum -c - &&\n            chmod"}}},
	{why: "compared, or it ends", in: "other.yaml", swaps: []swap{{"UserData", "set -euo pipefail", "set -u"}, {"UserData", "sha256sum -c -\n", "sha256sum -c - || { shutdown -h now; exit 1; }\n"}}},
	{why: "the configuration in user data", in: "other.yaml", swaps: []swap{
		{"  ConfigParam:", "Value: !Sub |\n        version: 1\n        listen: [{address: \":${ProxyPort}\", proxy_protocol: required, trust: [\"${ClientSubnetCidrA}\", \"${ClientSubnetCidrB}\"]}]\n        admin: \":${HealthPort}\"\n        clients: {office: {from: [\"${ClientCidr}\"]}}\n        rules: [{name: session, clients: [office], allow: {job: session-manager, regions: [ap-northeast-1]}}]\n        limits: {drain: 120s}\n", "Value: none\n"},
		{"UserData", "            cat > /etc/systemd", "            cat > /etc/deguchi.yaml <<EOF\n            version: 1\n            listen: [{address: \":${ProxyPort}\", proxy_protocol: required, trust: [\"${ClientSubnetCidrA}\", \"${ClientSubnetCidrB}\"]}]\n            admin: \":${HealthPort}\"\n            clients: {office: {from: [\"${ClientCidr}\"]}}\n            rules: [{name: session, clients: [office], allow: {job: session-manager, regions: [ap-northeast-1]}}]\n            EOF\n            cat > /etc/systemd"},
	}},
	{why: "a load balancer without groups", in: "modern", swaps: []swap{
		{`resource "aws_lb" "front"`, "  security_groups    = [local.groups.front]\n", ""},
		{`resource "aws_security_group_rule" "fleet"`, "source_security_group_id = local.groups[each.value.from]", "cidr_blocks = values(local.cidrs)"},
	}},
	{why: "all protocols, in words", in: "modern", swaps: []swap{{`resource "aws_security_group_rule" "fleet"`, `protocol                 = "tcp"`, `protocol = "ALL"`}}},
	{why: "a regional NAT gateway takes its addresses by itself", in: "other", swaps: []swap{{`resource "aws_nat_gateway" "this"`, "  allocation_id = aws_eip.nat[count.index].id\n", "  availability_mode = \"regional\"\n"}}},
	{why: "a listener of the configuration for the machine itself", in: "modern", swaps: []swap{{"config = {", "listen = [{", "listen = [{ address = \"127.0.0.1:3130\" }, {"}}},
	{why: "connections from a list of networks that is elsewhere", in: "modern", swaps: []swap{{`resource "aws_security_group_rule" "fleet"`, "source_security_group_id = local.groups[each.value.from]", `prefix_list_ids = ["pl-0a1b2c3d4e5f60718"]`}}},
	{why: "services of which nobody knows the names", in: "modern", swaps: []swap{{`resource "aws_vpc_endpoint" "services"`, "each.value.service_name", "var.names[each.key]"}, {`data "aws_region" "now" {}`, `data "aws_region" "now" {}`, "data \"aws_region\" \"now\" {}\n\nvariable \"names\" { type = map(string) }\n"}}},
	{why: "egress to a prefix list", in: "modern", swaps: []swap{{`resource "aws_vpc_security_group_egress_rule" "fleet"`, `cidr_ipv4         = "0.0.0.0/0"`, `prefix_list_id = aws_vpc_endpoint.s3.prefix_list_id`},
		{`data "aws_region" "now" {}`, `data "aws_region" "now" {}`, "data \"aws_region\" \"now\" {}\n\nresource \"aws_vpc_security_group_egress_rule\" \"inside\" {\n  security_group_id = local.groups.fleet\n  cidr_ipv4         = local.net\n  ip_protocol       = \"-1\"\n}\n"}}},
}

// strangeChains are faults between clients and proxies.
var strangeChains = []variation{
	{"the kind of load balancer by a parameter", "DG6201", "long.json", []swap{{`"Front": {`, `"Type": "network"`, `"Type": {"Ref": "Kind"}`}, {`"Parameters": {`, `"Port"`, `"Kind": {"Type": "String", "Default": "application"}, "Port"`}}},
	{"the kind of load balancer by a condition", "DG6201", "long.json", []swap{{`"Front": {`, `"Type": "network"`, `"Type": {"Fn::If": ["IsProd", "application", "network"]}`}}},
	{"the kind of load balancer by a mapping", "DG6201", "long.json", []swap{{`"Front": {`, `"Type": "network"`, `"Type": {"Fn::FindInMap": ["Plan", {"Ref": "Stage"}, "Kind"]}`}, {`"prod": {`, `"Vpc"`, `"Kind": "application", "Vpc"`}}},
	{"the kind of load balancer taken away", "DG6201", "long.json", []swap{{`"Front": {`, `"Type": "network"`, `"Type": {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, "network"]}`}}},
	{"the kind of load balancer by a default inside an object", "DG6201", "modern", []swap{{"", `optional(string, "network")`, `optional(string, "application")`}}},
	{"the kind of load balancer by a value for an object", "DG6201", "modern", []swap{{"variable \"settings\"", `default = {}`, `default = { lb = { type = "application" } }`}}},
	{"a gateway load balancer", "DG6201", "modern", []swap{{"", `optional(string, "network")`, `optional(string, "gateway")`}}},
	{"a classic load balancer", "DG6201", "other.yaml", []swap{{"  Zone:", "  Zone:", "  Old:\n    Type: AWS::ElasticLoadBalancing::LoadBalancer\n    Properties:\n      Subnets: [!Ref ClientA, !Ref ClientB]\n      Scheme: internal\n      Listeners: [{LoadBalancerPort: \"3128\", InstancePort: \"3128\", Protocol: TCP}]\n  Zone:"}}},
	{"a classic load balancer", "DG6201", "other", []swap{{`resource "aws_lb" "this"`, `resource "aws_lb" "this"`, "resource \"aws_elb\" \"old\" {\n  subnets = aws_subnet.private[*].id\n  listener {\n    instance_port     = 3128\n    instance_protocol = \"tcp\"\n    lb_port           = 3128\n    lb_protocol       = \"tcp\"\n  }\n}\n\nresource \"aws_lb\" \"this\""}}},
	{"facing the internet by a default", "DG6209", "modern", []swap{{`resource "aws_lb" "front"`, "internal           = true", "internal = !can(var.settings.port)"}}},
	{"a misspelt attribute, put together", "DG6202", "long.json", []swap{{`"Group": {`, `"Key": "proxy_protocol_v2.enabled"`, `"Key": {"Fn::Join": [".", ["proxy_protocol_v2", "enable"]]}`}}},
	{"an attribute of another kind of target group", "DG6202", "long.json", []swap{{`"Group": {`, `"Key": "preserve_client_ip.enabled"`, `"Key": "slow_start.duration_seconds"`}}},
	{"a delay out of range by a parameter", "DG6203", "long.json", []swap{{`"Group": {`, `"Value": "120"`, `"Value": {"Ref": "Delay"}`}, {`"Parameters": {`, `"Port"`, `"Delay": {"Type": "Number", "Default": 7200}, "Port"`}}},
	{"an attribute that is given twice", "DG6202", "long.json", []swap{{`"Group": {`, `"Key": "preserve_client_ip.enabled",`, `"Key": "proxy_protocol_v2.enabled", "Value": "false"}, {"Key": "preserve_client_ip.enabled",`}}},
	{"PROXY headers taken away by a condition", "DG6205", "long.json", []swap{{`"Group": {`, `"Key": "proxy_protocol_v2.enabled",`, `"Key": {"Fn::If": ["IsProd", "stickiness.enabled", "proxy_protocol_v2.enabled"]},`}}},
	{"PROXY headers off by a default inside an object", "DG6205", "modern", []swap{{"", "optional(bool, true)", "optional(bool, false)"}}},
	{"PROXY headers are not read", "DG6205", "modern", []swap{{"config = {", `proxy_protocol = "required"`, `proxy_protocol = "off"`}, {"config = {", "      trust          = values(local.cidrs)\n", ""}}},
	{"PROXY headers are read on another port", "DG6205", "modern", []swap{{"config = {", `listen = [{`, "listen = [{ address = \":${var.settings.port}\" }, {"}, {"config = {", "address        = \":${var.settings.port}\"\n", "address        = \":9090\"\n"}}},
	{"PROXY headers are optional, and consumers are all the same", "DG6205", "other.yaml", []swap{{"ConfigParam:", "proxy_protocol: required", "proxy_protocol: optional"}, {"  Tg:", `proxy_protocol_v2.enabled, Value: "true"`, `proxy_protocol_v2.enabled, Value: "false"`}}},
	{"PROXY headers that a configuration in user data does not read", "DG6205", "other.yaml", []swap{
		{"  ConfigParam:", "Value: !Sub |\n        version: 1\n        listen: [{address: \":${ProxyPort}\", proxy_protocol: required, trust: [\"${ClientSubnetCidrA}\", \"${ClientSubnetCidrB}\"]}]\n        admin: \":${HealthPort}\"\n        clients: {office: {from: [\"${ClientCidr}\"]}}\n        rules: [{name: session, clients: [office], allow: {job: session-manager, regions: [ap-northeast-1]}}]\n        limits: {drain: 120s}\n", "Value: none\n"},
		{"UserData", "            cat > /etc/systemd", "            cat > /etc/deguchi.yaml <<EOF\n            version: 1\n            listen: [{address: \":${ProxyPort}\"}]\n            admin: \":${HealthPort}\"\n            EOF\n            cat > /etc/systemd"},
	}},
	{"a zone is not trusted", "DG6205", "modern", []swap{{"config = {", "trust          = values(local.cidrs)", "trust = [local.cidrs.a]"}}},
	{"a zone is not trusted", "DG6205", "long.json", []swap{{`"Config": {`, `"InnerC"`, `"InnerA"`}}},
	{"the second zone may not connect", "DG6301", "long.json", []swap{{`"SgFleet": {`, `"InnerC"`, `"InnerA"`}}},
	{"connections by UDP, as a number", "DG6301", "long.json", []swap{{`"SgFleet": {`, `"IpProtocol": "6"`, `"IpProtocol": "17"`}}},
	{"connections by UDP", "DG6301", "modern", []swap{{`resource "aws_security_group_rule" "fleet"`, `"tcp"`, `"udp"`}}},
	{"the range ends before the port", "DG6301", "modern", []swap{{`resource "aws_security_group_rule" "fleet"`, "to_port                  = each.value.port", "to_port = each.value.port - 1"}, {`resource "aws_security_group_rule" "fleet"`, "from_port                = each.value.port", "from_port = 1"}}},
	{"the rule is for what goes out", "DG6301", "modern", []swap{{`resource "aws_security_group_rule" "fleet"`, `"ingress"`, `"egress"`}}},
	{"the rule is for another group", "DG6301", "modern", []swap{{`resource "aws_security_group_rule" "fleet"`, "local.groups.fleet", "local.groups.front"}}},
	{"the rule is for one of two ports", "DG6301", "modern", []swap{{`resource "aws_security_group_rule" "fleet"`, "local.flows", `{ for k, f in local.flows : k => f if k == "proxy" }`}}},
	{"health checks may not go out", "DG6301", "modern", []swap{{`resource "aws_vpc_security_group_egress_rule" "front"`, "local.flows", `{ for k, f in local.flows : k => f if k != "health" }`}}},
	{"the load balancer sends to one zone", "DG6301", "long.json", []swap{{`"FrontOut": {`, `"Vpc"`, `"InnerA"`}}},
	{"health checks from another group", "DG6301", "long.json", []swap{{`"SgFleet": {`, `"SgFront"`, `"SgEnd"`}}},
	{"the load balancer admits nobody on the port", "DG6301", "long.json", []swap{{`"FrontIn": {`, `"IpProtocol": "tcp"`, `"IpProtocol": "icmp"`}}},
	{"the load balancer admits a range beside the port", "DG6301", "modern", []swap{{`resource "aws_vpc_security_group_ingress_rule" "clients"`, "from_port         = var.settings.port", "from_port = 8000"}, {`resource "aws_vpc_security_group_ingress_rule" "clients"`, "to_port           = var.settings.port", "to_port = 8999"}}},
	{"proxies may not send to endpoints", "DG6301", "long.json", []swap{{`"SgFleet": {`, `"DestinationSecurityGroupId": {
              "Ref": "SgEnd"`, `"DestinationSecurityGroupId": {
              "Ref": "SgFront"`}, {`"SgFleet": {`, `"DestinationPrefixListId"`, `"CidrIp": "52.219.0.0/16", "Description"`}}},
	{"proxies may not send to the gateway endpoint", "DG6301", "long.json", []swap{{`"SgFleet": {`, `"DestinationPrefixListId"`, `"CidrIp": "10.50.0.0/20", "Description"`}}},
	{"proxies may send inside the VPC alone", "DG6301", "modern", []swap{{`resource "aws_vpc_security_group_egress_rule" "fleet"`, `"0.0.0.0/0"`, "local.net"}}},
	{"proxies may send inside the VPC alone", "DG6301", "stack internet", []swap{{"  ProxyGroup:", "CidrIp: 0.0.0.0/0", "CidrIp: 10.40.0.0/16"}}},
	{"proxies may send by UDP alone", "DG6301", "modern", []swap{{`resource "aws_vpc_security_group_egress_rule" "fleet"`, `"tcp"`, `"udp"`}}},
	{"health by another path, put together", "DG6204", "long.json", []swap{{`"Group": {`, `"HealthCheckPath": "/readyz"`, `"HealthCheckPath": {"Fn::Sub": ["/${p}", {"p": "healthz"}]}`}}},
	{"health by another port", "DG6204", "long.json", []swap{{`"Group": {`, `"HealthCheckPort": "3129"`, `"HealthCheckPort": {"Ref": "Port"}`}}},
	{"health by another port", "DG6204", "modern", []swap{{"flows = {", "health = { port = var.settings.health", "health = { port = var.settings.health + 1"}}},
	{"health by TCP", "DG6204", "modern", []swap{{"dynamic \"health_check\"", `protocol = "HTTP"`, `protocol = "TCP"`}}},
	{"health by what a draining proxy says", "DG6204", "modern", []swap{{"dynamic \"health_check\"", `"200-299"`, `"200-299,500-599"`}}},
	{"health by what a draining proxy says alone", "DG6204", "modern", []swap{{"dynamic \"health_check\"", `"200-299"`, `"503"`}}},
	{"endpoints admit half of a zone", "DG6404", "modern", []swap{{`resource "aws_security_group_rule" "endpoints"`, "values(local.cidrs)", `["10.70.0.0/25", "10.70.1.0/24"]`}}},
	{"endpoints admit the other half of a zone", "DG6404", "modern", []swap{{`resource "aws_security_group_rule" "endpoints"`, "values(local.cidrs)", `["10.70.0.128/25", "10.70.1.0/24"]`}}},
	{"no health check at all", "DG6204", "modern", []swap{{"dynamic \"health_check\"", "for_each = [local.flows.health]", "for_each = []"}}},
	{"an idle timeout out of range", "DG6203", "modern", []swap{{"", "optional(number, 3600)", "optional(number, 36000)"}}},
	{"an idle timeout below the keepalive", "DG6206", "modern", []swap{{"", "optional(number, 3600)", "optional(number, 300)"}}},
	{"an idle timeout below the keepalive", "DG6206", "long.json", []swap{{`"Ear": {`, `"Protocol": "TCP"`, `"Protocol": "TCP", "ListenerAttributes": [{"Key": {"Fn::Sub": "tcp.idle_timeout.seconds"}, "Value": 120}]`}}},
	{"a deregistration delay below the drain", "DG6211", "long.json", []swap{{`"Group": {`, `"Value": "120"`, `"Value": 0`}}},
	{"a deregistration delay below the drain", "DG6211", "modern", []swap{{"", `deregistration_delay   = "120"`, "deregistration_delay = 30"}}},
	{"connections are not ended", "DG6211", "modern", []swap{{"", "  connection_termination = true\n", "  connection_termination = null\n"}}},
	{"the fleet registers nowhere", "DG6213", "long.json", []swap{{`"Fleet": {`, `"TrafficSources"`, `"Tags": [], "TrafficSources_"`}, {`"Fleet": {`, `"TrafficSources_": [`, `"TerminationPolicies": ["Default"], "NotificationConfigurations": [`}}},
	{"the fleet registers nowhere", "DG6213", "modern", []swap{{`resource "aws_autoscaling_traffic_source_attachment"`, `resource "aws_autoscaling_traffic_source_attachment" "proxies" {`, `resource "aws_autoscaling_traffic_source_attachment" "proxies" {
  count = 0`}}},
	{"the whole VPC reaches proxies past the load balancer", "DG6302", "long.json", []swap{{`"SgFleet": {`, `"InnerA"`, `"Vpc"`}}},
	{"proxies in the group of the load balancer", "DG6302", "modern", []swap{
		{"locals {", `fleet = aws_security_group.all["fleet"].id }`, `fleet = aws_security_group.all["front"].id }`},
		{`resource "aws_security_group_rule" "fleet"`, "source_security_group_id = local.groups[each.value.from]", "self = true"},
	}},
	{"another port for the listener", "DG6210", "long.json", []swap{{`"Ear": {`, `"Port": {
          "Ref": "Port"
        }`, `"Port": 8081`}}},
}
