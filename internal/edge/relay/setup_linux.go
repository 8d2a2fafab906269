package relay

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// Setup is a tunnel whose connection to the origin is under way. A loop awaits
// it, so that nobody else has to.
type Setup struct {
	Client, Origin int           // descriptors that do not block, and that nobody else uses
	Connect        time.Time     // until when the origin must be connected
	Answer         []byte        // for the client then; shared, so never changed
	Hello          time.Duration // how long the client may take to say what Gate.Hello judges; 0: nothing is judged
	Limits         Limits
}

// Gate watches over a tunnel that is being set up. Its methods must not wait: they
// are called by a loop.
type Gate interface {
	// Connected is called when the client has got the answer.
	Connected(*Tunnel)
	// Hello judges the first bytes from the client, or why there are no more:
	// io.EOF, or os.ErrDeadlineExceeded. need is how many bytes it takes to tell,
	// 0 if the tunnel may begin. An error ends the tunnel, with cause Refused. b
	// is good until Hello returns.
	Hello(b []byte, err error) (need int, refused error)
	// Failed is called instead of anything else, Ender.End included, when the origin
	// cannot be connected. The client's descriptor is the Gate's from then on.
	Failed(client int, err error)
}

// alarm is how exactly the times of a Setup are kept; none is passed.
const alarm = 50 * time.Millisecond

// Waiter waits for a connection to say something.
type Waiter interface {
	// Ready is called once, by a loop: the descriptor is the Waiter's again. late
	// means that the time was over before. A Waiter that has more to do says whose
	// it is; that is not 0. It gets its turn then, by and by with those of others.
	Ready(late bool) (whose uint64)
	// Turn is called once after Ready, by the same loop, if Ready asked for it.
	Turn()
}

// turnsPerRound bounds how many Waiters get their turn before a loop looks who
// else there is.
const turnsPerRound = 8

// heldUp is a Waiter before its Turn.
type heldUp struct {
	t *looped
	Waiter
}

// giveTurns has some of those who wait for a turn have it.
func (l *loop) giveTurns() {
	for range turnsPerRound {
		next, ok := l.turns.Pop()
		if !ok {
			return
		}
		l.guard(next.t, func() {
			defer l.pool.running.Done()
			next.Turn()
		})
	}
}

// forever is later than every time that is kept.
var forever = time.Unix(1<<40, 0)

// setup is what a loop remembers of a tunnel until it stands.
type setup struct {
	gate   Gate
	waiter Waiter // of a connection that is no tunnel yet; nil otherwise
	answer []byte
	until  time.Time
	hello  time.Duration
	left   bool   // the client has ended its stream before it had an answer
	asked  bool   // the client has its answer, and is to say something
	first  []byte // what it has said so far, if that was not enough
	slot   int    // place in setups
}

// Connect takes both descriptors over, unless it returns false: then no loop can
// wait for them.
func (p *Pool) Connect(o *Setup, g Gate, end Ender) bool {
	m := &p.mover
	if m.portable || len(m.loops) == 0 {
		return false
	}
	p.clock.respect(o.Limits)
	l := m.pick()
	t := &looped{loop: l, fds: [2]int{client: o.Client, origin: o.Origin}}
	t.setup = &setup{gate: g, answer: o.Answer, until: o.Connect, hello: o.Hello}
	t.begin(p, &order{limits: o.Limits, end: end}, t)
	return l.add(t) == nil
}

// Await waits until there is something to read from fd, which does not block. It
// returns false if no loop can do so.
func (p *Pool) Await(fd int, until time.Time, w Waiter) bool {
	m := &p.mover
	if m.portable || len(m.loops) == 0 {
		return false
	}
	l := m.pick()
	t := &looped{loop: l, fds: [2]int{client: fd, origin: -1}}
	t.setup = &setup{waiter: w, until: until}
	t.begin(p, &order{}, t)
	return l.add(t) == nil
}

// Hurry ends every wait of Await and Connect as if its time were over.
func (p *Pool) Hurry() {
	for _, l := range p.mover.loops {
		l.hurry.Store(true)
		l.wake()
	}
}

// awaited is an event of the connection at s while t is being set up. What there
// is to read is read later.
func (t *looped) awaited(s side, events uint32) {
	switch {
	case t.setup.waiter != nil:
		if events&toRead != 0 {
			t.handBack(nil)
		}
	case t.setup.asked && s == client && events&toRead != 0:
		t.listen()
	case t.setup.asked:
	case s == client:
		t.leaves(events)
	case events&(unix.EPOLLERR|unix.EPOLLHUP) != 0:
		err := socket.Error(t.fds[origin])
		if err == nil {
			err = unix.ECONNRESET
		}
		t.handBack(os.NewSyscallError("connect", err))
	case events&unix.EPOLLOUT != 0:
		t.connected()
	}
}

// leaves sees to an event of a client that has no answer yet. One that breaks off
// has left. One that has ended its stream has, too, unless its origin is connected
// soon: it may still want to read. What has said something first is not asked.
func (t *looped) leaves(events uint32) {
	switch {
	case events&(unix.EPOLLERR|unix.EPOLLHUP) != 0:
		t.fail(client, os.NewSyscallError("read", unix.ECONNRESET))
	case events&unix.EPOLLRDHUP != 0 && socket.Unread(t.fds[client]) == 0:
		if soon := time.Now().Add(Patience); soon.Before(t.setup.until) {
			t.setup.until, t.setup.left = soon, true
		}
	}
}

