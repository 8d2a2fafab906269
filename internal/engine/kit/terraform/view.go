package terraform

import (
	"maps"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// list is the items of a section.
type list = []map[string]any

// base is what every module's templates see.
func base(p *kit.Plan, title, arguments string) *scope {
	k := p.Kit
	return &scope{values: map[string]any{
		"title": title, "arguments": arguments, "kit": k.Name, "region": k.Region, "port": strconv.Itoa(int(k.Port)),
		"file": strings.ReplaceAll(k.File, "\n", " "),
		"new":  k.VPC.New(), "vpc_id": k.VPC.ID, "vpc_cidr": k.VPC.CIDR.V.String(),
		"own": quoted(p.Own), "others": quoted(p.Others), "subnet_map": subnetMap(k.Zones),
	}}
}

// fleet is what the provider's templates see.
func fleet(p *kit.Plan) *scope {
	k := p.Kit
	s := base(p, "A fleet of proxies behind a Network Load Balancer, exit "+k.Exit.String(), "")
	vpc := "var.vpc_id"
	if k.VPC.New() {
		vpc = "aws_vpc.main.id"
	}
	form, what := "binary", "program"
	if k.Program.Package {
		form, what = "package", "package"
	}
	maps.Copy(s.values, map[string]any{
		"vpc": vpc, "zones": zones(k), "subnets": joined(zones(k), "subnet_id"), "tables": joined(zones(k), "table_id"),
		"internet": k.Exit == kitfile.Internet, "nat": k.Exit == kitfile.NAT, "closed": k.Exit == kitfile.Closed, "open": k.Exit != kitfile.Closed,
		"public": strconv.FormatBool(k.Exit == kitfile.Internet), "ready": ready(p),
		"gateways": gateways(k), "routes": routes(k), "sites": sites(k), "ports": ports(p), "services": services(p),
		"offered": len(k.Consumers) > 0, "principals": principals(k),
		"admin_port": strconv.Itoa(int(k.AdminPort)), "idle": strconv.Itoa(k.Idle), "drain": strconv.Itoa(k.Drain), "wait": strconv.Itoa(k.Drain + 60),
		"architecture": k.Instances.Architecture(), "type": k.Instances.Type,
		"least": strconv.Itoa(k.Instances.Least), "most": strconv.Itoa(k.Instances.Most),
		"form": form, "what": what, "bucket": k.Program.Bucket, "key": k.Program.Key, "sha256": k.Program.SHA256, "tier": p.Tier(),
		"days": strconv.Itoa(k.Logs.Days), "kms": k.Logs.KMS, "with_key": strconv.FormatBool(k.Logs.KMS),
		"archive": counted(k.Logs.Archive), "topic": k.Topic, "alarms": alarms,
		"lock": map[kitfile.Lock]string{kitfile.Governance: "GOVERNANCE", kitfile.Compliance: "COMPLIANCE"}[k.Logs.Lock],
	})
	return s
}

// consumer is what the templates of one consumer see.
func consumer(p *kit.Plan, c kitfile.Consumer) *scope {
	s := base(p, "The endpoint of "+c.Name.V+" to the proxies of "+p.Kit.Name, " -var service_name=…")
	var zones, from list
	var subnets []string
	for _, z := range c.Zones {
		zones = append(zones, map[string]any{"a": z.Name.V, "subnet": z.Subnet})
		subnets = append(subnets, "var.subnet_"+z.Name.V)
	}
	for i, network := range c.From {
		from = append(from, map[string]any{"n": strconv.Itoa(i + 1), "cidr": network.V.String()})
	}
	maps.Copy(s.values, map[string]any{
		"consumer": c.Name.V, "vpc_id": c.VPC.ID, "vpc_cidr": c.VPC.CIDR.V.String(), "domain": c.Domain,
		"zones": zones, "from": from, "subnets": strings.Join(subnets, ", "),
	})
	return s
}

// zones are those of the fleet, with what refers to their parts.
func zones(k *kitfile.Kit) (all list) {
	for _, z := range k.Zones {
		a := z.Name.V
		subnet, table := "var.subnet_"+a, "var.table_"+a
		if k.VPC.New() {
			subnet, table = "aws_subnet.proxies_"+a+".id", "aws_route_table.proxies_"+a+".id"
		}
		nat := ""
		if z.NAT.V.IsValid() {
			nat = z.NAT.V.String()
		}
		all = append(all, map[string]any{
			"a": a, "cidr": z.CIDR.V.String(), "nat_cidr": nat, "subnet": z.Subnet, "table": z.Table, "subnet_id": subnet, "table_id": table,
		})
	}
	return all
}

// joined is one value of every item, as the items of a list in HCL.
func joined(items list, key string) string {
	var all []string
	for _, item := range items {
		all = append(all, item[key].(string))
	}
	return strings.Join(all, ", ")
}

// quoted is texts as the items of a list in HCL.
func quoted(texts []string) string {
	var all []string
	for _, t := range texts {
		all = append(all, strconv.Quote(t))
	}
	return strings.Join(all, ", ")
}

// counted is n, empty for none.
func counted(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func subnetMap(zones []kitfile.Zone) string {
	var all []string
	for _, z := range zones {
		all = append(all, z.Name.V+" = "+strconv.Quote(z.Subnet))
	}
	return strings.Join(all, ", ")
}

// principals are the accounts of consumers, each once.
func principals(k *kitfile.Kit) string {
	var all []string
	seen := make(map[string]bool)
	for _, c := range k.Consumers {
		if !seen[c.Account] {
			all = append(all, `"arn:${data.aws_partition.current.partition}:iam::`+c.Account+`:root"`)
		}
		seen[c.Account] = true
	}
	return strings.Join(all, ", ")
}

// routes are the ways to sites that are behind a gateway, which has the name of
// the first of them.
func routes(k *kitfile.Kit) (all list) {
	first := make(map[string]string)
	for _, s := range k.Sites {
		if s.Through == "" {
			continue
		}
		name := identifier(s.Name.V)
		if first[s.Through] == "" {
			first[s.Through] = name
		}
		all = append(all, map[string]any{
			"site": name, "cidr": s.CIDR.V.String(), "gateway_id": s.Through, "gateway": first[s.Through], "vpn": strings.HasPrefix(s.Through, "vgw"),
		})
	}
	return all
}

// gateways are those that sites are behind, each once.
func gateways(k *kitfile.Kit) (all list) {
	for _, r := range routes(k) {
		if r["site"] == r["gateway"] {
			all = append(all, map[string]any{"gateway_id": r["gateway_id"], "name": r["gateway"], "vpn": r["vpn"]})
		}
	}
	return all
}

func sites(k *kitfile.Kit) (all list) {
	for _, s := range k.Sites {
		all = append(all, map[string]any{"id": identifier(s.Name.V), "a": s.Name.V, "cidr": s.CIDR.V.String()})
	}
	return all
}

// ports are those that the rules let through.
func ports(p *kit.Plan) (all list) {
	for _, r := range p.Ports() {
		first, last := strconv.Itoa(int(r.First)), strconv.Itoa(int(r.Last))
		label := first
		if first != last {
			label += "_" + last
		}
		all = append(all, map[string]any{"first": first, "last": last, "label": label})
	}
	return all
}

// services are those of gateway endpoints.
func services(p *kit.Plan) (all list) {
	for _, s := range p.Gateways {
		all = append(all, map[string]any{"id": identifier(s), "service": s})
	}
	return all
}

// ready are what instances wait for besides: ways out, and endpoints.
func ready(p *kit.Plan) string {
	var b strings.Builder
	for _, z := range p.Kit.Zones {
		if p.Kit.VPC.New() && p.Kit.Exit != kitfile.Closed {
			b.WriteString(", aws_route.default_" + z.Name.V)
		}
	}
	for _, g := range p.Gateways {
		b.WriteString(", aws_vpc_endpoint." + identifier(g) + "_gateway")
	}
	if len(p.Own) > 0 {
		b.WriteString(", aws_vpc_endpoint.beside")
	}
	return b.String()
}

// alarms are those of the stacks: what somebody has to look at.
var alarms = list{
	alarm("unhealthy", "A proxy fails its health checks", "AWS/NetworkELB", "UnHealthyHostCount", "targets", "Maximum", "5", above, "1", "notBreaching"),
	alarm("nobody", "No zone of the load balancer has a healthy proxy", "AWS/NetworkELB", "HealthyHostCount", "targets", "Maximum", "2", below, "1", "breaching"),
	alarm("ports", "The load balancer runs out of ports: add proxies", "AWS/NetworkELB", "PortAllocationErrorCount", "front", "Sum", "1", above, "1", "notBreaching"),
	alarm("processor", "The proxies are busy", "AWS/EC2", "CPUUtilization", "group", "Average", "10", above, "80", "missing"),
}

const above, below = "GreaterThanOrEqualToThreshold", "LessThanThreshold"

func alarm(name, what, space, metric, dimensions, statistic, periods, comparison, threshold, missing string) map[string]any {
	return map[string]any{
		"name": name, "what": what, "space": space, "metric": metric, "dimensions": dimensions, "statistic": statistic,
		"periods": periods, "comparison": comparison, "threshold": threshold, "missing": missing,
	}
}
