// Package standin answers real AWS clients as AWS would: S3, STS, SNS, SSM and
// the message channels of Session Manager, and the one call of Auto Scaling that
// an instance makes. It does so over TLS, under whatever host name they ask for,
// with certificates from a CA of its own. Tests and the lab put it where AWS
// would be, and ask it afterwards who came which way.
//
// It wants a credential in every request and believes it: signatures are not
// checked. It has no policies; Options.Judge is asked instead. Objects live in
// files that have no name, so whatever ends the process leaves nothing behind.
package standin

import (
	"bytes"
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
	Names      []string             // that the CA may certify, with all below them; empty is any

	// AnyBucket has a bucket of every name; those that are not in Buckets are in
	// the region that they are asked for.
	AnyBucket bool
	// AnyOperation answers calls that the stand-in does not know with success and
	// nothing in it.
	AnyOperation bool
	// Judge is asked before every call and returns why it is denied, nil if it is
	// not. A nil Judge denies nothing, except that S3 does nothing for nobody.
	Judge func(*http.Request, Call) *Denial
	// Backend, if it is set, answers what is not denied.
	Backend http.Handler
}

// Denial is a call that is not permitted.
type Denial struct {
	Resource string // ARN; may be empty
	Because  string // "with an explicit deny in a VPC endpoint policy"; may be empty
	Terse    bool   // who asks is a stranger, who learns no more than that
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
	ca, err := newAuthority(time.Now(), o.Names)
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
func (s *Server) Serve(ln net.Listener) { s.ServePlain(s.TLS(ln)) }

// TLS returns ln with TLS on its connections, as Serve speaks it.
func (s *Server) TLS(ln net.Listener) net.Listener {
	return tls.NewListener(ln, &tls.Config{
		GetCertificate: s.ca.certificate,
		NextProtos:     []string{"http/1.1"},
		MinVersion:     tls.VersionTLS12,
	})
}

// Know makes key, an access key id, one of who's.
func (s *Server) Know(key string, who Principal) { s.iam.add(key, who) }

// Who returns whose key that is.
func (s *Server) Who(key string) Principal { return s.iam.of(key) }

// Put keeps content as an object, and makes the bucket in region if there is
// none of that name.
func (s *Server) Put(bucket, region, key string, content []byte) error {
	blob, err := newBlob(s.store.dir, bytes.NewReader(content))
	if err != nil {
		return err
	}
	now := time.Now()
	s.store.create(bucket, region, now)
	s.store.put(s.store.bucket(bucket), key, &object{
		parts: parts{blob}, etag: blob.etag(), modified: now, header: http.Header{"Content-Type": {"binary/octet-stream"}},
	})
	return nil
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

// Generate keeps an object of size bytes, which takes no room: what stands in it
// follows from where it stands.
func (s *Server) Generate(bucket, region, key string, size int64) {
	now := time.Now()
	s.store.create(bucket, region, now)
	b := &blob{ReaderAt: pattern{}, size: size}
	s.store.put(s.store.bucket(bucket), key, &object{
		// An ETag with a number is that of a multipart upload: nobody checks it.
		parts: parts{b}, etag: `"00000000000000000000000000000000-1"`, modified: now, header: http.Header{"Content-Type": {"binary/octet-stream"}},
	})
}

// Count returns how many calls were made that which holds for, also those that
// were answered with an error.
func (s *Server) Count(which func(Call) bool) int { return s.calls.count(which) }

// ServeHTTP answers one request, of any service.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	service := s.api(c.Service, r)
	handle, f := service.route(r, &c)
	s.calls.add(c)
	if denied := s.judged(service, r, &c); denied != nil {
		f = denied
	}
	if region, ok := service.(s3); ok && f == nil {
		f = region.elsewhere(w, &c)
	}
	switch {
	case f != nil:
		service.fail(w, r, f)
	case s.o.Backend != nil:
		s.o.Backend.ServeHTTP(w, r)
	default:
		if f = handle(w, r, &c); f != nil {
			service.fail(w, r, f)
		}
	}
}

// judged returns what is wrong with who asks. Judge is asked in any case: it may
// want to know of every call.
func (s *Server) judged(service api, r *http.Request, c *Call) *fault {
	var d *Denial
	switch {
	case s.o.Judge != nil:
		d = s.o.Judge(r, *c)
	case c.AccessKey == "" && c.Service == "s3":
		d = &Denial{Terse: true}
	}
	if c.AccessKey != "" && c.HostRegion != "" && c.Region != c.HostRegion {
		return service.wrongScope(c)
	}
	if c.AccessKey == "" {
		if f := service.noCredential(); f != nil {
			return f
		}
	}
	switch {
	case d == nil:
		return nil
	case d.Terse:
		return service.denied("")
	}
	return service.denied(s.notAuthorized(c, d))
}
