package invariant

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
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
	protocol = strings.ToLower(protocol)
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

// covers reports whether r is about port.
func (r rule) covers(port int) bool {
	return r.tcp && (!r.known || r.first <= port && port <= r.last)
}

// unsettled reports whether the peers of r are not known: a prefix list, a group or
// a network that the template does not tell.
func (r rule) unsettled() bool {
	_, err := netip.ParsePrefix(r.cidr)
	return r.peer == nil && (r.foreign || err != nil && strings.Contains(r.cidr, "${"))
}

// admits reports whether rules let port pass to or from all of s: by its groups, or
// all its networks by one rule or several.
func admits(rules []rule, s side, port int) bool {
	var networks []netip.Prefix
	for _, r := range rules {
		switch {
		case !r.covers(port):
		case r.unsettled(), r.peer != nil && slices.Contains(s.groups, r.peer):
			return true
		case r.peer == nil:
			if n, err := netip.ParsePrefix(r.cidr); err == nil {
				networks = append(networks, n)
			}
		}
	}
	return len(networks) > 0 && !slices.ContainsFunc(s.networks, func(n netip.Prefix) bool { return !netset.Within(n, networks) })
}

// passes reports whether one of rules lets port pass at all.
func passes(rules []rule, port int) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.covers(port) })
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
	t := templates[0]
	for _, fleet := range f.Of(typeFleet) {
		for _, keys := range [][]string{{"LaunchTemplate", "LaunchTemplateId"}, {"LaunchTemplate", "LaunchTemplateName"}, {"LaunchConfigurationName"}} {
			if used := f.To(find(fleet.Props, keys...)); used != nil && used.Type == typeTemplate {
				t = used
			}
		}
	}
	data := find(t.Props, "LaunchTemplateData")
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

// openPorts finds groups that admit the whole internet, and SSH.
func openPorts(f *finder) {
	for _, g := range f.Of(typeGroup) {
		all, _ := f.rules(g, true)
		for _, r := range all {
			switch {
			case wideOpen(r.cidr):
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

// wideOpen reports whether cidr is the internet, or such a part of it as nobody owns.
func wideOpen(cidr string) bool {
	p, err := netip.ParsePrefix(cidr)
	return err == nil && (p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 7) // fc00::/7 is nobody's, and private
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
