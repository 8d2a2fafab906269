package invariant

import (
	"net/netip"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// rule is one rule of a security group.
type rule struct {
	at          *yamldoc.Node
	first, last int
	peer        *Resource // another group; nil if it is a network
	cidr        string
	known       bool
}

// rules returns the rules of group in one direction, those that stand beside it
// included. All says whether nothing but them is admitted: a group without rules
// for what goes out lets everything out.
func (f *finder) rules(group *Resource, in bool) (all []rule, closed bool) {
	inline, typ, peer := "SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId"
	if !in {
		inline, typ, peer = "SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId"
	}
	list, known := items(group.Props, inline)
	for _, n := range list {
		all = append(all, f.rule(n, peer))
	}
	for _, r := range f.Of(typ) {
		if f.To(find(r.Props, "GroupId")) == group {
			all = append(all, f.rule(r.Props, peer))
		}
	}
	return all, known && (in || find(group.Props, inline) != nil)
}

func (f *finder) rule(n *yamldoc.Node, peer string) rule {
	r := rule{at: n, first: 0, last: 65535, known: true, peer: f.To(find(n, peer))}
	if len(n.Entries) > 0 {
		r.at = n.Entries[0].Key
	}
	r.cidr, _ = text(n, "CidrIp")
	if protocol, ok := text(n, "IpProtocol"); ok && protocol == "-1" {
		return r
	}
	first, a := text(n, "FromPort")
	last, b := text(n, "ToPort")
	r.known = a && b
	r.first, _ = strconv.Atoi(first)
	r.last, _ = strconv.Atoi(last)
	return r
}

// admits reports whether one of rules lets port pass to or from group.
func admits(rules []rule, group *Resource, port int) bool {
	for _, r := range rules {
		if !r.known || r.first <= port && port <= r.last && (r.peer == group || r.peer == nil) {
			return true
		}
	}
	return false
}

// chain finds ports that do not get from the load balancer to its targets, for
// connections and for health checks.
func chain(f *finder) {
	front, fleet := f.frontGroup(), f.fleetGroup()
	if front == nil || fleet == nil {
		return
	}
	ins, closed := f.rules(fleet, true)
	outs, limited := f.rules(front, false)
	for _, g := range f.Of(typeTargets) {
		for _, key := range []string{"Port", "HealthCheckPort"} {
			value, ok := text(g.Props, key)
			port, err := strconv.Atoi(value)
			if !ok || err != nil {
				continue // "traffic-port" is the other one
			}
			if closed && !admits(ins, front, port) {
				f.fail(fleet.At, say("DG6301", fleet.ID, front.ID, value), hint("DG6301"))
			}
			if limited && !admits(outs, fleet, port) {
				f.fail(front.At, say("DG6301.out", front.ID, fleet.ID, value), hint("DG6301"))
			}
		}
	}
}

// frontGroup returns the group of the load balancer, fleetGroup that of the
// instances, if the template has exactly one.
func (f *finder) frontGroup() *Resource {
	for _, l := range f.Of(typeBalancer) {
		if groups, known := items(l.Props, "SecurityGroups"); known && len(groups) == 1 {
			return f.To(groups[0])
		}
	}
	return nil
}

func (f *finder) fleetGroup() *Resource {
	for _, t := range f.Of(typeTemplate) {
		data := find(t.Props, "LaunchTemplateData")
		groups, _ := items(data, "SecurityGroupIds")
		cards, _ := items(data, "NetworkInterfaces")
		for _, card := range cards {
			more, _ := items(card, "Groups")
			groups = append(groups, more...)
		}
		if len(groups) == 1 {
			return f.To(groups[0])
		}
	}
	return nil
}

// openPorts finds groups that admit the whole internet, and SSH.
func openPorts(f *finder) {
	for _, g := range f.Of(typeGroup) {
		all, _ := f.rules(g, true)
		for _, r := range all {
			switch {
			case r.cidr == "0.0.0.0/0":
				f.fail(r.at, say("DG6302", g.ID), hint("DG6302"))
			case r.known && r.first <= 22 && 22 <= r.last && (r.first != 0 || r.last != 65535):
				f.warn(r.at, say("DG6302.ssh", g.ID), hint("DG6302.ssh"))
			}
		}
	}
	for _, t := range f.Of(typeTemplate) {
		if key := find(t.Props, "LaunchTemplateData", "KeyName"); key != nil {
			f.warn(key, say("DG6302.key", t.ID), hint("DG6302.ssh"))
		}
	}
}

// overlaps finds subnets that overlap or are outside their VPC.
func overlaps(f *finder) {
	type subnet struct {
		id   string
		vpc  *Resource
		cidr netip.Prefix
	}
	var taken []subnet
	for _, s := range f.Of(typeSubnet) {
		value, _ := text(s.Props, "CidrBlock")
		cidr, err := netip.ParsePrefix(value)
		if err != nil {
			continue
		}
		vpc := f.To(find(s.Props, "VpcId"))
		if vpc != nil {
			whole, _ := text(vpc.Props, "CidrBlock")
			if outer, err := netip.ParsePrefix(whole); err == nil && (outer.Bits() > cidr.Bits() || !outer.Overlaps(cidr)) {
				f.fail(s.Place("CidrBlock"), say("DG6303.outside", s.ID, value, whole), reason.Because{})
			}
		}
		for _, other := range taken {
			if other.vpc == vpc && other.cidr.Overlaps(cidr) {
				f.fail(s.Place("CidrBlock"), say("DG6303", s.ID, value, other.id, other.cidr.String()), reason.Because{})
				break
			}
		}
		taken = append(taken, subnet{s.ID, vpc, cidr})
	}
}
