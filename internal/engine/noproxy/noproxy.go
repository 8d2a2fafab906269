// Package noproxy says what a program makes of proxy variables and of a list
// of exceptions (NO_PROXY, http.nonProxyHosts): whether it sends a request to
// a proxy, to which one, and which entry of the list decided.
//
// Every program reads the same variables in its own way. Programs that share
// the code that reads them are one family, and each family has a file: which
// variables it asks for, in which order (reading), what it makes of a proxy's
// value (values), and how it compares an entry with a host (matcher). The
// models follow the sources of the versions that the table of programs names
// and are held against recorded answers of the programs themselves.
//
// The package looks nothing up and reaches nothing: a program that resolves a
// name before it compares (Ruby) is answered from the addresses in Target, or
// from an assumption, which the decision then says.
package noproxy

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Way is where a program sends a request. The zero Way is no answer.
type Way string

// The ways are part of the interface: JSON shows them as they stand.
const (
	Proxied Way = "proxy"  // to a proxy
	Direct  Way = "direct" // to the target
	Broken  Way = "error"  // nowhere: the program gives up
)

// Decision is what a program does with one request, and why.
type Decision struct {
	Route Way
	// Proxy is how the proxy is spoken to: scheme, host and port as the program
	// uses them, which may not be those that were written. It holds no
	// credentials. It is empty unless Route is Proxied.
	Proxy string
	// Entry is the entry of the list that decided, as written, or empty.
	Entry string
	// Variable is where the proxy, or the list that Entry stands in, was read
	// from: a name such as "https_proxy", or empty.
	Variable string
	// Assumed says that the answer rests on an address that was not given.
	Assumed bool
	Because reason.Because
}

// Route returns what the program with id, or with that alias, does with the
// request to target, a URL. It fails for an unknown program and for what is
// no URL of a web server.
func Route(id string, vars Vars, target string) (Decision, error) {
	p, err := Named(id)
	if err != nil {
		return Decision{}, err
	}
	t, err := ParseTarget(target)
	if err != nil {
		return Decision{}, err
	}
	return p.Route(vars, t), nil
}

// Route returns what p does with the request to t.
func (p *Program) Route(vars Vars, t Target) Decision {
	f := p.family
	if f.numbers {
		t = t.numbered()
	}
	switch {
	case p.refuses != nil && p.refuses(t):
		return Decision{Route: Broken, Because: reason.New("noproxy.refused-target", p.ID, p.Version, t.shown())}
	case f.settings == nil:
		return direct("noproxy.never", p.ID)
	case p.exempt != nil && p.exempt(t):
		return direct("noproxy.credentials", p.ID, t.Host)
	}
	s := f.settings(vars, t)
	if bad, ok := f.unusable(vars, t); ok {
		return broken(bad)
	}
	if s.from == "" {
		return unnamed(s, t)
	}
	proxy, use := f.values.read(s.value, t)
	if s.cgi && use == usable {
		return Decision{Route: Broken, Variable: s.from, Because: reason.New("noproxy.cgi", s.from)}
	}
	if use == ignored {
		return Decision{Route: Direct, Variable: s.from, Because: reason.New("noproxy.ignored", s.from)}
	}
	if f.loopback != nil && f.loopback(t) {
		return direct("noproxy.loopback", p.ID, t.Host)
	}
	if d, ok := f.excluded(s, t); ok {
		return d
	}
	if use == refused {
		return broken(s)
	}
	return Decision{Route: Proxied, Proxy: proxy, Variable: s.from, Because: proxied(s)}
}

// unusable returns the variable on which f fails before it asks for anything.
func (f *family) unusable(vars Vars, t Target) (setting, bool) {
	if f.fatal == nil {
		return setting{}, false
	}
	for i, name := range f.checked {
		value, set := vars[name]
		if value == "" && (!set || i < len(f.checked)-1) {
			continue
		}
		if f.fatal(value) {
			return setting{from: name}, true
		}
		break
	}
	for _, t.Scheme = range []string{"http", "https"} {
		if s := f.settings(vars, t); s.from != "" && f.fatal(s.value) {
			return s, true
		}
	}
	return setting{}, false
}

// excluded reports whether the list of exceptions keeps t from the proxy.
func (f *family) excluded(s setting, t Target) (Decision, bool) {
	if s.list == "" || f.match == nil {
		return Decision{}, false
	}
	entry, how := f.match(s.list, t)
	if how == differs && f.second != nil && !s.hidden {
		entry, how = f.second(s.list, t)
	}
	switch how {
	case matches:
		return Decision{
			Route: Direct, Entry: entry, Variable: s.listFrom,
			Because: reason.New("noproxy.entry", entry, s.listFrom, t.Host),
		}, true
	case mayMatch:
		return Decision{
			Route: Direct, Entry: entry, Variable: s.listFrom, Assumed: true,
			Because: reason.New("noproxy.may-resolve", entry, s.listFrom, t.Host),
		}, true
	case fails:
		return Decision{Route: Broken, Entry: entry, Variable: s.listFrom, Because: reason.New("noproxy.no-ipv6", t.Host)}, true
	case differs:
	}
	return Decision{}, false
}

// unnamed is what becomes of a request for which no variable names a proxy.
func unnamed(s setting, t Target) Decision {
	if len(s.asked) == 0 {
		return direct("noproxy.cgi-unread", t.Scheme)
	}
	return direct("noproxy.no-variable", strings.Join(s.asked, ", "), t.Scheme)
}

func direct(code reason.Code, args ...string) Decision {
	return Decision{Route: Direct, Because: reason.New(code, args...)}
}

func broken(s setting) Decision {
	return Decision{Route: Broken, Variable: s.from, Because: reason.New("noproxy.broken", s.from)}
}

// proxied says why a request goes to the proxy.
func proxied(s setting) reason.Because {
	if s.list == "" {
		return reason.New("noproxy.proxied", s.from)
	}
	return reason.New("noproxy.not-listed", s.from, s.listFrom)
}
