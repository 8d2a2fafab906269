package door

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/socket"
)

// Conn is a connection as it was accepted: a descriptor that does not block, and
// that the runtime's poller does not know. Most are never made a connection of
// package net, which costs more system calls than all else that they need.
type Conn struct{ FD int }

// Open makes a connection of package net of r, which is closed if that fails.
func (r Conn) Open() (*net.TCPConn, error) {
	f := os.NewFile(uintptr(r.FD), "client")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	tcp := c.(*net.TCPConn)
	// Package net has put its own times in the place of what the listener left.
	err = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: KeepAlive, Interval: -1, Count: -1})
	if err != nil {
		_ = tcp.Close()
		return nil, err
	}
	return tcp, nil
}

// Close closes the connection.
func (r Conn) Close() { socket.Close(r.FD) }

// Shut makes every read from the connection find its end, from now on. Whoever
// reads it closes it.
func (r Conn) Shut() { _ = unix.Shutdown(r.FD, unix.SHUT_RD) }

// Door accepts by a second descriptor of a listener's socket, since package net
// hands out no bare connections.
type Door struct {
	file   *os.File
	socket syscall.RawConn
}

// Open makes d accept from ln.
func (d *Door) Open(ln net.Listener) (err error) {
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

// Close ends accepting; the listener stays open.
func (d *Door) Close() error { return d.file.Close() }

// Next accepts a connection; ok is false if there is none, and it is not to wait.
func (d *Door) Next(wait bool) (c Conn, from netip.AddrPort, ok bool, err error) {
	var failed error
	err = d.socket.Read(func(own uintptr) bool {
		c.FD, from, failed = socket.Accept(int(own))
		return !wait || !errors.Is(failed, socket.Again)
	})
	if err == nil {
		err = failed
	}
	if errors.Is(err, socket.Again) {
		return Conn{}, netip.AddrPort{}, false, nil
	}
	return c, from, err == nil, err
}
