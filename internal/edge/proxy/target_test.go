package proxy

import (
	"cmp"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
)

func TestParseTarget(t *testing.T) {
	tests := map[string]struct {
		method, target string
		host           string
		port           uint16
		code           reason.Code
	}{
		"name":                           {"CONNECT", "a.example:443", "a.example", 443, ""},
		"name in any case, trailing dot": {"CONNECT", "A.Example.:443", "a.example", 443, ""},
		"IPv4":                           {"CONNECT", "192.0.2.1:443", "192.0.2.1", 443, ""},
		"IPv6 in brackets":               {"CONNECT", "[2001:db8::1]:443", "2001:db8::1", 443, ""},
		"IPv6 without brackets":          {"CONNECT", "2001:db8::1:443", "", 0, reason.BadName},
		"IPv6 with a zone":               {"CONNECT", "[fe80::1%25eth0]:443", "", 0, reason.BadName},
		"no port":                        {"CONNECT", "a.example", "", 0, reason.BadPort},
		"empty port":                     {"CONNECT", "a.example:", "", 0, reason.BadPort},
		"port 0":                         {"CONNECT", "a.example:0", "", 0, reason.BadPort},
		"port with a leading zero":       {"CONNECT", "a.example:0443", "", 0, reason.BadPort},
		"port with a sign":               {"CONNECT", "a.example:+443", "", 0, reason.BadPort},
		"port above 65535":               {"CONNECT", "a.example:65536", "", 0, reason.BadPort},
		"two ports":                      {"CONNECT", "a.example:443:80", "", 0, reason.BadName},
		"user before the host":           {"CONNECT", "user@a.example:443", "", 0, reason.BadName},
		"URL in CONNECT":                 {"CONNECT", "https://a.example:443", "", 0, reason.BadName},
		"underscore outside a bucket":    {"CONNECT", "ssm_.ap-northeast-1.amazonaws.com:443", "", 0, reason.BadName},
		"underscore in a bucket":         {"CONNECT", "my_bucket.s3.amazonaws.com:443", "my_bucket.s3.amazonaws.com", 443, ""},
		"absolute form":                  {"GET", "http://a.example/x", "a.example", 80, ""},
		"scheme in any case":             {"GET", "HTTP://a.example/x", "a.example", 80, ""},
		"absolute form with a port":      {"GET", "http://a.example:8080/x", "a.example", 8080, ""},
		"no path":                        {"GET", "http://a.example", "a.example", 80, ""},
		"query without a path":           {"GET", "http://a.example?x=http://b.example/", "a.example", 80, ""},
		"at sign in the path":            {"GET", "http://a.example/@b.example/", "a.example", 80, ""},
		"credentials in the URL":         {"GET", "http://user:pw@a.example/", "", 0, reason.BadPort},
		"backslash for a slash":          {"GET", "http://a.example\\@b.example/", "", 0, reason.BadName},
		"https in absolute form":         {"GET", "https://a.example/", "", 0, reason.AbsoluteHTTPS},
		"origin form":                    {"GET", "/index.html", "", 0, reason.OriginForm},
		"asterisk form":                  {"OPTIONS", "*", "", 0, reason.OriginForm},
		"another scheme":                 {"GET", "ftp://a.example/", "", 0, reason.OriginForm},
		"empty host":                     {"GET", "http:///x", "", 0, reason.BadName},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := head.Head{Method: []byte(tt.method), Target: []byte(tt.target)}
			got, code := parseTarget(&h)
			if code != tt.code {
				t.Fatalf("parseTarget(%s %s) says %q, want %q", tt.method, tt.target, code, tt.code)
			}
			if code == "" && (got.host.String() != tt.host || got.port != tt.port) {
				t.Errorf("parseTarget(%s %s) = %s port %d, want %s port %d", tt.method, tt.target, got.host, got.port, tt.host, tt.port)
			}
		})
	}
}

func FuzzParseTarget(f *testing.F) {
	f.Add("CONNECT", "a.example:443")
	f.Add("GET", "http://[::1]/")
	f.Add("GET", "HTTP://A.example.:8080?x=//b.example/")
	f.Add("GET", "http://0")
	f.Add("GET", "http://my_bucket.s3.amazonaws.com/%2f/../@c.example")
	f.Fuzz(func(t *testing.T, method, in string) {
		h := head.Head{Method: []byte(method), Target: []byte(in)}
		if tg, bad := parseTarget(&h); bad == "" && !tg.host.IsAddr() && tg.host.Name == "" {
			t.Fatalf("%s %q has no host and no complaint", method, in)
		} else if bad == "" {
			sameToOthers(t, &h, tg)
		}
	})
}

// sameToOthers asks package url, and parseTarget about what it has made of h.
func sameToOthers(t *testing.T, h *head.Head, got target) {
	t.Helper()
	again, bad := parseAuthority([]byte(net.JoinHostPort(got.host.String(), strconv.Itoa(int(got.port)))), "", got.scheme)
	again.host.Odd = got.host.Odd // how it was spelt
	if bad != "" || again.host != got.host || again.port != got.port || again.name != got.name {
		t.Fatalf("%s %q is %v port %d, and that is %v port %d, %q", h.Method, h.Target, got.host, got.port, again.host, again.port, bad)
	}
	if strings.ContainsAny(got.host.String(), "/\\@?# %") {
		t.Fatalf("%s %q is for %q", h.Method, h.Target, got.host)
	}
	text := string(h.Target)
	if h.Connect() {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return // it may refuse more
	}
	host, err := netset.ParseHost(u.Hostname())
	if err != nil || host != got.host || cmp.Or(u.Port(), "80") != strconv.Itoa(int(got.port)) || u.User != nil {
		t.Fatalf("%s %q is %v port %d; to package url %q port %s", h.Method, h.Target, got.host, got.port, u.Hostname(), u.Port())
	}
}
