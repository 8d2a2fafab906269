package proxy

import (
	"net"
	"os"

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
