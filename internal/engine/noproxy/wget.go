package noproxy

import "strings"

// wget and wget2 read the variables in lower case only. Sources: wget 1.21.3
// src/retr.c (getproxy, retrieve_url), src/utils.c (sepstring), src/host.c
// (sufmatch); wget2 1.99.1 libwget/http.c (wget_http_match_no_proxy).
var (
	wgetFamily = &family{
		name:     "wget",
		settings: lowerOnly.settings,
		values:   values{bare: bareWget, https: schemeOnlyHTTPS, quirks: noUserBad},
		match:    wgetMatch,
	}
	// wget2 speaks TLS to the proxy of an https target, whatever its scheme.
	wget2Family = &family{
		name:     "wget2",
		settings: lowerOnly.settings,
		values:   values{quirks: trimsLeft | trimsRight | unescapesFirst | tlsByTarget},
		match: func(list string, t Target) (string, match) {
			return first(strings.Split(list, ","), func(e string) bool { return exactOrBelow(strings.ToLower(e), t.name()) })
		},
	}
)

var lowerOnly = reading{
	http:  []string{"http_proxy"},
	https: []string{"https_proxy"},
	no:    []string{"no_proxy"},
}

// wgetMatch: white space is skipped behind a comma and nowhere else, addresses
// are names, and there is no "*".
func wgetMatch(list string, t Target) (string, match) {
	entries := strings.Split(list, ",")
	for i := range entries[1:] {
		entries[i+1] = strings.TrimLeft(entries[i+1], " \t\r\n")
	}
	return first(entries, func(e string) bool {
		e = strings.ToLower(e)
		if strings.HasPrefix(e, ".") {
			return strings.HasSuffix(t.name(), e)
		}
		return below(t.name(), e) // an empty entry ends names that end in a dot
	})
}

// exactOrBelow: "x" is x alone, ".x" the names below.
func exactOrBelow(entry, host string) bool {
	if strings.HasPrefix(entry, ".") {
		return strings.HasSuffix(host, entry)
	}
	return entry != "" && entry == host
}
