package relay

import (
	"net"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// patient is a Waiter.
type patient chan bool

func (p patient) Ready(late bool) uint64 { p <- late; return 0 }
func (p patient) Turn()                  {}

func TestAwait(t *testing.T) {
	p := startPool(t)
	for name, tt := range map[string]struct {
		time time.Duration
		do   func(c *net.TCPConn)
		late bool
	}{
		"bytes":    {time.Minute, func(c *net.TCPConn) { send(t, c, []byte("x")) }, false},
		"an end":   {time.Minute, func(c *net.TCPConn) { _ = c.CloseWrite() }, false},
		"a reset":  {time.Minute, func(c *net.TCPConn) { reset(c) }, false},
		"too late": {2 * alarm, func(*net.TCPConn) {}, true},
		"hurried":  {time.Minute, func(*net.TCPConn) { p.Hurry() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, fd := bare(t)
			w := make(patient, 2)
			if !p.Await(fd, time.Now().Add(tt.time), w) {
				t.Fatal("Await = false, want a loop that waits")
			}
			tt.do(c)
			if late := <-w; late != tt.late {
				t.Errorf("Ready(%v), want %v", late, tt.late)
			}
			socket.Close(fd)
			select {
			case <-w:
				t.Error("Ready was called twice")
			case <-time.After(time.Millisecond):
			}
		})
	}
}

// member is a Waiter that asks for turns in the line of whose.
type member struct {
	whose uint64
	fd    int
	turn  func(*member)
}

func (m *member) Ready(bool) uint64 { return m.whose }
func (m *member) Turn()             { m.turn(m) }

// While a loop was held up, 300 connections of one client became ready, and then
// one of another. It does not wait for the 300. Bytes of tunnels do not either.
func TestTurns(t *testing.T) {
	p := startPool(t)
	all := p.mover.loops
	p.mover.loops = all[:1]
	defer func() { p.mover.loops = all }()
	const crowd = 300
	order := make(chan uint64, crowd+1)
	await := func(whose uint64, turn func(*member)) *net.TCPConn {
		c, fd := bare(t)
		if !p.Await(fd, time.Now().Add(time.Minute), &member{whose, fd, turn}) {
			t.Fatal("Await = false, want a loop that waits")
		}
		return c
	}
	noted := func(m *member) {
		order <- m.whose
		socket.Close(m.fd)
	}
	var crowded []*net.TCPConn
	for range crowd {
		crowded = append(crowded, await(1, noted))
	}
	modest := await(2, noted)
	goOn := hold(t, p)
	for _, c := range crowded {
		send(t, c, []byte("x"))
	}
	send(t, modest, []byte("x"))
	goOn()
	at := 0
	for n := range crowd + 1 {
		if <-order == 2 {
			at = n
		}
	}
	if most := (crowd/maxEvents + 1) * turnsPerRound; at > most {
		t.Errorf("%d of %d had their turn before the one of another client, want %d at most", at, crowd, most)
	}
}

// A Pool that closes gives back who is awaited.
func TestCloseEndsAwait(t *testing.T) {
	p := New()
	_, fd := bare(t)
	w := make(patient, 2)
	if !p.Await(fd, time.Now().Add(time.Minute), w) {
		t.Fatal("Await = false, want a loop that waits")
	}
	p.Close()
	if len(w) != 1 || !<-w {
		t.Error("Close returned before Ready(true)")
	}
	if p.Await(fd, time.Now().Add(time.Minute), w) {
		t.Error("a Pool that is closed still waits")
	}
	socket.Close(fd)
}
