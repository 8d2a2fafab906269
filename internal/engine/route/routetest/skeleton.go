package routetest

import (
	"fmt"
	"strings"
)

// gen is a topology in the making.
type gen struct {
	draw    Draw
	sites   []*network
	vpcs    []*network
	links   []*link
	nlbs    []*nlb
	proxies []*proxy
	offered []*nlb   // by endpoint services
	names   []string // of proxies and load balancers
}

// network is a site, or a VPC with its subnets.
type network struct {
	name, cidr string
	cidr6      string
	region     string
	igw        bool
	subnets    []*subnet
	endpoints  Doc
	interfaces []string // vpc/endpoint of the endpoints with interfaces
	ways       []way
}

// way is an endpoint that leads to the load balancer of an endpoint service.
type way struct {
	endpoint string // vpc/endpoint
	nlb      *nlb
}

type subnet struct {
	name, cidr, cidr6 string
	nat               bool
}

type link struct {
	name    string
	members []*network
}

type proxy struct {
	name string
	at   string
	vpc  *network // nil at a site
}

type nlb struct {
	name    string
	targets []int  // by their place in proxies
	offer   string // the endpoint service, if there is one
}

// regions are those of the topologies. Most of it stands in the first.
var regions = []string{"ap-northeast-1", "ap-northeast-1", "ap-northeast-1", "ap-northeast-3", "us-east-1"}

// skeleton decides which networks, links, load balancers and proxies there are:
// the names that others refer to.
func (g *gen) skeleton() {
	for i := range 1 + g.draw(3, "vpcs") {
		v := &network{name: string(rune('a' + i)), cidr: fmt.Sprintf("10.%d.0.0/16", i+1), region: pick(g, "region", regions...)}
		if g.chance(12, "overlapping") {
			v.cidr = "10.1.0.0/16"
		}
		if g.chance(4, "ipv6") {
			v.cidr6 = fmt.Sprintf("2600:1f14:%x::/56", i+1)
		}
		v.igw = g.mostly(6, "open")
		prefix := strings.TrimSuffix(v.cidr, ".0.0/16")
		for j := range 1 + g.draw(3, "subnets") {
			s := &subnet{name: []string{"pub", "mid", "low"}[j], cidr: fmt.Sprintf("%s.%d.0/24", prefix, j)}
			if v.cidr6 != "" && !g.chance(3, "ipv4 only") {
				s.cidr6 = fmt.Sprintf("2600:1f14:%x:%x::/64", i+1, j)
			}
			s.nat = j == 0 && g.mostly(3, "nat") || g.chance(8, "nat")
			v.subnets = append(v.subnets, s)
		}
		g.vpcs = append(g.vpcs, v)
	}
	for i := range g.draw(3, "sites") {
		s := &network{name: []string{"dc", "cloud"}[i], cidr: []string{"192.168.0.0/16", "172.20.0.0/16"}[i]}
		g.sites = append(g.sites, s)
	}
	for i := range g.draw(4, "proxies") {
		g.addProxy(i)
	}
	for i := range g.draw(3, "load balancers") {
		g.addNLB(i)
	}
	for i := range min(1, len(g.vpcs)+len(g.sites)-1) + g.draw(3, "links") {
		g.addLink(i)
	}
	for _, v := range g.vpcs {
		v.endpoints = g.endpointGroup(v)
	}
}

func (g *gen) addProxy(i int) {
	p := &proxy{name: fmt.Sprintf("p%d", i)}
	if len(g.sites) > 0 && g.chance(5, "proxy at a site") {
		p.at = pick(g, "site", g.sites...).name
	} else {
		p.vpc = pick(g, "proxy's vpc", g.vpcs...)
		p.at = p.vpc.name + "/" + pick(g, "proxy's subnet", p.vpc.subnets...).name
	}
	g.proxies = append(g.proxies, p)
	g.names = append(g.names, p.name)
}

// addNLB makes a load balancer in the VPC of a proxy; without one, with no
// targets.
func (g *gen) addNLB(i int) {
	l := &nlb{name: fmt.Sprintf("nlb%d", i)}
	for j, p := range g.proxies {
		if p.vpc == nil || len(l.targets) > 0 && g.proxies[l.targets[0]].vpc != p.vpc || g.chance(3, "no target") {
			continue
		}
		l.targets = append(l.targets, j)
	}
	if g.chance(2, "offered") {
		l.offer = fmt.Sprintf("offer%d", i)
		g.offered = append(g.offered, l)
	}
	g.nlbs = append(g.nlbs, l)
	g.names = append(g.names, l.name)
}
