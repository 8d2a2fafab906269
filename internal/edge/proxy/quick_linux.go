package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/dial"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/door"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/limit"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/sender"
	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/edge/socket"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Most requests are a CONNECT whose head lies there when its connection is
// accepted, for a host whose addresses are known. They need no goroutine: what
// they wait for, a loop of the relay awaits. Everything else, a refusal too, is
// left to serve, which reads the same bytes again. Nothing is said, written or
// counted here that serve would have to take back.

// asking is a CONNECT until its tunnel stands. It is the tunnel's relay.Gate.
type asking struct {
	c       *conn
	a       *admitted
	h       *head.Head
	buf     *firstBytes // in which h lies
	addrs   []netip.Addr
	t       *tunnel
	refused refusal
	told    bool // the client has its answer
}

type firstBytes [4 << 10]byte

var firsts = sync.Pool{New: func() any { return new(firstBytes) }}

// arrive finds out whose connection it is, as far as that can be told without
// waiting, and says so if it is to have a turn: 0 means that it is taken care of.
// A client that comes with hundreds at once waits for itself only.
func (c *conn) arrive() (whose uint64) {
	switch {
	case c.over:
		c.s.conns.Go(c.serve)
		return 0
	case c.key != limit.Key{}:
		return c.s.limiter.Whose(c.key)
	}
	b := firsts.Get().(*firstBytes)
	defer firsts.Put(b)
	n, err := socket.Read(c.raw.FD, b[:])
	if errors.Is(err, socket.Again) && c.await() {
		return 0
	}
	request, ok := c.identifyQuick(b[:n])
	switch {
	case c.away:
		c.raw.Close()
		c.s.limiter.Disconnect(c.key)
	case ok:
		c.first, c.identified = bytes.Clone(request), true
		return c.s.limiter.Whose(c.key)
	default:
		c.first = bytes.Clone(b[:n])
		c.s.conns.Go(c.serve)
	}
	return 0
}

// quick carries the connection's first request out, if that can be done without
// waiting, or has a loop wait for its first bytes. The connection is taken care
// of then; else it is serve's.
func (c *conn) quick() bool {
	if c.over || c.s.cutting.Load() {
		return false
	}
	b := firsts.Get().(*firstBytes)
	had := copy(b[:], c.first)
	n, err := socket.Read(c.raw.FD, b[had:])
	more := errors.Is(err, socket.Again)
	if more && had > 0 || err == nil && n > 0 {
		var taken bool
		if taken, more = c.tryQuick(b, had+n); taken {
			return true
		}
		c.first = bytes.Clone(b[:had+n])
	}
	firsts.Put(b)
	return more && c.await()
}

// await has a loop wait for the connection's first bytes.
func (c *conn) await() bool {
	c.s.conns.Add(1)
	s := c.s
	if s.relay.Await(c.raw.FD, c.since.Add(s.Policy().Config.Limits.HeaderTimeout), c) {
		s.hurryIfLate()
		return true
	}
	c.s.conns.Done()
	return false
}

// hurryIfLate ends a wait that began when Shutdown had ended all others.
func (s *Server) hurryIfLate() {
	if s.cutting.Load() {
		s.relay.Hurry()
	}
}

// Ready goes on with a connection that await waited for. One that has said nothing
// in time is closed without a word.
func (c *conn) Ready(late bool) (whose uint64) {
	c.since = time.Now() // a client may connect long before it asks
	switch {
	case late && len(c.first) == 0:
		c.named()
		c.raw.Close()
		c.s.limiter.Disconnect(c.key)
	case late:
		c.late = true
		c.s.conns.Go(c.serve)
	default:
		whose = c.arrive()
	}
	if whose == 0 {
		c.s.conns.Done()
	}
	return whose
}

// Turn is the turn that Ready asked for.
func (c *conn) Turn() {
	defer c.s.conns.Done()
	c.turn()
}

// tryQuick is quick for what lies in the first n bytes of b, which it keeps if
// the connection is taken care of. It may only be too soon to tell.
func (c *conn) tryQuick(b *firstBytes, n int) (taken, more bool) {
	defer c.s.survive("request")
	if c.l.Proxy != config.ProxyOff && !c.identified {
		return false, false // who sends a header, or none, out of turn
	}
	request := b[:n]
	if end, bad := head.End(request); bad != "" || end != len(request) {
		return false, false
	}
	h, bad := head.Parse(request)
	if bad != "" || !h.Connect() {
		return false, false
	}
	c.policy = c.s.Policy()
	if len(request) > c.policy.Config.Limits.Header {
		return false, false
	}
	a, no := c.judge(&h)
	if !no.because.IsZero() {
		return false, false
	}
	defer func() {
		if !taken {
			c.s.limiter.Release()
		}
	}()
	addrs := c.known(a)
	return len(addrs) > 0 && c.ask(&asking{c: c, a: a, h: &h, buf: b, addrs: addrs}), false
}

