package proxy

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
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
func (c *conn) forward(h *head) bool {
	a, ok := c.admit(h)
	if !ok {
		return false
	}
	defer func() {
		if !c.handed {
			c.s.limiter.release(a.key)
		}
	}()
	h.detach() // what is read from now on overwrites it
	req, err := http.ReadRequest(c.br)
	if err != nil {
		c.refuseTo(refusal{because: reason.New(reason.BadField)}, a, nil)
		return false
	}
	x := &exchange{c: c, a: a, req: req, head: h, upgrade: upgradeOf(req), keep: keepsAlive(req)}
	strip(req.Header, x.upgrade)
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = nil // or net/http would add its own
	}
	return x.run()
}

// exchange is one plain HTTP request and its answer.
type exchange struct {
	c        *conn
	a        *admitted
	head     *head
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

// errClientLeft is the end of a request whose body did not come.
var errClientLeft = errors.New("the client went away in the middle of its request")

// cutShort says why a request without an answer got none, if it was not for
// the origin.
func (x *exchange) cutShort() error {
	switch {
	case x.c.s.cutting.Load():
		return errDrain
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
	o.in.tcp = o.tcp
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
		x.head.body || x.upgrade != "" {
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

// try sends the request on o and reads the head of the final answer. A body is
// sent beside, since the answer may come first; interim answers are passed on.
func (x *exchange) try(o *origin) (*http.Response, error) {
	x.touch(o)
	if x.head.body {
		x.body = &metered{ReadCloser: x.req.Body, moved: func() { x.touch(o) }}
		x.req.Body = x.body
		x.sent = make(chan error, 1)
		go func() { // waited for in finish or broken
			err := x.send(o)
			if x.body.broken.Load() {
				_ = o.tcp.Close() // it would wait for the rest, and we for it
			}
			x.sent <- err
		}()
	} else if err := x.send(o); err != nil {
		return nil, err
	}
	for {
		resp, err := o.readHead(x.req)
		if err != nil {
			return nil, x.broken(o, err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			resp.Body = &metered{ReadCloser: resp.Body, moved: func() { x.touch(o) }}
			return resp, nil
		}
		strip(resp.Header, "")
		if err := x.interim(resp); err != nil {
			return nil, x.broken(o, err)
		}
	}
}

// broken ends a request that has got no answer: whoever still sends it is
// waited for.
func (x *exchange) broken(o *origin, err error) error {
	if x.sent != nil {
		_ = o.tcp.Close()
		x.stopBody()
		<-x.sent
		x.sent = nil
	}
	return err
}

// stopBody ends the wait for more of the request's body.
func (x *exchange) stopBody() {
	x.stopping.Store(true)
	_ = x.c.tcp.SetReadDeadline(time.Now())
}

var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 4<<10) }}

// send writes the request as the next hop expects it.
func (x *exchange) send(o *origin) error {
	x.up.w = o.tcp
	w := writers.Get().(*bufio.Writer)
	w.Reset(&x.up)
	defer func() { w.Reset(nil); writers.Put(w) }()
	x.verbatim(o)
	write := x.req.Write
	if o.parent != nil {
		write = x.req.WriteProxy
		x.req.Header.Del("Proxy-Authorization")
		if line := authorization(o.parent); line != "" {
			x.req.Header.Set("Proxy-Authorization", strings.TrimSpace(strings.TrimPrefix(line, "Proxy-Authorization:")))
		}
	}
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// verbatim makes the request go out with the path and query that came in:
// net/http would write some characters in another way (RFC 9110 section 7.6
// forbids it, and signatures are made over them). What cannot be written as it
// came stays with net/http.
func (x *exchange) verbatim(o *origin) {
	path := pathOf(x.head.target)
	if strings.HasPrefix(path, "//") || strings.Contains(path, "#") {
		return
	}
	if o.parent != nil {
		path = "//" + x.req.URL.Host + path
	}
	x.req.URL = &url.URL{Scheme: x.req.URL.Scheme, Host: x.req.URL.Host, Opaque: path}
}

// interim passes on an answer that announces another one (100, 103).
func (x *exchange) interim(resp *http.Response) error {
	if x.req.ProtoMinor == 0 {
		return nil // RFC 9110 section 15.2: never to an HTTP/1.0 client
	}
	x.down.w = x.c.tcp
	w := bufio.NewWriter(&x.down)
	if _, err := io.WriteString(w, "HTTP/1.1 "+resp.Status+"\r\n"); err != nil {
		return err
	}
	if err := resp.Header.Write(w); err != nil {
		return err
	}
	if _, err := w.WriteString("\r\n"); err != nil {
		return err
	}
	return w.Flush()
}

// respond writes the final answer to the client.
func (x *exchange) respond(resp *http.Response) error {
	strip(resp.Header, "")
	resp.ProtoMajor, resp.ProtoMinor = 1, 1
	resp.TransferEncoding = nil
	if resp.ContentLength < 0 && x.req.Method != http.MethodHead {
		if x.req.ProtoMinor == 1 {
			resp.TransferEncoding = []string{"chunked"}
		} else {
			x.keep = false
		}
	}
	x.keep = x.keep && x.bodyRead() && !x.c.s.draining.Load()
	resp.Close = !x.keep
	x.down.w = x.c.tcp
	w := writers.Get().(*bufio.Writer)
	w.Reset(&x.down)
	defer func() { w.Reset(nil); writers.Put(w) }()
	defer resp.Body.Close()
	resp.Body = flushing{resp.Body, w, x.c.origin.br}
	// Without the Writer's ReadFrom, which would fill its buffer first.
	if err := resp.Write(struct{ io.Writer }{w}); err != nil {
		return err
	}
	return w.Flush()
}

// flushing is the body of an answer that, before it waits for the origin, lets
// the client have what has come so far.
type flushing struct {
	io.ReadCloser
	w  *bufio.Writer
	br *bufio.Reader
}

func (f flushing) Read(b []byte) (int, error) {
	if f.br.Buffered() == 0 {
		if err := f.w.Flush(); err != nil {
			return 0, err
		}
	}
	return f.ReadCloser.Read(b)
}

// bodyRead reports whether the client has sent the whole request: an origin
// may answer before it has.
func (x *exchange) bodyRead() bool { return x.body == nil || x.body.ended.Load() }

// finish decides which connections outlive the exchange: those at whose both
// ends the next byte is the beginning of a message.
func (x *exchange) finish(resp *http.Response, err error) (keep bool) {
	c := x.c
	complete := err == nil && x.bodyRead()
	if x.sent != nil {
		if !complete {
			// The answer came, or broke, before the body was through.
			_ = c.origin.tcp.Close()
			x.stopBody()
		}
		if err := <-x.sent; err != nil {
			complete = false
		}
	}
	if !complete || resp.Close || resp.ProtoMinor == 0 || c.origin.br.Buffered() > 0 {
		c.dropOrigin()
	}
	if !complete || !x.keep {
		return false
	}
	_ = c.tcp.SetWriteDeadline(time.Time{})
	return true
}

// switchProtocols passes on a 101 and hands both connections to the relay.
func (x *exchange) switchProtocols(resp *http.Response, o *origin) bool {
	c := x.c
	if x.upgrade == "" || !strings.EqualFold(resp.Header.Get("Upgrade"), x.upgrade) {
		_ = x.broken(o, nil)
		c.dropOrigin()
		c.refuseTo(refusal{because: reason.New(reason.ConnectFailed, x.a.host.String(), "unasked 101")}, x.a, x.head)
		return false
	}
	strip(resp.Header, x.upgrade)
	err := x.interim(resp)
	if err == nil {
		early, _ := o.br.Peek(o.br.Buffered())
		_, err = x.down.Write(early)
	}
	if err != nil {
		e := c.record(observe.End, x.a).reached(o)
		e.Status, e.Up, e.Down, e.Err = resp.StatusCode, x.up.n, x.down.n, plainError(err)
		e.write(c.s)
		return false
	}
	o.down, o.br = x.down.n, nil
	c.setOrigin(nil)
	_ = c.tcp.SetDeadline(time.Time{})
	_ = o.tcp.SetDeadline(time.Time{})
	ahead, _ := c.br.Peek(c.br.Buffered())
	c.handOver(x.a, o, ahead, http.StatusSwitchingProtocols)
	return false
}

// touch gives both connections another idle time.
func (x *exchange) touch(o *origin) {
	until := time.Now().Add(x.c.policy.Config.Limits.Idle)
	_ = o.tcp.SetDeadline(until)
	_ = x.c.tcp.SetDeadline(until)
	if x.stopping.Load() { // meanwhile
		_ = x.c.tcp.SetReadDeadline(time.Now())
	}
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// metered is a body that says when it moves, and that it has ended.
type metered struct {
	io.ReadCloser
	moved  func()
	ended  atomic.Bool
	broken atomic.Bool
}

func (m *metered) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	if n > 0 {
		m.moved()
	}
	switch {
	case errors.Is(err, io.EOF):
		m.ended.Store(true)
	case err != nil:
		m.broken.Store(true)
	}
	return n, err
}
