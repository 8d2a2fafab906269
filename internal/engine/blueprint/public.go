package blueprint

import (
	"hash/fnv"
	"net/netip"
	"net/url"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// public is which addresses the public names have.
type public struct {
	regions  []string                   // sorted
	services []string                   // with addresses that AWS publishes; sorted
	told     map[string]target.Resource // by host, what its name does not tell
	literals []netip.Addr               // that are asked for
}

// published are services whose addresses are published one by one.
var published = []string{"dynamodb", "s3"}

// publicOf gathers what t and requests need addresses for.
func publicOf(t *topology.Topology, requests []topology.Request) public {
	p := public{regions: []string{target.Global, "global"}, services: slices.Clone(published), told: map[string]target.Resource{}}
	for _, v := range t.VPCs {
		p.regions = append(p.regions, v.Region)
		for _, e := range v.Endpoints {
			if e.ServiceRegion.Is() {
				p.regions = append(p.regions, e.ServiceRegion.V)
			}
			if e.Kind == topology.Gateway {
				p.services = append(p.services, e.AWSService)
			}
		}
	}
	for _, b := range t.Buckets {
		p.regions = append(p.regions, b.Region)
	}
	for _, q := range requests {
		r := target.Of(q)
		p.told[r.Host] = r
		if r.Literal.IsValid() {
			p.literals = append(p.literals, r.Literal)
		}
		if r.AWS && r.Region != "" {
			p.regions = append(p.regions, r.Region)
		}
		if r.AWS && r.Service != "" {
			p.services = append(p.services, r.Service)
		}
	}
	slices.Sort(p.regions)
	slices.Sort(p.services)
	p.regions, p.services = slices.Compact(p.regions), slices.Compact(p.services)
	return p
}

// Addresses that stand for AWS's where it publishes none by service, and for
// hosts of the internet. Both are public ones: a proxy that refuses special
// addresses must not refuse these.
var (
	elsewhere4, elsewhere6 = netip.MustParsePrefix("93.184.0.0/16"), netip.MustParsePrefix("2606:2800::/32")
	poolBase4, poolBase6   = [2]byte{15, 200}, [6]byte{0x26, 0x00, 0x1f, 0x99}
)

// pool is the block that stands for a Region's other services.
func (p *public) pool(region string, v6 bool) netip.Prefix {
	i := byte(slices.Index(p.regions, region))
	if v6 {
		return netip.PrefixFrom(netip.AddrFrom16([16]byte{poolBase6[0], poolBase6[1], poolBase6[2], poolBase6[3], 0, i}), 48)
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{poolBase4[0], poolBase4[1], i, 0}), 24)
}

// networks are where the public addresses of service in region are.
func (p *public) networks(service, region string, v6 bool) []netip.Prefix {
	if v4, six, ok := awsdata.Ranges(service, region); ok {
		if v6 {
			return six
		}
		return v4
	}
	return []netip.Prefix{one(pick(p.pool(region, v6), service))}
}

// ofRegion are all networks of AWS in region.
func (p *public) ofRegion(region string, v6 bool) []netip.Prefix {
	all := []netip.Prefix{p.pool(region, v6)}
	for _, s := range p.services {
		if v4, six, ok := awsdata.Ranges(s, region); ok {
			if v6 {
				v4 = six
			}
			all = append(all, v4...)
		}
	}
	return all
}

// pick returns an address of p, always the same for name.
func pick(p netip.Prefix, name string) netip.Addr {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	n := h.Sum32()%200 + 1
	a := p.Addr()
	for ; n > 0 && p.Contains(a.Next()); n-- {
		a = a.Next()
	}
	return a
}

// Public returns the public addresses of host: of AWS's names where AWS
// publishes them, as far as host has the family.
func (p *Plan) Public(host string, v6 bool) (netip.Addr, bool) {
	r, ok := p.public.told[host]
	if !ok {
		r = target.Of(topology.Request{URL: &url.URL{Scheme: "https", Host: host}})
	}
	switch {
	case v6 && !r.IPv6, r.VPCE, !r.OnInternet():
		return netip.Addr{}, false
	case r.AWS && r.Service != "" && slices.Contains(p.public.regions, r.Region):
		networks := p.public.networks(r.Service, r.Region, v6)
		if len(networks) == 0 {
			return netip.Addr{}, false
		}
		return pick(networks[0], r.Service), true
	case v6:
		return pick(elsewhere6, host), true
	}
	return pick(elsewhere4, host), true
}

// internet plans the public networks: AWS's, and everybody else's.
func (d *draft) internet() {
	n := d.add(&Node{Name: "internet", Kind: Internet, Answers: []netip.Prefix{elsewhere4, elsewhere6}})
	for _, a := range d.public.literals {
		if span.Public(one(a)) {
			n.Answers = append(n.Answers, one(a))
		}
	}
	n.Serves = []Service{{Kind: AnyHost, Ports: webPorts}}
	for _, r := range d.public.regions {
		aws := d.add(&Node{Name: "aws:" + r, Kind: Region})
		aws.Answers = append(d.public.ofRegion(r, false), d.public.ofRegion(r, true)...)
		aws.Serves = []Service{{Kind: AWSFront, Ports: webPorts, Region: r}}
		aws.Tables = []Table{{Number: FirstTable, Name: "main", Routes: everywhere(join(aws, n))}}
	}
}

// routeInternet leads public addresses to whom they belong to.
func (d *draft) routeInternet() {
	n := d.byName["internet"]
	t := Table{Number: FirstTable, Name: "main"}
	for _, p := range n.Ports {
		peer := p.Peer.Node
		switch peer.Kind {
		case Region:
			for _, a := range peer.Answers {
				t.Routes = append(t.Routes, Route{a, p})
			}
		default:
			for _, s := range peer.Sources {
				if s.Port == p.Peer {
					t.Routes = append(t.Routes, Route{one(s.Source), p})
				}
			}
			if v := d.Topology.VPC(peer.Place); v != nil && v.CIDR6.Is() {
				t.Routes = append(t.Routes, Route{v.CIDR6.V, p})
			}
		}
	}
	n.Tables = []Table{t}
	rules := []Rule{{In: "lo", Let: true}}
	for _, a := range n.Answers {
		rules = append(rules, Rule{To: a, Let: true})
	}
	n.Chains = append(n.Chains, Chain{Hook: Ending, Rules: append(rules, Rule{Drop: Drop{Cause: Unrouted}})})
}
