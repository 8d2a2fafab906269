package service

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// question is a name on its way from server to server.
type question struct {
	name    string
	chain   []string
	inbound bool // it came to the VPC's resolver through an inbound endpoint
}

// response is what the last of them said.
type response struct {
	answer   Answer
	addrs    []netip.Addr // of the internet
	several  []Interface  // or of an endpoint or a host
	endpoint *topology.Endpoint
	cname    string // that stands before the addresses; empty if none does
	because  reason.Because
}

// mostChain is how often a question is passed on.
const mostChain = 8

// pass notes that place is asked next.
func (q *question) pass(place string) bool {
	q.chain = append(q.chain, place)
	return len(q.chain) <= mostChain
}

func circle() response { return response{answer: Looping, because: reason.New("route.dns.loop")} }

// atSite answers as the servers of s do: by the forward zone that is longest,
// else as the internet, if they know it.
func (n *Names) atSite(s *topology.Site, q *question) response {
	var best *topology.SiteForward
	for i := range s.DNS.Forward {
		if f := &s.DNS.Forward[i]; within(q.name, f.Zone) && (best == nil || len(f.Zone) > len(best.Zone)) {
			best = f
		}
	}
	switch {
	case best == nil && s.DNS.Public.V:
		return n.public(q, reason.New("route.dns.site-public", s.Name))
	case best == nil:
		return response{answer: Refused, because: reason.New("route.dns.no-public", s.Name)}
	case !best.Inbound: // the +2 address hears nobody from outside of its VPC
		q.pass("vpc " + best.VPC.Name)
		return response{answer: Silence, because: reason.New("route.dns.plus-two", best.VPC.Name)}
	}
	q.inbound = true
	if !q.pass("inbound " + best.VPC.Name) {
		return circle()
	}
	return n.inVPC(best.VPC, q)
}

// candidate is one who could answer a name in a VPC, for all names in zone.
type candidate struct {
	zone   string
	rank   int // among those with a zone as long
	answer func() response
}

// inVPC answers as Route 53 Resolver does: the longest zone wins; of those as
// long, an outbound rule before a private zone before the private name of an
// endpoint; and where there is none, the internet.
func (n *Names) inVPC(v *topology.VPC, q *question) response {
	all := n.candidates(v, q)
	if len(all) == 0 {
		return n.public(q, reason.New("route.dns.public", v.Name, q.name))
	}
	return slices.MinFunc(all, func(a, b candidate) int {
		if a.zone != b.zone {
			return len(b.zone) - len(a.zone)
		}
		return a.rank - b.rank
	}).answer()
}

func (n *Names) candidates(v *topology.VPC, q *question) (all []candidate) {
	for i := range v.DNS.Forward {
		f := &v.DNS.Forward[i]
		if within(q.name, f.Zone) {
			all = append(all, candidate{f.Zone, 0, func() response {
				if q.inbound = false; !q.pass("site " + f.Site.Name) {
					return circle()
				}
				return n.atSite(f.Site, q)
			}})
		}
	}
	for i := range v.DNS.Zones {
		z := &v.DNS.Zones[i]
		if within(q.name, z.Name) {
			all = append(all, candidate{z.Name, 1, func() response { return n.inZone(z, q.name) }})
		}
	}
	if !v.DNS.Hostnames.V || !v.DNS.Support.V {
		return all
	}
	for _, p := range n.private[v] {
		e := p.endpoint
		open := e.PrivateDNS.V == topology.PrivateDNSAll || q.inbound && e.PrivateDNS.V == topology.PrivateDNSInboundOnly
		if open && within(q.name, p.zone) && p.below == (q.name != p.zone) {
			all = append(all, candidate{p.zone, 2, func() response {
				return n.interfaces(e, reason.New("route.dns.private", q.name, e.Path()))
			}})
		}
	}
	return all
}

// inZone answers from a private hosted zone: what it has no record of is no name.
func (n *Names) inZone(z *topology.Zone, name string) response {
	label := strings.TrimSuffix(strings.TrimSuffix(name, z.Name), ".")
	if label == "" {
		label = "@"
	}
	var found *topology.Record
	for i := range z.Records {
		switch r := &z.Records[i]; r.Label {
		case label:
			found = r
		case "*":
			if found == nil && label != "@" {
				found = r
			}
		}
	}
	if found == nil {
		return response{answer: NoSuchName, because: reason.New("route.dns.no-record", z.Name, name)}
	}
	return n.interfaces(found.Endpoint, reason.New("route.dns.zone", z.Name, name, found.Endpoint.Path()))
}

// interfaces answers with the addresses of e.
func (n *Names) interfaces(e *topology.Endpoint, because reason.Because) response {
	several := n.d.Endpoint(e)
	if len(several) == 0 {
		return response{answer: NoSuchName, because: reason.New("route.dns.no-interface", e.Path())}
	}
	return response{answer: EndpointName, several: several, endpoint: e, because: because}
}

// host answers for a proxy or a load balancer.
func (n *Names) host(name string) (response, bool) {
	if n.d.Host == nil {
		return response{}, false
	}
	several := n.d.Host(name)
	return response{answer: HostName, several: several, because: reason.New("lab.dns.host", name)}, len(several) > 0
}

// public answers as the internet's servers do. The names of endpoints are public
// and lead to private addresses.
func (n *Names) public(q *question, because reason.Because) response {
	for name := q.name; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		if e := n.vpce[name]; e != nil {
			return n.interfaces(e, reason.New("route.dns.vpce", q.name, e.Path()))
		}
	}
	asked := n.asked(q.name)
	r := response{answer: PublicName, because: because}
	switch {
	case asked.VPCE:
		return response{answer: NoSuchName, because: reason.New("route.dns.vpce-unknown", q.name)}
	case asked.AWS:
		r.addrs = n.d.AWS(asked.Service, asked.Region)
		if !asked.IPv6 {
			r.addrs = slices.DeleteFunc(slices.Clone(r.addrs), netip.Addr.Is6)
		}
		if asked.Service == "s3" && asked.Bucket != "" && asked.Region != "" {
			r.cname = "s3-r-w." + asked.Region + ".amazonaws.com" // as Amazon's resolver answered dig in ap-southeast-2, 2020-05
		}
	case n.d.Internet != nil:
		r.addrs = n.d.Internet(q.name)
	}
	if len(r.addrs) == 0 {
		return response{answer: NoSuchName, because: because}
	}
	return r
}

// chosen returns the addresses that an asker in zone gets: of several
// interfaces that which is in its zone, else the first.
func (r *response) chosen(zone string) []netip.Addr {
	if len(r.several) == 0 {
		return r.addrs
	}
	up := slices.DeleteFunc(slices.Clone(r.several), func(i Interface) bool { return i.Down })
	if len(up) == 0 {
		up = r.several
	}
	for _, i := range up {
		if zone != "" && i.Zone == zone {
			return []netip.Addr{i.Addr}
		}
	}
	return []netip.Addr{up[0].Addr}
}

// within reports whether name is zone or below it. The zone "" holds all.
func within(name, zone string) bool {
	return zone == "" || name == zone || strings.HasSuffix(name, "."+zone)
}
