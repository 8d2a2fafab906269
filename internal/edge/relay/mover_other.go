//go:build !linux

package relay

import "net"

// Descriptors is how many the relay may hold besides the connections.
const Descriptors = 0

// mover copies: what other systems offer is not worth its complexity here.
type mover struct{}

func (m *mover) init()                   {}
func (m *mover) close()                  {}
func (m *mover) move(d *direction) error { return d.copyAll() }

// watch cannot wait here for anything but bytes.
func (m *mover) watch(*direction) {}

// unsent is not known here; a client is then left to read what is on its way.
func unsent(*net.TCPConn) int { return 1 }
