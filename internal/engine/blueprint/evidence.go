package blueprint

import (
	"net/netip"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Evidence is what a network saw of one request of one client.
type Evidence struct {
	Client  *topology.Client
	Request topology.Request
	Seen    []Sighting // in the order of time
	Dropped []Dropped
	Calls   []Call     // that AWS, or another host, got; in the order of time
	Asked   []Question // in the order of time
	Refused []Refusal  // by proxies and load balancers, in the order of time
	// Metadata are calls that metadata services got, by node.
	Metadata []Metadatum
	// Role is whose credentials the client has in the end: "own", "none" or
	// "proxy:NAME"; empty if it did not have to ask for any.
	Role string
	// Failure is what the client says of why it failed; empty if it did not.
	Failure Failure
}

// Sighting is the first packet of a TCP connection, seen at a node.
type Sighting struct {
	Time     time.Time
	Node     string
	Port     string // "lo" for what it says to itself
	Out      bool   // it left there
	From, To netip.AddrPort
}

// Dropped is how many connections a node did not let begin, and why.
type Dropped struct {
	Node    string
	Drop    Drop
	Answer  bool // what was dropped was the answer
	Packets uint64
}

// Call is a request that came in at AWS or at another host.
type Call struct {
	Time     time.Time
	Host     string
	Service  string // "ssm.ap-northeast-1"; empty for who is not AWS
	Endpoint *topology.Endpoint
	Verdict  route.Verdict
	Context  []route.Key
	Redirect string
}

// Question is a name that was asked for.
type Question struct {
	Node  string // that asked
	Host  string
	Addrs []netip.Addr // empty: there are none
}

// Refusal is a request that a proxy or a load balancer refused.
type Refusal struct {
	Node   string
	Host   string // that was asked for; empty if it could not be read
	Reason string // of our own proxy; a word of the load balancer's or of another proxy otherwise
}

// Metadatum is a call to a metadata service.
type Metadatum struct {
	Node string
	Role string // that was given; empty if none was
}

// Failure is in which phase a client failed.
type Failure string

// The phases, in their order.
const (
	FailedLookup  Failure = "lookup"  // of the host, or of the proxy
	FailedConnect Failure = "connect" // nobody answered
	FailedProxy   Failure = "proxy"   // the proxy refused, or hung up
	FailedTLS     Failure = "tls"
	FailedHTTP    Failure = "http"
)

// Answer is what evidence comes to, in the words of a test.
type Answer struct {
	Verdict     route.Verdict // empty if the evidence does not tell
	Because     string        // the counter or the line that told
	Path        []string
	Endpoint    string
	DNS         topology.DNS
	Context     []route.Key
	Credentials string
	Redirect    string
}

// Trace returns a as far as route.Compare looks at it.
func (p *Plan) Trace(a *Answer) *route.Trace {
	t := &route.Trace{Verdict: a.Verdict, DNS: a.DNS, Context: a.Context, Credentials: a.Credentials, Redirect: a.Redirect}
	if vpc, name, ok := strings.Cut(a.Endpoint, "/"); ok {
		t.Endpoint = p.Topology.VPC(vpc).Endpoint(name)
	}
	for _, h := range a.Path {
		t.Hops = append(t.Hops, hopOf(h))
	}
	return t
}
