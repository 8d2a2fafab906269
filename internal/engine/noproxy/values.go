package noproxy

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// use is what a program does with the value of a proxy variable.
type use int

const (
	refused use = iota // it fails
	usable
	ignored // it goes on as if there were no proxy
)

// values is how a family reads the value of a proxy variable.
type values struct {
	own      func(value string, t Target) (string, use) // a grammar of its own
	bare     bareRule
	https    schemeRule
	socks    schemeRule
	only     string     // the SOCKS schemes that it knows, where not all; the rest are others
	other    schemeRule // any other scheme
	unparsed use        // what a value is that makes no sense
	badHost  use        // what one is whose host can be none
	port     string     // where none is written; empty is 80, or 443 over TLS
	quirks   quirk
}

// unreadable reports whether v refuses value outright.
func (v values) unreadable(value string) bool {
	_, u := v.read(value, Target{Scheme: "http"})
	return u == refused
}

// bareRule is what "host:port", without a scheme, is read as.
type bareRule int

const (
	bareHTTP    bareRule = iota // http://host:port
	bareBad                     // no proxy: an error
	bareTarget                  // a proxy of the target's scheme
	bareApt                     // an error with a colon, nothing without
	bareIgnored                 // as good as none
	bareWget                    // an error where no port stands behind the first colon
)

// schemeRule is what a scheme other than http makes of a proxy.
type schemeRule int

const (
	schemeRefused    schemeRule = iota // the program fails
	schemeSpoken                       // it is spoken to the proxy
	schemePlain                        // it is taken for http
	schemeIgnored                      // the value is ignored
	schemeOnlyHTTPS                    // plain for https targets, refused for http
	schemeOnlyHTTP                     // spoken for http targets, refused for https
	schemePlainHTTPS                   // plain for https targets, spoken for http
)

// quirk is one habit of a parser.
type quirk int

const (
	trimsLeft      quirk = 1 << iota // white space before the value is cut off
	trimsRight                       // white space behind it is
	lastAt                           // credentials end at the last @, so they may hold one
	slashInUser                      // credentials may hold / ? #
	onlySlash                        // the host ends at /, not at ? or #
	backslashBad                     // \ in credentials is an error
	percentBad                       // so is % without two hex digits
	percentBadHTTP                   // so is it for http targets; for https ones it contacts the proxy, and fails
	unescapesFirst                   // %40 counts as @
	pathBad                          // a path is an error
	lowerScheme                      // HTTP:// is no scheme
	needsPassword                    // a user alone is an error: it asks for a password
	tlsByTarget                      // speaks TLS to the proxy for https targets
	portOfTarget                     // without a port, the target scheme's
	trimsForHTTPS                    // trimsLeft, for https targets only
	lostAt                           // a second @ makes a host that no one finds
	blankInUserBad                   // a blank in credentials is an error
	noUserBad                        // so are credentials without a user
	onlyURI                          // what no URI can hold is an error in credentials: white space, quotes, what is not ASCII
	onlyASCII                        // what is not ASCII is an error in credentials
	emptyBad                         // nothing for a host, or behind its colon, is an error
	lostBackslash                    // so does \ in credentials: it ends the host
)

func (v values) has(q quirk) bool { return v.quirks&q != 0 }

// read returns how the proxy of value is spoken to for t.
func (v values) read(value string, t Target) (proxy string, u use) {
	if v.own != nil {
		return v.own(value, t)
	}
	if v.has(trimsLeft) || v.has(trimsForHTTPS) && t.Scheme == "https" {
		value = strings.TrimLeft(value, " \t\r\n")
	}
	if v.has(trimsRight) {
		value = strings.TrimRight(value, " \t\r\n")
	}
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		if u := v.bareUse(value); u != usable {
			return "", u
		}
		scheme, rest = "http", value
		if v.bare == bareTarget {
			scheme = t.Scheme
		}
	}
	if lower := strings.ToLower(scheme); lower != scheme {
		if v.has(lowerScheme) {
			return "", v.unparsed
		}
		scheme = lower
	}
	if strings.ContainsAny(scheme, "\"' \t") {
		return "", v.unparsed
	}
	host, port, u := v.authority(rest, t)
	if u != usable {
		return "", u
	}
	if !hostShaped(host) {
		return "", v.badHost
	}
	return v.endpoint(scheme, host, port, t)
}

func (v values) bareUse(value string) use {
	switch v.bare {
	case bareBad:
		return refused
	case bareIgnored:
		return ignored
	case bareApt:
		if strings.Contains(value, ":") {
			return refused
		}
		return ignored
	case bareWget:
		if _, port, ok := strings.Cut(value, ":"); ok && !digits(strings.TrimRight(port, "/")) {
			return refused
		}
	case bareHTTP, bareTarget:
	}
	return usable
}

