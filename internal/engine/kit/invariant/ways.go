package invariant

import (
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
)

// exit is the way out of the fleet: as the caller says, or as the default routes
// of its subnets tell. Empty is unknown.
func (f *finder) exit() string {
	if f.options.Exit != "" {
		return f.options.Exit
	}
	return f.told()
}

// told is the way out as the default routes of the fleet's subnets tell.
func (f *finder) told() string {
	tables, known := f.fleetTables()
	if !known {
		return ""
	}
	for _, t := range tables {
		if r := f.defaultOf(t); r != nil {
			return f.wayOf(r)
		}
	}
	return "closed"
}

// wayOf is the exit that a default route makes; empty for a transit gateway, a
// firewall or a gateway of a site's: nobody knows what is behind it.
func (f *finder) wayOf(r *Resource) string {
	gateway := find(r.Props, "GatewayId")
	switch {
	case find(r.Props, "NatGatewayId") != nil:
		return "nat"
	case gateway == nil, textOf(gateway) == "local", strings.HasPrefix(textOf(gateway), "vgw-"):
		return ""
	}
	if to := f.To(gateway); to != nil && to.Type == "AWS::EC2::VPNGateway" {
		return ""
	}
	return "internet"
}

// defaultOf returns the default route of a table, or nil.
func (f *finder) defaultOf(table *Resource) *Resource {
	for _, r := range f.routesOf(table) {
		if textOf(find(r.Props, "DestinationCidrBlock")) == "0.0.0.0/0" {
			return r
		}
	}
	return nil
}

func (f *finder) routesOf(table *Resource) (all []*Resource) {
	for _, r := range f.Of(typeRoute) {
		if f.To(find(r.Props, "RouteTableId")) == table {
			all = append(all, r)
		}
	}
	return all
}

// tableOf returns the route table of a subnet that the template associates, or the
// main one that it gives the VPC.
func (f *finder) tableOf(subnet *Resource) *Resource {
	if subnet == nil {
		return nil
	}
	for _, a := range f.Of("AWS::EC2::SubnetRouteTableAssociation") {
		if f.To(find(a.Props, "SubnetId")) == subnet {
			return f.To(find(a.Props, "RouteTableId"))
		}
	}
	vpc := f.To(find(subnet.Props, "VpcId"))
	for _, a := range f.Of(template.MainTable) {
		if vpc != nil && f.To(find(a.Props, "VpcId")) == vpc {
			return f.To(find(a.Props, "RouteTableId"))
		}
	}
	return nil
}

