package chunks

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// start is the head of a request that announces a trailer field.
const start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"

// read returns what body, wrapped around the request's own, makes of wire.
func read(t *testing.T, wire string, body func(*bufio.Reader, *http.Request) io.Reader) (got, rest string, trailer http.Header, err error) {
	t.Helper()
	br := bufio.NewReader(strings.NewReader(start + wire))
	req, err := http.ReadRequest(br)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body(br, req))
	left, _ := io.ReadAll(br)
	return string(b), string(left), req.Trailer, err
}

func ours(br *bufio.Reader, req *http.Request) io.Reader { return New(br, req, 64) }

func TestBody(t *testing.T) {
	for why, tt := range map[string]struct {
		wire, want, rest, t string
		ok                  bool
	}{
		"no trailer":                  {"3\r\nabc\r\n0\r\n\r\nGET", "abc", "GET", "", true},
		"what was announced":          {"0\r\nT: u \r\nV: w\r\n\r\n", "", "", "u", true},
		"a bare LF for the last line": {"3\r\nabc\r\n0\r\n\nGET / HTTP/1.1\r\n\r\n", "abc", "GET / HTTP/1.1\r\n\r\n", "", false},
		"a bare LF behind a field":    {"0\r\nT: u\n\r\n", "", "\r\n", "", false},
		"a bare CR in a field":        {"0\r\nT: u\rV: w\r\n\r\n", "", "\r\n", "", false},
		"obs-fold":                    {"0\r\nT: u\r\n v\r\n\r\n", "", "\r\n", "u", false},
		"a request line":              {"0\r\nGET / HTTP/1.1\r\n\r\n", "", "\r\n", "", false},
		"more than the limit":         {"0\r\nV: " + strings.Repeat("w", 64) + "\r\n\r\n", "", "\r\n", "", false},
		"the end before its time":     {"0\r\nT: u\r\n", "", "", "u", false},
	} {
		got, rest, trailer, err := read(t, tt.wire, ours)
		if got != tt.want || rest != tt.rest || trailer.Get("T") != tt.t || len(trailer) != 1 || (err == nil) != tt.ok {
			t.Errorf("%s: %q, then %q, trailer %v, %v", why, got, rest, trailer, err)
		}
	}
}

// FuzzBody: what is taken for a body, net/http takes for the same one, with the
// same request behind it.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		"3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\nGET", "0\r\n\nGET / HTTP/1.1\r\n\r\n", "0\r\nT:\tu\nV: w\r\n\r\n", "1 \r\na\r\n00;\r\n\r\n", "0\r\nT: u\r\nt: v\r\n\r\n", "g",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, wire string) {
		got, rest, trailer, err := read(t, wire, ours)
		if err != nil {
			return
		}
		want, behind, theirs, err := read(t, wire, func(_ *bufio.Reader, req *http.Request) io.Reader { return req.Body })
		for name := range theirs { // it also keeps what was not announced
			if _, announced := trailer[name]; !announced {
				delete(theirs, name)
			}
		}
		if got != want || rest != behind || err != nil || !cmp.Equal(trailer, theirs) {
			t.Fatalf("%q is %q, then %q, trailer %v; to net/http %q, then %q, trailer %v, %v", wire, got, rest, trailer, want, behind, theirs, err)
		}
	})
}
