package routetest

import (
	"fmt"
	"slices"
	"strings"
)

func (l *link) joins(n *network) bool { return slices.Contains(l.members, n) }

// addLink makes a link whose members are chosen; its keys come with linkGroup.
func (g *gen) addLink(i int) {
	kind := pick(g, "link", "tgw", "peering", "vpn", "dx", "public")
	if len(g.sites) == 0 && kind != "peering" {
		kind = "tgw"
	}
	if len(g.vpcs) < 2 && kind == "peering" {
		kind = "tgw"
	}
	l := &link{name: fmt.Sprintf("%s%d", kind, i)}
	switch kind {
	case "tgw":
		for _, n := range slices.Concat(g.vpcs, g.sites) {
			if g.mostly(5, "member") {
				l.members = append(l.members, n)
			}
		}
	case "peering":
		first := g.draw(len(g.vpcs), "one")
		second := (first + 1 + g.draw(len(g.vpcs)-1, "other")) % len(g.vpcs)
		l.members = []*network{g.vpcs[first], g.vpcs[second]}
	case "public":
		l.members = []*network{pick(g, "site", g.sites...)}
	default:
		l.members = []*network{pick(g, "site", g.sites...), pick(g, "vpc", g.vpcs...)}
	}
	g.links = append(g.links, l)
}

func (g *gen) linkGroup() Doc {
	group := Doc{}
	for _, l := range g.links {
		members := make([]string, len(l.members))
		for i, m := range l.members {
			members[i] = m.name
		}
		switch kind := strings.TrimRight(l.name, "0123456789"); kind {
		case "tgw":
			link := Doc{"tgw": list(members...)}
			if len(l.members) > 0 && g.chance(3, "static routes") {
				put(link, "routes", g.linkRoutes(l))
			}
			group[l.name] = link
		case "peering":
			group[l.name] = Doc{"peering": list(members...)}
		case "public":
			group[l.name] = Doc{"dx": members[0], "vif": "public"}
		default:
			group[l.name] = Doc{kind: members[0], "vpc": members[1]}
		}
	}
	return group
}

// linkRoutes are static routes of a transit gateway: a way out, and a network.
func (g *gen) linkRoutes(l *link) Doc {
	t := table{routes: Doc{}, taken: map[string]bool{}}
	to := pick(g, "way out", l.members...)
	exit := to.name
	if len(to.subnets) > 0 {
		exit += "/" + pick(g, "exit", to.subnets...).name
	}
	t.add("internet", "0.0.0.0/0", pick(g, "exit", exit, "blackhole"))
	if g.chance(2, "static") {
		place := pick(g, "static", g.vpcs...)
		t.add(place.name, place.cidr, pick(g, "static target", append([]string{"blackhole"}, names(l.members)...)...))
	}
	return t.routes
}

func names(networks []*network) []string {
	all := make([]string, len(networks))
	for i, n := range networks {
		all[i] = n.name
	}
	return all
}
