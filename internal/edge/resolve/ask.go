package resolve

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	rounds  = 2                      // in which every server is tried
	grace   = 250 * time.Millisecond // for the second family, once the first has addresses
	partial = 30 * time.Second       // for how long the addresses of one family alone are kept
)

// both asks for the addresses of the name key in both families at once.
func (r *Resolver) both(ctx context.Context, key string) found {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(time.Hour, cancel)
	defer late.Stop()
	half := func(kind dnsmessage.Type) (a answer, err *Error) {
		a, err = r.ask(ctx, query{name: key + ".", kind: kind})
		if len(a.addrs) > 0 {
			late.Reset(grace)
		}
		return a, err
	}
	var (
		six  answer
		err6 *Error
		wait sync.WaitGroup
	)
	wait.Go(func() { six, err6 = half(dnsmessage.TypeAAAA) })
	four, err4 := half(dnsmessage.TypeA)
	wait.Wait()
	return merge(four, six, err4, err6)
}

// merge puts the two families together. What one of them knows for certain
// counts; that a name has nothing is certain only if both say so.
func merge(four, six answer, err4, err6 *Error) found {
	has4, has6 := len(four.addrs) > 0, len(six.addrs) > 0
	switch {
	case has4 && has6:
		all := append(four.addrs, six.addrs...)
		return found{addrs: all[:min(len(all), maxAddrs)], ttl: min(four.ttl, six.ttl)}
	case has4 && err6 != nil:
		return found{addrs: four.addrs, ttl: min(four.ttl, partial)}
	case has4:
		return found{addrs: four.addrs, ttl: four.ttl}
	case has6 && err4 != nil:
		return found{addrs: six.addrs, ttl: min(six.ttl, partial)}
	case has6:
		return found{addrs: six.addrs, ttl: six.ttl}
	case err4 != nil:
		return found{err: err4}
	case err6 != nil:
		return found{err: err6}
	}
	return found{err: &Error{Kind: NotFound}, ttl: min(four.ttl, six.ttl)}
}

// ask tries the servers in turn until one knows. Each try gets its share of
// the time that is left; a server that cannot answer is not asked again.
func (r *Resolver) ask(ctx context.Context, q query) (answer, *Error) {
	servers := r.health.order(r.servers())
	last := &Error{Kind: Timeout, Err: context.DeadlineExceeded}
	for round := range rounds {
		for i := 0; i < len(servers); i++ {
			if ctx.Err() != nil {
				return answer{}, last
			}
			left := (rounds-round)*len(servers) - i
			a, err := r.try(ctx, servers[i], q, left)
			if err == nil {
				return a, nil
			}
			last = err
			if err.Kind != Timeout {
				servers = slices.Delete(servers, i, i+1)
				i--
			}
		}
	}
	return answer{}, last
}

// try asks one server, for its share of the time: left tries are to come,
// this one included.
func (r *Resolver) try(ctx context.Context, server string, q query, left int) (answer, *Error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	a, err := r.exchange(ctx, server, q)
	if err == nil {
		r.health.answered(server)
		return a, nil
	}
	e := explain(err, server)
	if e.Kind == Timeout && !errors.Is(ctx.Err(), context.Canceled) {
		r.health.silent(server)
	}
	return answer{}, e
}

// explain returns err as an *Error of server.
func explain(err error, server string) *Error {
	var e *Error
	var n net.Error
	switch {
	case errors.As(err, &e):
		e.Server = server
		return e
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &n) && n.Timeout():
		return &Error{Kind: Timeout, Server: server}
	case errors.Is(err, context.Canceled):
		return &Error{Kind: Timeout, Server: server, Err: context.Canceled}
	}
	return &Error{Kind: Failed, Server: server, Err: err}
}
