package service

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// Resolver is a name server of one place. It may listen on several sockets.
type Resolver struct {
	n      *Names
	place  string
	answer func(*question) response
	silent atomic.Bool

	mu      sync.Mutex
	open    map[io.Closer]bool
	closed  bool
	serving sync.WaitGroup
}

func (n *Names) resolver(place string, answer func(*question) response) *Resolver {
	return &Resolver{n: n, place: place, answer: answer, open: map[io.Closer]bool{}}
}

// Serve answers queries over UDP and TCP until Close; either may be nil. It takes
// both over and returns at once.
func (r *Resolver) Serve(pc net.PacketConn, ln net.Listener) {
	if pc != nil && r.hold(pc) {
		r.serving.Go(func() { r.packets(pc) })
	}
	if ln != nil && r.hold(ln) {
		r.serving.Go(func() { r.streams(ln) })
	}
}

// Silence makes the server hear queries and answer none, or answer again.
func (r *Resolver) Silence(on bool) { r.silent.Store(on) }

// Close ends it.
func (r *Resolver) Close() error {
	r.mu.Lock()
	r.closed = true
	for c := range r.open {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.serving.Wait()
	return nil
}

// hold keeps c until Close, and reports whether there is still time for that.
func (r *Resolver) hold(c io.Closer) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		_ = c.Close()
		return false
	}
	r.open[c] = true
	return true
}

func (r *Resolver) drop(c io.Closer) {
	_ = c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c)
}

// maxQuery is more than any question takes.
const maxQuery = 4096

func (r *Resolver) packets(pc net.PacketConn) {
	defer r.drop(pc)
	b := make([]byte, maxQuery)
	for {
		n, from, err := pc.ReadFrom(b)
		if err != nil {
			return
		}
		if reply := r.reply(b[:n], addrPort(from)); reply != nil {
			_, _ = pc.WriteTo(reply, from) // who asked may have gone
		}
	}
}

func (r *Resolver) streams(ln net.Listener) {
	defer r.drop(ln)
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		if r.hold(conn) {
			r.serving.Go(func() { r.stream(conn) })
		}
	}
}

// idleStream is how long a client may keep a connection without asking.
const idleStream = 10 * time.Second

// stream answers queries that are preceded by their length (RFC 1035 section
// 4.2.2).
func (r *Resolver) stream(conn net.Conn) {
	defer r.drop(conn)
	for {
		_ = conn.SetDeadline(time.Now().Add(idleStream))
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		b := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, b); err != nil {
			return
		}
		reply := r.reply(b, addrPort(conn.RemoteAddr()))
		if reply == nil {
			continue // the client waits, as it would at AWS
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

// addrPort returns a with an IPv4 address as such.
func addrPort(a net.Addr) netip.AddrPort {
	ap, _ := netip.ParseAddrPort(a.String()) // of TCP and UDP it always is one
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// ttl of answers, in seconds: what a fault changes is to be seen at once.
const ttl = 1

// reply answers a query; nil is silence.
func (r *Resolver) reply(query []byte, from netip.AddrPort) []byte {
	var p dnsmessage.Parser
	h, err := p.Start(query)
	if err != nil || h.Response {
		return nil
	}
	asked, err := p.Question()
	if err != nil {
		return nil
	}
	q := &question{name: strings.ToLower(strings.TrimSuffix(asked.Name.String(), "."))}
	res := r.answer(q)
	if r.silent.Load() {
		res = response{answer: Silence}
	}
	zone := ""
	if r.n.d.Zone != nil {
		zone = r.n.d.Zone(from.Addr())
	}
	addrs := res.chosen(zone)
	if record := r.n.d.Record; record != nil {
		record(Query{
			Time: time.Now(), Place: r.place, Asker: from, Name: q.name, Type: strings.TrimPrefix(asked.Type.String(), "Type"),
			Answer: res.answer, Addrs: addrs, Endpoint: res.endpoint, Chain: q.chain, Because: res.because,
		})
	}
	if res.answer == Silence {
		return nil
	}
	return message(h, asked, res, addrs)
}

// message is the answer on the wire.
func message(h dnsmessage.Header, asked dnsmessage.Question, res response, addrs []netip.Addr) []byte {
	h.Response, h.RecursionAvailable, h.Authoritative = true, true, false
	switch res.answer {
	case NoSuchName:
		h.RCode = dnsmessage.RCodeNameError
	case Refused:
		h.RCode = dnsmessage.RCodeRefused
	case Looping:
		h.RCode = dnsmessage.RCodeServerFailure
	case PublicName, EndpointName, HostName, Silence:
		h.RCode = dnsmessage.RCodeSuccess
	}
	m := dnsmessage.Message{Header: h, Questions: []dnsmessage.Question{asked}}
	name := asked.Name
	if to, err := dnsmessage.NewName(res.cname + "."); err == nil && res.cname != "" {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: name, Class: asked.Class, TTL: ttl}, Body: &dnsmessage.CNAMEResource{CNAME: to},
		})
		name = to
	}
	for _, a := range addrs {
		head := dnsmessage.ResourceHeader{Name: name, Class: asked.Class, TTL: ttl}
		switch {
		case asked.Type == dnsmessage.TypeA && a.Is4():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: a.As4()}})
		case asked.Type == dnsmessage.TypeAAAA && a.Is6():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil // a name that nobody can pack was never unpacked
	}
	return packed
}
