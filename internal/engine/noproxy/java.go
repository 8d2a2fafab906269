package noproxy

import (
	"cmp"
	"strings"
)

// Java's default proxy selector, which HttpURLConnection and HttpClient ask:
// properties, never the environment. Source: OpenJDK 17
// sun/net/spi/DefaultProxySelector.java. An entry is exact, or has a * at its
// start or end; loopback is excluded as well, unless the list is set to nothing.
// HttpClient speaks no SOCKS: java/net/http/internal/HttpRequestImpl.java
// (retrieveProxy) goes direct where it is told of one.
var (
	javaFamily           = &family{name: "java", settings: javaSettings, values: javaValues(schemeSpoken), match: javaMatch}
	javaHTTPClientFamily = &family{name: "java", settings: javaSettings, values: javaValues(schemeIgnored), match: javaMatch}
)

// javaValues reads what javaSettings puts together. A host that is a URL is one
// that nobody finds.
func javaValues(socks schemeRule) values {
	v := values{socks: socks}
	return values{own: func(value string, t Target) (string, use) {
		scheme, rest, _ := strings.Cut(value, "://")
		colon := strings.LastIndexByte(rest, ':')
		host := strings.Trim(rest[:colon], "[]")
		if !hostShaped(host) {
			return "", refused
		}
		return v.endpoint(scheme, host, rest[colon+1:], t)
	}}
}

func javaMatch(list string, t Target) (string, match) {
	return first(strings.Split(list, "|"), func(e string) bool {
		return e != "" && javaEntry(strings.ToLower(e), t.bracketed())
	})
}

// javaDefault is http.nonProxyHosts where nobody sets it, and behind what
// somebody does set.
const javaDefault = "localhost|127.*|[::1]|0.0.0.0|[::0]"

// javaProperties are the properties of a command line, "-Dname=value …".
func javaProperties(vars Vars) map[string]string {
	properties := map[string]string{}
	for arg := range strings.SplitSeq(" "+vars["system_properties"], " -D") {
		name, value, _ := strings.Cut(strings.TrimRight(arg, " "), "=")
		properties[name] = value
	}
	return properties
}

// javaSettings takes the first host that is named: that of the scheme, that of
// all schemes, that of SOCKS. Of the first two the port may be the other's.
func javaSettings(vars Vars, t Target) setting {
	properties := javaProperties(vars)
	s := setting{listFrom: "http.nonProxyHosts", list: javaDefault}
	switch list, ok := properties["http.nonProxyHosts"]; {
	case ok && list != "":
		s.list = list + "|" + javaDefault
	case ok:
		s.list = ""
	}
	own := t.Scheme + ".proxy"
	for _, kind := range []string{own, "proxy", "socksProxy"} {
		s.asked = append(s.asked, kind+"Host")
		host := properties[kind+"Host"]
		switch {
		case host == "":
			continue
		case kind == "socksProxy":
			s.value = "socks5://" + host + ":" + cmp.Or(javaPort(properties[kind+"Port"]), "1080")
		default:
			s.value = "http://" + host + ":" + cmp.Or(javaPort(properties[kind+"Port"]),
				javaPort(properties[own+"Port"]), javaPort(properties["proxyPort"]), Target{Scheme: t.Scheme}.port())
		}
		s.from = kind + "Host"
		return s
	}
	return s
}

// javaPort is text if it is the number of a port, else nothing.
func javaPort(text string) string {
	if portShaped(text) && strings.Trim(text, "0") != "" {
		return text
	}
	return ""
}

func javaEntry(entry, host string) bool {
	switch {
	case entry == "*":
		return true
	case len(entry) > 1 && strings.HasPrefix(entry, "*") && strings.HasSuffix(entry, "*"):
		return strings.Contains(host, entry[1:len(entry)-1])
	case strings.HasPrefix(entry, "*"):
		return strings.HasSuffix(host, entry[1:])
	case strings.HasSuffix(entry, "*"):
		return strings.HasPrefix(host, entry[:len(entry)-1])
	}
	return entry == host
}
