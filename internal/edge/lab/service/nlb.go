package service

import (
	"context"
	"hash/maphash"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// NLBOptions describe a Network Load Balancer.
type NLBOptions struct {
	Targets       []Target
	CrossZone     bool
	ProxyProtocol bool // version 2 to the targets
	// Spread uses every target that may be used; without it a flow takes the
	// first, so that its way is known.
	Spread bool
	Idle   time.Duration // after which a silent flow is forgotten; 0 is 350 s
	Health time.Duration // between two checks of a target; 0 is 10 s
	Record func(Flow)    // is told of every flow when it ends; may be nil
}

// Target is where flows go.
type Target struct {
	Name string
	Zone string // ZoneOf its subnet
	Addr netip.AddrPort
}

// Node is where a load balancer takes connections.
type Node struct {
	Zone     string // ZoneOf the node's subnet
	Endpoint string // "vpce-…" of the PrivateLink endpoint that the socket stands in; empty at the node itself
	// Dial connects to a target from the node's network. Who preserves client
	// addresses binds client there; it is zero for health checks.
	Dial func(ctx context.Context, client, target netip.AddrPort) (net.Conn, error)
}

// Flow is a connection that has ended.
type Flow struct {
	Begin    time.Time
	Took     time.Duration
	Client   netip.AddrPort
	Zone     string // of the node
	Endpoint string
	Target   string // its name; empty if there was none
	Up, Down int64  // bytes
	End      FlowEnd
}

// FlowEnd is why a flow ended.
type FlowEnd string

// The ends of flows.
const (
	FlowClosed    FlowEnd = "closed"    // by client and target
	FlowReset     FlowEnd = "reset"     // one of them broke off
	FlowRefused   FlowEnd = "refused"   // the target did not take it
	FlowNoTarget  FlowEnd = "no-target" // it was left to time out
	FlowForgotten FlowEnd = "forgotten" // it was silent for too long
	FlowCut       FlowEnd = "cut"       // by Close
)

// NLB is a Network Load Balancer as clients and targets meet it: a node without
// a target leaves connections hanging, a target that takes none resets them, a
// flow that was silent for too long is forgotten, and whoever sends on it then is
// reset. Sources: User Guide for Network Load Balancers, "Listeners" (idle
// timeout), "Target groups" (proxy protocol, health checks).
//
// It is a relay: the target's own connection comes from the node, unless
// Node.Dial binds the client's address.
type NLB struct {
	o       NLBOptions
	seed    maphash.Seed
	states  []targetState
	ends    context.Context
	end     context.CancelFunc
	checks  sync.Once
	serving sync.WaitGroup
	flows   atomic.Int64
}

// targetState is what the health checks say of a target.
type targetState struct{ failures atomic.Int32 }

const (
	defaultIdle   = 350 * time.Second
	defaultHealth = 10 * time.Second
	unhealthyAt   = 2 // checks in a row
	maxConnect    = 5 * time.Second
)

// NewNLB returns a load balancer that does not listen yet.
func NewNLB(o NLBOptions) *NLB {
	if o.Idle == 0 {
		o.Idle = defaultIdle
	}
	if o.Health == 0 {
		o.Health = defaultHealth
	}
	n := &NLB{o: o, seed: maphash.MakeSeed(), states: make([]targetState, len(o.Targets))}
	n.ends, n.end = context.WithCancel(context.Background())
	return n
}

// Serve takes connections of ln until Close. It takes ln over and returns at
// once. Health checks start with the first, from its node.
func (n *NLB) Serve(ln net.Listener, at Node) {
	n.checks.Do(func() {
		for i := range n.o.Targets {
			n.serving.Go(func() { n.check(i, at.Dial) })
		}
	})
	stop := context.AfterFunc(n.ends, func() { _ = ln.Close() })
	n.serving.Go(func() {
		defer stop()
		defer ln.Close()
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			n.serving.Go(func() { n.take(conn, at) })
		}
	})
}

// Close ends every flow.
func (n *NLB) Close() error {
	n.end()
	n.serving.Wait()
	return nil
}

// Flows is how many flows there are.
func (n *NLB) Flows() int { return int(n.flows.Load()) }

// Healthy reports whether the node in zone has a target that takes connections.
func (n *NLB) Healthy(zone string) bool {
	for i := range n.o.Targets {
		if n.usable(i, zone) && n.states[i].failures.Load() < unhealthyAt {
			return true
		}
	}
	return false
}

// usable reports whether flows of the node in zone may go to target i.
func (n *NLB) usable(i int, zone string) bool { return n.o.CrossZone || n.o.Targets[i].Zone == zone }

// target returns where a flow of client goes: to one that is healthy, and if none
// is, to one that is not.
func (n *NLB) target(client netip.AddrPort, zone string) (Target, bool) {
	var healthy, all []Target
	for i, t := range n.o.Targets {
		if !n.usable(i, zone) {
			continue
		}
		all = append(all, t)
		if n.states[i].failures.Load() < unhealthyAt {
			healthy = append(healthy, t)
		}
	}
	if len(healthy) > 0 {
		all = healthy
	}
	if len(all) == 0 {
		return Target{}, false
	}
	if !n.o.Spread {
		return all[0], true
	}
	return all[maphash.Comparable(n.seed, client)%uint64(len(all))], true
}

// check asks target i for connections, again and again.
func (n *NLB) check(i int, dial func(context.Context, netip.AddrPort, netip.AddrPort) (net.Conn, error)) {
	tick := time.NewTicker(n.o.Health)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(n.ends, maxConnect)
		conn, err := dial(ctx, netip.AddrPort{}, n.o.Targets[i].Addr)
		cancel()
		if err != nil {
			n.states[i].failures.Add(1)
		} else {
			n.states[i].failures.Store(0)
			if n.o.ProxyProtocol {
				_, _ = conn.Write(proxyHeader(netip.AddrPort{}, netip.AddrPort{}, "")) // the check is over in any case
			}
			_ = conn.Close()
		}
		select {
		case <-tick.C:
		case <-n.ends.Done():
			return
		}
	}
}

// take carries one connection to a target.
func (n *NLB) take(client net.Conn, at Node) {
	n.flows.Add(1)
	defer n.flows.Add(-1)
	f := &flow{
		Flow: Flow{Begin: time.Now(), Client: addrPort(client.RemoteAddr()), Zone: at.Zone, Endpoint: at.Endpoint},
		idle: n.o.Idle, client: client, record: n.o.Record,
	}
	f.carried(n, at)
}

// carried connects f to its target and moves what is sent.
func (f *flow) carried(n *NLB, at Node) {
	stop := context.AfterFunc(n.ends, func() { f.cut() })
	defer stop()
	defer f.client.Close()
	to, ok := n.target(f.Client, at.Zone)
	if !ok {
		f.ended(FlowNoTarget)
		f.hang()
		return
	}
	f.Target = to.Name
	ctx, cancel := context.WithTimeout(n.ends, maxConnect)
	defer cancel()
	conn, err := at.Dial(ctx, f.Client, to.Addr)
	if err != nil {
		f.ended(FlowRefused)
		reset(f.client)
		return
	}
	defer conn.Close()
	if n.o.ProxyProtocol {
		if _, err := conn.Write(proxyHeader(f.Client, addrPort(f.client.LocalAddr()), at.Endpoint)); err != nil {
			f.ended(FlowRefused)
			reset(f.client)
			return
		}
	}
	f.move(conn)
}
