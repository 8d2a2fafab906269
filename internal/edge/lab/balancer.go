package lab

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// balancer lets the load balancer of s answer at n: at its own node, or at the
// interface of the PrivateLink endpoint with that id.
func (l *Lab) balancer(n *blueprint.Node, s blueprint.Service, endpoint string) error {
	node := l.plan.Balancer(s.NLB, s.Subnet)
	at := service.Node{Zone: service.ZoneOf(s.Subnet), Endpoint: endpoint, Dial: l.dialer(node, s.NLB, endpoint)}
	for _, port := range s.Ports {
		ln, err := l.listen(n, port)
		if err != nil {
			return err
		}
		if s.NLB.ALB.V {
			l.alb(s.NLB, n).Serve(ln, at)
		} else {
			l.nlb(s.NLB, port).Serve(ln, at)
		}
	}
	return nil
}

// dialer connects from node to a target: under the client's address where the
// load balancer preserves it, which it never does for PrivateLink.
func (l *Lab) dialer(node *blueprint.Node, b *topology.NLB, endpoint string) func(context.Context, netip.AddrPort, netip.AddrPort) (net.Conn, error) {
	return func(ctx context.Context, client, target netip.AddrPort) (net.Conn, error) {
		if !client.IsValid() && l.o.Health == 0 {
			one, other := net.Pipe() // a check, which is not to be counted
			_ = other.Close()
			return one, nil
		}
		var source net.Addr
		if node.Takes && endpoint == "" && client.IsValid() {
			source = net.TCPAddrFromAddrPort(client)
		}
		return l.fabric.Dial(ctx, node, target.String(), source)
	}
}

// listener is a load balancer by one of its listeners.
type listener struct {
	balancer *topology.NLB
	port     uint16
}

// nlb returns the load balancer of b for flows to port.
func (l *Lab) nlb(b *topology.NLB, port uint16) *service.NLB {
	key := listener{b, port}
	l.balancing.Lock()
	defer l.balancing.Unlock()
	if found := l.nlbs[key]; found != nil {
		return found
	}
	o := service.NLBOptions{
		CrossZone: b.CrossZone.V, ProxyProtocol: b.ProxyProtocol.V,
		Idle: time.Duration(b.IdleTimeout.V) * time.Second, Health: l.o.Health,
	}
	if l.o.Health == 0 {
		o.Health = time.Hour
	}
	for _, x := range b.Targets {
		t := service.Target{Name: x.Name, Addr: netip.AddrPortFrom(l.plan.Node("proxy:"+x.Name).Addr(false), x.Port)}
		if x.At.Subnet != nil {
			t.Zone = service.ZoneOf(x.At.Subnet)
		}
		o.Targets = append(o.Targets, t)
	}
	l.nlbs[key] = service.NewNLB(o)
	l.atEnd(l.nlbs[key].Close)
	return l.nlbs[key]
}

// alb returns an Application Load Balancer for b at n.
func (l *Lab) alb(b *topology.NLB, n *blueprint.Node) *service.ALB {
	var target service.Target
	for _, x := range b.Targets[:min(1, len(b.Targets))] {
		target = service.Target{Name: x.Name, Addr: netip.AddrPortFrom(l.plan.Node("proxy:"+x.Name).Addr(false), x.Port)}
	}
	a := service.NewALB(target)
	l.albs = append(l.albs, albAt{n, a})
	l.atEnd(a.Close)
	return a
}

// albAt is an Application Load Balancer, and how many requests it had refused
// when they were counted last.
type albAt struct {
	node *blueprint.Node
	alb  *service.ALB
}

// rejected notes what Application Load Balancers refused since before.
func (l *Lab) rejected(before []int) (found []blueprint.Refusal) {
	for i, a := range l.albs {
		if a.alb.Refused() > before[i] {
			found = append(found, blueprint.Refusal{Node: a.node.Name, Reason: blueprint.ByBalancer})
		}
	}
	return found
}

func (l *Lab) rejections() (counts []int) {
	for _, a := range l.albs {
		counts = append(counts, a.alb.Refused())
	}
	return counts
}
