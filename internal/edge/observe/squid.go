package observe

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// appendSquid appends r as a line of Squid's native format, as Squid 5.7
// writes it:
//
//	time elapsed client code/status bytes method URL user hierarchy/peer type
//
// The path of a URL is not logged, a user is not known, and the type of what
// a tunnel carries neither.
func appendSquid(b []byte, r *Record) []byte {
	ms := r.Time.UnixMilli()
	b = strconv.AppendInt(b, ms/1000, 10)
	b = append(b, '.')
	b = appendPadded(b, ms%1000, 3, '0')
	b = append(b, ' ')
	b = appendPadded(b, max(0, int64(r.Took/time.Millisecond)), 6, ' ')
	b = append(b, ' ')
	if r.Client.IsValid() {
		b = appendAddr(b, r.Client.Addr())
	} else {
		b = append(b, '-')
	}
	b = append(b, ' ')
	b = append(b, squidCode(r)...)
	b = append(b, '/')
	b = appendPadded(b, int64(r.Status), 3, '0')
	b = append(b, ' ')
	b = strconv.AppendInt(b, r.Down, 10)
	b = append(b, ' ')
	b = appendWord(b, r.Method)
	b = append(b, ' ')
	b = appendURL(b, r)
	b = append(b, " - "...)
	b = appendHierarchy(b, r)
	return append(b, " -\n"...)
}

// squidCode returns what Squid would have called the outcome. Seen in 5.7:
// requests that never reached a server are NONE_NONE, an absolute-form one
// that did is a TCP_MISS even if it failed.
func squidCode(r *Record) string {
	denied := r.Verdict == "denied"
	switch {
	case denied && (r.Status == http.StatusForbidden || r.Status == http.StatusOK):
		return "TCP_DENIED"
	case denied && (r.Method == http.MethodConnect || !r.Addr.IsValid()):
		return "NONE_NONE"
	case r.Method == http.MethodConnect:
		return "TCP_TUNNEL"
	}
	return "TCP_MISS"
}

// appendURL appends what was asked for: the authority of a CONNECT, the URL of
// another request, or Squid's words for one that could not be read.
func appendURL(b []byte, r *Record) []byte {
	switch {
	case r.Host == "" && r.Status == 0:
		return append(b, "error:transaction-end-before-headers"...)
	case r.Host == "" && r.Status == http.StatusRequestHeaderFieldsTooLarge, r.Reason == "header-too-large":
		return append(b, "error:request-too-large"...)
	case r.Host == "":
		return append(b, "error:invalid-request"...)
	}
	connect := r.Method == http.MethodConnect
	if !connect {
		b = append(b, "http://"...)
	}
	if strings.Contains(r.Host, ":") {
		b = append(b, '[')
		b = appendWord(b, r.Host)
		b = append(b, ']')
	} else {
		b = appendWord(b, r.Host)
	}
	if connect || r.Port != 80 {
		b = append(b, ':')
		b = strconv.AppendUint(b, uint64(r.Port), 10)
	}
	if !connect {
		b = append(b, '/')
	}
	return b
}

// appendHierarchy appends who was asked.
func appendHierarchy(b []byte, r *Record) []byte {
	switch {
	case !r.Addr.IsValid():
		return append(b, "HIER_NONE/-"...)
	case r.Parent != "":
		b = append(b, "FIRSTUP_PARENT/"...)
	default:
		b = append(b, "HIER_DIRECT/"...)
	}
	return appendAddr(b, r.Addr.Addr())
}

// appendPadded appends v, which is not negative, filled up to width.
func appendPadded(b []byte, v int64, width int, fill byte) []byte {
	for n := width - 1; n > 0; n-- {
		if v < pow10(n) {
			b = append(b, fill)
		}
	}
	return strconv.AppendInt(b, v, 10)
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
