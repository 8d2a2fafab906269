package proxy

import (
	"bufio"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/fields"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// try sends the request on o and reads the head of the final answer. A body is
// sent beside, since the answer may come first; interim answers are passed on.
func (x *exchange) try(o *origin) (*http.Response, error) {
	x.touch(o)
	if x.head.Body {
		x.body = &metered{ReadCloser: x.req.Body, moved: func() { x.touch(o) }}
		x.req.Body = x.body
		x.sent = make(chan error, 1)
		go func() { // waited for in finish or broken
			err := x.send(o)
			if x.body.broken.Load() {
				_ = o.tcp.Close() // it would wait for the rest, and we for it
			}
			x.sent <- err
		}()
	} else if err := x.send(o); err != nil {
		return nil, err
	}
	for {
		resp, err := o.readHead(x.req)
		if err != nil {
			return nil, x.broken(o, err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			resp.Body = &metered{ReadCloser: resp.Body, moved: func() { x.touch(o) }}
			return resp, nil
		}
		fields.Strip(resp.Header, "")
		if err := x.interim(resp); err != nil {
			return nil, x.broken(o, err)
		}
	}
}

// broken ends a request that has got no answer: whoever still sends it is
// waited for.
func (x *exchange) broken(o *origin, err error) error {
	if x.sent != nil {
		_ = o.tcp.Close()
		x.stopBody()
		<-x.sent
		x.sent = nil
	}
	return err
}

// stopBody ends the wait for more of the request's body.
func (x *exchange) stopBody() {
	x.stopping.Store(true)
	_ = x.c.tcp.SetReadDeadline(time.Now())
}

var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 4<<10) }}

// send writes the request as the next hop expects it.
func (x *exchange) send(o *origin) error {
	x.up.w = o.tcp
	w := writers.Get().(*bufio.Writer)
	w.Reset(&x.up)
	defer func() { w.Reset(nil); writers.Put(w) }()
	x.verbatim(o)
	write := x.req.Write
	if o.parent != nil {
		write = x.req.WriteProxy
		x.req.Header.Del("Proxy-Authorization")
		if line := authorization(o.parent); line != "" {
			x.req.Header.Set("Proxy-Authorization", strings.TrimSpace(strings.TrimPrefix(line, "Proxy-Authorization:")))
		}
	}
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// verbatim makes the request go out with the path and query that came in:
// net/http would write some characters in another way (RFC 9110 section 7.6
// forbids it, and signatures are made over them). What cannot be written as it
// came stays with net/http.
func (x *exchange) verbatim(o *origin) {
	path := pathOf(x.head.Target)
	if strings.HasPrefix(path, "//") {
		return
	}
	if o.parent != nil {
		path = "//" + x.req.URL.Host + path
	}
	x.req.URL = &url.URL{Scheme: x.req.URL.Scheme, Host: x.req.URL.Host, Opaque: path}
}
