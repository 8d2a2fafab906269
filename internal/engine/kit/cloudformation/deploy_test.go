package cloudformation_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// deployed is what the CLI says of a provider's stack.
type deployed struct {
	Balancer, Targets, Listener string
	Attributes                  []string // of the target group
	Fleet, Hook                 string
	Public, Metadata, Disk, Key string   // of instances
	WaysOut                     []string // of the proxies' subnets: what their default routes lead to, "" for none
	Gateways                    []string // services with a gateway endpoint on the proxies' own tables, and on no other
	Interfaces                  []string // services with an interface endpoint in the proxies' subnets
	Clients, FromBalancer       []string // ports that are open to networks at the load balancer, and to it at the proxies
	Service                     string
	Log, Rules                  string
}

// usual is what kits have unless they say otherwise.
func usual(p *kit.Plan) deployed {
	return deployed{
		Balancer: "network internal 2", Targets: "TCP 3128 HTTP 3129 /readyz 10 200", Listener: "TCP 3128",
		Attributes: []string{
			"deregistration_delay.connection_termination.enabled true", "deregistration_delay.timeout_seconds 120",
			"preserve_client_ip.enabled false", "proxy_protocol_v2.enabled true",
		},
		Fleet: "2 6 2 ELB", Hook: "autoscaling:EC2_INSTANCE_TERMINATING 180 CONTINUE",
		Public: "false", Metadata: "required 1", Disk: "encrypted", Key: "none",
		WaysOut: []string{"", ""}, Clients: []string{"3128 192.168.0.0/16"}, FromBalancer: []string{"3128", "3129"},
		Log: "90", Rules: p.Source,
	}
}

// TestDeploy: the real CLI deploys the stacks, for every way out, in a VPC that
// is new and in one that is there, and describes what was meant.
func TestDeploy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, kit := range map[string]struct {
		src  string
		with func(*deployed)
	}{
		"closed": {kittest.Closed, func(d *deployed) {
			d.Gateways, d.Interfaces = []string{"s3"}, []string{"autoscaling", "logs", "ssm", "ssmmessages"}
		}},
		"internet": {kittest.Consumers, func(d *deployed) {
			d.Targets, d.Listener, d.FromBalancer = "TCP 8080 HTTP 3129 /readyz 10 200", "TCP 8080", []string{"3129", "8080"}
			d.WaysOut, d.Public, d.Clients = []string{"igw", "igw"}, "true", nil
			d.Service = "accepted by hand, to the load balancer, from [arn:aws:iam::222222222222:root]"
		}},
		"nat": {kittest.NAT, func(d *deployed) {
			d.Balancer, d.Fleet, d.WaysOut = "network internal 3", "3 12 3 ELB", []string{"nat", "nat", "nat"}
			d.Clients, d.Log = []string{"3128 10.20.0.0/16", "3128 10.40.64.0/18"}, "30"
		}},
		"there": {kittest.There, func(d *deployed) {
			d.Gateways, d.Interfaces = []string{"s3"}, []string{"autoscaling", "logs"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := moto(t)
			p := kittest.Plan(t, c.standing(kit.src))
			stacks := cloudformation.Stacks(p)
			c.deploy(stacks[0])
			want := usual(p)
			kit.with(&want)
			d, net := c.deployed()
			if diff := cmp.Diff(want, d); diff != "" {
				t.Errorf("deployed (-want +got):\n%s", diff)
			}
			for _, s := range stacks[1:] {
				c.other(p, s, net)
			}
		})
	}
}

// standing makes what a kit takes to be there, and returns the kit with its ids.
func (c cloud) standing(src string) string {
	c.t.Helper()
	made := func(old, query string, args ...string) string {
		if !strings.Contains(src, old) {
			return ""
		}
		id := c.ask(append(args, "--query", query)...)
		src = strings.ReplaceAll(src, old, id)
		return id
	}
	made("vgw-0a1b2c3d4e5f60718", "VpnGateway.VpnGatewayId", "ec2", "create-vpn-gateway", "--type", "ipsec.1")
	made("tgw-0a1b2c3d4e5f60718", "TransitGateway.TransitGatewayId", "ec2", "create-transit-gateway")
	block, first := "10.40", 0
	if strings.Contains(src, "consumers:") {
		block, first = "10.8", 1
	}
	vpc := made("vpc-0a1b2c3d4e5f60718", "Vpc.VpcId", "ec2", "create-vpc", "--cidr-block", block+".0.0/16")
	for i, zone := range []string{"a", "c"} {
		id := fmt.Sprintf("0a1b2c3d4e5f6071%d", 8+i)
		subnet := made("subnet-"+id, "Subnet.SubnetId", "ec2", "create-subnet", "--vpc-id", vpc,
			"--availability-zone", "ap-northeast-1"+zone, "--cidr-block", fmt.Sprintf("%s.%d.0/24", block, first+i))
		if table := made("rtb-"+id, "RouteTable.RouteTableId", "ec2", "create-route-table", "--vpc-id", vpc); table != "" {
			c.ask("ec2", "associate-route-table", "--subnet-id", subnet, "--route-table-id", table)
		}
	}
	return src
}