// fleetTables returns the route tables of the fleet's subnets. Known says
// whether the template has all of them.
func (f *finder) fleetTables() (tables []*Resource, known bool) {
	for _, subnet := range f.fleetSubnets() {
		table := f.tableOf(subnet)
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

// fleetNetwork returns the VPC of the fleet's subnets, nil if that is not known.
func (f *finder) fleetNetwork() *Resource {
	for _, s := range f.fleetSubnets() {
		if s != nil {
			return f.To(find(s.Props, "VpcId"))
		}
	}
	return nil
}

// serviceName is the name of one of AWS's services; the region may be anything.
var serviceName = regexp.MustCompile(`^com\.amazonaws\.(?:\$\{[^}]*\}|[a-z0-9-]+)\.(.+)$`)

// serviceOf returns the end of an endpoint's ServiceName: "ssm". It is empty for
// a service of somebody's own.
func serviceOf(r *Resource) string {
	name, _ := text(r.Props, "ServiceName")
	m := serviceName.FindStringSubmatch(name)
	if m == nil || strings.HasPrefix(name, "com.amazonaws.vpce.") || strings.Contains(m[1], "${") {
		return ""
	}
	return m[1]
}

// defaults finds fleets of which a part has no way out, or one that ends before the
// internet, and an exit that is not the one that is wanted.
func defaults(f *finder) {
	f.lost()
	tables, known := f.fleetTables()
	if !known {
		return
	}
	told := f.told()
	var gateways []*Resource
	for _, t := range tables {
		r := f.defaultOf(t)
		switch {
		case r == nil && told != "closed":
			f.fail(t.At, say("DG6409", t.ID), hint("DG6409"))
		case r == nil:
		case f.options.Exit == "closed":
			f.fail(r.At, say("DG6409.open", t.ID), hint("DG6409.open"))
		case f.options.Exit != "" && f.wayOf(r) != "" && f.wayOf(r) != f.options.Exit:
			f.fail(r.At, say("DG6409.other", t.ID, f.wayOf(r), f.options.Exit), hint("DG6409.other"))
		default:
			f.leads(r)
		}
		if r == nil {
			continue
		}
		if nat := f.To(find(r.Props, "NatGatewayId")); nat != nil {
			if slices.Contains(gateways, nat) && len(f.Of("AWS::EC2::NatGateway")) > 1 {
				f.warn(r.Place("NatGatewayId"), say("DG6409.zone", t.ID, nat.ID), hint("DG6409.zone"))
			}
			gateways = append(gateways, nat)
		}
	}
}

// lost finds subnets of the fleet that the template makes and puts on no table: the
// VPC's main table leads nowhere.
func (f *finder) lost() {
	for _, r := range f.Of(typeRoute) {
		if to := f.To(find(r.Props, "RouteTableId")); to != nil && to.Type == typeVPC {
			return // by its main table, which the VPC brings along
		}
	}
	for _, s := range f.fleetSubnets() {
		if s != nil && f.tableOf(s) == nil && f.To(find(s.Props, "VpcId")) != nil && len(f.Of("AWS::EC2::RouteTable")) > 0 {
			f.fail(s.At, say("DG6409.table", s.ID), hint("DG6409.table"))
		}
	}
}

// leads finds a default route that ends before the internet.
func (f *finder) leads(r *Resource) {
	if nat := f.To(find(r.Props, "NatGatewayId")); nat != nil && nat.Type == "AWS::EC2::NatGateway" {
		if kind, _ := text(nat.Props, "ConnectivityType"); kind == "private" {
			f.fail(nat.Place("ConnectivityType"), say("DG6409.nat", nat.ID), hint("DG6409.nat"))
			return
		}
		if mode, _ := text(nat.Props, "AvailabilityMode"); find(nat.Props, "AllocationId") == nil && mode != "regional" {
			f.fail(nat.At, say("DG6409.address", nat.ID), hint("DG6409.address"))
			return
		}
		subnet := f.To(find(nat.Props, "SubnetId"))
		table := f.tableOf(subnet)
		if table == nil {
			if subnet != nil && len(f.Of("AWS::EC2::RouteTable")) > 0 {
				f.fail(nat.Place("SubnetId"), say("DG6409.nat", nat.ID), hint("DG6409.nat"))
			}
			return
		}
		if out := f.defaultOf(table); out == nil || f.wayOf(out) != "internet" {
			f.fail(nat.Place("SubnetId"), say("DG6409.nat", nat.ID), hint("DG6409.nat"))
		} else {
			f.leads(out)
		}
		return
	}
	gateway := f.To(find(r.Props, "GatewayId"))
	if gateway == nil || gateway.Type != "AWS::EC2::InternetGateway" {
		return
	}
	attached := slices.ContainsFunc(f.Of("AWS::EC2::VPCGatewayAttachment"), func(a *Resource) bool {
		to := find(a.Props, "InternetGatewayId")
		return f.To(to) == gateway || to != nil && f.To(to) == nil
	})
	if !attached {
		f.fail(gateway.At, say("DG6409.attach", gateway.ID), hint("DG6409.attach"))
	}
}

// returns finds answers that find their way home from one zone and not from
// another.
func returns(f *finder) {
	tables, known := f.fleetTables()
	if !known {
		return
	}
	for _, l := range f.Of(typeBalancer) {
		subnets, _ := items(l.Props, "Subnets")
		for _, n := range subnets {
			if t := f.tableOf(f.To(n)); t != nil && !slices.Contains(tables, t) {
				return // the load balancer stands elsewhere, with ways of its own
			}
		}
	}
	ways := make(map[*Resource][]string)
	var all []string
	for _, t := range tables {
		for _, r := range f.routesOf(t) {
			to, ok := text(r.Props, "DestinationCidrBlock")
			if !ok {
				return
			}
			ways[t] = append(ways[t], to)
			if to != "0.0.0.0/0" && !slices.Contains(all, to) {
				all = append(all, to)
			}
		}
	}
	for _, t := range tables {
		for _, to := range all {
			if !slices.Contains(ways[t], to) {
				f.warn(t.At, say("DG6305", t.ID, to), hint("DG6305"))
			}
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
		said := false
		for _, card := range cards {
			v, ok := text(card, "AssociatePublicIpAddress")
			said = said || find(card, "AssociatePublicIpAddress") != nil
			if ok && v == "false" {
				f.fail(find(card, "AssociatePublicIpAddress"), say("DG6405", t.ID), hint("DG6405", f.Spell("AssociatePublicIpAddress")))
			}
		}
		if said {
			continue
		}
		for _, s := range f.fleetSubnets() {
			if s == nil {
				return
			}
			if v := find(s.Props, "MapPublicIpOnLaunch"); v == nil || textOf(v) == "false" {
				f.fail(s.Place("MapPublicIpOnLaunch"), say("DG6405.subnet", s.ID), hint("DG6405", f.Spell("AssociatePublicIpAddress")))
			}
		}
	}
}
