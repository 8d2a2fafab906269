package relay

import (
	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// Door is a listening socket that a loop watches. A goroutine that waits for
// connections would have to be woken for each, beside the loop that carries it.
type Door struct {
	loop   *loop
	fd     int
	number int32 // among the doors of the loop
	accept func() (more bool)
}

// Listen has a loop call accept when there are connections to accept from fd,
// which does not block. accept must not wait, and returns true when it has left
// some for its next turn. Listen returns false if no loop can do so.
func (p *Pool) Listen(fd int, accept func() (more bool)) (*Door, bool) {
	m := &p.mover
	if m.portable || len(m.loops) == 0 {
		return nil, false
	}
	l := m.loops[int(m.doors.Add(1))%len(m.loops)]
	d := &Door{loop: l, fd: fd, accept: accept}
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	l.number++
	d.number = l.number
	e := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET&0xffffffff, Fd: doorSlot, Pad: d.number}
	if err := socket.Add(l.ep, fd, &e); err != nil {
		return nil, false
	}
	l.doors = append(l.doors, d)
	return d, true
}

// Again has accept called though nobody may have come: after an error, what the
// kernel told once is still there.
func (d *Door) Again() {
	d.loop.recall.Store(true)
	d.loop.wake()
}

// Leave ends the watch, before fd is closed. accept may be called once more.
func (d *Door) Leave() {
	l := d.loop
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	for i, other := range l.doors {
		if other == d {
			l.doors = append(l.doors[:i:i], l.doors[i+1:]...)
		}
	}
	_ = unix.EpollCtl(l.ep, unix.EPOLL_CTL_DEL, d.fd, nil)
}

// knock notes that somebody is at the door with that number. l.shard.mu is held.
func (l *loop) knock(number int32) {
	for _, d := range l.doors {
		if d.number == number {
			l.due = append(l.due, d)
		}
	}
}

// greet gives every door that is due one turn.
func (l *loop) greet() {
	due := l.due
	l.due = l.spareDue[:0]
	for _, d := range due {
		if l.safely(d) {
			l.due = append(l.due, d)
		}
	}
	clear(due)
	l.spareDue = due
}

// safely calls accept. A panic is a defect; that it should end all tunnels of
// the loop would be another.
func (l *loop) safely(d *Door) (more bool) {
	defer func() {
		if l.pool.Panicked == nil {
			return
		}
		if v := recover(); v != nil {
			l.pool.Panicked(v)
			more = true // of those that wait at the door, nothing is told again
		}
	}()
	return d.accept()
}
