// Package standin answers real AWS clients as AWS would: S3, STS, SNS, SSM and
// the message channels of Session Manager, and the one call of Auto Scaling that
// an instance makes. It does so over TLS, under whatever host name they ask for,
// with certificates from a CA of its own. Tests and the lab put it where AWS
// would be, and ask it afterwards who came which way.
//
// It wants a credential in every request and believes it: signatures are not
// checked. It has no policies; Options.Permit is asked instead. Objects live in
// files that have no name, so whatever ends the process leaves nothing behind.
package standin

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options say what the stand-in knows from the start. The zero Options are an
// account with nothing in it.
type Options struct {
	Dir        string               // for objects; empty is the system's temporary folder
	Buckets    map[string]string    // name to region
	Principals map[string]Principal // access key id to whose it is; see Principal
	Instances  []Instance           // that SSM manages
	Parameters map[string]string    // of SSM's parameter store, name to value
	Hooks      map[string]string    // of Auto Scaling groups, group to hook, for Instances that are to go
	Permit     func(Call) bool      // is asked before every call; nil permits all
}

// Server is a stand-in for AWS. Make one with New.
type Server struct {
	o        Options
	ca       *authority
	store    *store
	iam      *principals
	calls    counter
	channels channels
	http     *http.Server
	serving  sync.WaitGroup
}

// New returns a stand-in that does not listen yet.
func New(o Options) (*Server, error) {
	ca, err := newAuthority(time.Now())
	if err != nil {
		return nil, fmt.Errorf("making a CA: %w", err)
	}
	s := &Server{o: o, ca: ca, store: newStore(o.Dir), iam: newPrincipals(o.Principals)}
	for name, region := range o.Buckets {
		s.store.create(name, region, time.Now())
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // of clients that hang up
	}
	return s, nil
}

// CA returns the certificate that clients must trust, as PEM.
func (s *Server) CA() []byte { return s.ca.pem() }

// Serve answers TLS connections of ln until Close. It takes ln over and returns
// at once.
func (s *Server) Serve(ln net.Listener) {
	s.ServePlain(tls.NewListener(ln, &tls.Config{
		GetCertificate: s.ca.certificate,
		NextProtos:     []string{"http/1.1"},
		MinVersion:     tls.VersionTLS12,
	}))
}

// ServePlain is Serve without TLS, for clients with an endpoint URL of http.
func (s *Server) ServePlain(ln net.Listener) {
	s.serving.Go(func() {
		if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			_ = ln.Close()
		}
	})
}

// Close ends every connection.
func (s *Server) Close() error {
	err := s.http.Close()
	s.channels.close()
	s.serving.Wait()
	return err
}

// Count returns how many calls were made that which holds for, also those that
// were answered with an error.
func (s *Server) Count(which func(Call) bool) int { return s.calls.count(which) }

// ServeHTTP answers one request, of any service.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	service := s.api(c.Service)
	handle, f := service.route(r, &c)
	s.calls.add(c)
	switch {
	case f != nil:
	case c.AccessKey == "" && c.Service != channelService:
		f = service.noCredential()
	case s.o.Permit != nil && !s.o.Permit(c):
		f = &fault{status: http.StatusForbidden, code: "AccessDenied", message: s.notAuthorized(&c)}
	default:
		f = handle(w, r, &c)
	}
	if f != nil {
		service.fail(w, r, f)
	}
}
