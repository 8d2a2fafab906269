package service

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// MetadataOptions say whose metadata service it is.
type MetadataOptions struct {
	Mode     topology.IMDS
	Role     Identity // of the instance; no Role is an instance without one
	Region   string
	Zone     string // "a": of the Region
	Instance string // "i-0123456789abcdef0"
	// HopLimit is how many routers the answer with a token may pass, plus one; 0 is
	// 1, the default of EC2.
	HopLimit int
	Issue    func(Identity) Credential
	Record   func(MetadataRequest) // is told of every request; may be nil
}

// MetadataRequest is one request to a metadata service or a credential agent.
type MetadataRequest struct {
	Time    time.Time
	Whose   Identity // the role that the service has to give
	Source  netip.AddrPort
	Request string // "GET /latest/meta-data/"
	// ForwardedFor is the field X-Forwarded-For: a proxy asked for somebody.
	ForwardedFor string
	Status       int
	KeyID        string // of the credential that was given; empty if none was
}

// Metadata is the metadata service of one EC2 instance, versions 1 and 2 of IMDS.
// Sources: Amazon EC2 User Guide, "Use the Instance Metadata Service to access
// instance metadata"; AWS Security Blog, 2019-11-19, for X-Forwarded-For.
type Metadata struct {
	o       MetadataOptions
	lender  lender
	servers servers

	mu     sync.Mutex
	tokens map[string]time.Time // until when they are good
}

// NewMetadata returns a service that does not listen yet.
func NewMetadata(o MetadataOptions) *Metadata {
	if o.HopLimit == 0 {
		o.HopLimit = 1
	}
	if o.Role.Session == "" {
		o.Role.Session = o.Instance
	}
	return &Metadata{o: o, lender: lender{issue: o.Issue, whose: o.Role}, tokens: map[string]time.Time{}}
}

// Serve answers connections of ln until Close. It takes ln over and returns at
// once.
func (m *Metadata) Serve(ln net.Listener) {
	srv := server(m.answer)
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	m.servers.serve(ln, srv)
}

// Close ends every connection.
func (m *Metadata) Close() error { return m.servers.close() }

type connKey struct{} // of the connection in the context of a request

const (
	tokenField    = "X-Aws-Ec2-Metadata-Token"             //nolint:gosec // the name of a field
	tokenTTLField = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds" //nolint:gosec // the name of a field
	maxTokenTTL   = 21600                                  // six hours, in seconds
	usualHops     = 64
)

func (m *Metadata) answer(w http.ResponseWriter, r *http.Request) {
	e := answering{ResponseWriter: w}
	e.record = requestOf(r, m.o.Role)
	limitHops(r, usualHops)
	switch {
	case m.o.Mode == topology.NoIMDS:
		http.Error(&e, "Forbidden", http.StatusForbidden)
	case r.URL.Path == "/latest/api/token":
		m.token(&e, r)
	case !m.admits(r):
		http.Error(&e, "Unauthorized", http.StatusUnauthorized)
	case r.Method != http.MethodGet:
		http.Error(&e, "Method Not Allowed", http.StatusMethodNotAllowed)
	default:
		m.value(&e, r)
	}
	if m.o.Record != nil {
		m.o.Record(e.record)
	}
}

// token answers a request for a token, of IMDSv2: not through a proxy that says
// so, and not further than the hop limit.
func (m *Metadata) token(w http.ResponseWriter, r *http.Request) {
	ttl, err := strconv.Atoi(r.Header.Get(tokenTTLField))
	switch {
	case r.Method != http.MethodPut:
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
	case r.Header.Get("X-Forwarded-For") != "":
		http.Error(w, "Forbidden", http.StatusForbidden)
	case err != nil || ttl < 1 || ttl > maxTokenTTL:
		http.Error(w, "Bad Request", http.StatusBadRequest)
	default:
		limitHops(r, m.o.HopLimit)
		w.Header().Set(tokenTTLField, strconv.Itoa(ttl))
		_, _ = w.Write([]byte(m.newToken(time.Duration(ttl) * time.Second))) // the client may have gone
	}
}

