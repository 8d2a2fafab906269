package resolve

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	payload   = 1232 // bytes of a UDP reply, as DNS Flag Day 2020 recommends
	maxStrays = 64   // datagrams passed over before a server is given up
)

// query is one question to one server.
type query struct {
	id   uint16
	name string // in lower case, with its last dot
	kind dnsmessage.Type
	edns bool
}

// message returns q on the wire, after room for the length that TCP wants.
func (q query) message() ([]byte, error) {
	name, err := dnsmessage.NewName(q.name)
	if err != nil {
		return nil, err
	}
	b := dnsmessage.NewBuilder(make([]byte, 2, 2+512), dnsmessage.Header{ID: q.id, RecursionDesired: true})
	if err := b.StartQuestions(); err != nil {
		return nil, err
	}
	if err := b.Question(dnsmessage.Question{Name: name, Type: q.kind, Class: dnsmessage.ClassINET}); err != nil {
		return nil, err
	}
	if q.edns {
		var opt dnsmessage.ResourceHeader
		if err := opt.SetEDNS0(payload, dnsmessage.RCodeSuccess, false); err != nil {
			return nil, err
		}
		if err := b.StartAdditionals(); err != nil {
			return nil, err
		}
		if err := b.OPTResource(opt, dnsmessage.OPTResource{}); err != nil {
			return nil, err
		}
	}
	msg, err := b.Finish()
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(msg, uint16(len(msg)-2))
	return msg, nil
}

// exchange asks server once: over UDP, over TCP if the reply is too long for
// it, and without EDNS if the server does not know that.
func (r *Resolver) exchange(ctx context.Context, server string, q query) (answer, error) {
	q.edns = true
	a, err := r.udp(ctx, server, q)
	if errors.Is(err, errNoEDNS) {
		q.edns = false
		a, err = r.udp(ctx, server, q)
	}
	if errors.Is(err, errTruncated) {
		a, err = r.tcp(ctx, server, q)
	}
	return a, err
}

// udp asks over a socket of its own, so that the port is as hard to guess as
// the id. What is no reply to q is passed over: the real one may still come.
func (r *Resolver) udp(ctx context.Context, server string, q query) (answer, error) {
	conn, msg, err := r.open(ctx, "udp", server, &q)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { hurry(conn) })()
	if _, err := conn.Write(msg[2:]); err != nil {
		return answer{}, err
	}
	buf := make([]byte, payload+1)
	for range maxStrays {
		n, err := conn.Read(buf)
		if err != nil {
			return answer{}, err
		}
		a, err := parseReply(buf[:min(n, payload)], q)
		if errors.Is(err, errStray) {
			continue
		}
		if n > payload {
			return answer{}, errTruncated
		}
		return a, err
	}
	return answer{}, &Error{Kind: Malformed, Err: errStray}
}

// tcp asks over a connection that serves this one question.
func (r *Resolver) tcp(ctx context.Context, server string, q query) (answer, error) {
	conn, msg, err := r.open(ctx, "tcp", server, &q)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { hurry(conn) })()
	if _, err := conn.Write(msg); err != nil {
		return answer{}, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return answer{}, err
	}
	reply := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, reply); err != nil {
		return answer{}, err
	}
	a, err := parseReply(reply, q)
	if errors.Is(err, errStray) || errors.Is(err, errTruncated) {
		return answer{}, &Error{Kind: Malformed, Err: err}
	}
	return a, err
}

// open connects to server for q, which gets a fresh id, and returns q on the wire.
func (r *Resolver) open(ctx context.Context, network, server string, q *query) (net.Conn, []byte, error) {
	var id [2]byte
	_, _ = rand.Read(id[:]) // never fails, says its documentation
	q.id = binary.BigEndian.Uint16(id[:])
	msg, err := q.message()
	if err != nil {
		return nil, nil, err
	}
	r.counts.queries.Add(1)
	conn, err := r.dial(ctx, network, server)
	if err != nil {
		return nil, nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	return conn, msg, nil
}

// hurry ends what conn is waiting for.
func hurry(conn net.Conn) { _ = conn.SetDeadline(time.Unix(1, 0)) }
