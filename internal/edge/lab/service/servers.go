package service

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// servers are HTTP servers that end together.
type servers struct {
	mu      sync.Mutex
	all     []*http.Server
	closed  bool
	serving sync.WaitGroup
}

// server returns an HTTP server that answers by h.
func server(h http.HandlerFunc) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), // of clients that hang up
	}
}

// serve has srv answer connections of ln, which it takes over, and returns at
// once.
func (ss *servers) serve(ln net.Listener, srv *http.Server) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.closed {
		_ = ln.Close()
		return
	}
	ss.all = append(ss.all, srv)
	ss.serving.Go(func() {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			_ = ln.Close()
		}
	})
}

// close ends every connection.
func (ss *servers) close() error {
	ss.mu.Lock()
	ss.closed = true
	var errs []error
	for _, srv := range ss.all {
		errs = append(errs, srv.Close())
	}
	ss.mu.Unlock()
	ss.serving.Wait()
	return errors.Join(errs...)
}
