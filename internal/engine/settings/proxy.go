package settings

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Proxy is where programs are sent. The zero Proxy is not valid.
type Proxy struct {
	Host     string // a name or an address, without brackets
	Port     uint16
	User     string // as the proxy gets it, not encoded; empty: no credentials
	Password string // likewise
}

// ParseProxy reads a proxy's URL. The password may be percent-encoded or not: a
// character that a URL cannot hold stands for itself, and only a % must be
// written as %25. Scheme and port are asked for, because programs that miss
// them take different ones. Errors are a *Refusal.
func ParseProxy(text string) (Proxy, error) {
	bad := func(what reason.Code, args ...string) (Proxy, error) {
		return Proxy{}, refuse(reason.New("settings.proxy."+what, args...), reason.New("settings.proxy.hint"))
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !strings.EqualFold(scheme, "http") {
		if strings.EqualFold(scheme, "https") {
			return Proxy{}, refuse(reason.New("settings.proxy.https"), reason.New("settings.proxy.https.hint"))
		}
		return bad("scheme")
	}
	var p Proxy
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, password, _ := strings.Cut(rest[:at], ":")
		var err, err2 error
		p.User, err = url.PathUnescape(user)
		p.Password, err2 = url.PathUnescape(password)
		if err != nil || err2 != nil {
			return bad("percent")
		}
		if p.User == "" || !printable(p.User) || !printable(p.Password) || strings.Contains(p.User, ":") {
			return bad("credentials")
		}
		rest = rest[at+1:]
	}
	rest = strings.TrimSuffix(rest, "/")
	if strings.ContainsAny(rest, "/?#") {
		return bad("path")
	}
	if a, err := netip.ParseAddr(rest); err == nil && a.Is6() {
		return bad("brackets", rest)
	}
	host, port, ok := cutPort(rest)
	if !ok {
		return bad("port")
	}
	if p.Port, ok = netset.Port(port); !ok {
		return bad("bad-port")
	}
	h, err := netset.ParseHost(host)
	switch bare := strings.Contains(host, ":") && !strings.HasPrefix(host, "["); {
	case bare && err == nil:
		return bad("brackets", host)
	case bare: // perhaps a password whose host is missing: nothing of it is shown
		return bad("no-host")
	case err != nil || h.Odd || h.Addr.Zone() != "":
		return bad("host", strconv.Quote(host))
	}
	p.Host = h.String()
	return p, nil
}

// cutPort splits "host:port" and "[::1]:port".
func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || i == len(s)-1 || strings.HasSuffix(s, "]") {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// printable reports whether s is text without control characters, which no
// settings file can hold in a portable way.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// Address is host and port as they stand in a URL.
func (p Proxy) Address() string { return p.bracketed() + ":" + p.port() }

// URL is p as variables hold it. Nothing in it needs quoting but the percent
// signs of encoded credentials.
func (p Proxy) URL() string {
	if p.User == "" {
		return "http://" + p.Address()
	}
	user := encoded(p.User)
	if p.Password != "" {
		user += ":" + encoded(p.Password)
	}
	return "http://" + user + "@" + p.Address()
}

// Bare is the URL of p without credentials.
func (p Proxy) Bare() string { return "http://" + p.Address() }

// Secret reports whether p has credentials, so that files hold a secret.
func (p Proxy) Secret() bool { return p.User != "" }

func (p Proxy) port() string { return strconv.Itoa(int(p.Port)) }

func (p Proxy) bracketed() string {
	if a, err := netip.ParseAddr(p.Host); err == nil && a.Is6() {
		return "[" + p.Host + "]"
	}
	return p.Host
}

// encoded is s with every byte percent-encoded that is not unreserved in
// RFC 3986, section 2.3: more than url.UserPassword does, because shells, INI
// files and Ruby (which reads a + as a space) see the text first. The tilde is
// encoded, too: shells expand one behind a colon of an assignment.
func encoded(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
