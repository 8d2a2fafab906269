package routetest

import (
	"fmt"
	"slices"
	"strings"
)

// domains are what proxies' lists of names may hold.
var domains = []string{".amazonaws.com", ".s3.ap-northeast-1.amazonaws.com", ".api.aws", "example.com", ".example.com",
	"ssm.ap-northeast-1.amazonaws.com"}

// domainList is unknown, or some domains, mostly with all of AWS.
func (g *gen) domainList() any {
	if g.chance(6, "unknown names") {
		return "unknown"
	}
	names := some(g, 3, "domain", domains[1:]...)
	if g.mostly(3, "AWS") {
		names = append(names, domains[0])
	}
	return list(names...)
}

func (g *gen) proxyGroup() Doc {
	group := Doc{}
	for i, p := range g.proxies {
		d := Doc{"at": p.at, "port": pick(g, "port", 3128, 3128, 8080)}
		g.addresses(d, p.at)
		for _, key := range []string{"allow_sources", "sg_from"} {
			if g.chance(4, key) {
				d[key] = g.admits("10.0.0.0/8")
			}
		}
		if g.chance(5, "sg_to") {
			d["sg_to"] = g.admits("pl:s3", "0.0.0.0/0")
		}
		if g.chance(3, "allow_domains") {
			d["allow_domains"] = g.domainList()
		}
		if g.chance(8, "config") {
			d["config"] = pick(g, "config", "open.yaml", "s3.yaml", "closed.yaml")
		}
		g.metadataKeys(d)
		if vias := g.vias(i + 1); len(vias) > 0 && g.chance(3, "parent") {
			d["parent"] = pick(g, "parent", vias...)
			if g.chance(2, "parent_for") {
				d["parent_for"] = g.domainList()
			}
		}
		group[p.name] = d
	}
	return group
}

func (g *gen) metadataKeys(d Doc) {
	if g.chance(4, "imds") {
		d["imds"] = pick(g, "imds", "v1", "v2", "none")
	}
	for _, key := range []string{"x_forwarded_for", "deny_link_local"} {
		if g.chance(6, key) {
			d[key] = g.chance(2, key)
		}
	}
	if g.chance(8, "proxy_protocol") {
		d["proxy_protocol"] = true
	}
}

// addresses writes the addresses of what stands at a subnet or a site.
func (g *gen) addresses(d Doc, at string) {
	vpc, name, inVPC := strings.Cut(at, "/")
	for _, v := range g.vpcs {
		for _, s := range v.subnets {
			if v.name != vpc || s.name != name {
				continue
			}
			if g.chance(3, "address") {
				d["ip"] = strings.TrimSuffix(s.cidr, "0/24") + pick(g, "host", "10", "200")
			}
			if s.cidr6 != "" && g.chance(2, "IPv6 address") {
				d["ipv6"] = strings.TrimSuffix(s.cidr6, "/64") + "10"
			}
		}
	}
	if inVPC && g.mostly(3, "public address") {
		d["public_ip"] = "203.0.113.10"
	}
}

// vias are what a client may hand requests to, or a proxy: then only what leads
// to the proxies from its place in the list on, so that there is no loop.
func (g *gen) vias(from int) []string {
	var all []string
	for _, p := range g.proxies[min(from, len(g.proxies)):] {
		all = append(all, p.name, p.name, p.name+":3128")
	}
	before := func(i int) bool { return i < from }
	for _, l := range g.nlbs {
		if !slices.ContainsFunc(l.targets, before) {
			all = append(all, l.name, l.name+":3128")
		}
	}
	for _, v := range g.vpcs {
		for _, w := range v.ways {
			if !slices.ContainsFunc(w.nlb.targets, before) {
				all = append(all, w.endpoint, w.endpoint+":3128")
			}
		}
	}
	return all
}

