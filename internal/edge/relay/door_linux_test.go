package relay

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// doorman takes connections from a listening socket by a Door of pool, each in a
// turn of its own.
type doorman struct {
	t     *testing.T
	pool  *Pool
	addr  string
	fd    int
	door  *Door
	came  chan struct{} // got one for each connection taken
	first func()        // called at the first turn, which takes nothing; nil: it does
	mu    sync.Mutex
	gone  bool
}

func (d *doorman) open() {
	d.t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = ln.Close() })
	d.addr = ln.Addr().String()
	raw, err := ln.(*net.TCPListener).SyscallConn()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { d.fd = int(fd) }); err != nil {
		d.t.Fatal(err)
	}
	d.came = make(chan struct{}, 100)
	d.mu.Lock()
	defer d.mu.Unlock()
	door, ok := d.pool.Listen(d.fd, d.turn)
	if !ok {
		d.t.Fatal("no loop watches the socket")
	}
	d.door = door
}

func (d *doorman) turn() (more bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if do := d.first; do != nil {
		d.first = nil
		do()
		return false
	}
	if d.gone {
		return false
	}
	fd, _, err := socket.Accept(d.fd)
	if errors.Is(err, socket.Again) {
		return false
	}
	if err != nil {
		d.t.Error(err)
		return false
	}
	socket.Close(fd)
	d.came <- struct{}{}
	return true
}

// call connects n times.
func (d *doorman) call(n int) {
	d.t.Helper()
	for range n {
		c, err := net.Dial("tcp4", d.addr)
		if err != nil {
			d.t.Fatal(err)
		}
		d.t.Cleanup(func() { _ = c.Close() })
	}
}

// expect waits until n have been taken.
func (d *doorman) expect(n int) {
	d.t.Helper()
	for i := range n {
		select {
		case <-d.came:
		case <-time.After(10 * time.Second):
			d.t.Fatalf("%d of %d connections were taken", i, n)
		}
	}
}

// What epoll tells once for many, a Door asks for until nobody is left.
func TestDoorTakesAllWhoCome(t *testing.T) {
	p := New()
	defer p.Close()
	d := &doorman{t: t, pool: p}
	d.open()
	d.mu.Lock() // the first turn waits until all are there
	d.call(20)
	d.mu.Unlock()
	d.expect(20)
	d.call(1)
	d.expect(1)
}

// After an error nobody new need come: whoever waits is taken.
func TestDoorAgain(t *testing.T) {
	p := New()
	defer p.Close()
	failed := make(chan struct{})
	d := &doorman{t: t, pool: p, first: func() { close(failed) }}
	d.open()
	d.call(1)
	<-failed
	d.door.Again()
	d.expect(1)
}

func TestDoorLeft(t *testing.T) {
	p := New()
	defer p.Close()
	d := &doorman{t: t, pool: p}
	d.open()
	other := &doorman{t: t, pool: p}
	other.open()
	d.call(1)
	d.expect(1)
	d.mu.Lock()
	d.door.Leave()
	d.mu.Unlock()
	d.call(1)
	for range p.mover.loops { // one door in each loop at least, the left one's too
		more := &doorman{t: t, pool: p}
		more.open()
		more.call(1)
		more.expect(1)
	}
	other.call(1)
	other.expect(1)
	if n := len(d.came); n != 0 {
		t.Errorf("%d connections were taken after the door was left", n)
	}
}

// A defect that ends one turn ends neither the loop nor the watch.
func TestDoorSurvivesPanic(t *testing.T) {
	p := New()
	defer p.Close()
	seen := make(chan any, 1)
	p.Panicked = func(v any) { seen <- v }
	d := &doorman{t: t, pool: p, first: func() { panic("defect") }}
	d.open()
	d.call(1)
	if v := <-seen; v != "defect" {
		t.Errorf("Panicked(%v), want defect", v)
	}
	d.expect(1)
}
