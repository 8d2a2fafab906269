package routetest

import "slices"

// acl is one direction of a network ACL.
func (g *gen) acl() any {
	if g.chance(4, "unknown list") {
		return "unknown"
	}
	var rules []string
	for range g.draw(4, "rules") {
		rule := pick(g, "rule", "allow", "allow", "deny") + " " + pick(g, "place", append(g.places(), "any", "any", "any")...)
		rule += pick(g, "ports", "", " 443", " 3128", " 32768-60999", " 1024-65535", " 80-443")
		rules = append(rules, rule)
	}
	if g.mostly(3, "open end") {
		rules = append(rules, "allow any")
	}
	return list(rules...)
}

// places are what lists of addresses may hold.
func (g *gen) places() []string {
	all := []string{"10.0.0.0/8", "0.0.0.0/0", "10.1.0.0/25", "192.168.0.0/17", "10.1.0.10/32", "52.0.0.0/8"}
	for _, v := range g.vpcs {
		all = append(all, v.name, v.name+"/"+v.subnets[0].name)
	}
	for _, s := range g.sites {
		all = append(all, s.name)
	}
	return all
}

// admits is the list of a security group or of a proxy's sources: unknown, or
// some places.
func (g *gen) admits(also ...string) any {
	if g.chance(8, "unknown group") {
		return "unknown"
	}
	chosen := some(g, 3, "admitted", append(g.places(), also...)...)
	slices.Sort(chosen)
	return list(slices.Compact(chosen)...)
}
