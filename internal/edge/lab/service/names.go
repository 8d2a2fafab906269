package service

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Directory tells name servers which addresses the networks gave to what. Its
// functions are asked for every query, by many goroutines.
type Directory struct {
	// AWS returns the public addresses of a service in a Region, as target.Of names
	// them: "s3", "ap-northeast-1"; "sts", "global". None is a name that nobody has.
	AWS func(service, region string) []netip.Addr
	// Endpoint returns the interfaces of an endpoint, in the order of its subnets.
	Endpoint func(*topology.Endpoint) []Interface
	// Host returns the interfaces of a proxy or a load balancer by the name that
	// its clients use; none if it is nobody's.
	Host func(name string) []Interface
	// Internet returns the addresses of a name that is not AWS's.
	Internet func(name string) []netip.Addr
	// Zone returns where an asker stands, as in Interface; empty at a site.
	Zone func(asker netip.Addr) string
	// Record is told of every query; it may be nil.
	Record func(Query)
}

// Interface is an address of something that has several.
type Interface struct {
	Zone string // ZoneOf its subnet
	Addr netip.Addr
	Down bool // it is answered only if all are
}

// ZoneOf names the availability zone of s apart from those of other Regions.
func ZoneOf(s *topology.Subnet) string { return s.VPC.Region + "/" + s.AZ.V }

// Query is one question to a name server, and its answer.
type Query struct {
	Time   time.Time
	Place  string // whose server it is: "vpc app", "inbound app", "site office", "internet"
	Asker  netip.AddrPort
	Name   string // lower case, without the dot at the end
	Type   string // "A", "AAAA", …
	Answer Answer
	Addrs  []netip.Addr
	// Endpoint is whose addresses they are, nil if they are public or a host's.
	Endpoint *topology.Endpoint
	// Chain are the places that the question was passed on to, in that order.
	Chain   []string
	Because reason.Because
}

// Answer is the sort of an answer.
type Answer string

// The sorts of answers. PublicName and EndpointName are dns.answer of the
// format; the others are "none", and HostName is none of its business.
const (
	PublicName   Answer = "public"
	EndpointName Answer = "endpoint"
	HostName     Answer = "host"     // a proxy or a load balancer
	NoSuchName   Answer = "nxdomain" // there is no such name
	Refused      Answer = "refused"  // the server does not resolve it
	Looping      Answer = "servfail" // servers ask each other in a circle
	Silence      Answer = "silence"  // nobody answers
)

// Names are the name servers of a topology: one view of all names per place.
type Names struct {
	d       Directory
	private map[*topology.VPC][]privateZone
	vpce    map[string]*topology.Endpoint // by dns_name
	told    map[string]topology.Request   // of hosts that do not tell by themselves
}

// privateZone is what the private DNS of an interface endpoint answers.
type privateZone struct {
	zone     string
	below    bool // it is for the names below zone, else for zone itself
	endpoint *topology.Endpoint
}

// NewNames returns the name servers of t.
func NewNames(t *topology.Topology, d Directory) *Names {
	n := &Names{d: d, private: map[*topology.VPC][]privateZone{}, vpce: map[string]*topology.Endpoint{}, told: toldIn(t)}
	for _, v := range t.VPCs {
		for _, e := range v.Endpoints {
			if e.DNSName.Is() {
				n.vpce[e.DNSName.V] = e
			}
			if e.Kind == topology.InterfaceEndpoint {
				n.private[v] = append(n.private[v], privateZones(e)...)
			}
		}
	}
	return n
}

func privateZones(e *topology.Endpoint) (zones []privateZone) {
	names := e.Names.V
	if !e.Names.Is() {
		region := regionOf(e)
		names = awsdata.PrivateNames(e.AWSService, region, awsdata.PartitionOf(region))
	}
	for _, name := range names {
		zone, below := strings.CutPrefix(name, "*.")
		zones = append(zones, privateZone{zone, below, e})
	}
	return zones
}

// toldIn returns, by host, the tests of t that say what a host does not tell.
func toldIn(t *topology.Topology) map[string]topology.Request {
	told := map[string]topology.Request{}
	for _, test := range t.Tests {
		if q := test.Request; q.Service.Is() || q.Region.Is() || q.Bucket.Is() {
			told[target.Of(q).Host] = q
		}
	}
	return told
}

// asked returns what a host is the name of.
func (n *Names) asked(host string) target.Resource {
	q, ok := n.told[host]
	if !ok {
		q = topology.Request{}
	}
	q.URL = &url.URL{Scheme: "https", Host: host, Path: "/"}
	return target.Of(q)
}

// VPC returns the server that hosts in v ask: Amazon's, or that of the site which
// DHCP names.
func (n *Names) VPC(v *topology.VPC) *Resolver {
	if site := v.DNS.Resolver.V; site != nil {
		return n.Site(site)
	}
	return n.resolver("vpc "+v.Name, func(q *question) response {
		if !v.DNS.Support.V {
			return response{answer: Silence, because: reason.New("route.dns.no-support", v.Name)}
		}
		if r, ok := n.host(q.name); ok {
			return r
		}
		return n.inVPC(v, q)
	})
}

// Inbound returns the inbound endpoint of v's resolver, which sites forward to.
func (n *Names) Inbound(v *topology.VPC) *Resolver {
	return n.resolver("inbound "+v.Name, func(q *question) response {
		q.inbound = true
		return n.inVPC(v, q)
	})
}

// Site returns the servers of a site.
func (n *Names) Site(s *topology.Site) *Resolver {
	return n.resolver("site "+s.Name, func(q *question) response {
		if r, ok := n.host(q.name); ok {
			if !s.DNS.Public.V && !s.DNS.ProxyNames.V {
				return response{answer: Refused, because: reason.New("route.dns.proxy-name", s.Name, q.name)}
			}
			return r
		}
		return n.atSite(s, q)
	})
}

// Public returns the internet's servers.
func (n *Names) Public() *Resolver {
	return n.resolver("internet", func(q *question) response { return n.public(q, reason.New("lab.dns.internet", q.name)) })
}
