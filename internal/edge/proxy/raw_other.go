//go:build !linux

package proxy

import (
	"errors"
	"net"
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/edge/relay"
)

// raw is a connection as it was accepted: here, one of package net.
type raw struct{ tcp *net.TCPConn }

func (r raw) open() (*net.TCPConn, error) { return r.tcp, nil }
func (r raw) close()                      { _ = r.tcp.Close() }

// door is how a listener accepts: as package net does.
type door struct{}

func (door) open(net.Listener) error { return nil }
func (door) close() error            { return nil }

// next accepts a connection.
func (l *listener) next(bool) (*conn, error) {
	nc, err := l.Accept()
	if err != nil {
		return nil, err
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		_ = nc.Close()
		return nil, errNotTCP
	}
	c := &conn{raw: raw{tcp}}
	if a, ok := tcp.RemoteAddr().(*net.TCPAddr); ok {
		p := a.AddrPort()
		c.peer = netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return c, nil
}

// arrive has c served at once: here the runtime's scheduler gives the turns.
func (c *conn) arrive() (whose uint64) {
	c.turn()
	return 0
}

// quick is for systems whose relay can wait for a connection.
func (c *conn) quick() bool { return false }

var errNotTCP = errors.New("not a TCP connection")

type asking struct{}

func (*asking) explain(*entry, relay.Result) bool { return false }