// network is what other stacks refer to.
type network struct {
	vpc, group, service string
	subnets, tables     []string
}

// deployed describes the provider's stack.
func (c cloud) deployed() (d deployed, net network) {
	c.t.Helper()
	balancer := c.balancer(&d)
	c.fleet(&d, &net)
	c.ways(&d, &net)
	c.groups(&d, &net)
	var services struct {
		ServiceConfigurations []struct {
			AcceptanceRequired      bool
			NetworkLoadBalancerArns []string
			ServiceID               string `json:"ServiceId"`
			ServiceName             string
		}
	}
	c.describe(&services, "ec2", "describe-vpc-endpoint-service-configurations")
	for _, s := range services.ServiceConfigurations {
		if s.AcceptanceRequired && equal(s.NetworkLoadBalancerArns, []string{balancer}) {
			d.Service = "accepted by hand, to the load balancer, from "
		}
		var principals []string
		c.describe(&principals, "ec2", "describe-vpc-endpoint-service-permissions", "--service-id", s.ServiceID, "--query", "AllowedPrincipals[].Principal")
		d.Service += fmt.Sprint(principals)
		net.service = s.ServiceName
	}
	d.Log = c.ask("logs", "describe-log-groups", "--log-group-name-prefix", "/deguchi/exit", "--query", "logGroups[].retentionInDays")
	c.describe(&d.Rules, "ssm", "get-parameter", "--name", "/deguchi/exit/configuration", "--query", "Parameter.Value")
	return d, net
}

// balancer describes the load balancer, what is behind it, and returns its ARN.
func (c cloud) balancer(d *deployed) string {
	c.t.Helper()
	list := strings.Fields(c.ask("elbv2", "describe-load-balancers", "--query", "LoadBalancers[].[LoadBalancerArn,Type,Scheme,length(AvailabilityZones)]"))
	arn := list[0]
	d.Balancer = strings.Join(list[1:], " ")
	list = strings.Fields(c.ask("elbv2", "describe-target-groups", "--query",
		"TargetGroups[].[TargetGroupArn,Protocol,Port,HealthCheckProtocol,HealthCheckPort,HealthCheckPath,HealthCheckIntervalSeconds,Matcher.HttpCode]"))
	d.Targets = strings.Join(list[1:], " ")
	d.Listener = c.ask("elbv2", "describe-listeners", "--load-balancer-arn", arn, "--query", "Listeners[].[Protocol,Port]")
	var attributes []struct{ Key, Value string }
	c.describe(&attributes, "elbv2", "describe-target-group-attributes", "--target-group-arn", list[0], "--query", "Attributes")
	for _, a := range attributes {
		if strings.HasPrefix(a.Key, "deregistration_delay") || a.Key == "preserve_client_ip.enabled" || a.Key == "proxy_protocol_v2.enabled" {
			d.Attributes = append(d.Attributes, a.Key+" "+a.Value)
		}
	}
	slices.Sort(d.Attributes)
	return arn
}

