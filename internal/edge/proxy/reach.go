package proxy

import (
	"bufio"
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/dial"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/door"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/limit"
	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/edge/socket"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// origin is the far side of a request: the host itself or a parent proxy.
type origin struct {
	tcp    *net.TCPConn
	addr   netip.AddrPort
	parent *config.Parent // nil if direct
	early  []byte         // what a parent sent behind its answer
	down   int64          // bytes of it already passed on

	// For a connection that is kept for the next plain HTTP request:
	br     *bufio.Reader
	in     head.Limited // what br reads from
	policy *Policy
	host   netset.Host
	port   uint16
}

// maxAnswerHead is how long the head of an origin's answer may be, in bytes.
// net/http has no limit of its own for it outside its Transport.
const maxAnswerHead = 256 << 10

// readHead reads the head of the answer to req.
func (o *origin) readHead(req *http.Request) (*http.Response, error) {
	o.in.Left = maxAnswerHead
	defer func() { o.in.Left = math.MaxInt64 }()
	return http.ReadResponse(o.br, req)
}

// reach opens a connection to where a goes. Every wait in it ends at deadline, and
// when the client leaves: c.left tells.
func (c *conn) reach(a *admitted, deadline time.Time) (*origin, refusal) {
	until := dial.NewUntil(deadline)
	stop := c.watch(until)
	o, bad := c.reachUntil(until, a)
	stop()
	c.left = !bad.because.IsZero() && until.Ended()
	return o, bad
}

// watch has until ended if the client leaves: from relay.Patience on, since most
// connections stand by then.
func (c *conn) watch(until *dial.Until) (stop func()) {
	if c.br.Buffered() > 0 {
		return func() {} // it has said more already: its end is behind that
	}
	over := make(chan struct{})
	timer := time.AfterFunc(relay.Patience, func() {
		defer close(over)
		if socket.Ended(c.tcp) {
			until.End()
		}
	})
	return func() {
		if timer.Stop() {
			return
		}
		_ = c.tcp.SetReadDeadline(time.Now())
		<-over
		_ = c.tcp.SetReadDeadline(time.Time{})
	}
}

// reachUntil is reach. The address that was checked is the address that is dialled.
func (c *conn) reachUntil(until *dial.Until, a *admitted) (*origin, refusal) {
	if p := c.policy.Rules.Parent(&a.q); p != nil {
		return c.reachParent(until, a, p)
	}
	addrs, bad := c.lookup(until, a.host.Addr, a.host.String())
	if !bad.because.IsZero() {
		return nil, bad
	}
	d := c.policy.Rules.Answer(&a.q, a.d, addrs)
	if d.Verdict == access.Denied {
		a.d = d
		return nil, refusalOf(a)
	}
	o, err := connectTo(until, addrs, a.port)
	if err != nil {
		return nil, c.dialRefusal(err, a.host.String(), addrs)
	}
	return o, refusal{}
}

// connectTo connects to one of addrs.
func connectTo(until *dial.Until, addrs []netip.Addr, port uint16) (*origin, error) {
	d := net.Dialer{KeepAlive: -1, Control: socket.Connecting(door.KeepAlive)}
	tcp, addr, err := dial.Any(&d, until, addrs, port)
	if err != nil {
		return nil, err
	}
	return &origin{tcp: tcp, addr: addr}, nil
}

// lookup returns the addresses of a host: of a literal, itself.
func (c *conn) lookup(until *dial.Until, literal netip.Addr, name string) ([]netip.Addr, refusal) {
	if literal.IsValid() {
		return []netip.Addr{literal.Unmap()}, refusal{}
	}
	if addrs, ok := c.policy.knows(name); ok {
		return addrs, refusal{}
	}
	addrs, err := c.askFor(name, until)
	if err == nil && len(addrs) > 0 {
		return addrs, refusal{}
	}
	if errors.Is(err, errManyLookups) {
		return nil, refusal{because: reason.New(reason.TooManyLookups, name, strconv.Itoa(limit.Lookups))}
	}
	if dial.Timeout(err) {
		return nil, refusal{because: reason.New(reason.DNSTimeout, name, c.policy.Config.Resolve.Timeout.String())}
	}
	text := "no addresses"
	if err != nil {
		text = err.Error()
	}
	return nil, refusal{because: reason.New(reason.DNSFail, name, text)}
}

// askFor has the servers asked for name, when few enough of the same client's names
// are being asked for: a client that makes names up waits for itself.
func (c *conn) askFor(name string, until *dial.Until) ([]netip.Addr, error) {
	end, _ := until.Deadline()
	ctx, cancel := context.WithDeadline(until, end)
	defer cancel()
	own := c.s.limiter.Asking(c.key)
	select {
	case own <- struct{}{}:
		defer func() { <-own }()
	case <-ctx.Done():
		return nil, errManyLookups
	}
	return c.policy.Resolver.Lookup(ctx, name)
}

// errManyLookups is the end of a wait for the client's own other lookups.
var errManyLookups = errors.New("too many lookups of this client")

// knows returns the addresses of name if nobody need be asked for them.
func (p *Policy) knows(name string) ([]netip.Addr, bool) {
	cache, ok := p.Resolver.(interface {
		Known(name string) ([]netip.Addr, bool)
	})
	if !ok {
		return nil, false
	}
	return cache.Known(name)
}

// dialRefusal says why no address of host could be connected to.
func (c *conn) dialRefusal(err error, host string, addrs []netip.Addr) refusal {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return refusal{because: reason.New(reason.ConnectRefused, host, addrText(addrs))}
	case dial.Timeout(err):
		return refusal{because: reason.New(reason.ConnectTimeout, host, c.policy.Config.Limits.ConnectTimeout.String())}
	default:
		return refusal{because: reason.New(reason.ConnectFailed, host, plainError(err))}
	}
}

func addrText(addrs []netip.Addr) string {
	if len(addrs) == 0 {
		return "?"
	}
	return addrs[0].String()
}

// plainError returns err without the addresses that net.OpError wraps around it.
func plainError(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}
