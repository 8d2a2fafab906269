package routetest

import "strings"

// accounts are those of the topologies: two of one organization, one stranger.
func (g *gen) accounts() Doc {
	group := Doc{}
	for i, name := range []string{"main", "sister", "stranger"} {
		account := Doc{}
		if g.mostly(4, "account id") {
			account["id"] = strings.Repeat(string(rune('1'+i)), 12)
		}
		if g.mostly(4, "organization") {
			account["org"] = []string{"o-ours", "o-ours", "o-other"}[i]
		}
		group[name] = account
	}
	return group
}

func (g *gen) account() string { return pick(g, "account", "main", "main", "sister", "stranger") }

// zones are names that resolvers may be told about, the broader first.
var zones = []string{".", "amazonaws.com", "ap-northeast-1.amazonaws.com", "s3.ap-northeast-1.amazonaws.com",
	"ssm.ap-northeast-1.amazonaws.com", "iam.amazonaws.com", "internal.example"}

func (g *gen) siteGroup() Doc {
	group := Doc{}
	for _, s := range g.sites {
		site, dns := Doc{"cidr": s.cidr}, Doc{}
		if g.mostly(3, "internet") {
			site["internet"] = true
		}
		if g.chance(3, "public_ip") {
			site["public_ip"] = "198.51.100.7"
		}
		if g.mostly(3, "public DNS") {
			dns["public"] = true
		}
		if g.chance(4, "proxy names") {
			dns["proxy_names"] = g.chance(3, "resolved")
		}
		if g.chance(2, "forwarded") {
			to := pick(g, "forwarded to", g.vpcs...).name + "/" + pick(g, "resolver", "inbound", "inbound", "+2")
			dns["forward"] = Doc{pick(g, "zone", zones...): to}
		}
		put(site, "dns", dns)
		group[s.name] = site
	}
	return group
}

func (g *gen) vpcGroup() Doc {
	group := Doc{}
	for _, v := range g.vpcs {
		vpc := Doc{"region": v.region, "cidr": v.cidr}
		put(vpc, "endpoints", v.endpoints)
		if v.cidr6 != "" {
			vpc["cidr6"] = v.cidr6
		}
		if g.chance(4, "vpc's account") {
			vpc["account"] = g.account()
		}
		if v.igw {
			vpc["igw"] = true
		}
		put(vpc, "dns", g.vpcDNS())
		subnets := Doc{}
		for _, s := range v.subnets {
			subnets[s.name] = g.subnetOf(v, s)
		}
		vpc["subnets"] = subnets
		group[v.name] = vpc
	}
	return group
}

func (g *gen) vpcDNS() Doc {
	dns := Doc{}
	for _, key := range []string{"support", "hostnames"} {
		if g.chance(12, key) {
			dns[key] = g.chance(2, "on")
		}
	}
	if len(g.sites) > 0 && g.chance(8, "own resolver") {
		dns["resolver"] = pick(g, "resolver", g.sites...).name
	}
	if len(g.sites) > 0 && g.chance(6, "outbound rule") {
		dns["forward"] = Doc{pick(g, "zone", zones...): pick(g, "site", g.sites...).name}
	}
	var ends []string
	for _, v := range g.vpcs {
		ends = append(ends, v.interfaces...)
	}
	if len(ends) > 0 && g.chance(4, "private zone") {
		var records any = pick(g, "record", ends...)
		if g.chance(2, "labels") {
			records = Doc{pick(g, "label", "@", "*", "ssm", "s3"): records}
		}
		dns["zones"] = Doc{pick(g, "zone", zones[1:]...): records}
	}
	return dns
}

func (g *gen) subnetOf(v *network, s *subnet) Doc {
	subnet := Doc{"cidr": s.cidr}
	if s.cidr6 != "" {
		subnet["cidr6"] = s.cidr6
	}
	if g.chance(3, "zone") {
		subnet["az"] = pick(g, "az", "a", "b", "c")
	}
	if s.nat {
		subnet["nat"] = pick[any](g, "nat's address", true, "203.0.113.20")
	}
	put(subnet, "routes", g.routes(v, s))
	switch g.draw(12, "nacl") {
	case 10:
		subnet["nacl"] = "unknown"
	case 11:
		acl := Doc{}
		for _, way := range []string{"out", "in"} {
			if g.chance(2, way) {
				acl[way] = g.acl()
			}
		}
		put(subnet, "nacl", acl)
	}
	return subnet
}
