package relay

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/base/turns"
	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

const (
	maxEvents = 128 // that one look at the kernel's list takes
	maxRounds = 4   // before others may run
	enough    = 48  // events at once: the loop gets no further tunnels
	several   = 8   // events at once: others will have come meanwhile

	// Every change of a connection is told once (EPOLLET); the tunnel remembers
	// it. A connection is registered once and never changed.
	watched = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLPRI | unix.EPOLLET&0xffffffff

	toRead  = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLPRI | unix.EPOLLHUP | unix.EPOLLERR
	toWrite = unix.EPOLLOUT | unix.EPOLLHUP | unix.EPOLLERR
	// After one of these a read that does not fill the buffer may not have been
	// the last: an end, an error or what stands behind an urgent byte follows.
	readOn = unix.EPOLLRDHUP | unix.EPOLLPRI | unix.EPOLLHUP | unix.EPOLLERR
)

// The states of a loop, for those who have a tunnel to give.
const (
	asleep  int32 = iota // waits for events
	awake                // has some
	engaged              // has enough, or bulk to move
)

// wakeSlot is the slot in events of the descriptor that wakes a loop.
const wakeSlot = -1

// loop carries the tunnels of one shard on one goroutine. It waits in the
// runtime's own poller, in which its epoll descriptor is one descriptor, so it
// holds no thread while it waits. Only the loop touches what is in a looped.
type loop struct {
	pool   *Pool
	shard  *shard
	epoll  *os.File
	ready  syscall.RawConn // of epoll
	ep     int             // its descriptor
	waker  *os.File
	inbox  atomic.Pointer[looped] // tunnels that somebody wants closed
	ending atomic.Bool
	state  atomic.Int32
	grew   atomic.Bool // has a tunnel more, which will have something to tell

	events [maxEvents]unix.EpollEvent
	tunnel [maxEvents]*looped // of the event
	rounds int                // since the loop last let others run
	busy   []turn             // directions that have more to move
	spare  []turn
	buf    *buffer // borrowed while bytes move
	turns  turns.Queue[heldUp]

	alarm *time.Timer // for what follows
	rang  atomic.Bool
	hurry atomic.Bool // nobody waits any more
	// Guarded by the shard's lock:
	setups []*looped // that are being set up
	armed  bool      // the alarm will ring
}

// turn is a direction whose turn comes again.
type turn struct {
	t *looped
	s side
}

func newLoop(p *Pool, s *shard) (*loop, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(ep, true); err != nil { // or package os would not wait for it
		_ = unix.Close(ep)
		return nil, err
	}
	l := &loop{pool: p, shard: s, ep: ep, epoll: os.NewFile(uintptr(ep), "epoll")}
	if l.ready, err = l.epoll.SyscallConn(); err != nil {
		_ = l.epoll.Close()
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		_ = l.epoll.Close()
		return nil, err
	}
	l.waker = os.NewFile(uintptr(wake), "eventfd")
	l.alarm = time.AfterFunc(time.Hour, func() {
		l.rang.Store(true)
		l.wake()
	})
	l.alarm.Stop()
	e := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET&0xffffffff, Fd: wakeSlot}
	if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, wake, &e); err != nil {
		_, _ = l.waker.Close(), l.epoll.Close()
		return nil, err
	}
	return l, nil
}

// run carries tunnels until stop. All of it is one read of package os, which only
// waits when this has nothing left to do: a wake-up that comes meanwhile is kept.
func (l *loop) run() {
	_ = l.ready.Read(func(uintptr) bool {
		for !l.ending.Load() {
			l.grew.Store(false)
			n := l.look()
			if n > 0 || l.hasMore() {
				l.round(n)
			}
			if n < several && !l.grew.Load() && !l.hasMore() {
				l.rounds = 0
				l.become(asleep)
				return false
			}
			l.yield()
		}
		return true
	})
	for l.turns.Len() > 0 {
		l.giveTurns()
	}
	l.alarm.Stop()
	_, _ = l.waker.Close(), l.epoll.Close()
}

// hasMore reports whether something is left to do that no event will tell of.
func (l *loop) hasMore() bool { return len(l.busy) > 0 || l.turns.Len() > 0 }

// stop ends run.
func (l *loop) stop() {
	l.ending.Store(true)
	l.wake()
}

