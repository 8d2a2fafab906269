package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// plain is a plain request as a reader that forgives nothing finds it.
type plain struct{ method, host, path, body string }

// strictly reads the requests in b, up to the first that is not to the letter of
// RFC 9112. It is a second opinion: it shares no code with the proxy.
func strictly(b []byte) (all []plain) {
	for {
		for bytes.HasPrefix(b, []byte("\r\n")) {
			b = b[2:]
		}
		head, rest, ok := bytes.Cut(b, []byte("\r\n\r\n"))
		if !ok {
			return all
		}
		lines := strings.Split(string(head), "\r\n")
		words := strings.Split(lines[0], " ")
		if len(words) != 3 || words[0] == "CONNECT" {
			return all
		}
		s := plain{method: words[0], path: words[1]}
		if len(s.path) > 7 && strings.EqualFold(s.path[:7], "http://") {
			s.host, s.path = s.path[7:], "/"
			if i := strings.IndexAny(s.host, "/?"); i >= 0 {
				s.host, s.path = s.host[:i], "/"+strings.TrimPrefix(s.host[i:], "/")
			}
		}
		length, chunked := 0, false
		for _, line := range lines[1:] {
			name, value, _ := strings.Cut(line, ":")
			value = strings.Trim(value, " \t")
			switch strings.ToLower(name) {
			case "content-length":
				n, err := strconv.ParseUint(value, 10, 31)
				if err != nil {
					return all
				}
				length = int(n)
			case "transfer-encoding":
				chunked = true
			case "host":
				if s.host == "" {
					s.host = value
				}
			}
		}
		switch {
		case chunked:
			if s.body, rest, ok = strictChunks(rest); !ok {
				return all
			}
		case length > len(rest):
			return all
		default:
			s.body, rest = string(rest[:length]), rest[length:]
		}
		all, b = append(all, s), rest
	}
}

// strictChunks reads a chunked body (RFC 9112 section 7.1).
func strictChunks(b []byte) (body string, rest []byte, ok bool) {
	for {
		line, after, ok := bytes.Cut(b, []byte("\r\n"))
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimRight(digits, " \t")), 16, 31) // some end a size with blanks
		if !ok || err != nil || bytes.ContainsAny(line, "\r\n") {
			return "", nil, false
		}
		if b = after; size == 0 {
			break
		}
		if len(b) < int(size)+2 || string(b[size:size+2]) != "\r\n" {
			return "", nil, false
		}
		body, b = body+string(b[:size]), b[size+2:]
	}
	for { // trailer
		line, after, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok || bytes.ContainsAny(line, "\r\n") {
			return "", nil, false
		}
		if b = after; len(line) == 0 {
			return body, b, true
		}
		if name, _, ok := bytes.Cut(line, []byte(":")); !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			return "", nil, false
		}
	}
}

// heard is what an origin takes down, over all its connections, in order.
type heard struct {
	mu  sync.Mutex
	raw []*bytes.Buffer // a connection each
}

func (h *heard) serve(c *net.TCPConn) {
	b := new(bytes.Buffer)
	h.mu.Lock()
	h.raw = append(h.raw, b)
	h.mu.Unlock()
	br := bufio.NewReader(io.TeeReader(c, locked{&h.mu, b}))
	for {
		req, err := http.ReadRequest(br)
		if err != nil {
			break
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			break
		}
		if _, err := io.WriteString(c, reply200("ok")); err != nil {
			break
		}
	}
	_, _ = io.Copy(locked{&h.mu, b}, c)
}

// taken returns what was heard, and forgets it.
func (h *heard) taken() (all []plain, raw string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range h.raw {
		all = append(all, strictly(b.Bytes())...)
		raw += fmt.Sprintf("%q ", b)
	}
	h.raw = nil
	return all, raw
}

type locked struct {
	mu *sync.Mutex
	io.Writer
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Writer.Write(b)
}

// FuzzForward says anything to a proxy that forwards to one origin. The origin
// hears the requests that a strict reader finds in it, in their order, bodies
// included, and none besides: nothing is smuggled.
func FuzzForward(f *testing.F) {
	const a = " http://a.example/"
	for _, s := range []string{
		"GET" + a + "x?y HTTP/1.1\r\nHost: a\r\n\r\nGET" + a + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST" + a + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET" + a + "2 HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST" + a + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\nGET" + a + "2 HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST" + a + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\nGET" + a + "2 HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST" + a + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n00;\r\nA:\nGET" + a + "2 HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST" + a + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;\n=\r\nabc\r\n0\r\n\r\n",
		"GET" + a + " HTTP/1.1\r\nHost: b\r\nConnection: Content-Length\r\nContent-Length: 5\r\n\r\nhelloGET" + a + "2 HTTP/1.0\r\n\r\n",
		"PUT" + a + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTrailer: T\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: u\r\n\r\nGET" + a + "2 HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET" + a + " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nGET" + a + "2 HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		f.Add([]byte(s), uint8(7))
	}
	p := start(f, narrow)
	h := new(heard)
	origin := listen(f, "127.0.0.1:0", h.serve)
	p.names.set("a.example", "127.0.0.1")
	f.Fuzz(func(t *testing.T, sent []byte, cut uint8) {
		sent = bytes.ReplaceAll(sent, []byte("http://a.example/"), []byte("http://a.example:"+port(origin)+"/"))
		want := strictly(sent)
		converse(t, p.addr, sent, int(cut))
		for end := time.Now().Add(5 * time.Second); p.Connections() > 0 && time.Now().Before(end); {
			time.Sleep(100 * time.Microsecond)
		}
		got, raw := h.taken()
		for i, g := range got {
			if i >= len(want) || g.method != want[i].method || g.body != want[i].body || !strings.EqualFold(g.host, want[i].host) ||
				g.path != want[i].path && !strings.HasPrefix(want[i].path, "//") {
				t.Fatalf("%q\nis       %q\nbecame   %q\nas bytes %s", sent, want, got, raw)
			}
		}
	})
}
