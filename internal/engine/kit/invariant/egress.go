package invariant

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// egress finds proxies that may not send to what their rules let through, or to the
// endpoints that stand beside them.
func egress(f *finder) {
	fleet := f.fleet()
	outs, limited := f.all(fleet, false)
	if !limited {
		return
	}
	exit := f.exit()
	for _, port := range f.wanted() {
		if !passes(outs, port) || (exit == "internet" || exit == "nat") && !leaves(outs, port) {
			f.fail(fleet.groups[0].At, say("DG6301.exit", fleet.groups[0].ID, itoa(port)), hint("DG6301.exit"))
			return
		}
	}
	vpc := f.fleetNetwork()
	for _, e := range f.Of(typeEndpoint) {
		if other := f.To(find(e.Props, "VpcId")); serviceOf(e) == "" || vpc != nil && other != nil && vpc != other {
			continue
		}
		subnets, _ := items(e.Props, "SubnetIds")
		groups, known := items(e.Props, "SecurityGroupIds")
		s := f.sideOf(subnets, known, groups...)
		switch {
		case isGateway(e) && f.beside(e) && !leaves(outs, 443),
			isInterface(e) && s.known && len(s.groups) > 0 && !admits(outs, s, 443):
			f.fail(fleet.groups[0].At, say("DG6301.endpoint", fleet.groups[0].ID, e.ID), hint("DG6301.endpoint"))
			return // the others are behind the same rules
		}
	}
}

// beside reports whether a gateway endpoint is on a route table of the fleet's.
func (f *finder) beside(e *Resource) bool {
	tables, _ := f.fleetTables()
	on, _ := items(e.Props, "RouteTableIds")
	return slices.ContainsFunc(on, func(n *node) bool { return slices.Contains(tables, f.To(n)) })
}

// wanted are the ports that proxies have to reach: 443 for themselves, and those of
// their rules.
func (f *finder) wanted() []int {
	all := []int{443}
	if f.cfg != nil {
		for _, r := range f.cfg.Rules {
			for _, p := range r.Match.Ports {
				if !r.Deny {
					all = append(all, int(p.First), int(p.Last))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// leaves reports whether one of rules lets port pass to addresses that are not
// private: those of the internet, and those behind gateway endpoints.
func leaves(rules []rule, port int) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		if !r.covers(port) || r.peer != nil {
			return false
		}
		p, err := netip.ParsePrefix(r.cidr)
		return r.unsettled() || err == nil && netset.Classify(p.Masked().Addr()) != netset.Private
	})
}
