package doctor

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/probe"
	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
)

// world is what a client of a test has around it.
type world struct {
	t     *testing.T
	dir   string // with ca.pem, which a healthy client trusts
	aws   string // address of the stand-in
	ca    *issuer
	names map[string]string // what resolves: name to addresses
	dials map[string]string // what answers: address:port to where it really is
	files string            // root of the file system; empty: the machine's own
	now   func() time.Time

	mu     sync.Mutex
	dialed []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	aws, err := standin.New(standin.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	ln := listen(t)
	aws.Serve(ln)
	w := &world{t: t, dir: t.TempDir(), aws: ln.Addr().String(), ca: newIssuer(t, "Corporate Inspection CA"), names: map[string]string{}, dials: map[string]string{}, now: time.Now}
	if err := os.WriteFile(w.bundle(), append(aws.CA(), w.ca.pem()...), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) bundle() string { return filepath.Join(w.dir, "ca.pem") }

// listen listens on an address of loopback's.
func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return ln
}

// serve answers the connections of a listener until the test ends.
func serve(t *testing.T, answer func(net.Conn)) (address string) {
	t.Helper()
	ln := listen(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				answer(c)
			})
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return ln.Addr().String()
}

// limits are short: nothing here is far away.
var limits = probe.Limits{
	Resolve: time.Second, Dial: 500 * time.Millisecond, Connect: 700 * time.Millisecond, TLS: 700 * time.Millisecond,
	Request: 700 * time.Millisecond, Metadata: 300 * time.Millisecond,
}

// clinic is a doctor in w, for somebody with that environment.
func (w *world) clinic(env []string) (*Clinic, *bytes.Buffer, *bytes.Buffer) {
	var out, told bytes.Buffer
	c := &Clinic{
		Out: &out, Stderr: &told, Lang: reason.English, JSON: true, Version: "test", Limits: limits,
		World: probe.World{OS: "linux", Root: w.root(), Environ: env, Home: "/home/nobody", Now: w.now, Lookup: w.lookup, Dial: w.dial},
		Print: func(_ string, doc any) error { return json.NewEncoder(&out).Encode(doc) },
	}
	return c, &out, &told
}

// root has the machine's files, but those of the test's where it has some.
func (w *world) root() rootFS { return rootFS{w.files} }

func (w *world) lookup(_ context.Context, name string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for a := range strings.FieldsSeq(w.names[name]) {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	if addrs == nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return addrs, nil
}

// silent is where packets are lost.
const silent = "silence"

// dial records who is dialled. Addresses of loopback are real; of the others
// only those that the test knows are there.
func (w *world) dial(ctx context.Context, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialed = append(w.dialed, address)
	w.mu.Unlock()
	to, ok := w.dials[address]
	switch {
	case to == silent:
		<-ctx.Done()
		return nil, ctx.Err()
	case !ok && strings.HasPrefix(address, "127."):
		to = address
	case !ok:
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", to)
}

// healthy makes a client that everything works for: its proxy is proxy.
func (w *world) healthy(proxy string) []string {
	return []string{
		"https_proxy=" + proxy, "HTTPS_PROXY=" + proxy, "http_proxy=" + proxy, "HTTP_PROXY=" + proxy,
		"no_proxy=" + exceptions, "NO_PROXY=" + exceptions,
		"AWS_REGION=ap-northeast-1", "AWS_CA_BUNDLE=" + w.bundle(),
	}
}

const exceptions = "localhost,127.0.0.1,169.254.169.254,fd00:ec2::254,[fd00:ec2::254]"

// with replaces variables of env; NAME alone takes one out.
func with(env []string, changes ...string) []string {
	out := slices.Clone(env)
	for _, c := range changes {
		name, _, set := strings.Cut(c, "=")
		out = slices.DeleteFunc(out, func(v string) bool { return strings.HasPrefix(v, name+"=") })
		if set {
			out = append(out, c)
		}
	}
	return out
}

// issuer is a CA.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T, name string) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issuer{cert, key}
}

func (i *issuer) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw})
}

// config is a server's that has a certificate for whatever name it is asked for.
func (i *issuer) config() *tls.Config {
	return &tls.Config{NextProtos: []string{"http/1.1"}, GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: h.ServerName}, DNSNames: []string{h.ServerName},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, i.cert, &i.key.PublicKey, i.key)
		if err != nil {
			return nil, err
		}
		return &tls.Certificate{Certificate: [][]byte{der, i.cert.Raw}, PrivateKey: i.key}, nil
	}}
}

