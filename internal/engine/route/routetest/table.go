package routetest

import (
	"maps"
	"slices"
)

// routes makes the route table of s: what a working network has, sometimes with
// a route missing, and now and then one that is a mistake.
func (g *gen) routes(v *network, s *subnet) Doc {
	t := table{routes: Doc{}, taken: map[string]bool{}}
	if g.mostly(8, "way out") {
		for _, other := range v.subnets {
			if other.nat && other != s && s != v.subnets[0] {
				t.add("internet", "0.0.0.0/0", "nat:"+other.name)
			}
		}
		if v.igw {
			t.add("internet", "0.0.0.0/0", "igw")
		}
	}
	if s.cidr6 != "" && g.mostly(3, "way out by IPv6") {
		t.add("internet6", "::/0", pick(g, "internet6", g.targets(v)...))
	}
	for _, l := range g.links {
		if !l.joins(v) {
			continue
		}
		for _, m := range l.members {
			if m != v && g.mostly(6, "route to "+m.name) {
				t.add(m.name, m.cidr, l.name)
			}
		}
		if g.chance(8, "way out by "+l.name) {
			t.add("internet", "0.0.0.0/0", l.name)
		}
	}
	if g.chance(4, "odd route") {
		to := pick(g, "destination", g.destinations(v)...)
		t.add(to[0], to[1], pick(g, "target", g.targets(v)...))
	}
	return t.routes
}

// table is a route table in the making, each destination once.
type table struct {
	routes Doc
	taken  map[string]bool
}

func (t table) add(destination, network, target string) {
	if !t.taken[network] {
		t.routes[destination], t.taken[network] = target, true
	}
}

// destinations are what a route of v may lead to, with what each covers.
func (g *gen) destinations(v *network) [][2]string {
	all := [][2]string{
		{"internet", "0.0.0.0/0"}, {"10.0.0.0/8", "10.0.0.0/8"}, {"172.16.0.0/12", "172.16.0.0/12"},
		{"52.0.0.0/8", "52.0.0.0/8"}, {"169.254.0.0/16", "169.254.0.0/16"}, {"192.168.7.0/24", "192.168.7.0/24"},
		{"aws:s3", "aws:s3." + v.region}, {"aws:s3.us-east-1", "aws:s3.us-east-1"}, {"aws:ssm", "aws:ssm." + v.region},
		{"aws:dynamodb", "aws:dynamodb." + v.region}, {"internet6", "::/0"}, {`2600::/12`, "2600::/12"},
	}
	for _, o := range g.vpcs {
		all = append(all, [2]string{o.name, o.cidr})
		for _, s := range o.subnets {
			all = append(all, [2]string{o.name + "/" + s.name, s.cidr})
		}
	}
	for _, s := range g.sites {
		all = append(all, [2]string{s.name, s.cidr})
	}
	return all
}

// targets are where a route of v may lead.
func (g *gen) targets(v *network) []string {
	all := []string{"blackhole", "eigw"}
	if v.igw {
		all = append(all, "igw")
	}
	for _, s := range v.subnets {
		if s.nat {
			all = append(all, "nat:"+s.name)
		}
	}
	for _, l := range g.links {
		if l.joins(v) {
			all = append(all, l.name)
		}
	}
	for _, name := range slices.Concat([]string{"c0"}, g.names, slices.Sorted(maps.Keys(v.endpoints))) {
		all = append(all, "eni:"+name)
	}
	return all
}
