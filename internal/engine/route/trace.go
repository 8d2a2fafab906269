package route

import (
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Verdict is what a request comes to, one of topology.Verdicts.
type Verdict string

// The verdicts.
const (
	Reached                Verdict = "reached"
	NoRoute                Verdict = "no-route"
	TimesOut               Verdict = "times-out"
	DNSFails               Verdict = "dns-fails"
	DeniedByProxy          Verdict = "denied-by-proxy"
	DeniedByEndpointPolicy Verdict = "denied-by-endpoint-policy"
	DeniedByResourcePolicy Verdict = "denied-by-resource-policy"
	DeniedBySecurityGroup  Verdict = "denied-by-security-group"
	DeniedByNetworkACL     Verdict = "denied-by-network-acl"
	LBRejects              Verdict = "lb-rejects"
	EndpointNotConnected   Verdict = "endpoint-not-connected"
	ProxyProtocolMismatch  Verdict = "proxy-protocol-mismatch"
	IMDSMisrouted          Verdict = "imds-misrouted"
	Unknown                Verdict = "unknown"
)

// Trace is the way of one request, with the reason of every hop.
type Trace struct {
	Client  *topology.Client
	Request topology.Request
	Verdict Verdict
	// Because is why the request came to Verdict, and Pos the line of the
	// topology that decided, zero if it is something that is not written.
	Because reason.Because
	Pos     diag.Pos
	// Hops are those that the request reached, the client first. A client that
	// S3 redirects stands there twice.
	Hops     []Hop
	Endpoint *topology.Endpoint // crossed towards AWS; nil if none is
	DNS      topology.DNS       // by: client, proxy:NAME, none
	// Resolved is why the resolver answered so; zero if nobody asked one.
	Resolved reason.Because
	// Asked is what the request asks for, as its URL tells.
	Asked Asked
	// Context holds the condition keys that AWS sees, sorted by key; empty if
	// the request does not reach AWS.
	Context     []Key
	Credentials string // own, none, proxy:NAME
	Redirect    string // the host that S3 sends the client to; empty if it does not
	// Assumed is what was not written and could change the verdict, sorted.
	Assumed []Assumption
}

// Asked is what a request asks for.
type Asked = target.Resource

// Path returns the hops as the format writes them.
func (t Trace) Path() []string {
	path := make([]string, len(t.Hops))
	for i, h := range t.Hops {
		path[i] = h.String()
	}
	return path
}

// HopKind is what a hop is.
type HopKind string

// The sorts of hops, as the format writes them.
const (
	ClientHop         HopKind = "client"
	ProxyHop          HopKind = "proxy"
	NLBHop            HopKind = "nlb"
	ALBHop            HopKind = "alb"
	EndpointHop       HopKind = "vpce"
	InternetGateway   HopKind = "igw"
	EgressOnlyGateway HopKind = "eigw"
	NATHop            HopKind = "nat"
	PeeringHop        HopKind = "pcx"
	TGWHop            HopKind = "tgw"
	VPNHop            HopKind = "vpn"
	DXHop             HopKind = "dx"
	InternetHop       HopKind = "internet"
	MetadataHop       HopKind = "imds"
	AWSHop            HopKind = "aws"
)

// Hop is one step of a request's way, with the fact that led there.
type Hop struct {
	Kind    HopKind
	Name    string // "osaka/s3"; empty for the internet
	Because reason.Because
	// Pos is the line of the topology that led there, zero if none did.
	Pos diag.Pos
	// Subnet or Site is where the hop stands, as far as it has such a place.
	Subnet *topology.Subnet
	Site   *topology.Site
}

// String returns h as the format writes it: "vpce:osaka/s3", "internet".
func (h Hop) String() string {
	if h.Kind == InternetHop {
		return string(InternetHop)
	}
	return string(h.Kind) + ":" + h.Name
}

// Key is a condition key with what it holds: a value, "absent" or "unknown".
type Key struct{ Name, Value string }

// Assumption is a key that was not written, with what was taken instead.
type Assumption struct {
	Path    string // "vpcs.app.endpoints.s3.policy"
	Default string // "full", "open", "none", "false"
	Open    bool   // it lets requests through: Options.Strict takes it as unknown
}

// String returns a as "vpcs.app.endpoints.s3.policy = full".
func (a Assumption) String() string { return a.Path + " = " + a.Default }
