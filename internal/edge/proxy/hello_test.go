package proxy

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// toAWS is a proxy with the SNI check on, for names at an address of loopback
// on which port 443 can be had, and what arrives there.
func toAWS(t *testing.T) (*fixture, *sink) {
	t.Helper()
	return toAWSWithin(t, "400ms")
}

// toAWSWithin is toAWS with a limits.header_timeout.
func toAWSWithin(t *testing.T, timeout string) (*fixture, *sink) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.44.0.1:443")
	requiretest.That(t, err == nil, "port 443 on loopback")
	_ = ln.Close()
	got := new(sink)
	listen(t, "127.44.0.1:443", func(c *net.TCPConn) { _, _ = io.Copy(got, c) })
	f := start(t, strings.Replace(permissive, "tls: {sni: \"off\"}", "limits: {header_timeout: "+timeout+"}", 1))
	f.names.set("a.example", "127.44.0.1")
	return f, got
}

// sink keeps what is written to it.
type sink struct {
	mu sync.Mutex
	b  []byte
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b = append(s.b, b...)
	return len(b), nil
}

// await waits until n bytes are there, and returns all there are.
func (s *sink) await(n int) string {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		b := string(s.b)
		s.mu.Unlock()
		if len(b) >= n || time.Now().After(end) {
			return b
		}
	}
}

// helloFor is the ClientHello that crypto/tls sends for name.
func helloFor(name string) []byte {
	client, server := net.Pipe()
	go func() {
		_ = tls.Client(client, &tls.Config{ServerName: name, InsecureSkipVerify: name == ""}).Handshake()
	}()
	defer server.Close()
	record := make([]byte, 5) // type, version, length
	_, _ = io.ReadFull(server, record)
	record = append(record, make([]byte, binary.BigEndian.Uint16(record[3:]))...)
	_, _ = io.ReadFull(server, record[5:])
	return record
}

func TestSNI(t *testing.T) {
	tests := map[string]struct {
		target string
		hello  []byte
		reason string // "" if it passes
	}{
		"the host itself":               {"a.example", helloFor("a.example"), ""},
		"in another case":               {"A.Example", helloFor("a.eXample"), ""},
		"another host":                  {"a.example", helloFor("b.example"), "sni-mismatch"},
		"a name below":                  {"a.example", helloFor("b.a.example"), "sni-mismatch"},
		"no name":                       {"a.example", helloFor(""), "sni-mismatch"},
		"a literal has no name":         {"127.44.0.1", helloFor(""), ""},
		"a name at a literal":           {"127.44.0.1", helloFor("a.example"), "sni-mismatch"},
		"SSH":                           {"a.example", []byte("SSH-2.0-OpenSSH_9.6\r\n"), "not-tls"},
		"HTTP":                          {"a.example", []byte("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), "not-tls"},
		"nothing for too long":          {"a.example", nil, "not-tls"},
		"half a ClientHello":            {"a.example", helloFor("a.example")[:100], "not-tls"},
		"a TLS alert instead of it":     {"a.example", []byte("\x15\x03\x01\x00\x02\x02\x28"), "not-tls"},
		"a record that says it is huge": {"a.example", []byte("\x16\x03\x01\xff\xff\x01\xff\xff\xff\x03\x03"), "not-tls"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			timeout := "1m"
			if tt.reason == "not-tls" { // it may be the time that tells
				timeout = "400ms"
			}
			f, got := toAWSWithin(t, timeout)
			c := f.tunnel(tt.target + ":443")
			for rest := tt.hello; len(rest) > 0; { // in segments, as post-quantum hellos come
				n := min(600, len(rest))
				c.send("%s", rest[:n])
				rest = rest[n:]
			}
			if tt.reason == "" {
				_ = c.CloseWrite()
			}
			c.closed()
			line := f.log(1)[0]
			if tt.reason == "" {
				if b := got.await(len(tt.hello)); b != string(tt.hello) || line["verdict"] != "allowed" {
					t.Errorf("origin got %d bytes of %d, log %v", len(b), len(tt.hello), line)
				}
				return
			}
			if line["reason"] != tt.reason || line["verdict"] != "denied" {
				t.Errorf("log %v, want denied %s", line, tt.reason)
			}
			if b := got.await(0); len(b) > 0 {
				t.Errorf("origin got %d bytes of a tunnel that was refused", len(b))
			}
		})
	}
}

func TestHelloIsSplitByTheByte(t *testing.T) {
	f, got := toAWSWithin(t, "1m")
	hello := helloFor("a.example")
	if len(hello) < 1500 {
		t.Fatalf("ClientHello of %d bytes is not post-quantum", len(hello))
	}
	c := f.tunnel("a.example:443")
	_ = c.SetNoDelay(true)
	for i := range hello[:50] {
		c.send("%s", hello[i:i+1])
	}
	c.send("%s", hello[50:])
	_ = c.CloseWrite()
	c.closed()
	f.log(1)
	if b := got.await(len(hello)); b != string(hello) {
		t.Errorf("origin got %d bytes, want the hello of %d", len(b), len(hello))
	}
}
