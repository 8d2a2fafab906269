package invariant

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

func itoa(n int) string { return strconv.Itoa(n) }

// rule is one rule of a security group.
type rule struct {
	at          *node
	first, last int
	peer        *Resource // another group; nil if it is a network
	cidr        string
	known       bool // the ports are
	foreign     bool // the peer is one that the template does not have
	tcp         bool
}

// rules returns the rules of group in one direction, those that stand beside it
// included. Closed says whether nothing but them is admitted: a group without
// rules for what goes out lets everything out. AWS takes that away once a rule is
// made, beside the group as well (aws/aws-cdk issue 987); Terraform always does.
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
	return all, known && (in || find(group.Props, inline) != nil || len(all) > 0)
}

func (f *finder) rule(n *node, peer string) rule {
	r := rule{at: n, first: 0, last: 65535, known: true, tcp: true, peer: f.To(find(n, peer))}
	if len(n.Entries) > 0 {
		r.at = n.Entries[0].Key
	}
	if r.at.Pos.Line == 0 {
		r.at = n
	}
	var literal bool
	r.cidr, literal = text(n, "CidrIp")
	if six, ok := text(n, "CidrIpv6"); ok {
		r.cidr, literal = six, true
	}
	r.foreign = r.peer == nil && !literal
	protocol, ok := text(n, "IpProtocol")
	if ok && protocol == "-1" || ok && protocol == "all" {
		return r
	}
	r.tcp = !ok || protocol == "tcp" || protocol == "6"
	first, a := text(n, "FromPort")
	last, b := text(n, "ToPort")
	r.known = a && b
	r.first, _ = strconv.Atoi(first)
	r.last, _ = strconv.Atoi(last)
	return r
}

// side is one end of a connection: the groups of what is there, and its networks
// as far as they are known.
type side struct {
	groups   []*Resource
	networks []netip.Prefix
	known    bool // all groups are in the template
}

// lets reports whether r lets port pass to or from all of s.
func (r rule) lets(s side, port int) bool {
	if !r.tcp || r.known && (port < r.first || port > r.last) {
		return false
	}
	if r.peer != nil {
		return slices.Contains(s.groups, r.peer)
	}
	network, err := netip.ParsePrefix(r.cidr)
	if r.foreign || err != nil {
		return r.foreign || strings.Contains(r.cidr, "${")
	}
	for _, n := range s.networks {
		if !covers([]netip.Prefix{network}, n) {
			return false
		}
	}
	return true
}

// admits reports whether one of rules lets port pass to or from s.
func admits(rules []rule, s side, port int) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.lets(s, port) })
}

// passes reports whether one of rules lets port pass at all.
func passes(rules []rule, port int) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.tcp && (!r.known || r.first <= port && port <= r.last) })
}

// all returns the rules of the groups of s.
func (f *finder) all(s side, in bool) (rules []rule, closed bool) {
	closed = s.known && len(s.groups) > 0
	for _, g := range s.groups {
		more, c := f.rules(g, in)
		rules, closed = append(rules, more...), closed && c
	}
	return rules, closed
}

// sideOf is what stands in subnets with the groups of lists.
func (f *finder) sideOf(subnets []*node, known bool, groups ...*node) side {
	s := side{networks: f.networks(subnets), known: known}
	for _, n := range groups {
		g := f.To(n)
		if s.known = s.known && g != nil; g != nil {
			s.groups = append(s.groups, g)
		}
	}
	return s
}

// front returns the side of the first load balancer, fleet that of the instances.
func (f *finder) front() side {
	all := f.Of(typeBalancer)
	if len(all) == 0 {
		return side{}
	}
	subnets, _ := items(all[0].Props, "Subnets")
	groups, known := items(all[0].Props, "SecurityGroups")
	return f.sideOf(subnets, known, groups...)
}

func (f *finder) fleet() side {
	var subnets []*node
	for _, fleet := range f.Of(typeFleet) {
		all, _ := items(fleet.Props, "VPCZoneIdentifier")
		subnets = append(subnets, all...)
	}
	templates := f.Of(typeTemplate)
	if len(templates) == 0 {
		return side{}
	}
	data := find(templates[0].Props, "LaunchTemplateData")
	groups, known := items(data, "SecurityGroupIds")
	cards, all := items(data, "NetworkInterfaces")
	known = known && all
	for _, card := range cards {
		more, all := items(card, "Groups")
		groups, known = append(groups, more...), known && all
	}
	return f.sideOf(subnets, known, groups...)
}

// chain finds ports that do not get from the load balancer to its targets, for
// connections and for health checks, and from clients to the load balancer.
func chain(f *finder) {
	front, fleet := f.front(), f.fleet()
	f.entrance(front)
	if len(f.Of(typeBalancer)) == 0 || len(fleet.groups) == 0 {
		return
	}
	ins, closed := f.all(fleet, true)
	outs, limited := f.all(front, false)
	at := fleet.groups[0]
	for _, g := range f.Of(typeTargets) {
		for _, key := range []string{"Port", "HealthCheckPort"} {
			port, ok := number(g.Props, key)
			if !ok {
				continue // "traffic-port" is the other one
			}
			if closed && !admits(ins, front, port) {
				f.fail(at.At, say("DG6301", at.ID, f.nameOf(front), itoa(port)), hint("DG6301"))
			}
			if limited && !admits(outs, fleet, port) {
				f.fail(front.groups[0].At, say("DG6301.out", f.nameOf(front), at.ID, itoa(port)), hint("DG6301"))
			}
		}
	}
}

