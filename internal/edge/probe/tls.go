package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// pool is a set of CAs with the name of what the subject knows it by.
type pool struct {
	name  string
	certs *x509.CertPool
}

// pools are the CAs that the subject trusts: the system's, and those of the
// files that its variables name.
func pools(w World, f *facts.Sheet) []pool {
	var all []pool
	if system, err := x509.SystemCertPool(); err == nil {
		all = append(all, pool{"system", system})
	}
	for _, s := range f.Sources {
		name, path, _ := strings.Cut(s.Name, "=")
		if s.Form != facts.PEM || s.Err != "" {
			continue
		}
		text, err := fs.ReadFile(w.Root, rooted(path))
		if err != nil {
			continue
		}
		certs := x509.NewCertPool()
		if certs.AppendCertsFromPEM(text) {
			all = append(all, pool{name, certs})
		}
	}
	return all
}

// proxyTLS speaks TLS with the proxy itself.
func (t *trip) proxyTLS(ctx context.Context) bool {
	since := t.Now()
	host, _, err := net.SplitHostPort(diagnose.Address(t.errand.Proxy))
	if err != nil {
		t.add(facts.ProxyTLS, since, facts.Failed, err.Error())
		return false
	}
	outcome, detail := t.handshake(ctx, host, nil)
	t.add(facts.ProxyTLS, since, outcome, detail)
	return outcome == facts.OK
}

// classic are the key exchanges whose ClientHello fits into one segment.
var classic = []tls.CurveID{tls.X25519, tls.CurveP256}

// secure speaks TLS with the target. Where that ends in silence or a hang-up it
// is tried again with a small ClientHello, on a connection of its own.
func (t *trip) secure(ctx context.Context, classicToo bool) bool {
	since := t.Now()
	outcome, detail := t.handshake(ctx, t.target.Hostname(), nil)
	t.add(facts.TLS, since, outcome, detail)
	if outcome == facts.OK {
		return true
	}
	if classicToo && (outcome == facts.Timeout || outcome == facts.Closed || outcome == facts.Reset) {
		t.hangUp()
		t.quiet = true
		ok := t.reach(ctx) && (t.errand.Way == facts.Direct || t.connect(ctx))
		t.quiet = false
		if ok {
			since = t.Now()
			outcome, detail = t.handshake(ctx, t.target.Hostname(), classic)
			t.add(facts.TLSClassic, since, outcome, detail)
		}
	}
	return false
}

// handshake makes a TLS connection of the plain one. It takes any certificate,
// so as to see whose it is, and says then whether anything here vouches for it:
// nothing confidential is sent before or after.
func (t *trip) handshake(ctx context.Context, name string, curves []tls.CurveID) (facts.Outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, t.limits.TLS)
	defer cancel()
	conn := tls.Client(buffered{t.conn, t.br}, &tls.Config{
		ServerName: name, MinVersion: tls.VersionTLS12, CurvePreferences: curves, NextProtos: []string{"http/1.1"},
		InsecureSkipVerify: true, //nolint:gosec // verified below: who intercepts is the question
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return outcomeOf(err), err.Error()
	}
	t.conn, t.br = conn, bufio.NewReaderSize(conn, maxHead)
	state := conn.ConnectionState()
	issuer := "issuer " + state.PeerCertificates[0].Issuer.String()
	by, err := t.vouched(state.PeerCertificates, name, t.Now())
	if err != nil {
		leaf := state.PeerCertificates[0]
		if _, then := t.vouched(state.PeerCertificates, name, leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore)/2)); then == nil {
			return facts.Untrusted, fmt.Sprintf("%s; %s, %s, but from %s to %s", issuer, facts.OutOfTime,
				t.Now().UTC().Format(time.DateOnly), leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
		}
		return facts.Untrusted, issuer + "; " + err.Error()
	}
	return facts.OK, issuer + "; trusted by " + strings.Join(by, ", ")
}

// vouched names the pools by which chain is good for name at a time.
func (t *trip) vouched(chain []*x509.Certificate, name string, at time.Time) (by []string, first error) {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	for _, p := range t.pools {
		_, err := chain[0].Verify(x509.VerifyOptions{DNSName: name, Roots: p.certs, Intermediates: between, CurrentTime: at})
		if err == nil {
			by = append(by, p.name)
		} else if first == nil {
			first = err
		}
	}
	if len(by) > 0 {
		return by, nil
	}
	if first == nil {
		first = x509.SystemRootsError{}
	}
	return nil, first
}

// buffered is a connection of which a beginning was read already.
type buffered struct {
	net.Conn
	br *bufio.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.br.Read(p) }
