// Package dial connects to one of several addresses.
package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// attempts bounds the addresses that are tried: each holds a descriptor while
// it is.
const attempts = 8

// Staggered is how long an attempt may run before the next address is tried
// beside it (RFC 8305 section 5, "Connection Attempt Delay").
const Staggered = 250 * time.Millisecond

// Any connects by d to one of addrs, trying them in the order of RFC 8305: families
// in turn, the next one as soon as an attempt fails or takes long. The first
// connection that stands is returned, all others are closed. If none stands,
// the error is that of the attempt that says most: a timeout if there was one.
func Any(d *net.Dialer, until *Until, addrs []netip.Addr, port uint16) (*net.TCPConn, netip.AddrPort, error) {
	if len(addrs) == 1 {
		return one(d, until, netip.AddrPortFrom(addrs[0], port))
	}
	ctx, cancel := context.WithDeadline(until, until.time)
	results := make(chan dialed, len(addrs))
	pending := 0
	defer func() {
		cancel()
		for range pending {
			if r := <-results; r.err == nil {
				_ = r.conn.Close()
			}
		}
	}()
	tick := time.NewTimer(0)
	defer tick.Stop()
	var failed error
	next := Interleave(addrs)
	for next = next[:min(len(next), attempts)]; len(next) > 0 || pending > 0; {
		select {
		case <-tick.C:
			if len(next) == 0 {
				continue
			}
			addr := netip.AddrPortFrom(next[0], port)
			next = next[1:]
			pending++
			go func() { // ends with ctx at the latest; waited for above
				c, addr, err := one(d, ctx, addr)
				results <- dialed{c, addr, err}
			}()
			tick.Reset(Staggered)
		case r := <-results:
			pending--
			if r.err == nil {
				return r.conn, r.addr, nil
			}
			if failed == nil || Timeout(r.err) {
				failed = r.err
			}
			tick.Reset(0)
		}
	}
	return nil, netip.AddrPort{}, failed
}

type dialed struct {
	conn *net.TCPConn
	addr netip.AddrPort
	err  error
}

func one(d *net.Dialer, ctx context.Context, addr netip.AddrPort) (*net.TCPConn, netip.AddrPort, error) {
	// Not DialTCP: go1.26 binds its zero local address, which makes the kernel
	// search for a port that is free towards everybody.
	c, err := d.DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return nil, addr, err
	}
	return c.(*net.TCPConn), addr, nil
}

// Interleave orders addrs so that families take turns, IPv6 first, each in the
// order of the answer.
func Interleave(addrs []netip.Addr) []netip.Addr {
	var six, four, mixed []netip.Addr
	for _, a := range addrs {
		if a.Is4() {
			four = append(four, a)
		} else {
			six = append(six, a)
		}
	}
	for len(six) > 0 || len(four) > 0 {
		if len(six) > 0 {
			mixed, six = append(mixed, six[0]), six[1:]
		}
		if len(four) > 0 {
			mixed, four = append(mixed, four[0]), four[1:]
		}
	}
	return mixed
}

// Timeout reports whether err says that time was over.
func Timeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}
