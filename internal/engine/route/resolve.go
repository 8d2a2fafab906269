package route

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// dnsAnswer is what a resolver says of a name.
type dnsAnswer struct {
	endpoint *topology.Endpoint // the answer is its private address
	fails    bool               // there is none
	unknown  bool               // nobody can tell from the file
	because  reason.Because
	pos      diag.Pos
}

// word returns the answer as the format has it.
func (a dnsAnswer) word() string {
	switch {
	case a.fails:
		return "none"
	case a.endpoint != nil || a.unknown:
		return "endpoint" // a vpce name is one of an endpoint's, whosever it is
	}
	return "public"
}

// mostForwards bounds the resolvers that hand a name on to each other.
const mostForwards = 8

// resolve answers what s, the client or the last proxy, asks its resolver.
func (w *walk) resolve(s *sender) dnsAnswer {
	a := w.asks(s)
	if e := a.endpoint; e != nil && len(e.Subnets) == 0 {
		return dnsAnswer{fails: true, because: noInterface(e), pos: e.Pos}
	}
	return a
}

// noInterface says why the names of e have no address.
func noInterface(e *topology.Endpoint) reason.Because {
	return reason.New("route.dns.no-interface", e.Path())
}

// asks passes the question on to the resolver in charge of s.
func (w *walk) asks(s *sender) dnsAnswer {
	if w.asked.Literal.IsValid() {
		return dnsAnswer{because: reason.New("route.dns.literal", w.asked.Host)}
	}
	if s.site != nil {
		return w.atSite(s.site, mostForwards)
	}
	v := s.subnet.VPC
	w.assume(unwritten(v.DNS.Resolver.State), key{"vpcs.", v.Name, ".dns.resolver"}, "amazon")
	if site := v.DNS.Resolver.V; site != nil {
		return w.atSite(site, mostForwards)
	}
	w.assume(unwritten(v.DNS.Support.State), key{"vpcs.", v.Name, ".dns.support"}, "true")
	if !v.DNS.Support.V {
		return dnsAnswer{fails: true, because: reason.New("route.dns.no-support", v.Name), pos: v.DNS.Support.Pos}
	}
	return w.inVPC(v, false, mostForwards)
}

// atSite answers as the servers of site do.
func (w *walk) atSite(site *topology.Site, left int) dnsAnswer {
	best := longest(site.DNS.Forward, w.asked.Host, func(f *topology.SiteForward) string { return f.Zone })
	w.assume(len(site.DNS.Forward) == 0, key{"sites.", site.Name, ".dns.forward"}, "none")
	switch {
	case best == nil:
		w.assume(unwritten(site.DNS.Public.State), key{"sites.", site.Name, ".dns.public"}, "false")
		if !site.DNS.Public.V {
			return dnsAnswer{fails: true, because: reason.New("route.dns.no-public", site.Name), pos: site.DNS.Public.Pos}
		}
		return w.public(reason.New("route.dns.site-public", site.Name), site.DNS.Public.Pos)
	case !best.Inbound:
		return dnsAnswer{fails: true, because: reason.New("route.dns.plus-two", best.VPC.Name), pos: best.Pos}
	case left == 0:
		return loops(best.Pos)
	}
	return w.inVPC(best.VPC, true, left-1)
}

func loops(pos diag.Pos) dnsAnswer {
	return dnsAnswer{fails: true, because: reason.New("route.dns.loop"), pos: pos}
}

// inVPC answers as the resolver of v does: the most specific of outbound rules,
// private zones and private names of endpoints, and a rule before a zone.
// Source: Amazon Route 53 Developer Guide, hosted-zone-private-considerations.
func (w *walk) inVPC(v *topology.VPC, inbound bool, left int) dnsAnswer {
	rule := longest(v.DNS.Forward, w.asked.Host, func(f *topology.VPCForward) string { return f.Zone })
	zone := longest(v.DNS.Zones, w.asked.Host, func(z *topology.Zone) string { return z.Name })
	name, endpoint := w.privateName(v, inbound)
	w.assume(len(v.DNS.Forward) == 0, key{"vpcs.", v.Name, ".dns.forward"}, "none")
	w.assume(len(v.DNS.Zones) == 0, key{"vpcs.", v.Name, ".dns.zones"}, "none")
	switch {
	case rule != nil && (zone == nil || len(rule.Zone) >= len(zone.Name)) && (endpoint == nil || len(rule.Zone) >= len(name)):
		if left == 0 {
			return loops(rule.Pos)
		}
		return w.atSite(rule.Site, left-1)
	case zone != nil && (endpoint == nil || len(zone.Name) >= len(name)):
		return inZone(zone, w.asked.Host)
	case endpoint != nil:
		return dnsAnswer{endpoint: endpoint, because: reason.New("route.dns.private", w.asked.Host, endpoint.Path()), pos: endpoint.Pos}
	}
	return w.public(reason.New("route.dns.public", v.Name, w.asked.Host), diag.Pos{})
}

