package proxy

import (
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/phrase"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// clientLeft is what the log says of a client that did not wait for its tunnel.
const clientLeft = "client went away before the answer"

var established = []byte("HTTP/1.1 200 Connection established\r\n\r\n")

// connect carries out CONNECT: decide, reach, say so, look at the TLS hello,
// hand over. The connection is the relay's afterwards, or closed.
func (c *conn) connect(h *head.Head) {
	a, ok := c.admit(h)
	if !ok {
		return
	}
	c.carryOut(a, h)
}

// carryOut carries out what was admitted.
func (c *conn) carryOut(a *admitted, h *head.Head) {
	defer func() {
		if !c.handed {
			c.s.limiter.Release()
		}
	}()
	deadline := c.since.Add(c.policy.Config.Limits.ConnectTimeout)
	o, bad := c.reach(a, deadline)
	switch {
	case c.left:
		c.record(observe.End, a).failed(reason.ConnectFailed, clientLeft).write(c.s)
		return
	case !bad.because.IsZero():
		c.refuseTo(bad, a, h)
		return
	}
	if !c.answerConnect(o, deadline) {
		_ = o.tcp.Close()
		c.record(observe.End, a).reached(o).failed(reason.ConnectFailed, clientLeft).write(c.s)
		return
	}
	hello, bad := c.hello(a)
	if !bad.because.IsZero() {
		_ = o.tcp.Close()
		e := c.record(observe.End, a).reached(o).refused(bad)
		e.Status, e.Down = 200, o.down // the client has been told that the tunnel stands
		e.write(c.s)
		return
	}
	c.handOver(a, o, hello, 200)
}

// admitted is a request that may go on: who asks for what, and why it may.
type admitted struct {
	target
	method string
	q      access.Request
	d      access.Decision
}

// admit decides on a request before anything is resolved, and counts it. If it
// is refused, the client has been told.
func (c *conn) admit(h *head.Head) (*admitted, bool) {
	a, bad := c.judge(h)
	if bad.because.IsZero() {
		return a, true
	}
	c.refuseTo(bad, a, h)
	return nil, false
}

// judge is admit without telling the client.
func (c *conn) judge(h *head.Head) (*admitted, refusal) {
	t, bad := parseTarget(h)
	a := &admitted{target: t, method: string(h.Method)}
	if bad != "" {
		because := reason.New(bad)
		if bad == reason.BadName {
			because = reason.New(bad, phrase.Text(t.given))
		}
		return a, refusal{because: because}
	}
	a.q = access.Request{
		Client: c.client.Addr(), Endpoint: c.endpoint,
		Host: t.host, Name: t.name, Port: t.port, Scheme: t.scheme, Now: c.since, Own: c.s.own.Contains,
	}
	a.d = c.policy.Rules.Decide(&a.q)
	if a.d.Verdict == access.Denied {
		return a, refusalOf(a)
	}
	if c.s.draining.Load() {
		return a, refusal{because: reason.New(reason.Draining)}
	}
	if c.over {
		return a, refusal{because: c.tooMany()}
	}
	if most := c.policy.Config.Limits.Tunnels; !c.s.limiter.Acquire(most) {
		return a, refusal{because: reason.New(reason.TooManyTunnels, strconv.Itoa(most))}
	}
	return a, refusal{}
}

// refusalOf is the refusal of a denied decision.
func refusalOf(a *admitted) refusal {
	r := refusal{because: a.d.Because(&a.q)}
	if a.d.Rule != nil {
		r.rule, r.ticket = a.d.Rule.Name, a.d.Rule.Ticket
	}
	return r
}

// answerConnect tells the client that the tunnel stands, and passes on what a
// parent proxy sent along with its own answer.
func (c *conn) answerConnect(o *origin, deadline time.Time) bool {
	_ = c.tcp.SetWriteDeadline(deadline.Add(lingerTime))
	defer func() { _ = c.tcp.SetWriteDeadline(time.Time{}) }()
	if _, err := c.tcp.Write(established); err != nil {
		return false
	}
	if len(o.early) > 0 {
		n, err := c.tcp.Write(o.early)
		o.down += int64(n)
		return err == nil
	}
	return true
}

// handOver gives both connections to the relay. What the client has already
// sent goes ahead of it.
func (c *conn) handOver(a *admitted, o *origin, early []byte, status uint16) {
	_ = c.tcp.SetReadDeadline(time.Time{}) // that of the hello: the relay has limits of its own
	c.handed = true
	t := c.tunnel(a, o.addr)
	t.status, t.down = status, o.down
	if o.parent != nil {
		t.parent = o.parent.Address
	}
	t.start(c.tcp, o.tcp, early, c.policy)
}

// wantsHello reports whether the first bytes of a tunnel to port are judged.
func wantsHello(cfg *config.Config, port uint16) bool {
	return cfg.SNI != config.SNIOff && port == 443
}