// fleet describes the group, its hook, and what its instances are.
func (c cloud) fleet(d *deployed, net *network) {
	c.t.Helper()
	var groups []struct {
		AutoScalingGroupName, HealthCheckType, VPCZoneIdentifier string
		MinSize, MaxSize                                         int
		Instances                                                []struct{}
		LaunchTemplate                                           struct {
			ID string `json:"LaunchTemplateId"`
		}
	}
	c.describe(&groups, "autoscaling", "describe-auto-scaling-groups", "--query", "AutoScalingGroups")
	if len(groups) != 1 {
		c.t.Fatalf("%d groups", len(groups))
	}
	g := groups[0]
	d.Fleet = fmt.Sprint(g.MinSize, g.MaxSize, len(g.Instances), " ", g.HealthCheckType)
	net.subnets = strings.Split(g.VPCZoneIdentifier, ",")
	d.Hook = c.ask("autoscaling", "describe-lifecycle-hooks", "--auto-scaling-group-name", g.AutoScalingGroupName,
		"--query", "LifecycleHooks[].[LifecycleTransition,HeartbeatTimeout,DefaultResult]")
	var template struct {
		KeyName, UserData string
		MetadataOptions   struct {
			HTTPTokens string `json:"HttpTokens"`
			Hops       int    `json:"HttpPutResponseHopLimit"`
		}
		NetworkInterfaces   []struct{ AssociatePublicIPAddress bool }
		BlockDeviceMappings []struct{ Ebs struct{ Encrypted bool } }
	}
	c.describe(&template, "ec2", "describe-launch-template-versions", "--launch-template-id", g.LaunchTemplate.ID, "--versions", "$Latest",
		"--query", "LaunchTemplateVersions[0].LaunchTemplateData")
	d.Metadata = fmt.Sprint(template.MetadataOptions.HTTPTokens, " ", template.MetadataOptions.Hops)
	d.Public = fmt.Sprint(template.NetworkInterfaces[0].AssociatePublicIPAddress)
	d.Disk = map[bool]string{true: "encrypted", false: "plain"}[template.BlockDeviceMappings[0].Ebs.Encrypted]
	if d.Key = template.KeyName; d.Key == "" {
		d.Key = "none"
	}
	c.userData(template.UserData)
}

// userData is what cloud-init and bash read, and in which nothing is left to
// fill in.
func (c cloud) userData(encoded string) {
	c.t.Helper()
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		c.t.Fatal(err)
	}
	if strings.Contains(string(text), "${") {
		c.t.Errorf("something is left to fill in:\n%s", text)
	}
	for _, want := range []string{
		"-c ssm:///deguchi/exit/configuration\n", "binary=s3://corp-artifacts/deguchi/1.0.0/deguchi-linux-",
		"fleet=exit-provider-fleet\n", "hook=exit-provider-drain'\n", "region=ap-northeast-1\n",
	} {
		if !strings.Contains(string(text), want) {
			c.t.Errorf("user data lacks %q", want)
		}
	}
	file := filepath.Join(c.t.TempDir(), "user-data")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		c.t.Fatal(err)
	}
	for _, check := range [][]string{{"bash", "-n"}, {"cloud-init", "schema", "--config-file"}} {
		if out, err := exec.Command(requiretest.Program(c.t, check[0]), append(check[1:], file)...).CombinedOutput(); err != nil {
			c.t.Errorf("%v = %v:\n%s", check, err, out)
		}
	}
}

// ways describes where the default routes of the proxies' subnets lead, and which
// endpoints stand beside them.
func (c cloud) ways(d *deployed, net *network) {
	c.t.Helper()
	var tables []struct {
		ID           string                      `json:"RouteTableId"`
		VPC          string                      `json:"VpcId"`
		Associations []struct{ SubnetID string } // keys of JSON are matched whatever their case
		Routes       []struct{ DestinationCIDRBlock, GatewayID, NATGatewayID string }
	}
	c.describe(&tables, "ec2", "describe-route-tables", "--query", "RouteTables")
	for _, subnet := range net.subnets {
		way := "no table"
		for _, t := range tables {
			if !slices.ContainsFunc(t.Associations, func(a struct{ SubnetID string }) bool { return a.SubnetID == subnet }) {
				continue
			}
			net.tables, net.vpc, way = append(net.tables, t.ID), t.VPC, ""
			for _, r := range t.Routes {
				if r.DestinationCIDRBlock == "0.0.0.0/0" {
					way, _, _ = strings.Cut(r.GatewayID+r.NATGatewayID, "-")
				}
			}
		}
		d.WaysOut = append(d.WaysOut, way)
	}
	d.Gateways, d.Interfaces = c.endpoints(net)
}

