//go:build !linux

package relay

import "net"

// Descriptors is how many the relay may hold besides the connections.
const Descriptors = 0

// mover has tunnels carried: what other systems offer is not worth its
// complexity here.
type mover struct{}

func (m *mover) init(*Pool) {}
func (m *mover) close()     {}

func (m *mover) start(p *Pool, o *order) *Tunnel { return p.carry(o) }

// Hurry does nothing: nobody waits here.
func (p *Pool) Hurry() {}

// unsent is not known here; a client is then left to read what is on its way.
func unsent(*net.TCPConn) int { return 1 }
