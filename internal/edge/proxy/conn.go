package proxy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/door"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/limit"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/sender"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// conn is one connection from a client, until it is closed or handed to the
// relay.
type conn struct {
	s     *Server
	raw   door.Conn // the connection, as long as tcp is nil
	tcp   *net.TCPConn
	first []byte // already read from it
	late  bool   // it has had its time for a head
	l     *config.Listener
	peer  netip.AddrPort // who is connected
	since time.Time      // when the request in hand began

	client     netip.AddrPort // who asks: the peer, or what its PROXY header says
	endpoint   string
	key        limit.Key    // for whom it counts; zero as long as nobody knows
	place      *limit.Place // among the nameless
	identified bool         // its PROXY header has been taken off
	over       bool         // one more than its client may have
	left       bool         // while it was waiting for its origin
	away       bool         // one for which there is not even a word
	policy     *Policy      // of the request in hand
	br         *bufio.Reader
	origin     *origin                     // of the plain HTTP request in hand, kept for the next
	far        atomic.Pointer[net.TCPConn] // its connection, for who cuts c
	handed     bool                        // the relay owns tcp
	idle       atomic.Bool                 // waiting for another request
}

// readers hold a head while it is read. Nobody keeps one while idle.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

// serve carries out the requests of one connection.
func (c *conn) serve() {
	defer c.s.survive("connection")
	if !c.open() {
		return
	}
	defer c.finish()
	if c.s.cutting.Load() { // closeAll may have come before us
		return
	}
	c.policy = c.s.Policy()
	c.br = readers.Get().(*bufio.Reader)
	c.br.Reset(c.in())
	c.headDeadline()
	if !c.identify() || !c.enter() {
		return
	}
	if c.over {
		c.headDeadline()
	}
	for c.request() {
		if !c.awaitNext() {
			return
		}
	}
}

// open makes a connection of package net of what was accepted.
func (c *conn) open() bool {
	if c.tcp == nil {
		var err error
		open := func() bool {
			c.tcp, err = c.raw.Open()
			return err == nil
		}
		if c.place == nil {
			open()
		} else {
			c.s.limiter.Nameless.Hold(c.place, open)
		}
		if err != nil {
			c.s.limiter.Disconnect(c.key)
			return false
		}
	}
	c.s.open.add(c)
	return true
}

// in is what c.br reads from: what has been read already, and then the rest.
func (c *conn) in() io.Reader {
	if len(c.first) == 0 {
		return c.tcp
	}
	return &replay{c.tcp, c.first}
}

// replay is a connection whose first bytes have been read already.
type replay struct {
	*net.TCPConn
	first []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.first) > 0 {
		n := copy(b, r.first)
		r.first = r.first[n:]
		return n, nil
	}
	return r.TCPConn.Read(b)
}

// survive, deferred, ends a panic at the connection that caused it. A panic is
// a defect; that it should end the tunnels of everybody else would be another.
func (s *Server) survive(what string) {
	if v := recover(); v != nil {
		s.panicked(what)(v)
	}
}

