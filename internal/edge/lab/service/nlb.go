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
	ends    context.Context
	end     context.CancelFunc
	serving sync.WaitGroup
	flows   atomic.Int64

	mu     sync.Mutex
	states map[string][]targetState // by the zone of the node that checks
}

// targetState is what the health checks of a node say of a target: how many
// failed in a row.
type targetState struct{ failures atomic.Int32 }

const (
	defaultIdle   = 350 * time.Second
	defaultHealth = 10 * time.Second
	unhealthyAt   = 2 // checks in a row
	maxConnect    = 5 * time.Second
	minCheck      = 250 * time.Millisecond
)

// NewNLB returns a load balancer that does not listen yet.
func NewNLB(o NLBOptions) *NLB {
	if o.Idle == 0 {
		o.Idle = defaultIdle
	}
	if o.Health == 0 {
		o.Health = defaultHealth
	}
	n := &NLB{o: o, seed: maphash.MakeSeed(), states: map[string][]targetState{}}
	n.ends, n.end = context.WithCancel(context.Background())
	return n
}

// Serve takes connections of ln until Close. It takes ln over and returns at
// once. Every node checks every target that it may use by itself, from its first
// Serve on.
func (n *NLB) Serve(ln net.Listener, at Node) {
	n.check(at)
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
	states := n.statesOf(zone)
	for i := range n.o.Targets {
		if n.usable(i, zone) && healthy(states, i) {
			return true
		}
	}
	return false
}

// statesOf returns what the node in zone knows of the targets; nil before it
// checked any.
func (n *NLB) statesOf(zone string) []targetState {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.states[zone]
}

// healthy reports whether target i is taken to be, as it is until somebody found
// out otherwise.
func healthy(states []targetState, i int) bool {
	return states == nil || states[i].failures.Load() < unhealthyAt
}

// check starts the checks of the node at, once.
func (n *NLB) check(at Node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.states[at.Zone] != nil {
		return
	}
	states := make([]targetState, len(n.o.Targets))
	n.states[at.Zone] = states
	for i := range n.o.Targets {
		if n.usable(i, at.Zone) {
			n.serving.Go(func() { n.checks(&states[i], n.o.Targets[i], at.Dial) })
		}
	}
}

// usable reports whether flows of the node in zone may go to target i.
func (n *NLB) usable(i int, zone string) bool { return n.o.CrossZone || n.o.Targets[i].Zone == zone }

// target returns where a flow of client goes: to one that is healthy, and if none
// is, to one that is not.
func (n *NLB) target(client netip.AddrPort, zone string) (Target, bool) {
	var fit, all []Target
	states := n.statesOf(zone)
	for i, t := range n.o.Targets {
		if !n.usable(i, zone) {
			continue
		}
		all = append(all, t)
		if healthy(states, i) {
			fit = append(fit, t)
		}
	}
	if len(fit) > 0 {
		all = fit
	}
	if len(all) == 0 {
		return Target{}, false
	}
	if !n.o.Spread {
		return all[0], true
	}
	return all[maphash.Comparable(n.seed, client)%uint64(len(all))], true
}

// checks asks a target for connections, again and again.
func (n *NLB) checks(state *targetState, t Target, dial func(context.Context, netip.AddrPort, netip.AddrPort) (net.Conn, error)) {
	tick := time.NewTicker(n.o.Health)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(n.ends, min(maxConnect, max(n.o.Health, minCheck)))
		conn, err := dial(ctx, netip.AddrPort{}, t.Addr)
		cancel()
		if err != nil {
			state.failures.Add(1)
		} else {
			state.failures.Store(0)
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
