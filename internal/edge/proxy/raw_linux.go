package proxy

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// raw is a connection as it was accepted: a descriptor that does not block, and
// that the runtime's poller does not know. Most are never made a connection of
// package net, which costs more system calls than all else that they need.
type raw struct{ fd int }

// open makes a connection of package net of r, which is closed if that fails.
func (r raw) open() (*net.TCPConn, error) {
	f := os.NewFile(uintptr(r.fd), "client")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	tcp := c.(*net.TCPConn)
	// Package net has put its own times in the place of what the listener left.
	err = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: -1, Count: -1})
	if err != nil {
		_ = tcp.Close()
		return nil, err
	}
	return tcp, nil
}

func (r raw) close() { socket.Close(r.fd) }

// door is how a listener accepts: by a second descriptor of its socket, since
// package net hands out no bare connections.
type door struct {
	file   *os.File
	socket syscall.RawConn
}

func (d *door) open(ln net.Listener) (err error) {
	tcp, ok := ln.(*net.TCPListener)
	if !ok {
		return errNotTCP
	}
	if d.file, err = tcp.File(); err != nil {
		return err
	}
	d.socket, err = d.file.SyscallConn()
	return err
}

func (d *door) close() error { return d.file.Close() }

var errNotTCP = errors.New("not a TCP socket")

// next accepts a connection. It returns nil if there is none and it is not to wait.
func (l *listener) next(wait bool) (*conn, error) {
	var fd int
	var from netip.AddrPort
	var failed error
	err := l.door.socket.Read(func(own uintptr) bool {
		fd, from, failed = socket.Accept(int(own))
		return !wait || !errors.Is(failed, socket.Again)
	})
	if err == nil {
		err = failed
	}
	switch {
	case errors.Is(err, socket.Again):
		return nil, nil //nolint:nilnil // there is none, and that is all right
	case err != nil:
		return nil, err
	}
	return &conn{raw: raw{fd}, peer: from}, nil
}