// limitHops sets for how many hops packets of the connection of r live.
func limitHops(r *http.Request, hops int) {
	conn, ok := r.Context().Value(connKey{}).(*net.TCPConn)
	if !ok {
		return
	}
	if addrPort(conn.RemoteAddr()).Addr().Is4() {
		_ = ipv4.NewConn(conn).SetTTL(hops) // where it cannot be set, answers go too far
		return
	}
	_ = ipv6.NewConn(conn).SetHopLimit(hops)
}

func (m *Metadata) newToken(ttl time.Duration) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := randomHex(28)
	m.tokens[t] = time.Now().Add(ttl)
	return t
}

// admits reports whether r has a token that is good, or needs none.
func (m *Metadata) admits(r *http.Request) bool {
	t := r.Header.Get(tokenField)
	if t == "" {
		return m.o.Mode == topology.IMDSv1
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.tokens[t]
	return ok && time.Now().Before(until)
}

// value answers what SDKs and agents ask for.
func (m *Metadata) value(w *answering, r *http.Request) {
	const credentials = "iam/security-credentials/"
	path, ok := strings.CutPrefix(r.URL.Path, "/latest/meta-data/")
	if !ok {
		m.document(w, r)
		return
	}
	role, asksRole := strings.CutPrefix(path, credentials)
	text := map[string]string{
		"instance-id": m.o.Instance, "placement/region": m.o.Region, "placement/availability-zone": m.o.Region + m.o.Zone,
		"services/domain": "amazonaws.com", "services/partition": "aws",
	}[path]
	switch {
	case m.o.Role.Role != "" && strings.TrimSuffix(path, "/")+"/" == credentials:
		text = m.o.Role.Role
	case asksRole && role != "" && role == m.o.Role.Role:
		c := m.lender.credential()
		w.record.KeyID = c.KeyID
		answerJSON(w, map[string]string{
			"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": stamp(time.Now()), "Expiration": stamp(c.Expires),
			"AccessKeyId": c.KeyID, "SecretAccessKey": c.Secret, "Token": c.Token,
		})
		return
	case text == "":
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(text)) // the client may have gone
}

// document answers with the identity document, which is not signed here.
func (m *Metadata) document(w *answering, r *http.Request) {
	if r.URL.Path != "/latest/dynamic/instance-identity/document" {
		http.NotFound(w, r)
		return
	}
	answerJSON(w, map[string]string{"region": m.o.Region, "availabilityZone": m.o.Region + m.o.Zone, "instanceId": m.o.Instance, "version": "2017-09-30"})
}

// lender gives the same credential until it is about to end, as AWS does.
type lender struct {
	issue func(Identity) Credential
	whose Identity

	mu   sync.Mutex
	lent Credential
}

// renewal is how long before the end of a credential there is a new one. SDKs ask
// again some minutes before.
const renewal = 20 * time.Minute

func (l *lender) credential() Credential {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lent.KeyID == "" || time.Until(l.lent.Expires) < renewal {
		l.lent = l.issue(l.whose)
	}
	return l.lent
}

// answering is an answer whose status and credential are told of.
type answering struct {
	http.ResponseWriter
	record MetadataRequest
}

// WriteHeader notes the status.
func (e *answering) WriteHeader(status int) {
	e.record.Status = status
	e.ResponseWriter.WriteHeader(status)
}

func requestOf(r *http.Request, whose Identity) MetadataRequest {
	source, _ := netip.ParseAddrPort(r.RemoteAddr) // of TCP it always is one
	return MetadataRequest{
		Time: time.Now(), Whose: whose, Source: source, Request: r.Method + " " + r.URL.Path,
		ForwardedFor: r.Header.Get("X-Forwarded-For"), Status: http.StatusOK,
	}
}

func answerJSON(w http.ResponseWriter, doc map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(doc) // the client may have gone
}

// stamp is how AWS writes times of credentials.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
