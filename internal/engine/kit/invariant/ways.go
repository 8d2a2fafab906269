package invariant

import (
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// exit is the way out of the fleet: as the caller says, or as the default routes
// of its subnets tell. Empty is unknown.
func (f *finder) exit() string {
	if f.options.Exit != "" {
		return f.options.Exit
	}
	tables, known := f.fleetTables()
	if !known {
		return ""
	}
	for _, r := range f.Of(typeRoute) {
		if !slices.Contains(tables, f.To(find(r.Props, "RouteTableId"))) || textOf(find(r.Props, "DestinationCidrBlock")) != "0.0.0.0/0" {
			continue
		}
		switch {
		case find(r.Props, "NatGatewayId") != nil:
			return "nat"
		case find(r.Props, "GatewayId") != nil:
			return "internet"
		default:
			return "" // a transit gateway, a firewall: nobody knows what is behind it
		}
	}
	return "closed"
}

// fleetTables returns the route tables of the fleet's subnets. Known says
// whether the template has all of them.
func (f *finder) fleetTables() (tables []*Resource, known bool) {
	for _, subnet := range f.fleetSubnets() {
		i := slices.IndexFunc(f.Of("AWS::EC2::SubnetRouteTableAssociation"), func(a *Resource) bool {
			return f.To(find(a.Props, "SubnetId")) == subnet
		})
		if subnet == nil || i < 0 {
			return nil, false
		}
		table := f.To(find(f.Of("AWS::EC2::SubnetRouteTableAssociation")[i].Props, "RouteTableId"))
		if table == nil {
			return nil, false
		}
		if !slices.Contains(tables, table) {
			tables = append(tables, table)
		}
	}
	return tables, len(tables) > 0
}

// fleetSubnets returns the subnets of fleets; nil for one that is not in the
// template.
func (f *finder) fleetSubnets() (subnets []*Resource) {
	for _, fleet := range f.Of(typeFleet) {
		all, _ := items(fleet.Props, "VPCZoneIdentifier")
		for _, n := range all {
			subnets = append(subnets, f.To(n))
		}
	}
	return subnets
}

// serviceName is the name of one of AWS's services; the region may be anything.
var serviceName = regexp.MustCompile(`^com\.amazonaws\.(?:\$\{[^}]*\}|[a-z0-9-]+)\.(.+)$`)

// serviceOf returns the end of an endpoint's ServiceName: "ssm". It is empty for
// a service of somebody's own.
func serviceOf(r *Resource) string {
	name, _ := text(r.Props, "ServiceName")
	m := serviceName.FindStringSubmatch(name)
	if m == nil || strings.HasPrefix(name, "com.amazonaws.vpce.") {
		return ""
	}
	return m[1]
}

// gatewayEndpoints finds a gateway endpoint that takes what was meant for an
// open exit, and a closed fleet without one.
func gatewayEndpoints(f *finder) {
	exit := f.exit()
	tables, known := f.fleetTables()
	var found bool
	for _, e := range f.Of(typeEndpoint) {
		if kind, ok := text(e.Props, "VpcEndpointType"); ok && kind != "Gateway" || serviceOf(e) == "" {
			continue
		}
		on, all := items(e.Props, "RouteTableIds")
		if serviceOf(e) == "s3" {
			found = true
		}
		for _, table := range tables {
			has := slices.ContainsFunc(on, func(n *yamldoc.Node) bool { return f.To(n) == table })
			switch {
			case exit == "closed" && serviceOf(e) == "s3" && known && all && !has:
				f.fail(e.Place("RouteTableIds"), say("DG6401.table", e.ID, table.ID), hint("DG6401"))
			case (exit == "internet" || exit == "nat") && has:
				f.warn(e.Place("RouteTableIds"), say("DG6402", e.ID, table.ID), hint("DG6402"))
			}
		}
	}
	if fleets := f.Of(typeFleet); exit == "closed" && !found && len(fleets) > 0 {
		f.fail(fleets[0].At, say("DG6401", fleets[0].ID), hint("DG6401"))
	}
}

// startEndpoints finds a closed fleet whose instances nobody can reach with
// Session Manager. One of an existing VPC may have its endpoints elsewhere.
func startEndpoints(f *finder) {
	fleets := f.Of(typeFleet)
	if _, known := f.fleetTables(); f.exit() != "closed" || len(fleets) == 0 || !known {
		return
	}
	for _, service := range []string{"ssm", "ssmmessages"} {
		if !slices.ContainsFunc(f.Of(typeEndpoint), func(e *Resource) bool { return serviceOf(e) == service }) {
			f.fail(fleets[0].At, say("DG6403", service), hint("DG6403"))
		}
	}
}

// endpointGroups finds interface endpoints that proxies cannot use: their group
// does not admit port 443, or their names lead elsewhere.
func endpointGroups(f *finder) {
	for _, e := range f.Of(typeEndpoint) {
		if kind, _ := text(e.Props, "VpcEndpointType"); kind != "Interface" || serviceOf(e) == "" {
			continue
		}
		if v, ok := text(e.Props, "PrivateDnsEnabled"); ok && v == "false" {
			f.warn(e.Place("PrivateDnsEnabled"), say("DG6404.dns", e.ID), hint("DG6404.dns"))
		}
		groups, known := items(e.Props, "SecurityGroupIds")
		if !known || len(groups) != 1 {
			continue
		}
		group := f.To(groups[0])
		if group == nil {
			continue
		}
		if all, closed := f.rules(group, true); closed && !admits(all, f.fleetGroup(), 443) {
			f.fail(e.Place("SecurityGroupIds"), say("DG6404", group.ID, e.ID), hint("DG6404"))
		}
	}
}

// publicAddresses finds instances behind an internet gateway that nothing on the
// internet can answer.
func publicAddresses(f *finder) {
	if f.exit() != "internet" {
		return
	}
	for _, t := range f.Of(typeTemplate) {
		cards, _ := items(t.Props, "LaunchTemplateData", "NetworkInterfaces")
		for _, card := range cards {
			if v, ok := text(card, "AssociatePublicIpAddress"); ok && v == "false" {
				f.fail(find(card, "AssociatePublicIpAddress"), say("DG6405", t.ID), hint("DG6405"))
			} else if ok || find(card, "AssociatePublicIpAddress") != nil {
				return
			}
		}
		if len(cards) > 0 {
			continue
		}
		for _, s := range f.fleetSubnets() {
			if s == nil {
				return
			}
			if v := find(s.Props, "MapPublicIpOnLaunch"); v == nil || v.Text == "false" {
				f.fail(s.Place("MapPublicIpOnLaunch"), say("DG6405.subnet", s.ID), hint("DG6405"))
			}
		}
	}
}