// public answers as the internet's servers do: names of PrivateLink are public
// and lead to private addresses.
func (w *walk) public(because reason.Because, pos diag.Pos) dnsAnswer {
	e := w.p.named(w.asked.Host)
	switch {
	case e != nil:
		return dnsAnswer{endpoint: e, because: reason.New("route.dns.vpce", w.asked.Host, e.Path()), pos: e.DNSName.Pos}
	case w.asked.VPCE:
		return dnsAnswer{unknown: true, because: reason.New("route.dns.vpce-unknown", w.asked.Host)}
	}
	return dnsAnswer{because: because, pos: pos}
}

// longest returns the one of all with the longest zone that holds host, or nil.
func longest[V any](all []V, host string, zone func(*V) string) *V {
	var best *V
	for i := range all {
		if z := zone(&all[i]); under(host, z) && (best == nil || len(z) > len(zone(best))) {
			best = &all[i]
		}
	}
	return best
}

// inZone answers from a private zone, which has no public one behind it.
func inZone(z *topology.Zone, host string) dnsAnswer {
	label := "@"
	if host != z.Name {
		label = strings.TrimSuffix(strings.TrimSuffix(host, z.Name), ".")
	}
	var wild *topology.Record
	for i := range z.Records {
		r := &z.Records[i]
		if r.Label == label {
			return recorded(z, r, host)
		}
		if r.Label == "*" && label != "@" {
			wild = r
		}
	}
	if wild != nil {
		return recorded(z, wild, host)
	}
	return dnsAnswer{fails: true, because: reason.New("route.dns.no-record", z.Name, host), pos: z.Pos}
}

func recorded(z *topology.Zone, r *topology.Record, host string) dnsAnswer {
	return dnsAnswer{endpoint: r.Endpoint, because: reason.New("route.dns.zone", z.Name, host, r.Endpoint.Path()), pos: r.Pos}
}

// privateName returns the endpoint of v whose private name host is, and how
// long the zone of that name is. Both switches of the VPC have to be on.
func (w *walk) privateName(v *topology.VPC, inbound bool) (string, *topology.Endpoint) {
	for _, e := range v.Endpoints { // in another Region it could have the name, or lose it
		if e.Kind == topology.InterfaceEndpoint && strings.TrimSuffix(e.AWSService, "-fips") == w.asked.Service {
			w.assumeRegion(e)
		}
	}
	for _, n := range w.p.private[v].of(w.asked.Host) {
		e := n.endpoint
		w.assume(unwritten(v.DNS.Support.State), key{"vpcs.", v.Name, ".dns.support"}, "true")
		w.assume(unwritten(v.DNS.Hostnames.State), key{"vpcs.", v.Name, ".dns.hostnames"}, "true")
		w.assume(unwritten(e.PrivateDNS.State), key{"vpcs.", v.Name, ".endpoints.", e.Name, ".private_dns"}, "all")
		w.assume(unwritten(e.Names.State), key{"vpcs.", v.Name, ".endpoints.", e.Name, ".names"}, "catalogue")
		if !v.DNS.Hostnames.V || !v.DNS.Support.V {
			continue
		}
		if e.PrivateDNS.V == topology.PrivateDNSAll || inbound && e.PrivateDNS.V == topology.PrivateDNSInboundOnly {
			return n.zone, e
		}
	}
	return "", nil
}

// under reports whether host is zone or a name below it. The zone "" holds all.
func under(host, zone string) bool {
	rest, ok := strings.CutSuffix(host, zone)
	return ok && (rest == "" || zone == "" || strings.HasSuffix(rest, "."))
}