// asked reads a request, of which the connection is left behind its head.
func asked(c net.Conn) (*http.Request, *bufio.Reader) {
	br := bufio.NewReader(c)
	req, err := http.ReadRequest(br)
	if err != nil {
		return nil, br
	}
	return req, br
}

const established = "HTTP/1.1 200 Connection established\r\n\r\n"

// answers is a proxy that says the same to every CONNECT.
func answers(text string) func(net.Conn) {
	return func(c net.Conn) {
		if req, _ := asked(c); req != nil {
			_, _ = io.WriteString(c, text)
		}
	}
}

// tunnels is a proxy that opens every way, and hands the tunnel to then. A
// request for metadata is refused.
func tunnels(then func(c net.Conn, br *bufio.Reader, req *http.Request)) func(net.Conn) {
	return func(c net.Conn) {
		req, br := asked(c)
		switch {
		case req == nil:
		case req.Method != http.MethodConnect:
			_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		default:
			_, _ = io.WriteString(c, established)
			then(c, br, req)
		}
	}
}

// toward relays to address.
func toward(address string) func(net.Conn, *bufio.Reader, *http.Request) {
	return func(c net.Conn, br *bufio.Reader, _ *http.Request) {
		up, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		defer up.Close()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _ = io.Copy(up, br)
			_ = up.(*net.TCPConn).CloseWrite()
		})
		_, _ = io.Copy(c, up)
		_ = c.Close()
		wg.Wait()
	}
}

// inside speaks TLS by i in a tunnel and answers every request by answer; nil
// for an answer is none.
func inside(i *issuer, answer func(*http.Request) string) func(net.Conn, *bufio.Reader, *http.Request) {
	return func(c net.Conn, br *bufio.Reader, _ *http.Request) {
		s := tls.Server(behind{c, br}, i.config())
		defer s.Close()
		req, _ := asked(s)
		if req == nil {
			return
		}
		if text := answer(req); text != "" {
			_, _ = io.WriteString(s, text)
			return
		}
		_, _ = io.Copy(io.Discard, s)
	}
}

// behind is a connection of which a part was read.
type behind struct {
	net.Conn
	br *bufio.Reader
}

func (b behind) Read(p []byte) (int, error) { return b.br.Read(p) }

func reset(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }

func hang(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// page is an HTTP answer.
func page(status, fields, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, fields, len(body), body)
}

// fromAWS is an answer such as AWS gives to a request without a signature.
func fromAWS(*http.Request) string {
	return page("403 Forbidden", "x-amzn-RequestId: 0-1-2\r\nContent-Type: text/xml\r\n", "<ErrorResponse/>")
}

// causes runs the doctor and returns what it says, with the exit.
func causes(t *testing.T, w *world, env []string, q Question) reportJSON {
	t.Helper()
	c, out, told := w.clinic(env)
	wrong, err := c.Examine(t.Context(), &q)
	if err != nil {
		t.Fatalf("Examine(%+v): %v", q, err)
	}
	var r reportJSON
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if wrong != (len(r.Causes) > 0) {
		t.Errorf("wrong = %v with causes %q", wrong, r.Causes)
	}
	w.onlyAnnounced(told.String())
	return r
}

// onlyAnnounced fails the test if somebody was dialled that the doctor did not
// name before: by host and port, or by a name that has the address.
func (w *world) onlyAnnounced(told string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, address := range w.dialed {
		known := strings.Contains(told, "  "+address+"  ")
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			w.t.Fatal(err)
		}
		for name, addrs := range w.names {
			known = known || slices.Contains(strings.Fields(addrs), host) && strings.Contains(told, "  "+net.JoinHostPort(name, port)+"  ")
		}
		if !known {
			w.t.Errorf("%s was dialled, and not announced:\n%s", address, told)
		}
	}
}

// rootFS is the machine's file system with that of a test before it.
type rootFS struct{ dir string }

// Open opens a file.
func (r rootFS) Open(name string) (fs.File, error) {
	if r.dir != "" {
		if f, err := os.Open(filepath.Join(r.dir, name)); err == nil || !errors.Is(err, os.ErrNotExist) {
			return f, err
		}
	}
	if strings.HasPrefix("/"+name, os.TempDir()) { // the bundle
		return os.Open("/" + name)
	}
	return nil, os.ErrNotExist
}

func problems(r reportJSON) string {
	var b strings.Builder
	for _, c := range r.Checks {
		for _, f := range append([]findingJSON{c.findingJSON}, c.More...) {
			if f.Status != diagnose.Skip {
				fmt.Fprintf(&b, "%s %s %s: %s %q\n", c.ID, f.Status, f.Cause, f.Because, f.Evidence)
			}
		}
	}
	return b.String()
}
