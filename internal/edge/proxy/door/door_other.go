//go:build !linux

package door

import (
	"net"
	"net/netip"
)

// Conn is a connection as it was accepted: here, one of package net.
type Conn struct{ tcp *net.TCPConn }

// Open returns the connection.
func (r Conn) Open() (*net.TCPConn, error) { return r.tcp, nil }

// Close closes the connection.
func (r Conn) Close() { _ = r.tcp.Close() }

// Shut makes every read from the connection find its end, from now on. Whoever
// reads it closes it.
func (r Conn) Shut() { _ = r.tcp.CloseRead() }

// Door accepts as package net does.
type Door struct{ ln net.Listener }

// Open makes d accept from ln.
func (d *Door) Open(ln net.Listener) error {
	d.ln = ln
	return nil
}

// Close does nothing: the end of the listener is the end of accepting.
func (d *Door) Close() error { return nil }

// Next accepts a connection. It always waits.
func (d *Door) Next(bool) (c Conn, from netip.AddrPort, ok bool, err error) {
	nc, err := d.ln.Accept()
	if err != nil {
		return c, from, false, err
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		_ = nc.Close()
		return c, from, false, errNotTCP
	}
	if a, ok := tcp.RemoteAddr().(*net.TCPAddr); ok {
		p := a.AddrPort()
		from = netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return Conn{tcp}, from, true, nil
}
