package service

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
)

// ALB is an Application Load Balancer, as far as a proxy behind one meets it: it
// answers CONNECT itself, and forwards what is left in the form in which servers
// get requests, so that the proxy no longer learns where to.
//
// The status of its answer to CONNECT is that of nginx in its place; what AWS's
// is, is not documented.
type ALB struct {
	target  Target
	mu      sync.Mutex
	refused int
	servers servers
	ends    []func()
}

// NewALB returns a load balancer that does not listen yet.
func NewALB(target Target) *ALB { return &ALB{target: target} }

// Serve takes connections of ln until Close. It takes ln over and returns at
// once.
func (a *ALB) Serve(ln net.Listener, at Node) {
	tr := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return at.Dial(ctx, addrPort(ln.Addr()), a.target.Addr)
		},
		DisableCompression: true,
	}
	a.mu.Lock()
	a.ends = append(a.ends, tr.CloseIdleConnections)
	a.mu.Unlock()
	forward := &httputil.ReverseProxy{
		Transport: tr,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", a.target.Addr.String(), r.In.Host
			r.SetXForwarded()
		},
		ErrorLog: log.New(io.Discard, "", 0), // the client is told: 502
	}
	a.servers.serve(ln, server(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "awselb/2.0")
		if r.Method == http.MethodConnect {
			a.mu.Lock()
			a.refused++
			a.mu.Unlock()
			w.Header().Set("Connection", "close")
			http.Error(w, "400 Bad Request", http.StatusBadRequest)
			return
		}
		forward.ServeHTTP(w, r)
	}))
}

// Refused is how many CONNECT requests there were.
func (a *ALB) Refused() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refused
}

// Close ends every connection.
func (a *ALB) Close() error {
	err := a.servers.close()
	for _, end := range a.ends {
		end()
	}
	return err
}
