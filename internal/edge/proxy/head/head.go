// Package head parses the head of a request, more strictly than most: what two
// parsers could read differently is refused.
package head

import (
	"bytes"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Head is the head of a request (RFC 9112 section 3). Its byte slices alias the
// bytes that were parsed.
type Head struct {
	Method, Target []byte
	Body           bool // one is announced
	minor          byte // of HTTP/1.x
	hosts          int  // Host fields
	chunked        bool
	length         []byte // Content-Length
	accept         []byte
	languages      []byte // Accept-Language
}

// End returns the length of the head that b starts with, 0 while it is
// incomplete. A line that ends in a bare LF never becomes complete: that is
// said at once instead of after a timeout.
func End(b []byte) (int, reason.Code) {
	if i := bytes.Index(b, crlfcrlf); i >= 0 {
		b = b[:i+len(crlfcrlf)]
		if hasBareLF(b) {
			return 0, reason.BareLF
		}
		return len(b), ""
	}
	if hasBareLF(b) {
		return 0, reason.BareLF
	}
	return 0, ""
}

var crlfcrlf = []byte("\r\n\r\n")

func hasBareLF(b []byte) bool {
	for i := bytes.IndexByte(b, '\n'); i >= 0; {
		if i == 0 || b[i-1] != '\r' {
			return true
		}
		next := bytes.IndexByte(b[i+1:], '\n')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// Parse parses b, a complete head including its empty line. The code says
// what is wrong with it; empty if nothing is.
func Parse(b []byte) (Head, reason.Code) {
	var h Head
	line, rest, _ := bytes.Cut(b, crlf)
	if code := h.requestLine(line); code != "" {
		return h, code
	}
	for {
		line, rest, _ = bytes.Cut(rest, crlf)
		if len(line) == 0 {
			break
		}
		if code := h.field(line); code != "" {
			return h, code
		}
	}
	return h, h.framing()
}

var crlf = []byte("\r\n")

func (h *Head) requestLine(line []byte) reason.Code {
	method, rest, ok1 := bytes.Cut(line, []byte(" "))
	target, version, ok2 := bytes.Cut(rest, []byte(" "))
	if !ok1 || !ok2 || len(method) == 0 || len(target) == 0 {
		return reason.BadRequestLine
	}
	for _, c := range method {
		if !isToken(c) {
			return reason.BadRequestLine
		}
	}
	for _, c := range target {
		if c <= ' ' || c >= 0x7f {
			return reason.BadRequestLine
		}
	}
	switch string(version) {
	case "HTTP/1.1":
		h.minor = 1
	case "HTTP/1.0":
	default:
		return reason.BadVersion
	}
	h.Method, h.Target = method, target
	return ""
}

func (h *Head) field(line []byte) reason.Code {
	if line[0] == ' ' || line[0] == '\t' {
		return reason.ObsFold
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 {
		return reason.BadField
	}
	for _, c := range name {
		if !isToken(c) {
			return reason.BadField
		}
	}
	value = bytes.Trim(value, " \t")
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return reason.BadField
		}
	}
	switch {
	case Fold(name, "host"):
		h.hosts++
	case Fold(name, "content-length"):
		if h.length != nil || !isDecimal(value) {
			return reason.BadLength
		}
		h.length = value
	case Fold(name, "transfer-encoding"):
		if h.chunked || !Fold(value, "chunked") {
			return reason.BadEncoding
		}
		h.chunked = true
	case Fold(name, "accept"):
		h.accept = value
	case Fold(name, "accept-language"):
		h.languages = value
	}
	return ""
}

// Trailer says what is wrong with line, which is not empty, as a field behind a
// body; empty if nothing is.
func Trailer(line []byte) reason.Code { return new(Head).field(line) }

// framing refuses heads whose body two parsers could delimit differently.
func (h *Head) framing() reason.Code {
	h.Body = h.chunked || strings.Trim(string(h.length), "0") != ""
	switch {
	case h.hosts > 1:
		return reason.TwoHosts
	case h.chunked && h.length != nil:
		return reason.BadLength
	case h.chunked && h.minor == 0:
		return reason.BadEncoding
	case h.Body && h.Connect():
		return reason.ConnectBody
	case h.hosts == 0 && h.minor == 1 && !h.Connect():
		// Programs that leave Host out of CONNECT exist; its target says it all.
		return reason.NoHost
	}
	return ""
}

// Detach makes h independent of the connection's buffer.
func (h *Head) Detach() {
	for _, b := range []*[]byte{&h.Method, &h.Target, &h.length, &h.accept, &h.languages} {
		*b = bytes.Clone(*b)
	}
}

// Connect reports whether the method is CONNECT.
func (h *Head) Connect() bool { return string(h.Method) == "CONNECT" }

// WantsJSON reports whether the client asks for JSON before anything else.
func (h *Head) WantsJSON() bool {
	first, _, _ := bytes.Cut(h.accept, []byte(","))
	first, _, _ = bytes.Cut(first, []byte(";"))
	return Fold(bytes.TrimSpace(first), "application/json")
}

// Lang returns the language that the client asks for first.
func (h *Head) Lang() reason.Lang {
	return reason.Locale(string(h.languages[:min(len(h.languages), 3)]))
}

// Fold reports whether b is s, which is in lower case, in any ASCII case.
func Fold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

func isDecimal(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 18
}

// isToken reports whether c may stand in a token (RFC 9110 section 5.6.2).
func isToken(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
