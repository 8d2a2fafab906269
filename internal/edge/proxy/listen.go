package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/turns"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/door"
	"github.com/deguchi-project/deguchi/internal/edge/socket"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// listener is one proxy port. Its settings may change under a reload while it
// goes on accepting.
type listener struct {
	net.Listener
	door     door.Door // by which it accepts
	settings atomic.Pointer[config.Listener]
	closed   atomic.Bool
}

// Close ends accepting.
func (l *listener) Close() error {
	l.closed.Store(true)
	return errors.Join(l.door.Close(), l.Listener.Close())
}

// Listen binds every port of the policy in force, or adopts the ones that were
// handed over by the service manager, and starts to accept. A socket that was
// handed over and that nobody asks for is a mistake: clients would wait at it.
func (s *Server) Listen(ctx context.Context, adopted []net.Listener) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh, err := s.bind(ctx, s.Policy().Config.Listen, &adopted)
	if err != nil {
		return err
	}
	if len(adopted) > 0 {
		closeAll(fresh)
		return fmt.Errorf("the socket %s was handed over, but listen does not name it", adopted[0].Addr())
	}
	s.warnOfOne(s.Policy())
	s.accept(fresh)
	return nil
}

// bind returns a listener for each of want that s does not listen to yet. If
// one cannot be bound, none is.
func (s *Server) bind(ctx context.Context, want []config.Listener, adopted *[]net.Listener) (map[string]*listener, error) {
	fresh := map[string]*listener{}
	for i := range want {
		w := &want[i]
		if _, ok := s.listeners[w.Address]; ok {
			continue // goes on accepting; Swap gives it its new settings
		}
		ln, err := listenOn(ctx, w.Address, adopted)
		if err != nil {
			closeAll(fresh)
			return nil, fmt.Errorf("listening on %s: %w", w.Address, err)
		}
		l := &listener{Listener: ln}
		l.settings.Store(w)
		if err := l.door.Open(ln); err != nil {
			_ = ln.Close()
			closeAll(fresh)
			return nil, fmt.Errorf("listening on %s: %w", w.Address, err)
		}
		fresh[w.Address] = l
	}
	return fresh, nil
}

func closeAll(listeners map[string]*listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// listenOn takes the adopted listener for address, if there is one, or binds it.
func listenOn(ctx context.Context, address string, adopted *[]net.Listener) (net.Listener, error) {
	for i, ln := range *adopted {
		if !SameAddress(ln.Addr(), address) {
			continue
		}
		*adopted = slices.Delete(*adopted, i, i+1)
		if tcp, ok := ln.(*net.TCPListener); ok {
			raw, err := tcp.SyscallConn()
			if err != nil {
				return nil, err
			}
			return ln, socket.Listening(door.KeepAlive)("", "", raw)
		}
		return ln, nil
	}
	lc := net.ListenConfig{KeepAlive: -1, Control: socket.Listening(door.KeepAlive)}
	return lc.Listen(ctx, "tcp", address)
}

// Listeners returns what s accepts from: the sockets that a new process gets.
func (s *Server) Listeners() (all []net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.listeners {
		all = append(all, l.Listener)
	}
	return all
}

// SameAddress reports whether a is what address asks to bind.
func SameAddress(a net.Addr, address string) bool {
	want, err := net.ResolveTCPAddr("tcp", address)
	got, ok := a.(*net.TCPAddr)
	if err != nil || !ok || want.Port != got.Port {
		return false
	}
	if want.IP == nil || want.IP.IsUnspecified() {
		return got.IP.IsUnspecified()
	}
	return want.IP.Equal(got.IP)
}

// accept starts to serve fresh listeners. s.mu is held.
func (s *Server) accept(fresh map[string]*listener) {
	for address, l := range fresh {
		s.listeners[address] = l
		s.conns.Go(func() { s.acceptAll(l) })
	}
}

// Addrs returns the addresses that s listens on, sorted.
func (s *Server) Addrs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var addrs []string
	for _, l := range s.listeners {
		addrs = append(addrs, l.Addr().String())
	}
	slices.Sort(addrs)
	return addrs
}

// To accept a connection costs far less than what it asks for. So many are
// accepted before some get their turn: who is behind a crowd is found soon.
const (
	acceptsPerRound = 64
	turnsPerRound   = 8
)

// acceptAll accepts until l is closed, and has clients take turns. Errors of
// accept, of which running out of descriptors is the usual one, are waited out: a
// proxy does not give up.
func (s *Server) acceptAll(l *listener) {
	var waiting turns.Queue[*conn]
	var pause time.Duration
	for {
		err := s.acceptSome(l, &waiting)
		for range turnsPerRound {
			if c, ok := waiting.Pop(); ok {
				c.turn()
			}
		}
		switch {
		case err == nil:
			pause = 0
			if waiting.Len() > 0 {
				runtime.Gosched() // what these turns have set going is before the next ones
			}
		case l.closed.Load():
			for c, ok := waiting.Pop(); ok; c, ok = waiting.Pop() {
				c.turn()
			}
			return
		default:
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			s.Log.LogAttrs(context.Background(), slog.LevelWarn, "accept failed", slog.String("err", err.Error()), slog.Duration("retry_in", pause))
			time.Sleep(pause)
		}
	}
}

// acceptSome accepts the connections that are there. It waits for one only if
// nobody waits for a turn.
func (s *Server) acceptSome(l *listener, waiting *turns.Queue[*conn]) error {
	for n := range acceptsPerRound {
		raw, from, ok, err := l.door.Next(n == 0 && waiting.Len() == 0)
		if !ok {
			return err
		}
		c := &conn{s: s, raw: raw, peer: from, l: l.settings.Load(), since: time.Now()}
		if whose := s.take(c); whose != 0 {
			waiting.Push(whose, c)
		} else if waiting.Len() == 0 {
			return nil // there may be no other, and to look costs
		}
	}
	return nil
}

// take takes care of a connection, or tells it that there is no room. If it is to
// have a turn, take says whose it is.
func (s *Server) take(c *conn) (whose uint64) {
	if s.limiter.Connect() {
		if !c.enterEarly() {
			s.limiter.Disconnect(c.key)
			c.raw.Close()
			return 0
		}
		return c.arrive()
	}
	select {
	case s.shedding <- struct{}{}:
		s.conns.Go(func() {
			defer func() { <-s.shedding }()
			c.shed()
		})
	default: // not even room to say so
		s.limiter.Disconnect(c.key)
		c.raw.Close()
	}
	return 0
}

// turn carries out what the connection asks for: without waiting where that can
// be, else by a goroutine.
func (c *conn) turn() {
	if !c.quick() {
		c.s.conns.Go(c.serve)
	}
}

// maxShedding bounds the connections that are being told 503 for want of
// descriptors. They live for a second.
const maxShedding = 128

// shed answers 503 to a connection that the proxy has no descriptors for.
func (c *conn) shed() {
	var err error
	defer c.s.limiter.Disconnect(c.key)
	if c.tcp, err = c.raw.Open(); err != nil {
		return
	}
	c.policy = c.s.Policy()
	c.client = c.peer
	c.refuse(refusal{because: reason.New(reason.TooManyFiles, fmt.Sprint(c.s.limiter.Descriptors.Load()))})
}
