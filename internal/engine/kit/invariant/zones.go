package invariant

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// zones finds what stands in one zone and is lost with it.
func zones(f *finder) {
	for _, part := range []struct{ typ, key string }{{typeBalancer, "Subnets"}, {typeFleet, "VPCZoneIdentifier"}} {
		for _, r := range f.Of(part.typ) {
			if subnets, known := items(r.Props, part.key); known && len(subnets) == 1 {
				f.warn(r.Place(part.key), say("DG6207", r.ID), hint("DG6207"))
			}
		}
	}
	if len(f.fleetSubnets()) < 2 {
		return
	}
	for _, e := range f.Of(typeEndpoint) {
		if subnets, known := items(e.Props, "SubnetIds"); known && len(subnets) == 1 && !isGateway(e) {
			f.warn(e.Place("SubnetIds"), say("DG6207", e.ID), hint("DG6207"))
		}
	}
}

// zoneOf returns where a subnet is: the zone's name, or the words that stand for
// one that only the deployment knows. Empty is unknown.
func zoneOf(subnet *Resource) string {
	if subnet == nil {
		return ""
	}
	if v := find(subnet.Props, "AvailabilityZone"); v != nil && v.Tag == "" {
		return v.Text
	}
	return ""
}

// sameZone finds subnets that were meant to be in different zones and are not, and
// a fleet where the load balancer has no node: its instances there get nothing.
func sameZone(f *finder) {
	var nodes, places []string // of load balancers, of fleets
	known := true
	for _, part := range []struct {
		typ, key string
		zones    *[]string
	}{{typeBalancer, "Subnets", &nodes}, {typeFleet, "VPCZoneIdentifier", &places}} {
		for _, r := range f.Of(part.typ) {
			subnets, all := items(r.Props, part.key)
			known = known && all
			var seen []string
			for _, n := range subnets {
				zone := zoneOf(f.To(n))
				if known = known && zone != ""; zone == "" {
					continue
				}
				if slices.Contains(seen, zone) && (part.typ == typeBalancer || len(subnets) == 2) {
					f.fail(f.To(n).Place("AvailabilityZone"), say("DG6207.same", r.ID), hint("DG6207"))
				}
				seen = append(seen, zone)
				*part.zones = append(*part.zones, zone)
			}
		}
	}
	if !known || len(nodes) < 2 { // one zone has a finding of its own
		return
	}
	for _, fleet := range f.Of(typeFleet) {
		subnets, _ := items(fleet.Props, "VPCZoneIdentifier")
		for _, n := range subnets {
			if s := f.To(n); !slices.Contains(nodes, zoneOf(s)) {
				f.fail(s.Place("AvailabilityZone"), say("DG6207.off", s.ID), hint("DG6207.off"))
			}
		}
	}
}

// sizes finds a fleet that may shrink to one instance or to none, and one that
// cannot be.
func sizes(f *finder) {
	for _, fleet := range f.Of(typeFleet) {
		least, a := number(fleet.Props, "MinSize")
		most, b := number(fleet.Props, "MaxSize")
		switch {
		case a && b && most < least:
			f.fail(fleet.Place("MaxSize"), say("DG6212.order", fleet.ID), reason.Because{})
		case a && least < 2:
			f.warn(fleet.Place("MinSize"), say("DG6212.least", fleet.ID, textOf(find(fleet.Props, "MinSize"))), hint("DG6212.least"))
		}
		if grace, ok := number(fleet.Props, "HealthCheckGracePeriod"); ok && grace < 60 {
			f.warn(fleet.Place("HealthCheckGracePeriod"), say("DG6212.grace", fleet.ID, itoa(grace)), hint("DG6212.grace"))
		}
		if kind, known := text(fleet.Props, "HealthCheckType"); find(fleet.Props, "HealthCheckType") == nil || known && kind != "ELB" {
			if targets, _ := items(fleet.Props, "TargetGroupARNs"); len(targets) > 0 {
				f.warn(fleet.Place("HealthCheckType"), say("DG6212", fleet.ID), hint("DG6212", f.Spell("HealthCheckType")))
			}
		}
	}
}

// isGateway reports whether e is a gateway endpoint, which is the default.
func isGateway(e *Resource) bool {
	kind, known := text(e.Props, "VpcEndpointType")
	return find(e.Props, "VpcEndpointType") == nil || known && kind == "Gateway"
}

// isInterface reports whether e is known to be an interface endpoint.
func isInterface(e *Resource) bool {
	kind, known := text(e.Props, "VpcEndpointType")
	return known && kind == "Interface"
}

func textOf(n *yamldoc.Node) string {
	if n == nil || n.Tag != "" || n.Kind == yamldoc.Broken {
		return ""
	}
	return n.Text
}
