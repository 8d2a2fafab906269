package noproxy

import "strings"

// javaFamily is Java's default proxy selector, which HttpURLConnection and
// HttpClient ask: properties, never the environment. Source: OpenJDK 17
// sun/net/spi/DefaultProxySelector.java. An entry is exact, or has a * at its
// start or end; loopback is excluded as well, unless the list is set to nothing.
var javaFamily = &family{
	name:     "java",
	settings: javaSettings,
	values:   values{own: func(v string, _ Target) (string, use) { return v, usable }},
	match: func(list string, t Target) (string, match) {
		return first(strings.Split(list, "|"), func(e string) bool {
			return e != "" && javaEntry(strings.ToLower(e), t.bracketed())
		})
	},
}

// javaDefault is http.nonProxyHosts where nobody sets it, and behind what
// somebody does set.
const javaDefault = "localhost|127.*|[::1]|0.0.0.0|[::0]"

// javaSettings reads properties of a command line, "-Dname=value …".
func javaSettings(vars Vars, t Target) setting {
	properties := map[string]string{}
	for arg := range strings.SplitSeq(" "+vars["system_properties"], " -D") {
		name, value, _ := strings.Cut(strings.TrimRight(arg, " "), "=")
		properties[name] = value
	}
	host := t.Scheme + ".proxyHost"
	s := setting{asked: []string{host}, listFrom: "http.nonProxyHosts", list: javaDefault}
	switch list, ok := properties["http.nonProxyHosts"]; {
	case ok && list != "":
		s.list = list + "|" + javaDefault
	case ok:
		s.list = ""
	}
	if properties[host] == "" {
		return s
	}
	port := properties[t.Scheme+".proxyPort"]
	if port == "" {
		port = Target{Scheme: t.Scheme}.port()
	}
	s.from, s.value = host, "http://"+properties[host]+":"+port
	return s
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