// identifyQuick finds out who asks, and returns what follows a PROXY header in b.
// It returns nothing if that has not come yet, or, not ok, for whatever identify
// has something to say about.
func (c *conn) identifyQuick(b []byte) (request []byte, ok bool) {
	defer c.s.survive("PROXY header")
	c.client, c.endpoint = c.peer, ""
	br := readers.Get().(*bufio.Reader)
	defer readers.Put(br)
	in := bytes.NewReader(b)
	br.Reset(in)
	if present, err := sender.Present(br); err != nil || !present || !c.trusted() {
		return nil, false
	}
	h, err := sender.Read(br)
	if err != nil || h.Local {
		return nil, false
	}
	if c.client, c.endpoint = h.Client, h.Endpoint; !c.enter() || c.over {
		return nil, false
	}
	return b[len(b)-br.Buffered()-in.Len():], true
}

// known returns the addresses of a's host in the order in which they are tried,
// if they are known, and every one of them may be connected to.
func (c *conn) known(a *admitted) []netip.Addr {
	if c.policy.Rules.Parent(&a.q) != nil {
		return nil
	}
	addrs := []netip.Addr{a.host.Addr.Unmap()}
	if !a.host.IsAddr() {
		var ok bool
		if addrs, ok = c.policy.knows(a.host.String()); !ok {
			return nil
		}
	}
	if c.policy.Rules.Answer(&a.q, a.d, addrs).Verdict == access.Denied {
		return nil
	}
	if len(addrs) > 1 {
		addrs = dial.Interleave(addrs)
	}
	return addrs
}

// ask starts to connect to the origin and leaves the rest to the relay.
func (c *conn) ask(x *asking) bool {
	cfg := c.policy.Config
	addr := netip.AddrPortFrom(x.addrs[0], x.a.port)
	fd, err := socket.Connect(addr, door.KeepAlive)
	if err != nil {
		return false
	}
	x.t = c.tunnel(x.a, addr)
	x.t.asking = x
	setup := relay.Setup{
		Client: c.raw.FD, Origin: fd, Answer: established,
		Connect: c.since.Add(cfg.Limits.ConnectTimeout),
		Limits:  relay.Limits{Idle: cfg.Limits.Idle, Lifetime: cfg.Limits.Lifetime},
	}
	if len(x.addrs) > 1 {
		setup.Connect = c.since.Add(min(cfg.Limits.ConnectTimeout, dial.Staggered))
	}
	if wantsHello(cfg, x.a.port) {
		setup.Hello = cfg.Limits.HeaderTimeout
	}
	s := c.s
	s.conns.Add(1) // until the tunnel is listed
	if !s.relay.Connect(&setup, x, x.t) {
		s.conns.Done()
		socket.Close(fd)
		return false
	}
	s.hurryIfLate()
	return true
}

// Connected is told when the client has its answer.
func (x *asking) Connected(r *relay.Tunnel) {
	firsts.Put(x.buf)
	x.buf, x.h, x.told = nil, nil, true
	x.t.status = 200
	x.t.s.tunnels.add(x.t)
	x.c.s.conns.Done()
	x.t.runs(r, x.c.policy)
	if !wantsHello(x.c.policy.Config, x.a.port) {
		x.done()
	}
}

// done is the last of x, whose tunnel stands.
func (x *asking) done() {
	x.t.stands(x.c.policy.Config)
	x.t.asking = nil
}

// Hello judges the client's first bytes.
func (x *asking) Hello(b []byte, err error) (need int, refused error) {
	if err != nil {
		x.refused = x.c.noHello(x.a, err, len(b))
		return 0, errRefused
	}
	need, x.refused = x.a.look(b, x.c.policy.Config.SNI)
	switch {
	case need > 0:
	case !x.refused.because.IsZero():
		return 0, errRefused
	default:
		x.done()
	}
	return need, nil
}

// errRefused tells the relay no more than it needs to know.
var errRefused = errors.New("refused")

// Failed has a goroutine try the other addresses, or tell the client. The error
// of an attempt that was cut short is none.
func (x *asking) Failed(fd int, err error) {
	c := x.c
	c.raw = door.Conn{FD: fd}
	go func() { // counted since ask
		defer c.s.conns.Done()
		c.again(x, err)
	}()
}

// again carries out what could not be done quickly.
func (c *conn) again(x *asking, err error) {
	defer c.s.survive("connection")
	defer firsts.Put(x.buf)
	if !c.open() {
		c.s.limiter.Release()
		return
	}
	defer c.finish()
	c.br = readers.Get().(*bufio.Reader)
	c.br.Reset(c.tcp)
	if len(x.addrs) > 1 && time.Now().Before(c.since.Add(c.policy.Config.Limits.ConnectTimeout)) {
		c.carryOut(x.a, x.h)
		return
	}
	c.s.limiter.Release()
	c.refuseTo(c.dialRefusal(err, x.a.host.String(), x.addrs), x.a, x.h)
}

// explain adds to e why a tunnel ended that never stood. It reports whether there
// was more to say than r does.
func (x *asking) explain(e *entry, r relay.Result) bool {
	if !x.told {
		firsts.Put(x.buf)
		defer x.c.s.conns.Done()
	}
	switch {
	case !x.refused.because.IsZero():
		e.refused(x.refused)
	case !x.told && r.Cause == relay.ClientGone:
		e.failed(reason.ConnectFailed, clientLeft)
	default:
		return false
	}
	return true
}
