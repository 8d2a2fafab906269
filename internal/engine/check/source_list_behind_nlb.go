package check

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// sourceListBehindNLB finds proxies that judge the source of requests whose
// source a load balancer hides: behind PrivateLink always, otherwise where
// preserve_client_ip is off, unless the PROXY protocol tells it.
//
// Story D; AWS, "Edit target group attributes for your Network Load Balancer":
// client IP preservation has no effect on PrivateLink (awsdocs/elb-network-load-
// balancers-user-guide@b5d8773, load-balancer-target-groups.md).
func sourceListBehindNLB(f *finder) {
	for _, p := range f.t.Proxies {
		for _, l := range f.frontsOf(p) {
			if !f.hides(l, p) {
				continue
			}
			linked := f.offered(l)
			how := reason.Code("DG3202.off")
			if linked {
				how = "DG3202.privatelink"
			}
			list, key := p.AllowSources, "allow_sources"
			if p.Config.Is() {
				list, key = sourcesOf(p.Config.V), "config"
			}
			if f.shutOut(p, l, p.SGFrom, "sg_from", how) || f.shutOut(p, l, list, key, how) || p.Config.Is() {
				continue
			}
			if linked && p.AllowSources.Is() && !f.seenDirectly(p) {
				f.blindEntries(p, l)
			}
		}
	}
}

// hides reports whether p sees the address of l in the place of its clients'.
func (f *finder) hides(l *topology.NLB, p *topology.Proxy) bool {
	return !l.ALB.V && !l.ProxyProtocol.V && !p.ProxyProtocol.V && (f.offered(l) || !l.PreserveClientIP.V)
}

// sourcesOf returns the networks of the clients of a configuration; no list, if
// a listener takes PROXY headers.
func sourcesOf(cfg *config.Config) topology.Setting[[]topology.Place] {
	if slices.ContainsFunc(cfg.Listen, func(l config.Listener) bool { return l.Proxy != config.ProxyOff }) {
		return topology.Setting[[]topology.Place]{}
	}
	list := topology.Setting[[]topology.Place]{State: topology.Written}
	for _, c := range cfg.Clients {
		for _, p := range c.From {
			list.V = append(list.V, topology.Place{Prefix: p})
		}
	}
	return list
}

// shutOut reports a list of p in which l's nodes are not.
func (f *finder) shutOut(p *topology.Proxy, l *topology.NLB, list topology.Setting[[]topology.Place], key string, how reason.Code) bool {
	if !list.Is() || slices.ContainsFunc(list.V, func(place topology.Place) bool { return overlapsNode(l, place.Prefix) }) {
		return false
	}
	f.fail(ofProxy(p).to(key), say("DG3202", p.Name, key, l.Name).With(say(how))).Hint = say("DG3202.hint")
	return true
}

// blindEntries reports the entries of p's list that stand for others than l.
func (f *finder) blindEntries(p *topology.Proxy, l *topology.NLB) {
	var blind []string
	first := -1
	for i, place := range p.AllowSources.V {
		if !netset.Overlap(place.Prefix, l.At[0].VPC.CIDR) {
			if blind = append(blind, place.Text); first < 0 {
				first = i
			}
		}
	}
	if first >= 0 {
		f.warn(ofProxy(p).to("allow_sources").item(first), say("DG3202.blind", p.Name, l.Name, strings.Join(blind, ", "))).Hint = say("DG3202.hint")
	}
}

// overlapsNode reports whether a node of l may have an address in p.
func overlapsNode(l *topology.NLB, p netip.Prefix) bool {
	if l.IP.Is() && len(l.At) == 1 {
		return p.IsValid() && p.Contains(l.IP.V)
	}
	return slices.ContainsFunc(l.At, func(s *topology.Subnet) bool { return p.IsValid() && netset.Overlap(p, s.CIDR) })
}

// seenDirectly reports whether somebody comes to p with an address of its own.
func (f *finder) seenDirectly(p *topology.Proxy) bool {
	return f.reachedBy(p, func(v topology.Via) bool { return v.Proxy == p || v.NLB != nil && v.NLB.PreserveClientIP.V })
}
