package fields

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func header(lines ...string) http.Header {
	h := http.Header{}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		h.Add(name, value)
	}
	return h
}

func TestStrip(t *testing.T) {
	for name, tt := range map[string]struct {
		h       http.Header
		upgrade string
		want    []string
	}{
		"those of RFC 9110 section 7.6.1": {header("Connection: close", "Keep-Alive: 5", "TE: trailers", "Proxy-Authorization: Basic x", "Accept: */*"), "", []string{"Accept"}},
		"those that Connection names":     {header("Connection: X-Here, x-there", "X-Here: 1", "X-There: 2", "X-On: 3"), "", []string{"X-On"}},
		"not those for the recipient":     {header("Connection: Host, Authorization, content-length", "Host: a", "Authorization: b", "Content-Length: 1"), "", []string{"Authorization", "Content-Length", "Host"}},
		"what tells on the client":        {header("X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "Via: a"), "", []string{"Via"}},
		"an upgrade is asked for anew":    {header("Connection: upgrade, X-A", "Upgrade: websocket, other", "X-A: 1"), "websocket", []string{"Connection", "Upgrade"}},
	} {
		Strip(tt.h, tt.upgrade)
		if got := slices.Sorted(maps.Keys(tt.h)); !slices.Equal(got, tt.want) || tt.h.Get("Upgrade") != tt.upgrade {
			t.Errorf("%s: left %v, Upgrade %q, want %v, %q", name, got, tt.h.Get("Upgrade"), tt.want, tt.upgrade)
		}
	}
}

func TestUpgrade(t *testing.T) {
	for _, tt := range []struct {
		minor  int
		length int64
		h      http.Header
		want   string
	}{
		{1, 0, header("Connection: Upgrade", "Upgrade: websocket"), "websocket"},
		{1, 0, header("Connection: keep-alive, upgrade", "Upgrade: websocket"), "websocket"},
		{1, 0, header("Upgrade: websocket"), ""},                         // Connection does not name it
		{1, 0, header("Connection: Upgrade", "Upgrade: h2c"), ""},        // requests would go unseen
		{1, 0, header("Connection: Upgrade", "Upgrade: H2C"), ""},        // in any case
		{1, 0, header("Connection: Upgrade", "Upgrade: h2c, other"), ""}, // or among others
		{0, 0, header("Connection: Upgrade", "Upgrade: websocket"), ""},  // HTTP/1.0
		{1, 7, header("Connection: Upgrade", "Upgrade: websocket"), ""},  // with a body
	} {
		req := &http.Request{ProtoMajor: 1, ProtoMinor: tt.minor, ContentLength: tt.length, Header: tt.h}
		if got := Upgrade(req); got != tt.want {
			t.Errorf("HTTP/1.%d, %d bytes, %v: %q, want %q", tt.minor, tt.length, tt.h, got, tt.want)
		}
	}
}

func TestKeepsAlive(t *testing.T) {
	for _, tt := range []struct {
		minor int
		close bool
		h     http.Header
		want  bool
	}{
		{1, false, header(), true},
		{1, true, header(), false},
		{1, false, header("Proxy-Connection: Close"), false},
		{0, false, header("Proxy-Connection: keep-alive"), false},
	} {
		req := &http.Request{ProtoMajor: 1, ProtoMinor: tt.minor, Close: tt.close, Header: tt.h}
		if got := KeepsAlive(req); got != tt.want {
			t.Errorf("HTTP/1.%d, close %v, %v: %v, want %v", tt.minor, tt.close, tt.h, got, tt.want)
		}
	}
}
