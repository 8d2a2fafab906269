package blueprint

import "net/netip"

// Hook is when a chain sees a packet.
type Hook uint8

// The hooks, in the order in which a packet meets them.
const (
	Arriving   Hook = iota // before it is routed
	Ending                 // it is for this node
	Passing                // it is forwarded
	Originated             // this node sends it
)

// Chain is a packet filter: the first rule that matches decides, and what no
// rule matches goes on.
type Chain struct {
	Hook  Hook
	Rules []Rule
}

// Rule is one rule. What is not set matches everything.
type Rule struct {
	In, Out     string // ports, by name; "lo" is the loopback interface
	From, To    netip.Prefix
	Except      bool   // From is where the packet must not come from
	First, Last uint16 // TCP ports of the destination, if Last is not 0
	Reply       bool   // it belongs to a connection that was let through
	Stray       bool   // it answers a connection that never came by
	// Let lets the packet go on; without, it is dropped and counted under Drop.
	Let  bool
	Drop Drop
}

// Drop is why a packet was dropped: a cause, and where the verdict counts it.
type Drop struct {
	Cause Cause
	// At is a hop that the packet counts as having reached, though it was dropped
	// before; empty is none besides those it has passed.
	At string
	// For says which rules dropped it: "app/private out". It may be empty.
	For string
}

// String returns d as the name of a counter: "no-route", "acl app/private out".
func (d Drop) String() string {
	text := string(d.Cause)
	if d.For != "" {
		text += " " + d.For
	}
	if d.At != "" {
		text += " @" + d.At
	}
	return text
}

// Cause is why packets are dropped.
type Cause string

// The causes.
const (
	Unrouted     Cause = "no-route"        // no table leads on, or one says blackhole
	Stray        Cause = "stray-answer"    // a NAT gateway, and an answer to what it did not send
	Beyond       Cause = "beyond-link"     // a link that carries only what is between its ends
	Outside      Cause = "outside-vpc"     // a gateway that serves its own VPC only
	NoAddress    Cause = "no-public-ip"    // an internet gateway, and a sender without a public address
	FromItself   Cause = "from-itself"     // a packet under the receiver's own address
	NotMine      Cause = "not-mine"        // an interface that forwards nothing
	Closed       Cause = "nothing-listens" // on that port
	NoTarget     Cause = "no-target"       // a load balancer's node without targets
	NotConnected Cause = "not-connected"   // an endpoint that the service has not let in
	GroupOut     Cause = "sg-out"          // the sender's security group
	GroupIn      Cause = "sg-in"           // the receiver's
	ACL          Cause = "acl"             // a network ACL
)
