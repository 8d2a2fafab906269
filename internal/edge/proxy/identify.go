package proxy

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/sender"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// identify finds out who asks. It reports whether there is somebody to serve.
func (c *conn) identify() bool {
	if c.identified {
		return true
	}
	c.client = c.peer
	if c.l.Proxy == config.ProxyOff {
		return true
	}
	trusted := c.trusted()
	present, err := sender.Present(c.br)
	switch {
	case err != nil:
		return false // an empty probe
	case !trusted && (present || c.l.Proxy == config.ProxyRequired):
		c.refuse(refusal{because: reason.New(reason.ProxyUntrusted, c.peer.Addr().String())})
		return false
	case !present && c.l.Proxy == config.ProxyRequired:
		c.refuse(refusal{because: reason.New(reason.ProxyMissing)})
		return false
	case !present:
		return true
	}
	return c.proxyHeader()
}

// trusted reports whether the PROXY header of who is connected counts.
func (c *conn) trusted() bool {
	return slices.ContainsFunc(c.l.Trust, func(p netip.Prefix) bool { return p.Contains(c.peer.Addr()) })
}

// proxyHeader reads the header that is there. Command LOCAL is a load
// balancer's own connection, a health check: it is closed quietly.
func (c *conn) proxyHeader() bool {
	h, err := sender.Read(c.br)
	switch {
	case err != nil:
		c.refuse(refusal{because: reason.New(reason.ProxyMalformed)})
		return false
	case h.Local:
		return false
	}
	c.client, c.endpoint = h.Client, h.Endpoint
	return true
}
