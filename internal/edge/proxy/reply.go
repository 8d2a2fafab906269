package proxy

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/fields"
)

// interim passes on an answer that announces another one (100, 103).
func (x *exchange) interim(resp *http.Response) error {
	if x.req.ProtoMinor == 0 {
		return nil // RFC 9110 section 15.2: never to an HTTP/1.0 client
	}
	x.down.w = x.c.tcp
	w := bufio.NewWriter(&x.down)
	if _, err := io.WriteString(w, "HTTP/1.1 "+resp.Status+"\r\n"); err != nil {
		return err
	}
	if err := resp.Header.Write(w); err != nil {
		return err
	}
	if _, err := w.WriteString("\r\n"); err != nil {
		return err
	}
	return w.Flush()
}

// respond writes the final answer to the client.
func (x *exchange) respond(resp *http.Response) error {
	fields.Strip(resp.Header, "")
	resp.ProtoMajor, resp.ProtoMinor = 1, 1
	resp.TransferEncoding = nil
	if resp.ContentLength < 0 && x.req.Method != http.MethodHead {
		if x.req.ProtoMinor == 1 {
			resp.TransferEncoding = []string{"chunked"}
		} else {
			x.keep = false
		}
	}
	x.keep = x.keep && x.bodyRead() && !x.c.s.draining.Load() && !x.c.s.retired.Load()
	resp.Close = !x.keep
	x.down.w = x.c.tcp
	w := writers.Get().(*bufio.Writer)
	w.Reset(&x.down)
	defer func() { w.Reset(nil); writers.Put(w) }()
	defer resp.Body.Close()
	resp.Body = flushing{resp.Body, w, x.c.origin.br}
	// Without the Writer's ReadFrom, which would fill its buffer first.
	if err := resp.Write(struct{ io.Writer }{w}); err != nil {
		return err
	}
	return w.Flush()
}

// bodyRead reports whether the client has sent the whole request: an origin
// may answer before it has.
func (x *exchange) bodyRead() bool { return x.body == nil || x.body.ended.Load() }

// finish decides which connections outlive the exchange: those at whose both
// ends the next byte is the beginning of a message.
func (x *exchange) finish(resp *http.Response, err error) (keep bool) {
	c := x.c
	complete := err == nil && x.bodyRead()
	if x.sent != nil {
		if !complete {
			// The answer came, or broke, before the body was through.
			_ = c.origin.tcp.Close()
			x.stopBody()
		}
		if err := <-x.sent; err != nil {
			complete = false
		}
	}
	if !complete || resp.Close || resp.ProtoMinor == 0 || c.origin.br.Buffered() > 0 {
		c.dropOrigin()
	}
	if !complete || !x.keep {
		return false
	}
	_ = c.tcp.SetWriteDeadline(time.Time{})
	return true
}

// switchProtocols passes on a 101 and hands both connections to the relay.
func (x *exchange) switchProtocols(resp *http.Response, o *origin) bool {
	c := x.c
	if x.upgrade == "" || !strings.EqualFold(resp.Header.Get("Upgrade"), x.upgrade) {
		_ = x.broken(o, nil)
		c.dropOrigin()
		c.refuseTo(refusal{because: reason.New(reason.ConnectFailed, x.a.host.String(), "unasked 101")}, x.a, x.head)
		return false
	}
	fields.Strip(resp.Header, x.upgrade)
	err := x.interim(resp)
	if err == nil {
		early, _ := o.br.Peek(o.br.Buffered())
		_, err = x.down.Write(early)
	}
	if err != nil {
		e := c.record(observe.End, x.a).reached(o)
		e.Status, e.Up, e.Down, e.Err = resp.StatusCode, x.up.n, x.down.n, plainError(err)
		e.write(c.s)
		return false
	}
	o.down, o.br = x.down.n, nil
	c.setOrigin(nil)
	_ = c.tcp.SetDeadline(time.Time{})
	_ = o.tcp.SetDeadline(time.Time{})
	ahead, _ := c.br.Peek(c.br.Buffered())
	c.handOver(x.a, o, ahead, http.StatusSwitchingProtocols)
	return false
}
