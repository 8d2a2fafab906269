// Package admin is the listener for operators and load balancers: is the proxy
// alive and ready, what is it doing, why would it decide so, reload.
//
// /healthz and /readyz answer private peers, everything else loopback only, and
// only under a Host that a web page elsewhere cannot make a browser send, and to
// no request that a browser says such a page has made. A
// leading PROXY header is accepted and ignored: load balancers send one before
// their health checks.
package admin

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/edge/proxy"
)

// Options are what the admin listener shows and does.
type Options struct {
	Server  *proxy.Server
	Metrics http.Handler
	Explain func(r *http.Request) (any, error) // GET /explain
	Reload  func() error                       // POST /reload
	Log     *slog.Logger
	Version string
	Started time.Time
}

// Serve answers on ln until ctx ends, then lets requests in hand finish for a
// second.
func Serve(ctx context.Context, ln net.Listener, o Options) error {
	srv := &http.Server{
		Handler:           o.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(skipper{ln}) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := srv.Shutdown(soft); err != nil {
		_ = srv.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (o Options) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", private(func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") }))
	mux.HandleFunc("GET /readyz", private(o.ready))
	mux.Handle("GET /metrics", local(o.Metrics.ServeHTTP))
	mux.Handle("GET /tunnels", local(o.tunnels))
	mux.Handle("GET /status", local(o.status))
	mux.Handle("GET /explain", local(o.explain))
	mux.Handle("POST /reload", local(o.reload))
	return http.NewCrossOriginProtection().Handler(mux)
}

func (o Options) ready(w http.ResponseWriter, _ *http.Request) {
	if o.Server.Draining() {
		say(w, http.StatusServiceUnavailable, "draining")
		return
	}
	say(w, http.StatusOK, "ready")
}

func (o Options) explain(w http.ResponseWriter, r *http.Request) {
	doc, err := o.Explain(r)
	if err != nil {
		say(w, http.StatusBadRequest, err.Error())
		return
	}
	show(w, http.StatusOK, doc)
}

func (o Options) reload(w http.ResponseWriter, r *http.Request) {
	recheck := r.URL.Query().Get("recheck")
	if recheck != "" && recheck != "cut" {
		say(w, http.StatusBadRequest, "recheck can be: cut")
		return
	}
	if err := o.Reload(); err != nil {
		say(w, http.StatusUnprocessableEntity, "the previous configuration stays: "+err.Error())
		return
	}
	cut := 0
	if recheck == "cut" {
		cut = o.Server.Recheck(time.Now())
	}
	show(w, http.StatusOK, reloadV1{"deguchi/reload/v1", o.Server.Policy().Config.Digest, cut})
}

type reloadV1 struct {
	Schema string `json:"schema"`
	Config string `json:"config"`
	Cut    int    `json:"cut"` // tunnels that the new rules deny
}

// private admits peers on private networks, local only this machine.
func private(next http.HandlerFunc) http.HandlerFunc {
	return guard(next, func(a netip.Addr) bool {
		return a.IsLoopback() || netset.Classify(a) == netset.Private || a.IsLinkLocalUnicast()
	})
}

func local(next http.HandlerFunc) http.HandlerFunc {
	return hosted(guard(next, netip.Addr.IsLoopback))
}

func guard(next http.HandlerFunc, admits func(netip.Addr) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !admits(peer.Addr().Unmap()) {
			say(w, http.StatusForbidden, "not from here")
			return
		}
		next(w, r)
	}
}

// hosted refuses requests under a foreign name: a page in a browser on this
// machine can point its own name at 127.0.0.1, but not choose the Host field.
func hosted(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		addr, err := netip.ParseAddr(trimBrackets(host))
		if host != "localhost" && (err != nil || !addr.IsLoopback()) {
			say(w, http.StatusMisdirectedRequest, "ask as localhost")
			return
		}
		next(w, r)
	}
}

func trimBrackets(host string) string {
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}

func show(w http.ResponseWriter, status int, doc any) {
	b, err := json.Marshal(doc)
	if err != nil {
		say(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}
