package kit

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// client is who asks in the topology, with the hops that lead to a proxy.
type client struct {
	name, at, proxy string
	way             []string // to the proxy, which is the last
	addr            netip.Addr
	endpoint        string
}

// askers are the clients whose ways are tested: one at every site, one in every
// consumer's VPC and in every network behind it. A consumer without an endpoint
// is refused, so there is no way to test.
func (p *Plan) askers() (all []client) {
	first := proxyIn(p.Kit.Zones[0])
	at := func(name, at, proxy string, cidr netip.Prefix, endpoint string, hops ...string) {
		way := append([]string{"client:" + name}, hops...)
		all = append(all, client{name, at, proxy, append(way, "nlb:"+front, "proxy:"+first), cidr.Addr().Next(), endpoint})
	}
	port := ":" + strconv.Itoa(int(p.Kit.Port))
	for _, s := range p.Kit.Sites {
		switch link := p.linkTo(s); {
		case p.within(s):
			at(s.Name.V, fleet+"/"+s.Name.V, front+port, s.CIDR.V, "")
		case strings.HasPrefix(s.Through, "tgw"):
			at(s.Name.V, s.Name.V, front+port, s.CIDR.V, "", "tgw:"+link)
		default:
			at(s.Name.V, s.Name.V, front+port, s.CIDR.V, "", "dx:"+link)
		}
	}
	for _, c := range p.Kit.Consumers {
		if c.Endpoint.V == "" {
			continue
		}
		zone := c.Zones[0]
		first = proxyIn(zone) // PrivateLink stays in its zone
		gate, proxy := "vpce:"+c.Name.V+"/"+service, c.Name.V+"/"+service+port
		at(c.Name.V, subnetOf(c.Name.V, zone), proxy, zone.CIDR.V, c.Endpoint.V, gate)
		for i, network := range c.From {
			at(behind(c, i), behind(c, i), proxy, network.V, c.Endpoint.V, "vpn:to-"+behind(c, i), gate)
		}
	}
	return all
}

// clients are the askers, and the instances themselves, which do not go by the
// proxy on them.
func (p *Plan) clients() *yamldoc.Node {
	all := tree.Map()
	for _, c := range p.askers() {
		tree.Set(all, c.name, tree.Map("at", c.at, "proxy", c.proxy))
	}
	for _, z := range p.Kit.Zones {
		tree.Set(all, "instance-"+z.Name.V, tree.Map("at", proxyIn(z), "credentials", "imds"))
	}
	return all
}

// tests are of every host that rules name, from every asker, of a host that no
// rule names, and of what an instance needs to start.
func (p *Plan) tests() *yamldoc.Node {
	all := tree.List()
	rules := access.Compile(p.Config)
	hosts := p.hosts()
	for _, c := range p.askers() {
		allowed := 0
		for _, host := range append(hosts, stranger) {
			ok := p.may(rules, c, host)
			if ok || host == stranger {
				all.Items = append(all.Items, p.test(c, host, ok))
			}
			if ok {
				allowed++
			}
			if allowed == mostTests {
				break
			}
		}
	}
	for _, z := range p.Kit.Zones {
		c := client{name: "instance-" + z.Name.V, way: []string{"client:instance-" + z.Name.V}}
		for _, host := range p.needed() {
			all.Items = append(all.Items, p.test(c, host, true))
		}
	}
	return all
}

// stranger is a host that no rule of a careful author lets through, and
// mostTests bounds the tests of one client.
const (
	stranger  = "stranger.example"
	mostTests = 40
)

// needed are the hosts that an instance asks to start and to be managed.
func (p *Plan) needed() []string {
	hosts := []string{p.Kit.Program.Bucket + ".s3." + p.domain()}
	for _, s := range instanceNeeds {
		hosts = append(hosts, s+"."+p.domain())
	}
	return hosts
}

// domain is the region with its partition's suffix.
func (p *Plan) domain() string {
	return p.Kit.Region + "." + awsname.Suffix(awsdata.PartitionOf(p.Kit.Region), "")
}

// hosts are those that the rules name, as far as a rule names one: the required
// hosts of jobs, services in regions, buckets.
func (p *Plan) hosts() (hosts []string) {
	for _, r := range p.Config.Rules {
		if r.Deny || !slices.ContainsFunc(r.Match.Ports, func(r portRange) bool { return r.First <= 443 && 443 <= r.Last }) {
			continue
		}
		if job, ok := awsdata.JobNamed(r.Match.Job); ok {
			for _, h := range job.Hosts {
				if host := h.Expand(p.Kit.Region, ""); !strings.ContainsAny(host, "*{") {
					hosts = append(hosts, host)
				}
			}
		}
		hosts = append(hosts, p.serviceHosts(r.Match.Services, r.Match.Regions, r.Match.Buckets)...)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

func (p *Plan) serviceHosts(services, regions, buckets []string) (hosts []string) {
	if len(regions) == 0 {
		regions = []string{p.Kit.Region}
	}
	for _, s := range services {
		for _, r := range regions {
			host := s + "." + r + "." + awsname.Suffix(awsdata.PartitionOf(r), "")
			switch {
			case strings.Contains(host, "*"):
			case s == "s3" && len(buckets) > 0:
				for _, b := range buckets {
					if !strings.Contains(b, "*") {
						hosts = append(hosts, b+"."+host)
					}
				}
			default:
				hosts = append(hosts, host)
			}
		}
	}
	return slices.DeleteFunc(hosts, func(host string) bool {
		_, name, err := awsdata.Names().Parse(host)
		return err != nil || name.Service == "" || name.Region == ""
	})
}

// may reports whether the proxies let c reach host.
func (p *Plan) may(rules *access.Rules, c client, host string) bool {
	h, err := netset.ParseHost(host)
	if err != nil {
		return false
	}
	_, name, _ := awsdata.Names().Parse(host)
	q := access.Request{Client: c.addr, Endpoint: c.endpoint, Host: h, Name: name, Port: 443, Now: p.now}
	return rules.Decide(&q).Passes()
}

// test is one test: c asks host, and either the request goes the way out or the
// proxy refuses it.
func (p *Plan) test(c client, host string, allowed bool) *yamldoc.Node {
	end := out{verdict: "denied-by-proxy", answer: "not-resolved", because: "No rule lets it through."}
	if allowed {
		end = p.out(host, c.zone(p))
	}
	by := c.way[len(c.way)-1]
	if strings.HasPrefix(by, "client:") {
		by = "client"
	}
	expect := tree.Map("verdict", end.verdict, "path", tree.Texts(append(slices.Clone(c.way), end.path...)),
		"endpoint", endpointOr(end.endpoint), "dns", tree.Map("by", by, "answer", end.answer))
	return tree.Map("name", c.name+" to "+host, "client", c.name,
		"request", tree.Map("url", "https://"+host+"/"), "expect", expect, "because", end.because)
}

func endpointOr(name string) string {
	if name == "" {
		return "none"
	}
	return name
}

// zone is where the last hop of c stands.
func (c client) zone(p *Plan) kitfile.Zone {
	last := c.way[len(c.way)-1]
	for _, z := range p.Kit.Zones {
		if strings.HasSuffix(last, "-"+z.Name.V) {
			return z
		}
	}
	return p.Kit.Zones[0]
}