// authority returns host and port of what follows the scheme, or what becomes
// of a value that the parser does not take.
func (v values) authority(rest string, t Target) (host, port string, u use) {
	if v.has(unescapesFirst) {
		if plain, err := url.PathUnescape(rest); err == nil {
			rest = plain
		}
	}
	ends := "/?#"
	if v.has(onlySlash) || v.has(slashInUser) {
		ends = "/"
	}
	from := 0
	if at := strings.IndexByte(rest, '@'); v.has(slashInUser) && at >= 0 {
		from = at
	}
	authority, path := rest, ""
	if i := strings.IndexAny(rest[from:], ends); i >= 0 {
		authority, path = rest[:from+i], rest[from+i:]
	}
	if v.has(pathBad) && path != "" && path != "/" && (path[0] != '#' || v.has(backslashBad)) {
		return "", "", v.unparsed
	}
	user, hostport, has := cutUser(authority)
	if has {
		if u := v.credentials(user, t); u != usable {
			return "", "", u
		}
	}
	host, port, ok := hostPort(hostport)
	if !ok || v.has(emptyBad) && (host == "" || strings.HasSuffix(hostport, ":")) {
		return "", "", v.unparsed
	}
	return host, port, usable
}

// cutUser splits an authority at its last @.
func cutUser(authority string) (user, hostport string, ok bool) {
	i := strings.LastIndexByte(authority, '@')
	if i < 0 {
		return "", authority, false
	}
	return authority[:i], authority[i+1:], true
}

// credentials says what becomes of a value with user, what stands before the @.
func (v values) credentials(user string, t Target) use {
	at, backslash := strings.Contains(user, "@"), strings.Contains(user, `\`)
	switch {
	case at && v.has(lostAt), backslash && v.has(lostBackslash):
		return refused
	case at && !v.has(lastAt),
		backslash && v.has(backslashBad),
		v.has(blankInUserBad) && strings.Contains(user, " "),
		v.has(onlyASCII) && strings.ContainsFunc(user, func(r rune) bool { return r >= 0x80 }),
		v.has(onlyURI) && strings.ContainsFunc(user, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>`{}|^", r) }),
		v.has(noUserBad) && (user == "" || user[0] == ':'),
		v.has(needsPassword) && !strings.Contains(user, ":"):
		return v.unparsed
	case v.has(percentBad), v.has(percentBadHTTP) && t.Scheme == "http":
		if _, err := url.PathUnescape(user); err != nil {
			return v.unparsed
		}
	}
	return usable
}

// hostPort splits "HOST[:PORT]"; an empty port is none.
func hostPort(s string) (host, port string, ok bool) {
	if inside, rest, found := strings.Cut(s, "]"); found && strings.HasPrefix(inside, "[") {
		port, ok := strings.CutPrefix(rest, ":")
		return inside[1:], port, rest == "" || ok && (port == "" || portShaped(port))
	}
	host, port, ok = strings.Cut(s, ":")
	return host, port, !ok || port == "" || portShaped(port)
}

// portShaped reports whether s is the number of a port, 0 included, with zeros
// before it or not.
func portShaped(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && digits(s) && n <= 65535
}

// hostShaped reports whether s can be a host at all.
func hostShaped(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x80 && r != '.' && r != '-' && r != '_' && r != ':' && r != '%' &&
			(r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// endpoint returns how a proxy of scheme, host and port is spoken to.
func (v values) endpoint(scheme, host, port string, t Target) (string, use) {
	if port == "" {
		port = v.defaultPort(scheme, t)
	}
	rule := v.other
	switch {
	case v.has(tlsByTarget):
		rule, scheme = schemeSpoken, t.Scheme
	case scheme == "http":
		rule = schemeSpoken
	case scheme == "https":
		rule = v.https
	case strings.HasPrefix(scheme, "socks") && (v.only == "" || slices.Contains(strings.Fields(v.only), scheme)):
		rule = v.socks
	}
	switch rule {
	case schemeIgnored:
		return "", ignored
	case schemeOnlyHTTPS:
		if t.Scheme != "https" {
			return "", refused
		}
		scheme = "http"
	case schemeOnlyHTTP:
		if t.Scheme != "http" {
			return "", refused
		}
	case schemePlainHTTPS:
		if t.Scheme == "https" {
			scheme = "http"
		}
	case schemePlain:
		scheme = "http"
	case schemeRefused:
		return "", refused
	case schemeSpoken:
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return scheme + "://" + host + ":" + port, usable
}

func (v values) defaultPort(scheme string, t Target) string {
	switch {
	case v.has(portOfTarget):
		return Target{Scheme: t.Scheme}.port()
	case scheme == "https":
		return "443"
	case strings.HasPrefix(scheme, "socks"):
		return "1080"
	case v.port != "":
		return v.port
	}
	return "80"
}
