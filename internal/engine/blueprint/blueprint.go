// Package blueprint says what has to be built so that a topology is a network:
// which machines, what joins them, which addresses, route tables and packet
// filters each has. A Plan is data; package lab builds it, in network
// namespaces. What such a network then saw of a request, Read turns into the
// words of the topology's tests.
//
//	plan := blueprint.New(t, blueprint.Options{URLs: urls})
//	plan.Node("vpc:app").Tables // one for each subnet
//
// It is not asked which way a request goes: it knows no request, only what each
// machine does with a packet, and so it can prove package route wrong.
//
// Addresses that nobody wrote down are taken from their subnet or site; public
// ones are those that AWS publishes, and else from blocks that stand for them.
package blueprint

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Plan is a network.
type Plan struct {
	Topology *topology.Topology
	Nodes    []*Node // in the order in which they were planned; the same for the same file
	byName   map[string]*Node
	public   public
}

// Kind is the sort of a node.
type Kind uint8

// The sorts of nodes.
const (
	Host     Kind = iota // sends and answers: a client, a proxy, a load balancer, an endpoint's interface
	Gateway              // a gateway endpoint: answers for a service's public addresses
	VPC                  // the router of a VPC
	Site                 // the router of a site
	Link                 // a peering, a transit gateway, a VPN, a Direct Connect
	NAT                  // a NAT gateway
	Exit                 // an internet gateway, or an egress-only one
	Internet             // what joins public addresses, and every host on it that is not AWS
	Region               // the public side of AWS in one Region
)

// Node is a machine: a network namespace of its own.
type Node struct {
	// Name is the hop that the node is ("igw:app", "client:ec2"), or for what is
	// no hop "vpc:NAME", "site:NAME", "internet".
	Name  string
	Hop   string // Name, without the subnet where a hop has several nodes
	Kind  Kind
	Place string // "app/private", "office"; empty where it stands nowhere

	Addrs    []netip.Addr   // its own; the first of a family is the source of what it sends
	Answers  []netip.Prefix // whole networks that it answers for besides
	Ports    []*Port
	Tables   []Table
	Chains   []Chain
	Sources  []Rewrite // what it puts in the place of packets' sources
	Takes    bool      // it takes every packet that comes in for its own, whatever its address
	Resolver *Resolver // of its place; nil if it resolves nothing
	Metadata *Metadata // of the instance; nil if it is none
	Serves   []Service // what answers on it
	Proxy    *topology.Proxy
	Clients  []*topology.Client // that run on it
}

// Port is one end of a cable.
type Port struct {
	Name  string // at most 15 characters, unique in its node
	Peer  *Port
	Node  *Node
	Table int // the table for what comes in here; 0 is the node's first
	// Returns says that answers to what came in here go back here, whatever the
	// tables say: a load balancer keeps the addresses of its clients.
	Returns bool
	place   *topology.Subnet
}

// Table is a route table. Number counts from FirstTable.
type Table struct {
	Number int
	Name   string // "app/private", for people
	Routes []Route
}

// FirstTable is the number of a node's first route table.
const FirstTable = 100

// Route leads packets for To out of Port; a route without a port ends here and
// drops them, counted under Drop.
type Route struct {
	To   netip.Prefix
	Port *Port
}

// Rewrite puts Source in the place of the source of what leaves by Port, if it
// is in From.
type Rewrite struct {
	Port   *Port
	From   netip.Prefix
	Source netip.Addr
}

// Metadata is the metadata service of an instance, and whose role it gives.
type Metadata struct {
	Token   bool // a token is required
	Account string
	Role    string
	Kind    topology.Credentials
}

// Resolver says whose view of names a node has: a VPC's or a site's, and from
// which zone.
type Resolver struct {
	VPC  *topology.VPC
	Site *topology.Site
	Zone string
}

// ServiceKind is what answers on a node.
type ServiceKind uint8

// The services.
const (
	AWSFront     ServiceKind = iota // AWS, by the endpoint that the node is, or in public
	AnyHost                         // some host of the internet
	ProxyProgram                    // the proxy program
	Balancer                        // a node of a load balancer
	ConsumerENI                     // an interface of PrivateLink, behind which a load balancer's node is
)

// Service is something that answers on a node.
type Service struct {
	Kind     ServiceKind
	Ports    []uint16
	Endpoint *topology.Endpoint // of AWSFront and ConsumerENI
	NLB      *topology.NLB      // of Balancer and ConsumerENI
	Subnet   *topology.Subnet   // of Balancer and ConsumerENI: the load balancer's node
	Region   string             // of AWSFront in public
}

// Node returns the node called name, or nil.
func (p *Plan) Node(name string) *Node { return p.byName[name] }

// Port returns the port of n that leads to the node called peer, or nil.
func (n *Node) Port(peer string) *Port {
	i := slices.IndexFunc(n.Ports, func(p *Port) bool { return p.Peer.Node.Name == peer })
	if i < 0 {
		return nil
	}
	return n.Ports[i]
}

// Addr returns the address of n in the family, the zero address if it has none.
func (n *Node) Addr(v6 bool) netip.Addr {
	for _, a := range n.Addrs {
		if a.Is6() == v6 {
			return a
		}
	}
	return netip.Addr{}
}

// IPv6 reports whether anything in p speaks IPv6.
func (p *Plan) IPv6() bool {
	return slices.ContainsFunc(p.Nodes, func(n *Node) bool { return n.Addr(true).IsValid() && n.Kind != Region })
}
