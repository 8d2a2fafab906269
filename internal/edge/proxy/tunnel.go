package proxy

import (
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/limit"
	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// tunnel is what the proxy remembers of a pair that the relay runs: enough to
// list it, to judge it again after a reload, and to log it when it ends. There
// may be a million of them, so it holds what cannot be found out again, once.
type tunnel struct {
	s            *Server
	said         *said // what was decided
	relay        atomic.Pointer[relay.Tunnel]
	asking       *asking // until the tunnel stands; nil if a goroutine set it up
	client, addr netip.AddrPort
	peer         *netip.AddrPort // of the connection, if that is not the client's
	endpoint     string
	host         string
	method       string
	parent       string
	since        time.Duration // after the start of s
	up, down     int64         // bytes passed on before the relay began
	trace        observe.Trace
	shard        *tunnelShard // nil: not listed
	slot         uint32       // place in shard.list
	port, status uint16
}

// said is a decision as the log has it. All tunnels that it let through share it.
// It does not point into the configuration, which a reload may replace.
type said struct{ clientName, rule, ticket, verdict, reason, config string }

// decided is a decision that can be made again and again.
type decided struct {
	client  *config.Client
	rule    *config.Rule
	verdict access.Verdict
	code    string
}

// say returns d as the log has it.
func (p *Policy) say(d *access.Decision) *said {
	key := decided{d.Client, d.Rule, d.Verdict, string(d.Code.Wire())}
	if v, ok := p.sayings.Load(key); ok {
		return v.(*said)
	}
	e := entry{}
	e.decided(d)
	v, _ := p.sayings.LoadOrStore(key, &said{e.ClientName, e.Rule, e.Ticket, e.Verdict, e.Reason, p.Config.Digest})
	return v.(*said)
}

// tunnel makes what is remembered of a, which was connected to addr.
func (c *conn) tunnel(a *admitted, addr netip.AddrPort) *tunnel {
	t := &tunnel{
		s: c.s, said: c.policy.say(&a.d), client: c.client, addr: addr, endpoint: c.endpoint,
		host: a.host.String(), method: a.method, since: c.since.Sub(c.s.begun), trace: newTrace(), port: a.port,
	}
	if c.peer != c.client {
		peer := c.peer
		t.peer = &peer
	}
	return t
}

// key is whose limit t counts for.
func (t *tunnel) key() limit.Key { return limit.KeyOf(t.client.Addr(), t.endpoint) }

// began is when the request for t came.
func (t *tunnel) began() time.Time { return t.s.begun.Add(t.since) }

// entry is the log line of t.
func (t *tunnel) entry() *entry {
	e := &entry{since: t.began()}
	e.Trace, e.Client, e.Peer, e.Endpoint = t.trace, t.client, t.client, t.endpoint
	if t.peer != nil {
		e.Peer = *t.peer
	}
	e.Method, e.Host, e.Port, e.Addr, e.Parent, e.Status = t.method, t.host, t.port, t.addr, t.parent, int(t.status)
	if t.parent == "" && t.addr.IsValid() {
		e.Answer = answerOf(t.addr.Addr())
	}
	e.ClientName, e.Rule, e.Ticket, e.Verdict, e.Reason, e.Config = t.said.clientName, t.said.rule, t.said.ticket, t.said.verdict, t.said.reason, t.said.config
	if host, err := netset.ParseHost(t.host); err == nil && !host.IsAddr() {
		name := awsdata.Names().Classify(host)
		e.named(&name)
	}
	return e
}

// start hands client and origin to the relay. early goes ahead to the origin.
func (t *tunnel) start(client, origin *net.TCPConn, early []byte, admittedBy *Policy) {
	cfg := admittedBy.Config
	t.stands(cfg)
	t.s.tunnels.add(t)
	limits := relay.Limits{Idle: cfg.Limits.Idle, Lifetime: cfg.Limits.Lifetime}
	t.runs(t.s.relay.Start(client, origin, early, limits, t), admittedBy)
}

// stands tells that the tunnel is there.
func (t *tunnel) stands(cfg *config.Config) {
	now := time.Now()
	if cfg.Log.Open {
		e := t.entry()
		e.Event, e.Time = observe.Open, now
		e.Up, e.Down = t.up, t.down
		t.s.access.Load().Write(&e.Record)
	}
	t.s.Metrics.Established(now.Sub(t.began()))
}

// runs notes the relay's side of t. A tunnel that was not listed yet when live
// ones were judged anew is judged now.
func (t *tunnel) runs(r *relay.Tunnel, admittedBy *Policy) {
	t.relay.Store(r)
	if p := t.s.rechecked.Load(); p != nil && admittedBy.number < p.number && !p.permits(t, t.s.own.Contains, time.Now()) {
		t.cut(errRecheck)
	}
}

// End logs the tunnel and gives back what it held. The relay calls it.
func (t *tunnel) End(r relay.Result) {
	t.s.tunnels.remove(t)
	t.s.limiter.Release()
	t.s.limiter.Disconnect(t.key())
	e := t.entry()
	e.Up, e.Down = t.up+r.Up, t.down+r.Down
	switch {
	case t.asking != nil && t.asking.explain(e, r):
	case r.AfterEnd:
		// Whoever closes a TLS connection often does not wait for the other
		// side's goodbye. That is an end like any other.
	case errors.Is(r.Err, errCut):
		e.Err = r.Err.Error()
	case r.Err != nil:
		e.Err = r.Cause.String() + ": " + plainError(r.Err)
	case r.Cause != relay.Finished:
		e.Err = r.Cause.String()
	}
	e.write(t.s)
}

// cut ends the tunnel now; why appears in the log.
func (t *tunnel) cut(why error) {
	if r := t.relay.Load(); r != nil {
		r.Cut(why)
	}
}