// endpoints are the services whose endpoints stand beside the proxies. One that
// stands elsewhere is an error.
func (c cloud) endpoints(net *network) (gateways, interfaces []string) {
	c.t.Helper()
	var list []struct {
		VPCEndpointType, ServiceName string
		RouteTableIDs, SubnetIDs     []string
		PrivateDNSEnabled            bool
	}
	c.describe(&list, "ec2", "describe-vpc-endpoints", "--query", "VpcEndpoints")
	for _, e := range list {
		service := strings.TrimPrefix(e.ServiceName, "com.amazonaws.ap-northeast-1.")
		switch {
		case e.VPCEndpointType == "Gateway" && equal(e.RouteTableIDs, net.tables):
			gateways = append(gateways, service)
		case e.VPCEndpointType == "Interface" && equal(e.SubnetIDs, net.subnets) && e.PrivateDNSEnabled:
			interfaces = append(interfaces, service)
		default:
			c.t.Errorf("endpoint %s stands on %v, in %v; want %v, or %v with private DNS", service, e.RouteTableIDs, e.SubnetIDs, net.tables, net.subnets)
		}
	}
	slices.Sort(interfaces)
	return gateways, interfaces
}

func equal(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// groups describes who reaches the load balancer and the proxies.
func (c cloud) groups(d *deployed, net *network) {
	c.t.Helper()
	var list []struct {
		GroupID, Description string
		IPPermissions        []struct {
			FromPort, ToPort int
			IPRanges         []struct{ CIDRIP string }
			UserIDGroupPairs []struct{ GroupID string }
		}
	}
	c.describe(&list, "ec2", "describe-security-groups", "--query", "SecurityGroups")
	front := ""
	for _, g := range list {
		switch g.Description {
		case "Load balancer in front of the proxies":
			front = g.GroupID
		case "Proxies":
			net.group = g.GroupID
		}
	}
	for _, g := range list {
		for _, p := range g.IPPermissions {
			for _, from := range p.IPRanges {
				if g.GroupID == front {
					d.Clients = append(d.Clients, fmt.Sprint(p.FromPort, " ", from.CIDRIP))
				} else if g.GroupID == net.group {
					d.FromBalancer = append(d.FromBalancer, "a network: "+from.CIDRIP)
				}
			}
			for _, from := range p.UserIDGroupPairs {
				if g.GroupID == net.group && from.GroupID == front && p.FromPort == p.ToPort {
					d.FromBalancer = append(d.FromBalancer, fmt.Sprint(p.FromPort))
				}
			}
		}
	}
	slices.Sort(d.Clients)
	slices.Sort(d.FromBalancer)
}

// other deploys another stack of a kit with what would be the first one's
// outputs, which moto does not have, and looks at its endpoints.
func (c cloud) other(p *kit.Plan, s *cloudformation.Stack, net network) {
	c.t.Helper()
	if strings.Contains(s.Name, "-consumer-") {
		c.deploy(s, "ServiceName="+net.service)
		got := c.ask("ec2", "describe-vpc-endpoints", "--filters", "Name=service-name,Values="+net.service, "--query", "VpcEndpoints[].[VpcEndpointType,VpcId,length(SubnetIds)]")
		if want := "Interface " + p.Kit.Consumers[0].VPC.ID + " 2"; got != want {
			c.t.Errorf("the consumer's endpoint: %s, want %s", got, want)
		}
		zone := c.ask("route53", "list-hosted-zones", "--query", "HostedZones[0].Id")
		alias := c.ask("route53", "list-resource-record-sets", "--hosted-zone-id", zone, "--query", "ResourceRecordSets[?Type=='A'].[Name,AliasTarget.DNSName]")
		service := net.service[strings.LastIndex(net.service, ".")+1:]
		if !strings.HasPrefix(alias, "proxy.egress.example vpce-") || !strings.HasSuffix(alias, "."+service+".ap-northeast-1.vpce.amazonaws.com") {
			c.t.Errorf("the consumer's name for the proxy: %s", alias)
		}
		return
	}
	parameters := []string{"VpcId=" + net.vpc, "ProxyGroupId=" + net.group}
	for i, z := range p.Kit.Zones {
		parameters = append(parameters, "Subnet"+strings.ToUpper(z.Name.V)+"="+net.subnets[i])
	}
	c.deploy(s, parameters...)
	_, interfaces := c.endpoints(&net)
	if diff := cmp.Diff(slices.Sorted(slices.Values(slices.Concat(p.Own, p.Others))), interfaces); diff != "" {
		c.t.Errorf("endpoints beside the proxies (-want +got):\n%s", diff)
	}
}
