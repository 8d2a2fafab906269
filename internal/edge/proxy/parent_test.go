package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
)

const withParent = permissive + `
upstream:
  - {proxy: "http://user:p%40ss@parent.example:PORT", hosts: [.far.example]}
`

// parentProxy is a parent that notes what it is asked and echoes in tunnels.
func parentProxy(t *testing.T, asked *[]*http.Request, answer string) string {
	return listen(t, "127.0.0.1:0", func(c *net.TCPConn) {
		br := bufio.NewReader(c)
		req, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		*asked = append(*asked, req)
		_, _ = io.WriteString(c, answer)
		if req.Method == http.MethodConnect {
			_, _ = io.Copy(c, br)
		}
	})
}

func TestParent(t *testing.T) {
	var asked []*http.Request
	parent := parentProxy(t, &asked, "HTTP/1.1 200 OK\r\nX: y\r\n\r\nbanner")
	f := start(t, replacePort(withParent, parent))
	f.names.set("parent.example", "127.0.0.1")
	c := f.tunnel("db.far.example:5432")
	b := make([]byte, 6)
	if _, err := io.ReadFull(c.br, b); err != nil || string(b) != "banner" {
		t.Fatalf("what the parent sent behind its answer is %q, %v", b, err)
	}
	c.echo("hello")
	_ = c.CloseWrite()
	c.closed()
	if len(asked) != 1 || asked[0].Host != "db.far.example:5432" || asked[0].Header.Get("Proxy-Authorization") != "Basic dXNlcjpwQHNz" {
		t.Errorf("the parent was asked %v", asked)
	}
	if f.names.asked != 1 {
		t.Errorf("%d lookups: a name that goes to a parent is not resolved here", f.names.asked)
	}
	if line := f.log(1)[0]; line["addr"] != parent || line["answer"] != nil {
		t.Errorf("log %v", line)
	}
	if _, r := f.connect("169.254.169.254:80"); r.reason() != "link-local" {
		t.Errorf("a literal on its way to a parent: %q, want link-local", r.Status)
	}
}

func TestParentForPlainHTTP(t *testing.T) {
	var asked []*http.Request
	parent := parentProxy(t, &asked, reply200("from the parent"))
	f := start(t, replacePort(withParent, parent))
	f.names.set("parent.example", "127.0.0.1")
	r := f.dial().send("GET http://a.far.example/x HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic Y2xpZW50\r\n\r\n").response("GET")
	if r.body != "from the parent" {
		t.Fatalf("answer %q", r.Status)
	}
	if len(asked) != 1 || asked[0].RequestURI != "http://a.far.example/x" || asked[0].Header.Get("Proxy-Authorization") != "Basic dXNlcjpwQHNz" {
		t.Errorf("the parent was asked %+v", asked)
	}
}

func TestParentThatRefuses(t *testing.T) {
	var asked []*http.Request
	parent := parentProxy(t, &asked, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
	f := start(t, replacePort(withParent, parent))
	f.names.set("parent.example", "127.0.0.1")
	if _, r := f.connect("db.far.example:443"); r.StatusCode != 502 || r.reason() != "connect-failed" {
		t.Errorf("answer %q, want connect-failed", r.Status)
	}
	f.names.set("parent.example", "169.254.169.254")
	if _, r := f.connect("db.far.example:443"); r.reason() != "link-local" {
		t.Errorf("a parent at a metadata address: %q, want link-local", r.Status)
	}
}

// piecemeal is a connection from which b comes, a few bytes at a time.
type piecemeal struct {
	net.Conn
	io.Reader
}

func (p piecemeal) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), 7)]) }

// FuzzReadAnswer: where an answer opens a tunnel, net/http finds a 2xx too, and
// the tunnel's first byte at the same place.
func FuzzReadAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nX: y\r\n\r\nbanner", "HTTP/1.0 200\r\n\r\n", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n", "HTTP/1.1 200 OK\nX: y\n\nSSH-2.0\r\n\r\n", "HTTP/1.1 2xx\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, came []byte) {
		answer, early, err := head.ReadAnswer(piecemeal{Reader: bytes.NewReader(came)}, 8<<10)
		if err != nil || !head.Opens(answer) {
			return
		}
		if len(early) > 7 || !bytes.HasPrefix(came, append(bytes.Clone(answer), early...)) {
			t.Fatalf("%q became %q and %q", came, answer, early)
		}
		br := bufio.NewReader(bytes.NewReader(came))
		resp, err := http.ReadResponse(br, &http.Request{Method: http.MethodConnect})
		if err != nil {
			return // some field of it
		}
		rest, _ := io.ReadAll(br)
		if resp.StatusCode/100 != 2 || !bytes.Equal(rest, came[len(answer):]) {
			t.Fatalf("%q opens a tunnel at %d; to net/http it is %s and leaves %q", came, len(answer), resp.Status, rest)
		}
	})
}
