package proxy

import (
	"testing"

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
	f.Fuzz(func(t *testing.T, method, in string) {
		h := head.Head{Method: []byte(method), Target: []byte(in)}
		if tg, bad := parseTarget(&h); bad == "" && !tg.host.IsAddr() && tg.host.Name == "" {
			t.Fatalf("%s %q has no host and no complaint", method, in)
		}
	})
}
