// Package service holds what the lab places into its networks, as servers over
// sockets that somebody else made: AWS itself, judged by the topology's
// policies (AWS), metadata and container credentials (Metadata, Container),
// name servers with a view per place (Names), load balancers (NLB, ALB), and a
// client that tells in which phase a request failed (Probe).
//
// It knows no namespace, route or packet filter: a socket belongs to the network
// that it was made in, so whoever makes it decides where a service stands, and
// what it is called when a request comes in by it (Entry, Node). Everything here
// runs on a loopback interface as well, and is tested there.
//
//	aws, err := service.NewAWS(service.AWSOptions{Topology: t, Record: report})
//	aws.Serve(ln, service.Entry{Endpoint: t.VPC("app").Endpoint("s3")}) // made in the endpoint's network
//	role := aws.Issue(service.Identity{Account: "main", Role: "app"})
//
// What a request came to is told once, to a callback, when it is over; callbacks
// are called by many goroutines.
package service

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Entry is a way into AWS. A request that comes in by it carries the condition
// keys that follow from it.
type Entry struct {
	// Endpoint is the gateway or interface endpoint whose network the socket
	// stands in; nil for the public addresses of AWS.
	Endpoint *topology.Endpoint
	// Source returns the address that AWS sees of a connection from addr; nil
	// is the address itself. It is for networks whose addresses overlap.
	Source func(addr netip.AddrPort) netip.Addr
}

// Identity is who calls, in the names of the topology.
type Identity struct {
	Account string
	Role    string // empty: an IAM user of Account
	Session string // of Role; empty is "lab"
}

// Credential is an access key as the SDKs take it.
type Credential struct {
	KeyID, Secret, Token string
	Expires              time.Time
}

// Record is one request to AWS and what became of it.
type Record struct {
	Time   time.Time
	Entry  Entry
	Source netip.AddrPort // of the connection
	Host   string         // that the request names, lower case, without a port
	SNI    string         // that the TLS handshake named; empty for plain http
	Asked  route.Asked    // service, Region, bucket, object, action
	KeyID  string         // empty: nobody signed it
	Caller Identity       // whose key it is; zero without one
	// Verdict is route.Reached, DeniedByEndpointPolicy, DeniedByResourcePolicy or
	// Unknown, Because the statement that decided, and Pos its line.
	Verdict  route.Verdict
	Because  reason.Because
	Pos      diag.Pos
	Context  []route.Key // that AWS saw, sorted
	Redirect string      // the host that S3 sent the client to
	Status   int         // of the answer
}
