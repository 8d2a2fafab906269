package noproxy

import (
	"net/netip"
	"strings"
)

// curl, and what is built on libcurl. Sources: curl 7.88.1 lib/url.c
// (detect_proxy) and lib/noproxy.c; git 2.39 http.c (get_active_slot's proxy),
// which reads the variables itself and hands the results to libcurl.
// HTTP_PROXY in upper case is not read, for the sake of CGI.
var (
	curlFamily = &family{
		name:     "curl",
		settings: curlReading.settings,
		values:   curlValues,
		match:    curlMatch(true),
		numbers:  true,
	}
	// libcurl from 8.x on ends the list at a space; cargo brings such a one.
	cargoFamily = &family{name: "curl", settings: curlReading.settings, values: curlValues, match: curlMatch(false), numbers: true}
	gitFamily   = &family{
		name: "curl",
		settings: reading{
			http: curlReading.http, https: curlReading.https, all: curlReading.all, no: curlReading.no,
			hides: true, hidesAll: true, hidesNo: true,
		}.settings,
		values:  values{own: gitValue},
		match:   curlMatch(true),
		numbers: true,
	}
)

var curlReading = reading{
	http:  []string{"http_proxy"},
	https: []string{"https_proxy", "HTTPS_PROXY"},
	all:   []string{"all_proxy", "ALL_PROXY"},
	no:    []string{"no_proxy", "NO_PROXY"},
}

var (
	curlValues = values{https: schemeSpoken, socks: schemeSpoken, port: "1080", quirks: blankInUserBad}
	gitValues  = values{https: schemeSpoken, socks: schemeSpoken, other: schemePlain, port: "1080", quirks: trimsLeft | lastAt | needsPassword}
)

// gitValue: git takes the scheme for itself, as it is written, and hands curl
// what stands between credentials and path. If that is nothing, there is no
// proxy; a colon without a port is an error of curl's.
func gitValue(value string, t Target) (string, use) {
	scheme, rest, ok := strings.Cut(strings.TrimLeft(value, " \t\r\n"), "://")
	if !ok {
		scheme, rest = "http", scheme
	}
	if strings.ToLower(scheme) != scheme {
		scheme = "http"
	}
	_, hostport, _ := cutUser(rest)
	if end := strings.IndexAny(hostport, "/?#"); end >= 0 {
		hostport = hostport[:end]
	}
	switch {
	case hostport == "" && strings.TrimSpace(value) != "":
		return "", ignored
	case hostport == "", strings.HasSuffix(hostport, ":"):
		return "", refused
	}
	return gitValues.read(scheme+"://"+rest, t)
}

// curlMatch compares as Curl_check_noproxy does: names by suffix at a dot,
// IPv4 addresses as addresses or prefixes, IPv6 addresses as text. Where spaces
// holds, blanks part entries as commas do.
func curlMatch(spaces bool) matcher {
	return func(list string, t Target) (string, match) {
		if list == "*" {
			return "*", matches
		}
		return first(curlEntries(list, spaces), func(e string) bool { return curlEntry(e, t) })
	}
}

func curlEntries(list string, spaces bool) []string {
	if spaces {
		return fields(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	}
	entries := commas(list)
	for i, e := range entries {
		if end := strings.IndexAny(e, " \t"); end >= 0 {
			return append(entries[:i:i], e[:end])
		}
	}
	return entries
}

func curlEntry(entry string, t Target) bool {
	if a, ok := t.addr(); ok && a.Is4() {
		return curl4(entry, a)
	}
	host := strings.TrimSuffix(t.name(), ".")
	entry = strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(entry), "."), ".")
	return entry != "" && below(host, entry)
}

// curl4 compares an IPv4 address. What stands behind the slash is a number as
// atoi reads it, so that "8:80" is 8; 0 bits are no prefix, and the address
// before them is compared.
func curl4(entry string, a netip.Addr) bool {
	base, behind, _ := strings.Cut(entry, "/")
	bits := strings.TrimLeft(behind, "0")
	if end := strings.IndexFunc(bits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		bits = bits[:end]
	}
	if bits == "" {
		return base == a.String()
	}
	return inPrefix(base+"/"+bits, a)
}
