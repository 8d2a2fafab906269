package settings

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// special holds every character that some syntax takes for its own, and blanks at
// its ends.
const special = ` '"$%\&<>^` + "`" + ` ,;#!?/:@=+*|~()[]{}éパスワード😀 `

func TestParseProxy(t *testing.T) {
	tests := map[string]struct {
		text string
		want Proxy
	}{
		"a name":                       {"http://proxy.example:3128", Proxy{Host: "proxy.example", Port: 3128}},
		"a slash behind it":            {"http://proxy.example:3128/", Proxy{Host: "proxy.example", Port: 3128}},
		"upper case":                   {"HTTP://Proxy.Example:80", Proxy{Host: "proxy.example", Port: 80}},
		"an IPv6 address":              {"http://[2001:db8::1]:3128", Proxy{Host: "2001:db8::1", Port: 3128}},
		"encoded credentials":          {"http://us%40er:p%25ss@p:1", Proxy{Host: "p", Port: 1, User: "us@er", Password: "p%ss"}},
		"credentials as one types":     {`http://us er:p@s#s/w?o"r\d@p:1`, Proxy{Host: "p", Port: 1, User: "us er", Password: `p@s#s/w?o"r\d`}},
		"a password with a colon":      {"http://u:a:b@p:1", Proxy{Host: "p", Port: 1, User: "u", Password: "a:b"}},
		"a user without a password":    {"http://u@p:1", Proxy{Host: "p", Port: 1, User: "u"}},
		"a plus is no space":           {"http://u:a+b@p:1", Proxy{Host: "p", Port: 1, User: "u", Password: "a+b"}},
		"a password that is not ASCII": {"http://u:パス@p:1", Proxy{Host: "p", Port: 1, User: "u", Password: "パス"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseProxy(tt.text)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("ParseProxy(%q): %v (-want +got):\n%s", tt.text, err, diff)
			}
		})
	}
}

func TestParseProxyRefuses(t *testing.T) {
	tests := map[string]struct{ text, code string }{
		"no scheme: programs guess":          {"proxy.example:3128", "settings.proxy.scheme"},
		"TLS to the proxy itself":            {"https://proxy.example:3128", "settings.proxy.https"},
		"SOCKS":                              {"socks5://proxy.example:1080", "settings.proxy.scheme"},
		"no port: programs take different":   {"http://proxy.example", "settings.proxy.port"},
		"no port behind an address":          {"http://[2001:db8::1]", "settings.proxy.port"},
		"no port behind the colon":           {"http://proxy.example:", "settings.proxy.port"},
		"port 0":                             {"http://proxy.example:0", "settings.proxy.bad-port"},
		"a port that does not exist":         {"http://proxy.example:99999", "settings.proxy.bad-port"},
		"a port by name":                     {"http://proxy.example:proxy", "settings.proxy.bad-port"},
		"credentials without a host":         {"http://user:secret", "settings.proxy.bad-port"},
		"credentials without an at sign":     {"http://user:secret:3128", "settings.proxy.no-host"},
		"a path":                             {"http://proxy.example:3128/x", "settings.proxy.path"},
		"a name that is not ASCII":           {"http://プロキシ:3128", "settings.proxy.host"},
		"no host":                            {"http://:3128", "settings.proxy.host"},
		"IPv6 without brackets":              {"http://2001:db8::1:3128", "settings.proxy.brackets"},
		"IPv6 without brackets, and a port":  {"http://2001:db8:0:0:0:0:0:1:3128", "settings.proxy.brackets"},
		"an address that only some can read": {"http://0x7f.1:3128", "settings.proxy.host"},
		"a percent sign that encodes nothing": {
			"http://u:p%ss@proxy.example:3128", "settings.proxy.percent",
		},
		"a line break in the password": {"http://u:a%0Ab@proxy.example:3128", "settings.proxy.credentials"},
		"a line break in the user":     {"http://u%0Ab:p@proxy.example:3128", "settings.proxy.credentials"},
		"a colon in the user":          {"http://u%3Ab:p@proxy.example:3128", "settings.proxy.credentials"},
		"no user":                      {"http://:secret@proxy.example:3128", "settings.proxy.credentials"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := ParseProxy(tt.text)
			r, ok := errors.AsType[*Refusal](err)
			if !ok || string(r.Why.Code) != tt.code {
				t.Errorf("ParseProxy(%q) = %v, %v, want %s", tt.text, p, err, tt.code)
			}
			if ok && strings.Contains(r.Why.In(reason.English)+r.Hint.In(reason.English), "secret") {
				t.Errorf("the answer to %q tells the secret: %v", tt.text, r)
			}
		})
	}
}

// FuzzParseProxy: what was understood is understood again, and by net/url as
// well, and nothing in it needs quotes.
func FuzzParseProxy(f *testing.F) {
	f.Add("http://us%40er:p%25ss@proxy.example:3128/")
	f.Add("http://u:" + special + "@[::1]:1")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProxy(text)
		if err != nil {
			return
		}
		again, err := ParseProxy(p.URL())
		if err != nil || again != p {
			t.Fatalf("%q → %+v → %q → %+v, %v", text, p, p.URL(), again, err)
		}
		u, err := url.Parse(p.URL())
		if err != nil {
			t.Fatal(err)
		}
		password, _ := u.User.Password()
		if u.User.Username() != p.User || password != p.Password || u.Hostname() != p.Host {
			t.Fatalf("net/url reads %q as %+v", p.URL(), u)
		}
		for _, r := range p.URL() {
			if r <= ' ' || r >= 0x7f || r == '\'' || r == '"' || r == '\\' || r == '$' || r == '#' {
				t.Fatalf("URL() = %q holds %q", p.URL(), r)
			}
		}
	})
}
