package service

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/engine/route/seen"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// AWSOptions say what AWS knows.
type AWSOptions struct {
	// Topology has the policies, buckets and accounts, and the objects that its
	// tests ask for.
	Topology *topology.Topology
	Dir      string   // for objects; empty is the system's temporary folder
	Hosts    []string // names on the internet that have certificates, besides AWS's and those of the tests
	Backend  *url.URL // that answers what no policy denies, such as moto; nil is a stand-in of our own
	// Dial connects to Backend; nil is from the network of this process.
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Record func(Record) // is told of every request; may be nil
}

// AWS is AWS, and the rest of the internet: every host that it is asked for.
// Regions keep to themselves in it: a bucket is in one of them, and a credential
// is for one of them. A Backend does not have to know that: it is one for all
// Regions, and is asked only when the Region is right.
//
// It believes credentials, and takes a key that it did not issue for one of the
// account main.
type AWS struct {
	o       AWSOptions
	t       *topology.Topology
	standin *standin.Server
	people  accounts
	known   seen.Accounts
	told    map[string]topology.Request // see toldIn
	servers servers

	toBackend *http.Transport // nil without one
}

// The object that is there to be fetched for long, in every Region.
const (
	BigBucket = "deguchi-lab"
	BigKey    = "1GiB"
	BigSize   = 1 << 30
)

// NewAWS returns an AWS that does not listen yet.
func NewAWS(o AWSOptions) (*AWS, error) {
	a := &AWS{
		o: o, t: o.Topology, people: accountsOf(o.Topology), known: seen.AccountsOf(o.Topology),
		told: toldIn(o.Topology),
	}
	hosts := slices.Concat(awsname.Suffixes(), o.Hosts)
	buckets := map[string]string{}
	for _, b := range a.t.Buckets {
		buckets[b.Name] = b.Region
	}
	var wanted []target.Resource // objects
	for _, test := range a.t.Tests {
		asked := target.Of(test.Request)
		if !asked.Literal.IsValid() {
			hosts = append(hosts, asked.Host)
		}
		if asked.Bucket != "" && asked.Object != "" {
			wanted = append(wanted, asked)
		}
	}
	options := standin.Options{
		Dir: o.Dir, Buckets: buckets, Names: hosts, AnyBucket: true, AnyOperation: true, Judge: a.judge,
		Parameters: map[string]string{"/lab/greeting": "hello"},
	}
	if o.Backend != nil {
		a.toBackend = &http.Transport{DialContext: o.Dial, DisableCompression: true}
		options.Backend = backend(o.Backend, a.toBackend)
	}
	var err error
	if a.standin, err = standin.New(options); err != nil {
		return nil, err
	}
	a.standin.Generate(BigBucket, "", BigKey, BigSize)
	for _, w := range wanted {
		if err := a.standin.Put(w.Bucket, "", w.Object, []byte("This is "+w.Object+" of the lab.\n")); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// backend sends requests on as they are, with the host that they are for: moto
// reads service and Region off it and off the credential.
func backend(to *url.URL, by http.RoundTripper) http.Handler {
	return &httputil.ReverseProxy{
		Transport: by,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			r.Out.Host = r.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0), // the client is told: 502
	}
}

// CA returns the certificate that clients must trust, as PEM. It is good for AWS's
// names and for those on the internet that AWS was made with.
func (a *AWS) CA() []byte { return a.standin.CA() }

// Issue returns a key of id that AWS knows from now on.
func (a *AWS) Issue(id Identity) Credential {
	c := newCredential(id)
	a.standin.Know(c.KeyID, a.people.principal(id))
	return c
}

// Serve answers TLS connections of ln, which are taken to come in by e. It takes
// ln over and returns at once.
func (a *AWS) Serve(ln net.Listener, e Entry) { a.ServePlain(a.standin.TLS(ln), e) }

// ServePlain is Serve without TLS, for port 80.
func (a *AWS) ServePlain(ln net.Listener, e Entry) {
	srv := server(a.answer)
	srv.BaseContext = func(net.Listener) context.Context { return context.WithValue(context.Background(), entryKey{}, e) }
	a.servers.serve(ln, srv)
}

// Close ends every connection.
func (a *AWS) Close() error {
	if a.toBackend != nil {
		defer a.toBackend.CloseIdleConnections()
	}
	return errors.Join(a.servers.close(), a.standin.Close())
}

type (
	entryKey struct{} // of the Entry in the context of a connection
	visitKey struct{} // of the visit in the context of a request
)

// visit is a request while it is answered.
type visit struct {
	http.ResponseWriter
	record Record
	asked  target.Resource
	once   sync.Once
	tell   func(Record)
}

// answer answers one request, of any service or of none.
func (a *AWS) answer(w http.ResponseWriter, r *http.Request) {
	v := a.visit(w, r)
	defer v.told()
	if !v.asked.AWS {
		v.reached()
		v.record.Asked = v.asked
		v.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(v, "This is "+v.record.Host+" of the lab's internet.\n") // the client may have gone
		return
	}
	a.standin.ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
}

// visit takes up what can be told of r before anybody answers it.
func (a *AWS) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{ResponseWriter: w, tell: a.o.Record}
	v.record.Time = time.Now()
	v.record.Entry, _ = r.Context().Value(entryKey{}).(Entry)
	v.record.Source, _ = netip.ParseAddrPort(r.RemoteAddr) // of TCP it always is one
	u := &url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path}
	if r.TLS != nil {
		u.Scheme, v.record.SNI = "https", r.TLS.ServerName
	}
	q := topology.Request{URL: u}
	v.asked = target.Of(q)
	v.record.Host = v.asked.Host
	if told, ok := a.told[v.asked.Host]; ok {
		told.URL, told.Action = u, topology.Setting[string]{}
		v.asked = target.Of(told)
	}
	if e := v.record.Entry.Endpoint; e != nil && (v.asked.VPCE || v.asked.Service == "") {
		v.asked.Through(e, regionOf(e), q)
	}
	return v
}

// regionOf returns the Region whose service e leads to.
func regionOf(e *topology.Endpoint) string {
	if e.ServiceRegion.Is() {
		return e.ServiceRegion.V
	}
	return e.VPC.Region
}

// WriteHeader notes the status.
func (v *visit) WriteHeader(status int) {
	if v.record.Status == 0 {
		v.record.Status = status
	}
	v.ResponseWriter.WriteHeader(status)
}

// Write is of an answer that is 200 unless it was said otherwise.
func (v *visit) Write(b []byte) (int, error) {
	if v.record.Status == 0 {
		v.record.Status = http.StatusOK
	}
	return v.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find what the connection can do.
func (v *visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }

// told tells of the visit, once.
func (v *visit) told() {
	v.once.Do(func() {
		if v.tell != nil {
			v.tell(v.record)
		}
	})
}
