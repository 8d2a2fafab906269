package topology

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// EndpointKind is the sort of a VPC endpoint.
type EndpointKind uint8

// The sorts of endpoints.
const (
	Gateway EndpointKind = iota
	InterfaceEndpoint
	PrivateLink
)

// Endpoint is a VPC endpoint.
type Endpoint struct {
	Name          string
	VPC           *VPC
	Kind          EndpointKind
	AWSService    string   // of a gateway or interface endpoint: "s3", "ecr.api"
	Service       *Service // of a PrivateLink endpoint
	Subnets       []*Subnet
	Policy        Setting[policy.Policy]
	DualStack     Setting[bool]
	PrivateDNS    Setting[PrivateDNS]
	Names         Setting[[]string] // private names; if not written, those of the catalogue
	DNSName       Setting[string]
	ServiceRegion Setting[string] // the VPC's Region if not written
	SGFrom        Setting[[]Place]
	Accepted      Setting[bool]
	Pos           diag.Pos
}

// Path returns the name of e with its VPC's: "app/s3".
func (e *Endpoint) Path() string { return e.VPC.Name + "/" + e.Name }

// PrivateDNS says for whom the private names of an endpoint resolve to it.
type PrivateDNS uint8

// The values of private_dns.
const (
	PrivateDNSAll PrivateDNS = iota
	PrivateDNSInboundOnly
	PrivateDNSOff
)

// NLB is a load balancer. An Application Load Balancer is accepted so that the
// error can be shown.
type NLB struct {
	Name             string
	At               []*Subnet // one node each, in the order of the file
	Listeners        []uint16
	Targets          []*Proxy
	ALB              Setting[bool]
	IP               Setting[netip.Addr]
	PreserveClientIP Setting[bool]
	ProxyProtocol    Setting[bool]
	CrossZone        Setting[bool]
	SGFrom           Setting[[]Place]
	EnforceSG        Setting[bool] // enforce_sg_on_privatelink
	IdleTimeout      Setting[int]  // seconds
	Pos              diag.Pos
}

// Service is an endpoint service: a load balancer offered by PrivateLink.
type Service struct {
	Name    string
	NLB     *NLB
	Allow   Setting[[]*Account] // besides the owner
	Auto    Setting[bool]       // connections are accepted by themselves
	Regions Setting[[]string]   // besides its own
	Pos     diag.Pos
}

// IMDS is the metadata service of an instance.
type IMDS uint8

// The values of imds.
const (
	IMDSv1 IMDS = iota // a token is optional
	IMDSv2             // a token is required
	NoIMDS
)

// Proxy is a forward proxy.
type Proxy struct {
	Name          string
	At            Spot
	Port          uint16
	IP, IPv6      Setting[netip.Addr]
	PublicIP      Setting[netip.Addr]
	AllowDomains  Setting[[]string] // "example.com", ".example.com"
	AllowSources  Setting[[]Place]
	SGFrom, SGTo  Setting[[]Place]
	IMDS          Setting[IMDS]
	XForwardedFor Setting[bool]
	DenyLinkLocal Setting[bool]
	ProxyProtocol Setting[bool]
	Config        Setting[*config.Config] // its rules decide instead of the lists above
	Parent        Setting[Via]
	ParentFor     Setting[[]string] // here "example.com" covers the names below it too
	Pos           diag.Pos
}

// Via is what a client or a proxy hands requests to. Of the three one is set.
type Via struct {
	Text     string // as written: "edge-nlb:3128"
	Proxy    *Proxy
	NLB      *NLB
	Endpoint *Endpoint // of PrivateLink
	Port     uint16    // as written, or by default the proxy's port or the first listener
}

// Credentials says where a client's credentials come from.
type Credentials uint8

// The values of credentials.
const (
	StaticCredentials Credentials = iota
	IMDSCredentials
	IMDSIPv6Credentials
	ECSCredentials
	EKSCredentials
	EKSIPv6Credentials
)

// Client is a machine that sends requests.
type Client struct {
	Name        string
	At          Spot
	IP, IPv6    Setting[netip.Addr]
	PublicIP    Setting[netip.Addr]
	Proxy       Setting[Via]
	ProxyEnv    Setting[ProxyEnv]
	NoProxy     Setting[[]string] // one entry each, as written
	Program     Setting[string]   // one of Programs
	Credentials Setting[Credentials]
	SGTo        Setting[[]Place]
	Keepalive   Setting[int] // seconds
	Pos         diag.Pos
}

// ProxyEnv says which of HTTP_PROXY and HTTPS_PROXY are set.
type ProxyEnv struct{ HTTP, HTTPS bool }
