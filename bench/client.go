package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// patience is how long anything may take.
const patience = 20 * time.Second

// bench measures one peer.
type bench struct {
	*world
	*running
	figures map[string]float64
	each    time.Duration
	idle    int
}

// dial connects from one of many addresses, so that ports last.
func (w *world) dial(addr string) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+w.seq.Add(1)%250))}}
	c, err := d.Dial("tcp4", addr)
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// target is one of many addresses of an origin.
func (w *world) target(l net.Listener) string {
	return fmt.Sprintf("127.0.2.%d:%d", 1+w.seq.Add(1)%250, portOf(l))
}

// tunnel opens a tunnel to l.
func (b *bench) tunnel(l net.Listener) (*net.TCPConn, error) { return b.tunnelTo(b.target(l)) }

func (b *bench) tunnelTo(target string) (*net.TCPConn, error) {
	if b.pid == 0 {
		return b.dial(strings.Replace(target, sniHost, sniAddr, 1))
	}
	c, err := b.dial(b.addr)
	if err != nil || b.relays {
		return c, err
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	if err := ask(c, target); err != nil {
		_ = c.Close()
		return nil, err
	}
	_ = c.SetDeadline(time.Time{})
	return c, nil
}

// ask sends CONNECT and reads the answer. Nothing follows it: the client speaks
// first.
func ask(c net.Conn, target string) error {
	if _, err := io.WriteString(c, "CONNECT "+target+" HTTP/1.1\r\nHost: "+target+"\r\nUser-Agent: bench\r\n\r\n"); err != nil {
		return err
	}
	answer := make([]byte, 0, 1024)
	for !strings.Contains(string(answer), "\r\n\r\n") {
		n, err := c.Read(answer[len(answer):cap(answer)])
		answer = answer[:len(answer)+n]
		if err != nil {
			return fmt.Errorf("after %q: %w", answer, err)
		}
	}
	if len(answer) < 13 || string(answer[9:12]) != "200" || !strings.HasSuffix(string(answer), "\r\n\r\n") {
		return fmt.Errorf("the proxy says %q", answer)
	}
	return nil
}

// echo says x to an origin that echoes, and hears it.
func echo(c net.Conn, x []byte) error {
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(x); err != nil {
		return err
	}
	_, err := io.ReadFull(c, x)
	return err
}

// setup is a new tunnel, a byte there and back, and its end.
func (b *bench) setup() error {
	c, err := b.tunnel(b.raw)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("Ex")); err != nil {
		return err
	}
	var x [1]byte
	_, err = io.ReadFull(c, x[:])
	return err
}

var insecure = &tls.Config{InsecureSkipVerify: true, ServerName: sniHost} //nolint:gosec // nobody is to be trusted here

// secure is a new tunnel, a TLS handshake in it and a request.
func (b *bench) secure(target string) error {
	c, err := b.tunnelTo(target)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	t := tls.Client(c, insecure)
	if _, err := io.WriteString(t, "GET / HTTP/1.1\r\nHost: "+sniHost+"\r\n\r\n"); err != nil {
		return err
	}
	_, err = io.ReadFull(t, make([]byte, len(page)))
	return err
}

// browser asks for pages by absolute form, over one connection as long as the
// proxy keeps it.
type browser struct {
	b      *bench
	target string
	c      net.Conn
	br     *bufio.Reader
}

func (h *browser) fetch() (err error) {
	defer func() {
		if err != nil && h.c != nil {
			_ = h.c.Close()
			h.c = nil
		}
	}()
	addr, uri := h.b.httpAddr, "http://"+h.target+"/x"
	if h.b.pid == 0 {
		addr, uri = h.target, "/x"
	}
	if h.c == nil {
		if h.c, err = h.b.dial(addr); err != nil {
			return err
		}
		h.br = bufio.NewReaderSize(h.c, 4096)
	}
	_ = h.c.SetDeadline(time.Now().Add(patience))
	if _, err = io.WriteString(h.c, "GET "+uri+" HTTP/1.1\r\nHost: "+h.target+"\r\nUser-Agent: bench\r\n\r\n"); err != nil {
		return err
	}
	length, closing := -1, false
	for lines := 0; ; lines++ {
		l, err := h.br.ReadSlice('\n')
		if err != nil {
			return err
		}
		line := strings.ToLower(string(l))
		switch {
		case lines == 0 && !strings.Contains(line, " 200"):
			return errors.New(strings.TrimSpace(line))
		case lines == 0:
			closing = strings.HasPrefix(line, "http/1.0")
		case strings.HasPrefix(line, "content-length:"):
			_, _ = fmt.Sscan(line[len("content-length:"):], &length)
		case strings.HasPrefix(line, "connection: close"), strings.HasPrefix(line, "proxy-connection: close"):
			closing = true
		}
		if len(l) <= 2 {
			break
		}
	}
	if length < 0 {
		_, _ = io.Copy(io.Discard, h.br)
		closing = true
	} else if _, err := h.br.Discard(length); err != nil {
		return err
	}
	if closing {
		err, h.c = h.c.Close(), nil
	}
	return err
}