func (g *gen) nlbGroup() Doc {
	group := Doc{}
	for _, l := range g.nlbs {
		v := g.vpcs[0]
		targets := []string{}
		for _, i := range l.targets {
			v = g.proxies[i].vpc
			targets = append(targets, g.proxies[i].name)
		}
		at := []string{}
		for _, name := range g.subnetNames(v) {
			at = append(at, v.name+"/"+name)
		}
		d := Doc{"at": list(at...), "listeners": list(3128, 8080)[:2-g.draw(2, "listeners")], "targets": list(targets...)}
		if g.chance(8, "type") {
			d["type"] = pick(g, "type", "nlb", "alb")
		}
		for _, key := range []string{"preserve_client_ip", "proxy_protocol", "cross_zone", "enforce_sg_on_privatelink"} {
			if g.chance(6, key) {
				d[key] = g.chance(2, key)
			}
		}
		if g.chance(5, "sg_from") {
			d["sg_from"] = g.admits("10.0.0.0/8")
		}
		if g.chance(8, "idle_timeout") {
			d["idle_timeout"] = pick(g, "idle_timeout", 60, 6000)
		}
		group[l.name] = d
	}
	return group
}

func (g *gen) serviceGroup() Doc {
	group := Doc{}
	for _, l := range g.offered {
		d := Doc{"nlb": l.name}
		if g.chance(2, "allow") {
			d["allow"] = pick[any](g, "allow", list("sister", "stranger"), list[string](), "unknown")
		}
		if g.chance(2, "accept") {
			d["accept"] = pick(g, "accept", "auto", "manual")
		}
		if g.chance(3, "regions") {
			d["regions"] = pick[any](g, "regions", list(regions[3], regions[4]), "unknown")
		}
		group[l.offer] = d
	}
	return group
}

// programs are those whose rules differ most.
var programs = []string{"aws-cli-v2", "curl", "go", "java-v2", "node", "python-requests", "wget", "dotnet", "ssm-agent"}

// entries are what NO_PROXY may hold.
var entries = []string{"169.254.169.254", ".amazonaws.com", "amazonaws.com", "*.amazonaws.com", "s3.ap-northeast-1.amazonaws.com",
	"ssm.ap-northeast-1.amazonaws.com", "*", "10.0.0.0/8", "169.254.0.0/16", ".ap-northeast-1.amazonaws.com:443", "example.com"}

func (g *gen) clientGroup() Doc {
	group := Doc{}
	for i := range 1 + g.draw(4, "clients") {
		at := g.clientAt()
		d := Doc{"at": at}
		g.addresses(d, at)
		vias := g.vias(0)
		if len(vias) > 0 && g.mostly(3, "proxy") {
			d["proxy"] = pick(g, "proxy", vias...)
		}
		if g.chance(8, "proxy_env") {
			d["proxy_env"] = pick(g, "proxy_env", list("https"), list("http"), list("http", "https"))
		}
		if g.chance(2, "no_proxy") {
			d["no_proxy"] = list(some(g, 5, "no_proxy entry", entries...)...)
		} else if g.chance(10, "unknown no_proxy") {
			d["no_proxy"] = "unknown"
		}
		if g.chance(2, "program") {
			d["program"] = pick(g, "program", programs...)
		}
		if g.chance(4, "credentials") {
			d["credentials"] = pick(g, "credentials", "imds", "ecs", "imds-ipv6", "eks", "eks-ipv6", "static")
		}
		if g.chance(5, "sg_to") {
			d["sg_to"] = g.admits("0.0.0.0/0", "pl:s3", "pl:dynamodb")
		}
		if g.chance(8, "keepalive") {
			d["keepalive"] = pick(g, "keepalive", 60, 600)
		}
		group[fmt.Sprintf("c%d", i)] = d
	}
	return group
}

func (g *gen) clientAt() string {
	switch where := g.draw(6, "client at"); {
	case where == 4 && len(g.sites) > 0:
		return pick(g, "site", g.sites...).name
	case where == 5 && len(g.proxies) > 0:
		return pick(g, "proxy", g.proxies...).name
	}
	v := pick(g, "client's vpc", g.vpcs...)
	return v.name + "/" + pick(g, "client's subnet", v.subnets...).name
}

func (g *gen) bucketGroup() Doc {
	group := Doc{}
	for _, name := range some(g, 2, "bucket", "reports", "other") {
		d := Doc{"region": pick(g, "bucket's region", regions...)}
		if g.chance(4, "bucket's account") {
			d["account"] = pick(g, "bucket's account", "sister", "stranger", "aws", "main")
		}
		if g.chance(2, "bucket policy") {
			d["policy"] = g.bucketPolicy()
		}
		group[name] = d
	}
	return group
}