// panicked returns what logs a panic.
func (s *Server) panicked(what string) func(v any) {
	return func(v any) {
		s.Log.LogAttrs(context.Background(), slog.LevelError, "panic", slog.String("at", what),
			slog.String("value", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
	}
}

func (c *conn) finish() {
	c.named()
	c.s.open.remove(c)
	if c.br != nil && c.br.Size() == 4<<10 {
		c.br.Reset(nil)
		readers.Put(c.br)
	}
	if c.origin != nil {
		_ = c.origin.tcp.Close()
	}
	if !c.handed {
		_ = c.tcp.Close()
		c.s.limiter.Disconnect(c.key)
	}
}

func (c *conn) deadline(d time.Duration) { _ = c.tcp.SetReadDeadline(time.Now().Add(d)) }

// headDeadline is that of a head which has begun.
func (c *conn) headDeadline() {
	if c.late {
		c.deadline(0)
		return
	}
	if c.over {
		c.deadline(lingerTime)
		return
	}
	c.deadline(c.policy.Config.Limits.HeaderTimeout)
}

// awaitNext waits for the first byte of another request, for a limited time and
// not while the proxy shuts down.
func (c *conn) awaitNext() bool {
	c.deadline(min(keptIdle, c.policy.Config.Limits.Idle))
	c.idle.Store(true)
	defer c.idle.Store(false)
	if c.s.draining.Load() {
		return false
	}
	if _, err := c.br.Peek(1); err != nil {
		return false
	}
	c.since = time.Now()
	return true
}

// request reads one request and carries it out. It reports whether the
// connection is good for another.
func (c *conn) request() bool {
	h, bad := c.readHead()
	if h == nil && c.over {
		bad = c.tooMany() // it need not have asked
	}
	if !bad.IsZero() {
		c.refuse(refusal{because: bad})
		return false
	}
	if h == nil {
		return false
	}
	c.policy = c.s.Policy()
	if h.Connect() {
		c.connect(h)
		return false
	}
	return c.forward(h)
}

// readHead waits for a head, at most HeaderTimeout after its first byte. It
// returns nil without a reason if the client went away before it said anything.
func (c *conn) readHead() (*head.Head, reason.Because) {
	limits := c.policy.Config.Limits
	first, err := c.br.Peek(1)
	if err != nil {
		return nil, reason.Because{} // an empty probe, or the end of a kept connection
	}
	if first[0] == tlsHandshake {
		c.record(observe.End, nil).failed(reason.TLSToPlainPort, "").write(c.s)
		return nil, reason.Because{}
	}
	c.headDeadline()
	for {
		b, _ := c.br.Peek(c.br.Buffered())
		if bytes.HasPrefix(b, sender.V2) || bytes.HasPrefix(b, sender.V1) {
			return nil, reason.New(reason.ProxyUnasked)
		}
		if bytes.HasPrefix(sender.V2, b) { // may still become the signature
			if err := c.more(limits.Header); err != nil {
				return nil, c.whyNoHead(err, len(b))
			}
			continue
		}
		if bytes.HasPrefix(b, crlf) { // RFC 9112 section 2.2: ignore an empty line before the request
			_, _ = c.br.Discard(len(crlf))
			continue
		}
		n, bad := head.End(b)
		if bad != "" {
			return nil, reason.New(bad)
		}
		if n > limits.Header || n == 0 && len(b) >= limits.Header {
			return nil, reason.New(reason.HeaderTooLarge, sizeText(limits.Header))
		}
		if n > 0 {
			return c.headOf(b[:n])
		}
		if err := c.more(limits.Header); err != nil {
			return nil, c.whyNoHead(err, len(b))
		}
	}
}

// headOf parses b and, for CONNECT, takes it off the reader. A plain request
// stays there: net/http reads it once more.
func (c *conn) headOf(b []byte) (*head.Head, reason.Because) {
	h, bad := head.Parse(b)
	if bad != "" {
		return nil, reason.New(bad)
	}
	if h.Connect() {
		_, _ = c.br.Discard(len(b))
	}
	_ = c.tcp.SetReadDeadline(time.Time{})
	c.since = time.Now() // a client may connect long before it asks
	return &h, reason.Because{}
}

// more reads at least one more byte into c.br, which grows up to limit once.
func (c *conn) more(limit int) error {
	n := c.br.Buffered()
	if n == c.br.Size() {
		b, _ := c.br.Peek(n)
		rest := io.MultiReader(bytes.NewReader(bytes.Clone(b)), c.tcp)
		c.br = bufio.NewReaderSize(rest, max(limit, 2*n)+1)
	}
	_, err := c.br.Peek(n + 1)
	return err
}

func (c *conn) whyNoHead(err error, got int) reason.Because {
	switch {
	case got == 0:
		return reason.Because{}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return reason.New(reason.SlowHeader, c.policy.Config.Limits.HeaderTimeout.String())
	default:
		return reason.New(reason.BadRequestLine) // the client hung up half-way
	}
}

// tlsHandshake is the first byte of a TLS connection.
const tlsHandshake = 0x16

// refuse answers with r, logs it and says goodbye.
func (c *conn) refuse(r refusal) {
	c.refuseTo(r, nil, nil)
}
