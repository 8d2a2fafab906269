package program

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// Main is the Go client: net/http as everybody uses it, with the proxy of its
// environment. args are those that Command put behind Self. It returns the exit
// code: 0 if the answer was no error, 1 for any other answer, 2 if there was none.
func Main(ctx context.Context, args []string, stdout io.Writer) int {
	const url, method, authorization, token, operation, all = 0, 1, 2, 3, 4, 5
	if len(args) != all {
		_, _ = fmt.Fprintln(stdout, "failed: http: not called by the lab")
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTotal)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, args[method], args[url], nil) //nolint:gosec // to ask for what it is told to is what it is for
	if err != nil {
		_, _ = fmt.Fprintf(stdout, "failed: http: %v\n", err)
		return 2
	}
	for name, value := range map[string]string{"Authorization": args[authorization], "X-Amz-Security-Token": args[token], "X-Amz-Target": args[operation]} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	status, phase, err := Ask(r)
	if err != nil {
		_, _ = fmt.Fprintf(stdout, "failed: %s: %v\n", phase, err)
		return 2
	}
	_, _ = fmt.Fprintln(stdout, status)
	if status >= http.StatusBadRequest {
		return 1
	}
	return 0
}

// Ask sends r and returns the status of the answer, or the phase in which it
// failed.
func Ask(r *http.Request) (status int, phase Phase, err error) {
	tr := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: defaultConnect}).DialContext,
		TLSHandshakeTimeout:   defaultConnect,
		ResponseHeaderTimeout: defaultTotal,
		DisableKeepAlives:     true,
	}
	defer tr.CloseIdleConnections()
	var got progress
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		ConnectDone:       func(_, _ string, err error) { got.connected.Store(err == nil) },
		TLSHandshakeStart: func() { got.shaking.Store(true) },
		TLSHandshakeDone:  func(_ tls.ConnectionState, err error) { got.secure.Store(err == nil) },
	}))
	resp, err := tr.RoundTrip(r)
	if err != nil {
		return 0, got.phase(err, r.URL.Scheme == "https"), err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return resp.StatusCode, HTTP, err
	}
	return resp.StatusCode, "", nil
}

// progress is how far a request got.
type progress struct{ connected, shaking, secure atomic.Bool }

// phase is where a request failed. The error for a proxy's answer has no type:
// what comes after a connection and before TLS is one.
func (g *progress) phase(err error, https bool) Phase {
	_, lookup := errors.AsType[*net.DNSError](err)
	switch {
	case lookup:
		return Lookup
	case !g.connected.Load():
		return Connect
	case !https || g.secure.Load():
		return HTTP
	case g.shaking.Load():
		return TLS
	}
	return Proxy
}
