package proxy

import (
	"bufio"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/chunks"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/fields"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
)

// keptIdle is how long a connection is kept for the next plain HTTP request.
const keptIdle = time.Minute

// forward carries out one plain HTTP request. The head has passed our own
// strict reading; net/http reads it again and writes it anew, so that the
// origin gets what was understood and not what was sent. It reports whether the
// client's connection is good for another request.
//
// It adds nothing of its own, no Via either: what RFC 9110 section 7.6.3 wants
// it for, ending loops, the check for the proxy's own addresses does, and the
// world need not know how a closed network is built.
//
// A connection to an origin belongs to one connection from a client: some
// origins authenticate connections, and those must not be shared.
func (c *conn) forward(h *head.Head) bool {
	a, ok := c.admit(h)
	if !ok {
		return false
	}
	defer func() {
		if !c.handed {
			c.s.limiter.Release()
		}
	}()
	h.Detach() // what is read from now on overwrites it
	req, err := http.ReadRequest(c.br)
	if err != nil {
		c.refuseTo(refusal{because: reason.New(reason.BadField)}, a, nil)
		return false
	}
	if len(req.TransferEncoding) > 0 {
		req.Body = chunks.New(c.br, req, c.policy.Config.Limits.Header)
	}
	x := &exchange{c: c, a: a, req: req, head: h, upgrade: fields.Upgrade(req), keep: fields.KeepsAlive(req)}
	fields.Strip(req.Header, x.upgrade)
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = nil // or net/http would add its own
	}
	return x.run()
}

// exchange is one plain HTTP request and its answer.
type exchange struct {
	c        *conn
	a        *admitted
	head     *head.Head
	req      *http.Request
	upgrade  string // protocol asked for; empty if none
	keep     bool   // the client's connection stays open afterwards
	up, down counter
	sent     chan error  // the request is on its way; nil if it went at once
	body     *metered    // of the request; nil if it has none
	stopping atomic.Bool // the rest of the body is not wanted any more
}

func (x *exchange) run() bool {
	c := x.c
	resp, o, bad := x.roundTrip()
	if !bad.because.IsZero() {
		c.dropOrigin()
		if err := x.cutShort(); err != nil {
			e := c.record(observe.End, x.a).failed(reason.ConnectFailed, err.Error())
			e.Up = x.up.n
			e.write(c.s)
			return false
		}
		c.refuseTo(bad, x.a, x.head)
		return false
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return x.switchProtocols(resp, o)
	}
	err := x.respond(resp)
	x.keep = x.finish(resp, err)
	e := c.record(observe.End, x.a).reached(o)
	e.Method, e.Status, e.Up, e.Down = x.req.Method, resp.StatusCode, x.up.n, x.down.n
	if err != nil {
		e.Err = plainError(err)
		if c.s.cutting.Load() {
			e.Err = errDrain.Error()
		}
	}
	e.write(c.s)
	if !x.keep {
		goodbye(c.tcp)
	}
	return x.keep
}

// errClientLeft is the end of a request whose body did not come, or whose client did
// not wait for the answer.
var errClientLeft = errors.New("the client went away in the middle of its request")

// cutShort says why a request without an answer got none, if it was not for
// the origin.
func (x *exchange) cutShort() error {
	switch {
	case x.c.s.cutting.Load():
		return errDrain
	case x.c.left:
		return errClientLeft
	case x.body != nil && x.body.broken.Load():
		return errClientLeft
	}
	return nil
}

// roundTrip gets the head of the final answer, on the kept connection if there
// is one. A kept connection may have been closed by the origin meanwhile: then
// a request that does no harm twice is sent again on a new one.
func (x *exchange) roundTrip() (*http.Response, *origin, refusal) {
	c := x.c
	deadline := c.since.Add(c.policy.Config.Limits.ConnectTimeout)
	if o := c.kept(x); o != nil {
		if resp, err := x.try(o); err == nil {
			return resp, o, refusal{}
		}
	}
	c.dropOrigin()
	o, bad := c.reach(x.a, deadline)
	if !bad.because.IsZero() {
		return nil, nil, bad
	}
	o.in.R = o.tcp
	o.br = bufio.NewReader(&o.in)
	o.policy, o.host, o.port = c.policy, x.a.host, x.a.port
	c.setOrigin(o)
	resp, err := x.try(o)
	if err != nil {
		return nil, nil, c.dialRefusal(err, x.a.host.String(), nil)
	}
	return resp, o, refusal{}
}

// kept returns the connection of an earlier request if this one may use it: to
// the same place, under the same policy, and without harm if it has to be sent
// twice.
func (c *conn) kept(x *exchange) *origin {
	o := c.origin
	if o == nil || o.policy != c.policy || o.host != x.a.host || o.port != x.a.port ||
		x.head.Body || x.upgrade != "" {
		return nil
	}
	switch x.req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return o
	}
	return nil
}

// setOrigin makes o the origin that c talks to; whoever cuts c closes it too.
func (c *conn) setOrigin(o *origin) {
	c.origin = o
	if o == nil {
		c.far.Store(nil)
		return
	}
	c.far.Store(o.tcp)
	if c.s.cutting.Load() {
		_ = o.tcp.Close()
	}
}

func (c *conn) dropOrigin() {
	if c.origin != nil {
		_ = c.origin.tcp.Close()
		c.setOrigin(nil)
	}
}
