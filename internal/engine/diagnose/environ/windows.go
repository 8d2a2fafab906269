package environ

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// windowsPlaces are where amazon-ssm-agent on Windows finds a proxy, the first
// one that has any wins (agent/proxyconfig/proxy_windows.go at 1c217c8; the
// order of the first three as blog.serverworks.co.jp/ssm-windows-on-proxy
// measured it).
var windowsPlaces = []string{"service", "system", "localsystem", "ie", "winhttp"}

// fromWindows takes the first of the five places that has a proxy. The others
// are beaten as a whole.
func (e *Environment) fromWindows(f *facts.Sheet) {
	found := false
	for _, name := range windowsPlaces {
		s, ok := f.Source(facts.Windows, name)
		if !ok {
			continue
		}
		if s.Err != "" {
			if !found {
				e.Unread = append(e.Unread, s)
			}
			continue
		}
		here := &Environment{}
		for _, line := range s.Lines {
			here.windowsLine(name, line)
		}
		if !here.Proxied() {
			continue
		}
		for _, set := range here.Settings {
			if !found {
				e.Set(set.Name, set.Value, set.Origin)
			} else if old := e.Setting(set.Name); old != nil {
				old.Beaten = append(old.Beaten, set)
			}
		}
		if !found {
			e.Origin = name
		}
		found = true
	}
}

// windowsLine reads a line of a place. Variables stand as they are; IE and
// WinHTTP have ProxyServer and ProxyOverride, which the agent turns into
// variables: "host:port" serves plain http only, "http=h:p;https=h:p" both,
// and <local> is dropped.
func (e *Environment) windowsLine(where, line string) {
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return
	}
	key = strings.TrimSpace(key)
	switch key {
	case "ProxyServer":
		if !strings.Contains(value, "=") {
			e.Set("http_proxy", value, where)
			return
		}
		for part := range strings.SplitSeq(value, ";") {
			if scheme, server, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
				e.Set(strings.ToLower(scheme)+"_proxy", server, where)
			}
		}
	case "ProxyOverride":
		var list []string
		for entry := range strings.SplitSeq(value, ";") {
			if entry = strings.TrimSpace(entry); entry != "" && !strings.EqualFold(entry, "<local>") {
				list = append(list, entry)
			}
		}
		e.Set("no_proxy", strings.Join(list, ","), where)
	default:
		e.Set(key, value, where)
	}
}