// wake makes wait return. A loop that has ended has closed its waker.
func (l *loop) wake() { _, _ = l.waker.Write([]byte{1, 0, 0, 0, 0, 0, 0, 0}) }

// yield lets other goroutines run from time to time: a loop that always finds
// events would keep its processor from them.
func (l *loop) yield() {
	if l.rounds++; l.rounds > maxRounds || l.hasMore() {
		l.rounds = 0
		runtime.Gosched()
	}
}

// become changes the state.
func (l *loop) become(state int32) {
	if l.state.Load() != state {
		l.state.Store(state)
	}
}

// look takes events without waiting.
func (l *loop) look() int { return socket.Events(l.ep, l.events[:]) }

// round sees to n events, to what others have asked for, and gives some who wait,
// and every busy direction, one turn.
func (l *loop) round(n int) {
	if n > enough || l.hasMore() {
		l.become(engaged)
	} else {
		l.become(awake)
	}
	l.find(n)
	for i := range n {
		if t := l.tunnel[i]; t != nil {
			l.guard(t, func() { t.happened(side(l.events[i].Fd&1), l.events[i].Events) })
		}
	}
	clear(l.tunnel[:n])
	for t := l.inbox.Swap(nil); t != nil; t = t.next {
		l.guard(t, t.close)
	}
	if l.rang.Swap(false) {
		l.late(time.Now().Add(alarm)) // before the next one
	}
	if l.hurry.Swap(false) {
		l.late(forever)
	}
	l.giveTurns()
	busy := l.busy
	l.busy = l.spare[:0]
	for _, next := range busy {
		l.guard(next.t, func() {
			next.t.flows[next.s].busy = false
			next.t.pump(next.s)
		})
	}
	clear(busy)
	l.spare = busy
	if l.buf != nil {
		l.pool.buffers.back(l.buf)
		l.buf = nil
	}
}

// guard ends a panic at the tunnel that caused it. It is a defect; that it should
// end the tunnels of everybody else would be another.
func (l *loop) guard(t *looped, do func()) {
	defer func() {
		if l.pool.Panicked == nil {
			return
		}
		if v := recover(); v != nil {
			l.pool.Panicked(v)
			t.blame(Cut, ErrPanic)
			t.close()
		}
	}()
	do()
}

// find looks up the tunnels of n events. An event may be older than the end of
// its tunnel; the number of the tunnel then tells.
func (l *loop) find(n int) {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	for i := range n {
		e := &l.events[i]
		if e.Fd == wakeSlot {
			continue
		}
		if t := l.shard.at(uint32(e.Fd)>>1, uint32(e.Pad)); t != nil {
			l.tunnel[i] = t.by.(*looped)
		}
	}
}

// start takes over the connections fds.
func (l *loop) start(p *Pool, o *order, fds [2]int) *Tunnel {
	t := &looped{loop: l, fds: fds}
	t.begin(p, o, t)
	t.offer(o.early)
	if err := l.add(t); err != nil {
		t.blame(Cut, err)
		t.hangUpNow()
		t.end.End(Result{Cause: Cut, Err: err})
	}
	return &t.Tunnel
}

// add registers t. The loop cannot look t up before both its connections stand
// in the kernel's list: it could close them before.
func (l *loop) add(t *looped) error {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	number, ok := l.shard.add(&t.Tunnel)
	if !ok {
		return ErrClosed
	}
	if t.setup != nil {
		l.await(t)
	}
	l.grew.Store(true)
	for s, fd := range t.fds {
		if fd < 0 {
			continue
		}
		e := unix.EpollEvent{Events: watched, Fd: int32(t.slot<<1) | int32(s), Pad: int32(number)}
		if err := socket.Add(l.ep, fd, &e); err != nil {
			t.blame(Cut, os.NewSyscallError("epoll_ctl", err))
			l.post(t) // the kernel has no memory for it
			break
		}
	}
	return nil
}

// post asks the loop to close t, once.
func (l *loop) post(t *looped) {
	if t.posted.Swap(true) {
		return
	}
	for {
		t.next = l.inbox.Load()
		if l.inbox.CompareAndSwap(t.next, t) {
			l.wake()
			return
		}
	}
}

// again gives the direction from s another turn, after everybody else.
func (l *loop) again(t *looped, s side) {
	if f := &t.flows[s]; !f.busy {
		f.busy = true
		l.busy = append(l.busy, turn{t, s})
	}
}
