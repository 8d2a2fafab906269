package topology

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// VPC is a VPC.
type VPC struct {
	Name      string
	Region    string
	CIDR      netip.Prefix
	CIDR6     Setting[netip.Prefix]
	Account   Setting[*Account]
	IGW       Setting[bool]
	DNS       VPCDNS
	Subnets   []*Subnet
	Endpoints []*Endpoint
	Pos       diag.Pos
}

// VPCDNS is how names are resolved in a VPC.
type VPCDNS struct {
	Support   Setting[bool]
	Hostnames Setting[bool]
	Resolver  Setting[*Site] // nil: Amazon's
	Forward   []VPCForward
	Zones     []Zone
}

// VPCForward is a resolver's outbound rule.
type VPCForward struct {
	Zone string // without dots at the ends; "" is every name
	Site *Site
	Pos  diag.Pos
}

// Zone is a private hosted zone. Its records are sorted by label.
type Zone struct {
	Name    string // without dots at the ends
	Records []Record
	Pos     diag.Pos
}

// Record is a name of a zone that leads to an endpoint.
type Record struct {
	Label    string // "@" for the zone's own name, "*" for every name below it
	Endpoint *Endpoint
	Pos      diag.Pos
}

// Subnet returns the subnet called name, or nil.
func (v *VPC) Subnet(name string) *Subnet {
	return find(v.Subnets, name, func(s *Subnet) string { return s.Name })
}

// Endpoint returns the endpoint called name, or nil.
func (v *VPC) Endpoint(name string) *Endpoint {
	return find(v.Endpoints, name, func(e *Endpoint) string { return e.Name })
}

// Subnet is a subnet of a VPC.
type Subnet struct {
	Name     string
	VPC      *VPC
	CIDR     netip.Prefix
	CIDR6    Setting[netip.Prefix]
	AZ       Setting[string]
	NAT      Setting[NAT]
	Routes   []*Route // by destination; neither local nor those of gateway endpoints
	Out, In  Setting[[]ACLRule]
	Pos      diag.Pos
	Gateways []*Endpoint // gateway endpoints whose route is in this subnet's table
	path     string
}

// Path returns the name of s with its VPC's: "app/public".
func (s *Subnet) Path() string { return s.path }

// NAT is the NAT gateway of a subnet.
type NAT struct {
	Here bool
	IP   netip.Addr // its public address, if it is known
}

// Route is one line of a route table.
type Route struct {
	Text    string       // the destination as written: "internet", "10.0.0.0/8", "aws:s3"
	Prefix  netip.Prefix // the destination, if it is not Service
	Service string       // public addresses of this service …
	Region  string       // … in this Region
	Target  Target
	Pos     diag.Pos // of the destination
}

// TargetKind says what a route leads to.
type TargetKind uint8

// The targets.
const (
	Blackhole TargetKind = iota
	InternetGateway
	EgressOnlyGateway
	NATGateway
	ToLink
	Interface // a network interface that forwards nothing
)

// Target is where a route leads.
type Target struct {
	Kind   TargetKind
	Text   string  // as written: "nat:public"
	Subnet *Subnet // of a NATGateway
	Link   *Link
	Pos    diag.Pos
}

// ACLRule is a rule of a network ACL.
type ACLRule struct {
	Text        string
	Allow       bool
	Any         bool // any address: Place means nothing
	Place       Place
	First, Last uint16 // ports; 0 and 65535 if it names none
	Pos         diag.Pos
}

// Place is a part of the network: a CIDR, or what a VPC, a subnet or a site
// stands for. List is a prefix list instead: "s3", "dynamodb".
type Place struct {
	Text    string
	Prefix  netip.Prefix
	Prefix6 netip.Prefix // of a VPC or subnet that has one
	List    string
	Pos     diag.Pos
}

// Spot is where something stands: exactly one is set. Only clients stand on a
// proxy, whose addresses they have.
type Spot struct {
	Subnet *Subnet
	Site   *Site
	Proxy  *Proxy
	Pos    diag.Pos
}

// String returns s as it is written: "app/private", "office".
func (s Spot) String() string {
	switch {
	case s.Subnet != nil:
		return s.Subnet.Path()
	case s.Site != nil:
		return s.Site.Name
	case s.Proxy != nil:
		return s.Proxy.Name
	}
	return ""
}

// LinkKind is the form of a link.
type LinkKind uint8

// The links. DXPublic is Direct Connect with a public virtual interface.
const (
	Peering LinkKind = iota
	TGW
	DX
	DXPublic
	VPN
)

// Link joins networks.
type Link struct {
	Name   string
	Kind   LinkKind
	VPCs   []*VPC  // in the order of the file
	Sites  []*Site // likewise
	Routes []*LinkRoute
	Pos    diag.Pos
}

// Joins reports whether v is a member of l.
func (l *Link) Joins(v *VPC) bool {
	return slices.Contains(l.VPCs, v)
}

// JoinsSite reports whether s is a member of l.
func (l *Link) JoinsSite(s *Site) bool {
	return slices.Contains(l.Sites, s)
}

// LinkRoute is a static route of a transit gateway. Of the targets one is set,
// or none for a blackhole.
type LinkRoute struct {
	Text   string
	Prefix netip.Prefix
	VPC    *VPC
	Subnet *Subnet
	Site   *Site
	Pos    diag.Pos
}
