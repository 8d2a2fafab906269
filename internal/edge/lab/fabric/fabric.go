// Package fabric builds a blueprint in network namespaces: one for each node,
// joined by cables, with addresses, route tables, packet filters and counters
// as the plan says. Servers and programs are then started inside of them.
//
//	code, err := fabric.Again(ctx, args, streams) // this program once more, in namespaces of its own
//	f, err := fabric.Build(plan)
//	ln, err := f.Listen(plan.Node("aws:eu-west-1"), "tcp", ":443")
//	err = f.Start(plan.Node("client:app"), exec.Command("curl", url))
//
// Nothing of it can be seen from outside: a process that has entered owns its
// namespaces, mounts and processes, and when it ends, in whatever way, the
// kernel takes all of them away.
//
// Cables have no addresses. Both ends share one hardware address and ask nobody
// for another, so that a route needs nothing but the port.
package fabric

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Unable says that this machine makes no namespaces for this user, and why.
type Unable struct {
	Why reason.Because
	Err error // what the kernel said; nil if nobody asked it
}

// Error returns the words in English.
func (u *Unable) Error() string {
	if u.Err == nil {
		return u.Why.In(reason.English)
	}
	return u.Why.In(reason.English) + ": " + u.Err.Error()
}

// Unwrap returns what the kernel said.
func (u *Unable) Unwrap() error { return u.Err }

// Counter is what a named counter of a node has counted.
type Counter struct {
	Node    string // its name in the plan
	Name    string // Passed, Arrived, Sent or that of a blueprint.Drop
	Packets uint64
	Bytes   uint64
}

// The counters that every node has, of packets that are not its own loopback's.
const (
	Passed  = "passed"
	Arrived = "arrived"
	Sent    = "sent"
)

// Sighting is the first packet of a TCP connection, seen at a node.
type Sighting struct {
	Time     time.Time
	Node     string
	Port     string // of the node; "lo" for what it says to itself
	Out      bool   // it left there
	From, To netip.AddrPort
}

// Well-known addresses of every machine.
var (
	// NameServer is where a machine asks for names.
	NameServer = netip.MustParseAddr("169.254.169.253")
	// MetadataAddrs are where instances ask for their role, and tasks and pods
	// for theirs.
	MetadataAddrs = []netip.Addr{
		netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("169.254.170.23"),
		netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd00:ec2::23"),
	}
)