// nameOf is what a side is called: its first group, or the load balancer.
func (f *finder) nameOf(s side) string {
	if len(s.groups) > 0 {
		return s.groups[0].ID
	}
	return f.Of(typeBalancer)[0].ID
}

// entrance finds a load balancer that nobody may connect to. What comes over
// PrivateLink passes by its groups, if that is said.
func (f *finder) entrance(front side) {
	ins, closed := f.all(front, true)
	if !closed || len(ins) == 0 && f.ungrouped() {
		return
	}
	for _, l := range f.Of(typeListener) {
		if port, ok := number(l.Props, "Port"); ok && !passes(ins, port) {
			f.fail(front.groups[0].At, say("DG6301.in", front.groups[0].ID, itoa(port)), hint("DG6301.in"))
		}
	}
}

const enforcing = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"

// ungrouped reports whether connections over PrivateLink pass by the load
// balancer's groups.
func (f *finder) ungrouped() bool {
	return len(f.Of("AWS::EC2::VPCEndpointService")) > 0 && slices.ContainsFunc(f.Of(typeBalancer), func(l *Resource) bool {
		v, _ := text(l.Props, enforcing)
		return v == "off"
	})
}

// privateLinkGroups finds a load balancer whose groups judge consumers, who have
// addresses of their own choice.
func privateLinkGroups(f *finder) {
	if len(f.Of("AWS::EC2::VPCEndpointService")) == 0 {
		return
	}
	for _, l := range f.Of(typeBalancer) {
		groups, _ := items(l.Props, "SecurityGroups")
		v, known := text(l.Props, enforcing)
		if len(groups) > 0 && (find(l.Props, enforcing) == nil || known && v != "off") {
			f.warn(l.Place(enforcing), say("DG6304", l.ID), hint("DG6304", f.Spell(enforcing)))
		}
	}
}

// egress finds proxies that may not send to what their rules let through.
func egress(f *finder) {
	fleet := f.fleet()
	outs, limited := f.all(fleet, false)
	if !limited {
		return
	}
	wanted := []int{443}
	if f.cfg != nil {
		for _, r := range f.cfg.Rules {
			for _, p := range r.Match.Ports {
				if !r.Deny {
					wanted = append(wanted, int(p.First), int(p.Last))
				}
			}
		}
	}
	slices.Sort(wanted)
	for _, port := range slices.Compact(wanted) {
		if !passes(outs, port) {
			f.fail(fleet.groups[0].At, say("DG6301.exit", fleet.groups[0].ID, itoa(port)), hint("DG6301.exit"))
		}
	}
}

// openPorts finds groups that admit the whole internet, and SSH.
func openPorts(f *finder) {
	for _, g := range f.Of(typeGroup) {
		all, _ := f.rules(g, true)
		for _, r := range all {
			switch {
			case r.cidr == "0.0.0.0/0" || r.cidr == "::/0":
				f.fail(r.at, say("DG6302", g.ID), hint("DG6302"))
			case r.known && r.tcp && r.first <= 22 && 22 <= r.last && (r.first != 0 || r.last != 65535):
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

// directPorts finds proxies that can be reached past the load balancer.
func directPorts(f *finder) {
	front := f.front()
	if len(front.groups) == 0 {
		return // then they know the load balancer by its networks
	}
	for _, g := range f.fleet().groups {
		ins, _ := f.rules(g, true)
		for _, r := range ins {
			network, err := netip.ParsePrefix(r.cidr)
			if err != nil || network.Bits() == 0 || len(front.networks) > 0 && covers(front.networks, network) {
				continue
			}
			for _, t := range f.Of(typeTargets) {
				port, ok := number(t.Props, "Port")
				if admin, also := number(t.Props, "HealthCheckPort"); ok && r.tcp && r.known && (r.first <= port && port <= r.last || also && r.first <= admin && admin <= r.last) {
					f.warn(r.at, say("DG6302.direct", g.ID, r.cidr), hint("DG6302.direct"))
					break
				}
			}
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
	for _, v := range f.Of("AWS::EC2::VPC") {
		value, known := text(v.Props, "CidrBlock")
		if p, err := netip.ParsePrefix(value); known && !strings.Contains(value, "${") && (err != nil || p.Masked() != p || p.Bits() < 16 || p.Bits() > 28) {
			f.fail(v.Place("CidrBlock"), say("DG6303.vpc", v.ID, value), reason.Because{})
		}
	}
	var taken []subnet
	for _, s := range f.Of(typeSubnet) {
		value, known := text(s.Props, "CidrBlock")
		cidr, err := netip.ParsePrefix(value)
		if err != nil {
			if known && !strings.Contains(value, "${") {
				f.fail(s.Place("CidrBlock"), say("DG6303.form", s.ID, value), reason.Because{})
			}
			continue
		}
		if cidr.Masked() != cidr || cidr.Bits() < 16 || cidr.Bits() > 28 {
			f.fail(s.Place("CidrBlock"), say("DG6303.form", s.ID, value), reason.Because{})
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
