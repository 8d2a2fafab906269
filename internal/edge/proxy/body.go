package proxy

import (
	"bufio"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// touch gives both connections another idle time.
func (x *exchange) touch(o *origin) {
	until := time.Now().Add(x.c.policy.Config.Limits.Idle)
	_ = o.tcp.SetDeadline(until)
	_ = x.c.tcp.SetDeadline(until)
	if x.stopping.Load() { // meanwhile
		_ = x.c.tcp.SetReadDeadline(time.Now())
	}
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// metered is a body that says when it moves, and that it has ended.
type metered struct {
	io.ReadCloser
	moved  func()
	ended  atomic.Bool
	broken atomic.Bool
}

func (m *metered) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	if n > 0 {
		m.moved()
	}
	switch {
	case errors.Is(err, io.EOF):
		m.ended.Store(true)
	case err != nil:
		m.broken.Store(true)
	}
	return n, err
}

// flushing is the body of an answer that, before it waits for the origin, lets
// the client have what has come so far.
type flushing struct {
	io.ReadCloser
	w  *bufio.Writer
	br *bufio.Reader
}

func (f flushing) Read(b []byte) (int, error) {
	if f.br.Buffered() == 0 {
		if err := f.w.Flush(); err != nil {
			return 0, err
		}
	}
	return f.ReadCloser.Read(b)
}
