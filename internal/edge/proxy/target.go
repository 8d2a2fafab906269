package proxy

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// target is where a request wants to go.
type target struct {
	host   netset.Host
	name   awsname.Name // of the host; zero for a literal
	given  string       // the host as the client wrote it, for answers and the log
	port   uint16
	scheme access.Scheme
}

// parseTarget reads the target of a request: authority-form for CONNECT,
// absolute-form with http for everything else.
func parseTarget(h *head.Head) (target, reason.Code) {
	if h.Connect() {
		return parseAuthority(h.Target, "", access.HTTPS)
	}
	rest, ok := cutPrefixFold(h.Target, "http://")
	if !ok {
		if _, ok := cutPrefixFold(h.Target, "https://"); ok {
			return target{}, reason.AbsoluteHTTPS
		}
		return target{}, reason.OriginForm
	}
	if bytes.IndexByte(rest, '#') >= 0 {
		return target{}, reason.BadRequestLine // RFC 9112 section 3.2: no fragment; some cut it off, some do not
	}
	return parseAuthority(rest[:len(rest)-len(afterAuthority(rest))], "80", access.HTTP)
}

// afterAuthority returns what follows the authority at the beginning of b.
func afterAuthority(b []byte) []byte {
	if i := bytes.IndexAny(b, "/?"); i >= 0 {
		return b[i:]
	}
	return nil
}

// pathOf returns path and query of a target in absolute-form as they stand there.
func pathOf(target []byte) string {
	rest, _ := cutPrefixFold(target, "http://")
	path := string(afterAuthority(rest))
	if !strings.HasPrefix(path, "/") {
		return "/" + path
	}
	return path
}

// parseAuthority parses host[:port], where the port may be left out only if
// there is a default for it.
func parseAuthority(b []byte, defaultPort string, scheme access.Scheme) (target, reason.Code) {
	t := target{given: string(b), scheme: scheme}
	host, port := t.given, defaultPort
	if i := lastColon(t.given); i >= 0 {
		host, port = t.given[:i], t.given[i+1:]
	}
	t.given = host
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || port[0] == '0' || port[0] == '+' {
		return t, reason.BadPort
	}
	t.port = uint16(n)
	if t.host, t.name, err = awsdata.Names().Parse(host); err != nil {
		return t, reason.BadName
	}
	if t.host.Addr.Is6() && host[0] != '[' {
		return t, reason.BadName // where would the address end and the port begin?
	}
	return t, ""
}

// lastColon returns the index of the colon before the port, -1 if there is
// none: colons inside brackets belong to an IPv6 literal.
func lastColon(s string) int {
	for i := len(s) - 1; i >= 0 && s[i] != ']'; i-- {
		if s[i] == ':' {
			return i
		}
	}
	return -1
}

func cutPrefixFold(b []byte, prefix string) ([]byte, bool) {
	if len(b) < len(prefix) || !head.Fold(b[:len(prefix)], prefix) {
		return nil, false
	}
	return b[len(prefix):], true
}
