package invariant_test

// strangeWays are faults of networks and endpoints.
var strangeWays = []variation{
	{"no endpoint for ssmmessages", "DG6403", "long.json", []swap{{`"EndMsg": {`, `"ssmmessages"`, `"ec2messages"`}}},
	{"no endpoint for ssmmessages", "DG6403", "modern", []swap{{"", `"ssmmessages", `, ""}}},
	{"no endpoint for ssmmessages, and one that nobody knows", "DG6403", "modern", []swap{{"", `"ssmmessages", `, ""}, {`data "aws_region" "now" {}`, `data "aws_region" "now" {}`, "data \"aws_region\" \"now\" {}\n\nresource \"aws_vpc_endpoint\" \"ours\" {\n  vpc_id            = aws_vpc.net.id\n  service_name      = \"com.amazonaws.vpce.ap-northeast-1.vpce-svc-0a1b2c3d4e5f60718\"\n  vpc_endpoint_type = \"Interface\"\n  security_group_ids = [aws_security_group.all[\"endpoints\"].id]\n  subnet_ids = [for s in aws_subnet.proxies : s.id]\n}\n"}}},
	{"no endpoint for ssmmessages, by names that are put together", "DG6403", "modern", []swap{{"locals {\n", "locals {\n", "locals {\n  names = { for s in var.services : s => \"com.amazonaws.${data.aws_region.now.region}.${s}\" if s != \"ssmmessages\" }\n"},
		{`resource "aws_vpc_endpoint" "services"`, "data.aws_vpc_endpoint_service.of", "local.names"}, {`resource "aws_vpc_endpoint" "services"`, "each.value.service_name", "each.value"}}},
	{"a service that there is not", "DG6408", "modern", []swap{{"", `"ssmmessages", `, `"ssm-messages", `}}},
	{"a service that there is not", "DG6408", "long.json", []swap{{`"EndMsg": {`, `"ssmmessages"`, `"ssmessages"`}}},
	{"an endpoint in another VPC", "DG6403", "long.json", []swap{{`"EndMsg": {`, `"Ref": "Net"`, `"Ref": "Far"`}, {`"Resources": {`, `"Resources": {`, `"Resources": {"Far": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.99.0.0/16", "EnableDnsHostnames": true}},`}}},
	{"an endpoint of the wrong kind", "DG6407", "long.json", []swap{{`"EndLogs": {`, `"VpcEndpointType": "Interface"`, `"VpcEndpointType": "Gateway"`}}},
	{"an endpoint without groups", "DG6404", "long.json", []swap{{`"EndMsg": {`, `"SecurityGroupIds": [
          {
            "Ref": "SgEnd"
          }
        ],`, ""}}},
	{"private names are off, in the words of YAML 1.1", "DG6404", "other.yaml", []swap{{"  Ifssm:", "PrivateDnsEnabled: true", "PrivateDnsEnabled: no"}}},
	{"private names are off, in big letters", "DG6404", "other.yaml", []swap{{"  Ifssm:", "PrivateDnsEnabled: true", "PrivateDnsEnabled: False"}}},
	{"private names are off", "DG6404", "long.json", []swap{{`"EndMsg": {`, `"PrivateDnsEnabled": "true"`, `"PrivateDnsEnabled": false`}}},
	{"private names are off", "DG6404", "modern", []swap{{"", "private_dns_enabled = true", `private_dns_enabled = "false"`}}},
	{"a VPC without names", "DG6404", "long.json", []swap{{`"Net": {`, `"EnableDnsSupport": "true"`, `"EnableDnsSupport": "false"`}}},
	{"a VPC without private names", "DG6404", "other.yaml", []swap{{"", "EnableDnsHostnames: true", "EnableDnsHostnames: FALSE"}}},
	{"a VPC without private names", "DG6404", "modern", []swap{{"", "  enable_dns_hostnames = true\n", ""}}},
	{"endpoints admit one zone", "DG6404", "modern", []swap{{`resource "aws_security_group_rule" "endpoints"`, "values(local.cidrs)", "[local.cidrs.c]"}}},
	{"endpoints admit one zone", "DG6404", "long.json", []swap{{`"SgEndIn": {`, `"CidrIp": {
          "Fn::GetAtt": [
            "Net",
            "CidrBlock"
          ]
        }`, `"CidrIp": "10.50.0.0/24"`}}},
	{"endpoints admit another port", "DG6404", "modern", []swap{{`resource "aws_security_group_rule" "endpoints"`, "443", "80"}, {`resource "aws_security_group_rule" "endpoints"`, "443", "80"}}},
	{"the gateway endpoint is on one table", "DG6401", "modern", []swap{{"", "values(aws_route_table.proxies)[*].id", `[aws_route_table.proxies["a"].id]`}}},
	{"the gateway endpoint is on one table", "DG6401", "long.json", []swap{{`"S3C": {`, `"WayC"`, `"WayA"`}}},
	{"the gateway endpoint is for another service", "DG6401", "modern", []swap{{"", `"com.amazonaws.%s.s3"`, `"com.amazonaws.%s.dynamodb"`}}},
	{"the gateway endpoint is on no table", "DG6401", "modern", []swap{{"", "  route_table_ids = values(aws_route_table.proxies)[*].id\n", ""}}},
	{"a gateway endpoint beside an open exit", "DG6402", "other", []swap{{`resource "aws_lb" "this"`, `resource "aws_lb" "this"`, "resource \"aws_vpc_endpoint\" \"s3\" {\n  vpc_id       = aws_vpc.this.id\n  service_name = \"com.amazonaws.ap-northeast-1.s3\"\n}\n\nresource \"aws_vpc_endpoint_route_table_association\" \"s3\" {\n  count           = length(var.zones)\n  vpc_endpoint_id = aws_vpc_endpoint.s3.id\n  route_table_id  = aws_route_table.private[count.index].id\n}\n\nresource \"aws_lb\" \"this\""}}},
	{"subnets that overlap by a mapping", "DG6303", "long.json", []swap{{`"prod": {`, `"InnerC": "10.50.1.0/24"`, `"InnerC": "10.50.0.0/23"`}}},
	{"subnets that overlap by a number", "DG6303", "modern", []swap{{"", `{ az = "apne1-az1", number = 1 }`, `{ az = "apne1-az1", number = 0 }`}}},
	{"a site inside the VPC", "DG6303", "modern", []swap{{"", `dc = "192.168.0.0/16"`, `dc = "10.70.128.0/17"`}}},
	{"a site inside the VPC", "DG6303", "long.json", []swap{{`"prod": {`, `"Site": "172.16.0.0/16"`, `"Site": "10.50.8.0/21"`}}},
	{"a site that is the VPC", "DG6303", "stack closed", []swap{{"DestinationCidrBlock: 192.168.0.0/16", "192.168.0.0/16", "10.40.0.0/16"}}},
	{"two sites with one range", "DG6303", "modern", []swap{{"", `branch = "172.20.0.0/16"`, `branch = "192.168.0.0/16"`}}},
	{"both subnets in one zone", "DG6207", "long.json", []swap{{`"InnerC": {`, `"Fn::Select": [
            "1",
            {
              "Fn::GetAZs": {
                "Ref": "AWS::Region"
              }
            }
          ]`, `"Fn::Select": [
            0,
            {
              "Fn::GetAZs": ""
            }
          ]`}}},
	{"both subnets in one zone", "DG6207", "modern", []swap{{"", "apne1-az1", "apne1-az4"}}},
	{"a load balancer in one zone", "DG6207", "long.json", []swap{{`"SubnetMappings"`, `{
            "SubnetId": {
              "Ref": "InnerA"
            }
          },`, ""}}},
	{"a load balancer in one zone", "DG6207", "modern", []swap{{`dynamic "subnet_mapping"`, "for_each = aws_subnet.proxies", `for_each = { a = aws_subnet.proxies["a"] }`}}},
	{"a fleet in one zone", "DG6207", "long.json", []swap{{`"VPCZoneIdentifier": [`, `{
            "Ref": "InnerA"
          },`, ""}}},
	{"a fleet in one zone", "DG6207", "modern", []swap{{`resource "aws_autoscaling_group"`, "[for s in aws_subnet.proxies : s.id]", `slice([for s in aws_subnet.proxies : s.id], 0, 1)`}}},
	{"endpoints in one zone", "DG6207", "modern", []swap{{`resource "aws_vpc_endpoint" "services"`, "[for s in aws_subnet.proxies : s.id]", `[aws_subnet.proxies["a"].id]`}}},
	{"a NAT gateway without an address", "DG6409", "other", []swap{{`resource "aws_nat_gateway" "this"`, "  allocation_id = aws_eip.nat[count.index].id\n", ""}}},
	{"a NAT gateway without an address", "DG6409", "stack nat", []swap{{"Type: AWS::EC2::NatGateway", "      AllocationId: !GetAtt", "      SecondaryAllocationIds:\n        - !GetAtt"}}},
	{"a private NAT gateway", "DG6409", "other", []swap{{`resource "aws_nat_gateway" "this"`, "  allocation_id = aws_eip.nat[count.index].id\n", "  connectivity_type = \"private\"\n"}}},
	{"the way out of one zone ends in nothing", "DG6409", "other", []swap{{`resource "aws_route_table" "public"`, "gateway_id = aws_internet_gateway.this.id", "gateway_id = \"local\""}}},
	{"one zone has no way home", "DG6305", "modern", []swap{{`resource "aws_route" "home"`, "setproduct(keys(var.zones), keys(var.sites))", `setproduct(["a"], keys(var.sites))`}}},
	{"an internet gateway, and addresses that are off in big letters", "DG6405", "other.yaml", []swap{{"  PublicA:", "MapPublicIpOnLaunch: true", "MapPublicIpOnLaunch: False"}}},
	{"anybody may ask, by a list in text", "DG6503", "other.yaml", []swap{{"  SvcPerm:", "AllowedPrincipals: !Ref AllowedPrincipals", "AllowedPrincipals: !Split [\",\", \"arn:aws:iam::123456789012:root,*\"]"}}},
	{"everybody is accepted, in the words of YAML 1.1", "DG6503", "other.yaml", []swap{{"  Svc:", "AcceptanceRequired: !Ref AcceptanceRequired", "AcceptanceRequired: no"}}},
}
