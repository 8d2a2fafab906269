package lab

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// station starts what stands at n.
func (l *Lab) station(ctx context.Context, n *blueprint.Node) error {
	if n.Resolver != nil {
		if err := l.names(n); err != nil {
			return fmt.Errorf("its name server: %w", err)
		}
	}
	if n.Metadata != nil {
		if err := l.metadata(n); err != nil {
			return fmt.Errorf("its metadata service: %w", err)
		}
	}
	for _, s := range n.Serves {
		var err error
		switch s.Kind {
		case blueprint.AWSFront, blueprint.AnyHost:
			err = l.front(n, s)
		case blueprint.ProxyProgram:
			err = l.proxy(ctx, n)
		case blueprint.Balancer:
			err = l.balancer(n, s, "")
		case blueprint.ConsumerENI:
			err = l.balancer(n, s, EndpointID(s.Endpoint))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// front lets AWS, or another host, answer at n.
func (l *Lab) front(n *blueprint.Node, s blueprint.Service) error {
	e := service.Entry{Endpoint: s.Endpoint}
	for _, port := range s.Ports {
		ln, err := l.fabric.Listen(n, "tcp", ":"+strconv.Itoa(int(port)))
		if err != nil {
			return err
		}
		if port == 80 {
			l.aws.ServePlain(ln, e)
		} else {
			l.aws.Serve(ln, e)
		}
	}
	return nil
}

// names lets the name server of n's place answer at n.
func (l *Lab) names(n *blueprint.Node) error {
	names := service.NewNames(l.t, l.directory(n))
	var r *service.Resolver
	if v := n.Resolver.VPC; v != nil {
		r = names.VPC(v)
		l.resolver(v.Name, r)
	} else {
		r = names.Site(n.Resolver.Site)
		l.resolver(n.Resolver.Site.Name, r)
	}
	at := netip.AddrPortFrom(fabric.NameServer, 53).String()
	pc, err := l.fabric.ListenPacket(n, "udp", at)
	if err != nil {
		return err
	}
	ln, err := l.fabric.Listen(n, "tcp", at)
	if err != nil {
		return err
	}
	r.Serve(pc, ln)
	return nil
}

// directory tells the name server at n which addresses there are.
func (l *Lab) directory(n *blueprint.Node) service.Directory {
	zone := ""
	if v := n.Resolver.VPC; v != nil {
		zone = v.Region + "/" + n.Resolver.Zone
	}
	return service.Directory{
		AWS:      l.plan.AWS,
		Endpoint: func(e *topology.Endpoint) []service.Interface { return interfaces(l.plan.EndpointInterfaces(e)) },
		Host:     l.hosts,
		Internet: l.plan.Elsewhere,
		Zone:     func(netip.Addr) string { return zone },
		Record:   func(q service.Query) { l.journal.question(n.Name, q) },
	}
}

// hosts are the addresses of a proxy or a load balancer. The name of a load
// balancer leaves out nodes that find no healthy target.
func (l *Lab) hosts(name string) []service.Interface {
	found := interfaces(l.plan.Interfaces(name))
	l.balancing.Lock()
	defer l.balancing.Unlock()
	for key, n := range l.nlbs {
		if name == blueprint.HostOf(topology.Via{NLB: key.balancer}) {
			for i := range found {
				found[i].Down = found[i].Down || !n.Healthy(found[i].Zone)
			}
		}
	}
	return found
}

func interfaces(all []blueprint.Interface) (found []service.Interface) {
	for _, i := range all {
		s := service.Interface{Addr: i.Addr, Down: i.Down}
		if i.Subnet != nil {
			s.Zone = service.ZoneOf(i.Subnet)
		}
		found = append(found, s)
	}
	return found
}

// listen opens one listener at n for each of its addresses and port.
func (l *Lab) listen(n *blueprint.Node, port uint16) (net.Listener, error) {
	return l.fabric.Listen(n, "tcp", netip.AddrPortFrom(n.Addr(false), port).String())
}
