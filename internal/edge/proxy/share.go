package proxy

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/limit"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// A client's share is limits.tunnels_per_client connections, whatever they are at.
// A connection is counted as soon as it is known whose it is: when it is accepted,
// or, from a load balancer whose word is taken, when its PROXY header is there. A
// load balancer itself is nobody's client; its connections are nameless until then.

// enterEarly is enter for what is known without reading.
func (c *conn) enterEarly() bool {
	if c.l.Proxy != config.ProxyOff && c.trusted() {
		var full bool
		if c.place, full = c.s.limiter.Nameless.Enter(c.shut); full {
			c.s.Metrics.Ended(&observe.Record{Verdict: access.Denied.String(), Reason: string(reason.Overloaded)})
		}
		return true
	}
	c.client = c.peer
	return c.enter()
}

// enter counts c for its client, once. It reports false if the client has so many
// that there is no room to tell it.
func (c *conn) enter() bool {
	if c.key != (limit.Key{}) {
		return true
	}
	c.named()
	key := limit.KeyOf(c.client.Addr(), c.endpoint)
	switch c.s.limiter.Enter(key, c.s.Policy().Config.Limits.TunnelsPerClient) {
	case limit.None:
		c.s.Metrics.Ended(&observe.Record{Verdict: access.Denied.String(), Reason: string(reason.Overloaded)})
		c.away = true
		return false
	case limit.Word:
		c.over = true
	case limit.Served:
	}
	c.key = key
	return true
}

// warnOfOne says so if p lets one client have all that the process's descriptors
// carry: then its limit protects nobody.
func (s *Server) warnOfOne(p *Policy) {
	most, all := int64(p.Config.Limits.TunnelsPerClient), s.limiter.Descriptors.Load()/2
	if most >= all {
		s.Log.LogAttrs(context.Background(), slog.LevelWarn, "one client can take every connection: raise LimitNOFILE or lower limits.tunnels_per_client",
			slog.Int64("tunnels_per_client", most), slog.Int64("connections", all))
	}
}

// named ends the place of c among the nameless. It comes before c is closed or
// handed on.
func (c *conn) named() {
	c.s.limiter.Nameless.Leave(c.place)
	c.place = nil
}

// shut makes room for another connection: whoever reads from c finds its end.
func (c *conn) shut() {
	if c.tcp != nil {
		_ = c.tcp.CloseRead()
		return
	}
	c.raw.Shut()
}

// tooMany says that the client of c is at its limit.
func (c *conn) tooMany() reason.Because {
	return reason.New(reason.TooManyOfClient, strconv.Itoa(c.s.Policy().Config.Limits.TunnelsPerClient))
}
