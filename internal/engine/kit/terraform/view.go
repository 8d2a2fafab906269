package terraform

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// Internet reports whether each proxy has a public address.
func (v view) Internet() bool { return v.Kit.Exit == kitfile.Internet }

// NAT reports whether the way out is a NAT gateway in each zone.
func (v view) NAT() bool { return v.Kit.Exit == kitfile.NAT }

// Closed reports whether there is no way out.
func (v view) Closed() bool { return v.Kit.Exit == kitfile.Closed }

// Open reports whether there is an internet gateway.
func (v view) Open() bool { return !v.Closed() }

// VPC is the id of the VPC.
func (v view) VPC() string {
	if v.Kit.VPC.New() {
		return "aws_vpc.main.id"
	}
	return "var.vpc_id"
}

// SubnetIDs are the ids of the proxies' subnets, zone by zone.
func (v view) SubnetIDs() (ids []string) {
	for _, z := range v.Kit.Zones {
		if v.Kit.VPC.New() {
			ids = append(ids, "aws_subnet.proxies_"+z.Name.V+".id")
		} else {
			ids = append(ids, "var.subnet_"+z.Name.V)
		}
	}
	return ids
}

// Subnets are SubnetIDs as the items of a list.
func (v view) Subnets() string { return strings.Join(v.SubnetIDs(), ", ") }

// Tables are the ids of the proxies' route tables, as the items of a list.
func (v view) Tables() string {
	var ids []string
	for _, z := range v.Kit.Zones {
		if v.Kit.VPC.New() {
			ids = append(ids, "aws_route_table.proxies_"+z.Name.V+".id")
		} else {
			ids = append(ids, "var.table_"+z.Name.V)
		}
	}
	return strings.Join(ids, ", ")
}

// Ports are those that the rules let through.
func (v view) Ports() []config.PortRange { return v.Plan.Ports() }

// Accounts are those of the consumers, each once.
func (v view) Accounts() (accounts []string) {
	for _, c := range v.Kit.Consumers {
		if !slices.Contains(accounts, c.Account) {
			accounts = append(accounts, c.Account)
		}
	}
	return accounts
}

// Lock is the mode of the archive's lock; empty for none.
func (v view) Lock() string {
	return map[kitfile.Lock]string{kitfile.Governance: "GOVERNANCE", kitfile.Compliance: "COMPLIANCE"}[v.Kit.Logs.Lock]
}

// gateway is what sites are behind.
type gateway struct {
	ID, Name string
	VPN      bool
}

// route is the way to one site.
type route struct {
	Site, CIDR, ID, Gateway string
	VPN                     bool
}

// Gateways are those that sites are behind, each once.
func (v view) Gateways() (all []gateway) {
	for _, r := range v.Routes() {
		g := gateway{r.ID, r.Gateway, r.VPN}
		if !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}

// Routes are the ways to sites that are behind a gateway, which has the name of
// the first of them.
func (v view) Routes() (all []route) {
	first := make(map[string]string)
	for _, s := range v.Kit.Sites {
		if s.Through == "" {
			continue
		}
		name := identifier(s.Name.V)
		if first[s.Through] == "" {
			first[s.Through] = name
		}
		all = append(all, route{name, s.CIDR.V.String(), s.Through, first[s.Through], strings.HasPrefix(s.Through, "vgw")})
	}
	return all
}

// Ready are what instances wait for before they start: ways out, and endpoints.
func (v view) Ready() (all []string) {
	for _, z := range v.Kit.Zones {
		if v.Kit.VPC.New() && v.Open() {
			all = append(all, "aws_route.default_"+z.Name.V)
		}
	}
	for _, g := range v.Plan.Gateways {
		all = append(all, "aws_vpc_endpoint."+identifier(g)+"_gateway")
	}
	if len(v.Plan.Own) > 0 {
		all = append(all, "aws_vpc_endpoint.beside")
	}
	return all
}

// alarm is what somebody has to look at.
type alarm struct {
	Name, What, Space, Metric, Dimensions, Statistic string
	Periods                                          int // minutes in a row
	Comparison                                       string
	Threshold                                        int
	Missing                                          string // what no data means
}

// Alarms are those of the stacks.
func (v view) Alarms() []alarm {
	const above, below = "GreaterThanOrEqualToThreshold", "LessThanThreshold"
	return []alarm{
		{"unhealthy", "A proxy fails its health checks", "AWS/NetworkELB", "UnHealthyHostCount", "targets", "Maximum", 5, above, 1, "notBreaching"},
		{"nobody", "No zone of the load balancer has a healthy proxy", "AWS/NetworkELB", "HealthyHostCount", "targets", "Maximum", 2, below, 1, "breaching"},
		{"ports", "The load balancer runs out of ports: add proxies", "AWS/NetworkELB", "PortAllocationErrorCount", "front", "Sum", 1, above, 1, "notBreaching"},
		{"processor", "The proxies are busy", "AWS/EC2", "CPUUtilization", "group", "Average", 10, above, 80, "missing"},
	}
}
