package head

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

func TestParseHead(t *testing.T) {
	const host = "Host: a.example\r\n"
	tests := map[string]struct {
		head string
		want reason.Code
	}{
		"CONNECT":                                  {"CONNECT a.example:443 HTTP/1.1\r\n" + host, ""},
		"CONNECT of Python before 3.12":            {"CONNECT a.example:443 HTTP/1.0\r\n", ""},
		"CONNECT without Host":                     {"CONNECT a.example:443 HTTP/1.1\r\n", ""},
		"CONNECT with an empty body":               {"CONNECT a.example:443 HTTP/1.1\r\nContent-Length: 0\r\n", ""},
		"CONNECT with a body":                      {"CONNECT a.example:443 HTTP/1.1\r\nContent-Length: 1\r\n", reason.ConnectBody},
		"CONNECT with a chunked body":              {"CONNECT a.example:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", reason.ConnectBody},
		"absolute form":                            {"GET http://a.example/ HTTP/1.1\r\n" + host, ""},
		"HTTP/1.0 needs no Host":                   {"GET http://a.example/ HTTP/1.0\r\n", ""},
		"HTTP/1.1 needs Host":                      {"GET http://a.example/ HTTP/1.1\r\n", reason.NoHost},
		"two Host fields":                          {"GET http://a.example/ HTTP/1.1\r\n" + host + host, reason.TwoHosts},
		"field names in any case":                  {"GET http://a.example/ HTTP/1.1\r\nhOST: a\r\nHOST: b\r\n", reason.TwoHosts},
		"HTTP/2 preface":                           {"PRI * HTTP/2.0\r\n", reason.BadVersion},
		"HTTP/1.2 does not exist":                  {"GET / HTTP/1.2\r\n" + host, reason.BadVersion},
		"lower-case version":                       {"GET / http/1.1\r\n" + host, reason.BadVersion},
		"two spaces":                               {"GET  / HTTP/1.1\r\n" + host, reason.BadRequestLine},
		"a tab for a space":                        {"GET\t/ HTTP/1.1\r\n" + host, reason.BadRequestLine},
		"no version":                               {"GET /\r\n" + host, reason.BadRequestLine},
		"method that is no token":                  {"G(T / HTTP/1.1\r\n" + host, reason.BadRequestLine},
		"NUL in the target":                        {"GET http://a.example/\x00 HTTP/1.1\r\n" + host, reason.BadRequestLine},
		"bytes above ASCII in the target":          {"GET http://a.example/\xe5\x87\xba HTTP/1.1\r\n" + host, reason.BadRequestLine},
		"space before the colon":                   {"GET / HTTP/1.1\r\nHost : a\r\n", reason.BadField},
		"field without a colon":                    {"GET / HTTP/1.1\r\nHost\r\n", reason.BadField},
		"field without a name":                     {"GET / HTTP/1.1\r\n: a\r\n", reason.BadField},
		"folded field":                             {"GET / HTTP/1.1\r\nHost: a\r\n b\r\n", reason.ObsFold},
		"bare CR in a value":                       {"GET / HTTP/1.1\r\nHost: a\rX: b\r\n", reason.BadField},
		"NUL in a value":                           {"GET / HTTP/1.1\r\nHost: a\x00\r\n", reason.BadField},
		"obs-text in a value is legal":             {"GET / HTTP/1.1\r\nHost: a\r\nX: \xe5\r\n", ""},
		"length and chunked":                       {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", reason.BadLength},
		"chunked and length":                       {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", reason.BadLength},
		"two lengths, even if equal":               {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n", reason.BadLength},
		"list of lengths":                          {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n", reason.BadLength},
		"signed length":                            {"POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n", reason.BadLength},
		"empty length":                             {"POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n", reason.BadLength},
		"length beyond every number":               {"POST / HTTP/1.1\r\n" + host + "Content-Length: 9999999999999999999\r\n", reason.BadLength},
		"chunked twice":                            {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", reason.BadEncoding},
		"encoding that hides chunked":              {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n", reason.BadEncoding},
		"identity, which was withdrawn":            {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n", reason.BadEncoding},
		"chunked in HTTP/1.0":                      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", reason.BadEncoding},
		"chunked in any case":                      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: Chunked\r\n", ""},
		"chunked after a vertical tab (smuggling)": {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: \vchunked\r\n", reason.BadField},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, got := Parse([]byte(tt.head + "\r\n")); got != tt.want {
				t.Errorf("Parse(%q) = %q, want %q", tt.head, got, tt.want)
			}
		})
	}
}

func TestHeadEnd(t *testing.T) {
	tests := map[string]struct {
		in   string
		n    int
		code reason.Code
	}{
		"nothing yet":           {"", 0, ""},
		"half a line":           {"GET / HT", 0, ""},
		"CR without its LF yet": {"GET / HTTP/1.1\r", 0, ""},
		"whole":                 {"GET / HTTP/1.1\r\n\r\n", 18, ""},
		"body behind it":        {"GET / HTTP/1.1\r\n\r\nrest\n\n", 18, ""},
		"bare LF":               {"GET / HTTP/1.1\n", 0, reason.BareLF},
		"bare LF in the middle": {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 0, reason.BareLF},
		"LF first":              {"\nGET", 0, reason.BareLF},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if n, code := End([]byte(tt.in)); n != tt.n || code != tt.code {
				t.Errorf("End(%q) = %d, %q, want %d, %q", tt.in, n, code, tt.n, tt.code)
			}
		})
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")
	f.Add("POST http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
	f.Add("GET http://[::1]/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	f.Fuzz(func(t *testing.T, in string) {
		n, bad := End([]byte(in))
		if bad != "" || n == 0 {
			return
		}
		h, bad := Parse([]byte(in[:n]))
		if bad != "" {
			return
		}
		if strings.ContainsAny(string(h.Target), " \r\n\t\x00") {
			t.Fatalf("target %q holds white space", h.Target)
		}
		if h.chunked && h.length != nil {
			t.Fatalf("%q has two framings", in[:n])
		}
		// Plain requests are read by net/http, too. It may refuse more, but what
		// both take is the same request.
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(in)))
		if err != nil || h.Connect() {
			return
		}
		length := int64(-1)
		if !h.chunked {
			length, _ = strconv.ParseInt("0"+string(h.length), 10, 64)
		}
		if req.Method != string(h.Method) || req.RequestURI != string(h.Target) || req.ProtoMinor != int(h.minor) || req.ContentLength != length ||
			h.Body != (length != 0) {
			t.Fatalf("%q is %s %q, minor %d, length %d; to net/http %s %q, minor %d, length %d",
				in[:n], h.Method, h.Target, h.minor, length, req.Method, req.RequestURI, req.ProtoMinor, req.ContentLength)
		}
	})
}
