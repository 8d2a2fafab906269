package proxy

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/relay"
	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// door is how a listener accepts: by a second descriptor of its socket, since
// package net hands out no bare connections. A loop of the relay watches it; a
// goroutine does where there are none.
type door struct {
	mu    sync.Mutex // held while a loop accepts
	fd    int        // -1 if closed
	watch *relay.Door
	left  func() // tells that nobody accepts any more

	file   *os.File // of fd, for a goroutine; nil otherwise
	socket syscall.RawConn
}

func (d *door) open(ln net.Listener) error {
	tcp, ok := ln.(*net.TCPListener)
	if !ok {
		return errNotTCP
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(own uintptr) { d.fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	return errors.Join(err, failed)
}

var errNotTCP = errors.New("not a TCP socket")

// close ends accepting. Who accepts has done so when it returns, unless that is a
// goroutine. It may be called more than once.
func (d *door) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.fd < 0:
		return nil
	case d.file != nil:
		d.fd = -1
		return d.file.Close()
	case d.watch != nil:
		d.watch.Leave()
		defer d.left()
	}
	socket.Close(d.fd)
	d.fd = -1
	return nil
}

// greets has a loop accept what comes to l. It returns false if that is left to
// a goroutine.
func (s *Server) greets(l *listener) bool {
	d := &l.door
	d.mu.Lock()
	defer d.mu.Unlock()
	s.conns.Add(1) // until l is closed
	watch, ok := s.relay.Listen(d.fd, func() bool { return s.greet(l) })
	if ok {
		d.watch, d.left = watch, s.conns.Done
		return true
	}
	s.conns.Done()
	d.file = os.NewFile(uintptr(d.fd), "listener")
	var err error
	if d.socket, err = d.file.SyscallConn(); err != nil {
		panic(err) // of a file that is open
	}
	return false
}

// greetings bounds how many connections in a row keep others of a loop waiting.
const greetings = 32

// greet accepts what has come to l. It reports whether there may be more. A loop
// calls it.
func (s *Server) greet(l *listener) (more bool) {
	l.door.mu.Lock()
	defer l.door.mu.Unlock()
	for range greetings {
		if l.door.fd < 0 {
			return false
		}
		fd, from, err := socket.Accept(l.door.fd)
		switch {
		case err == nil:
			s.accepted(l, &conn{raw: raw{fd}, peer: from})
		case errors.Is(err, socket.Again):
			return false
		default:
			time.AfterFunc(s.acceptFailed(l, err), l.door.watch.Again)
			return false
		}
	}
	return true
}

// next accepts a connection, for a goroutine.
func (l *listener) next() (*conn, error) {
	var fd int
	var from netip.AddrPort
	var failed error
	err := l.door.socket.Read(func(own uintptr) bool {
		fd, from, failed = socket.Accept(int(own))
		return !errors.Is(failed, socket.Again)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	return &conn{raw: raw{fd}, peer: from}, nil
}
