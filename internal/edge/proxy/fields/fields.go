// Package fields is what a proxy does with the fields of a message that concern
// one connection only.
package fields

import (
	"net/http"
	"slices"
	"strings"
)

// hopByHop are the fields that concern one connection only (RFC 9110 section
// 7.6.1), and those by which proxies tell on their clients.
var hopByHop = []string{
	"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
	"Proxy-Authentication-Info", "TE", "Upgrade", "HTTP2-Settings", "X-Forwarded-For", "Forwarded",
}

// Strip removes the hop-by-hop fields of h, also those that its Connection
// field names. If upgrade is not empty it is asked for anew.
func Strip(h http.Header, upgrade string) {
	for _, value := range h.Values("Connection") {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); !slices.Contains(endToEnd, http.CanonicalHeaderKey(name)) {
				h.Del(name)
			}
		}
	}
	for _, name := range hopByHop {
		h.Del(name)
	}
	if upgrade != "" {
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", upgrade)
	}
}

// endToEnd are fields that nobody may have removed by naming them in Connection
// (RFC 9110 section 7.6.1: "intended for all recipients").
var endToEnd = []string{"Authorization", "Cache-Control", "Content-Length", "Content-Type", "Cookie", "Host", "Set-Cookie"}

// Upgrade returns the protocol that req asks to change to. Upgrades to HTTP/2
// are not passed on: behind them requests would go unseen. HTTP/1.0 knows none
// (RFC 9110 section 7.8).
func Upgrade(req *http.Request) string {
	protocol := req.Header.Get("Upgrade")
	if protocol == "" || req.ProtoMinor == 0 || strings.EqualFold(protocol, "h2c") || strings.ContainsAny(protocol, ",") ||
		!hasToken(req.Header, "Connection", "upgrade") || req.ContentLength != 0 {
		return ""
	}
	return protocol
}

// KeepsAlive reports whether the client expects its connection to stay open.
func KeepsAlive(req *http.Request) bool {
	return req.ProtoMinor == 1 && !req.Close && !hasToken(req.Header, "Proxy-Connection", "close")
}

func hasToken(h http.Header, name, token string) bool {
	for _, value := range h.Values(name) {
		for t := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}