// connected answers the client. If its first bytes are judged, they are awaited.
func (t *looped) connected() {
	if n, err := socket.Write(t.fds[client], t.setup.answer); err != nil || n < len(t.setup.answer) {
		t.fail(client, os.NewSyscallError("write", errors.Join(err, io.ErrShortWrite)))
		return
	}
	t.setup.gate.Connected(&t.Tunnel)
	if t.setup.hello == 0 {
		t.stand()
		return
	}
	t.setup.asked, t.setup.until = true, time.Now().Add(t.setup.hello)
	if t.flows[client].readable {
		t.listen()
	}
}

// listen reads what the client says first and has it judged.
func (t *looped) listen() {
	f, l := &t.flows[client], t.loop
	if l.buf == nil {
		l.buf = t.pool.buffers.take()
	}
	for {
		n, err := socket.Read(t.fds[client], l.buf[:])
		if err == socket.Again { //nolint:errorlint // a bare number: system calls wrap nothing
			f.readable = false
			return
		}
		if err == nil && n == 0 {
			err = io.EOF
		}
		if n < len(l.buf) {
			f.readable = f.on
		}
		said := l.buf[:n]
		if len(t.setup.first) > 0 {
			said = append(t.setup.first, said...)
		}
		if !t.judged(said, err) || !f.readable {
			return
		}
	}
}

// judged has the client's first bytes judged. It reports whether more are needed.
func (t *looped) judged(said []byte, err error) (more bool) {
	need, refused := t.setup.gate.Hello(said, err)
	if refused == nil && err != nil && need > 0 {
		refused = err
	}
	switch {
	case refused != nil:
		t.blame(Refused, refused)
		t.close()
	case need > 0 && len(t.setup.first) == 0:
		t.setup.first = bytes.Clone(said) // not of the size that the client announces
		return true
	case need > 0:
		t.setup.first = said
		return true
	default:
		t.begins(said)
	}
	return false
}

// begins lets the tunnel begin with what the client has said.
func (t *looped) begins(said []byte) {
	l := t.loop
	if t.write(client, said, nil) {
		t.stand()
		return
	}
	if t.closed {
		return
	}
	if r := t.flows[client].rest; len(t.setup.first) == 0 && r != nil { // it lies in the loop's buffer
		r.of, l.buf = l.buf, nil
	}
	t.stand()
}

// stand ends the setup: from now on t is a tunnel like any other.
func (t *looped) stand() {
	t.loop.forget(t)
	for s := range t.flows {
		if side := side(s); t.flows[s].readable && !t.closed {
			t.pump(side)
		}
	}
}

// handBack gives the client back, because of err.
func (t *looped) handBack(err error) {
	l, u := t.loop, t.setup
	l.forget(t)
	t.closed = true
	t.posted.Store(true)
	if u.waiter == nil {
		socket.Close(t.fds[origin])
	}
	_ = unix.EpollCtl(l.ep, unix.EPOLL_CTL_DEL, t.fds[client], nil)
	t.shard.remove(&t.Tunnel)
	if u.waiter == nil {
		defer t.pool.running.Done()
		u.gate.Failed(t.fds[client], err)
		return
	}
	held := false
	defer func() {
		if !held {
			t.pool.running.Done()
		}
	}()
	if whose := u.waiter.Ready(err != nil); whose != 0 {
		held = true
		l.turns.Push(whose, heldUp{t, u.waiter})
	}
}

// await notes that t is being set up. l.shard.mu is held.
func (l *loop) await(t *looped) {
	t.setup.slot = len(l.setups)
	l.setups = append(l.setups, t)
	if !l.armed {
		l.armed = true
		l.alarm.Reset(alarm)
	}
}

// forget notes that t is not being set up any more.
func (l *loop) forget(t *looped) {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	last := len(l.setups) - 1
	moved := l.setups[last]
	l.setups[t.setup.slot], moved.setup.slot = moved, t.setup.slot
	l.setups[last] = nil
	l.setups = l.setups[:last]
	t.setup = nil
}

// late ends the setups whose time is over before at.
func (l *loop) late(at time.Time) {
	for _, t := range l.lateAt(at) {
		l.guard(t, t.late)
	}
}

// late ends the setup of t, whose time is over.
func (t *looped) late() {
	switch {
	case t.closed || t.setup == nil:
	case t.setup.left && !t.setup.asked:
		t.fail(client, os.NewSyscallError("read", io.EOF))
	case t.setup.asked:
		t.judged(t.setup.first, os.ErrDeadlineExceeded)
	default:
		t.handBack(os.NewSyscallError("connect", os.ErrDeadlineExceeded))
	}
}

func (l *loop) lateAt(at time.Time) (late []*looped) {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	for _, t := range l.setups {
		if t.setup.until.Before(at) {
			late = append(late, t)
		}
	}
	if l.armed = len(l.setups) > 0; l.armed {
		l.alarm.Reset(alarm)
	}
	return late
}
