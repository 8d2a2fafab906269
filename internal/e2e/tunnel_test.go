package e2e

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// conn is a connection to a proxy, and through it.
type conn struct {
	net.Conn
	br *bufio.Reader
}

func (c *conn) Read(b []byte) (int, error) { return c.br.Read(b) }

// dial connects to p from an address, "" for whichever.
func (p *proxy) dial(t *testing.T, from string) *conn {
	t.Helper()
	c, err := p.tryDial(from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func (p *proxy) tryDial(from string) (*conn, error) {
	d := net.Dialer{Timeout: patience}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	c, err := d.Dial("tcp", p.addr)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReader(c)}, c.SetDeadline(time.Now().Add(patience))
}

// request sends head, as it is, and returns the answer, the body of a refusal
// read.
func (c *conn) request(head string) (resp *http.Response, body string, err error) {
	if _, err := io.WriteString(c, head); err != nil {
		return nil, "", err
	}
	resp, err = http.ReadResponse(c.br, &http.Request{Method: http.MethodConnect})
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

// connect asks for a tunnel to target.
func (c *conn) connect(target string) (resp *http.Response, body string, err error) {
	return c.request(fmt.Sprintf("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target))
}

// open opens a tunnel through p to an AWS host, and TLS in it.
func (p *proxy) open(t *testing.T, host string) *conn {
	t.Helper()
	return p.dial(t, "").open(t, host)
}

func (c *conn) open(t *testing.T, host string) *conn {
	t.Helper()
	resp, body, err := c.connect(here.at(host))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("CONNECT %s: %v %v %s", host, resp, err, body)
	}
	return c.secure(t, host)
}

// secure begins TLS with host.
func (c *conn) secure(t *testing.T, host string) *conn {
	t.Helper()
	trust := here.trust.Clone()
	trust.ServerName = host
	tc := tls.Client(c, trust)
	if err := tc.Handshake(); err != nil {
		t.Fatalf("TLS with %s: %v", host, err)
	}
	return &conn{tc, bufio.NewReader(tc)}
}

func isTimeout(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	return ok && ne.Timeout()
}
