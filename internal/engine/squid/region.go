package squid

import (
	"maps"
	"slices"
)

// region is a set of requests: those that are in each of its sets.
type region struct {
	sources nets
	ports   ports
	schemes schemes
	hosts   hosts
}

// schemes is a set of forms of request.
type schemes uint8

// The forms. Deguchi calls CONNECT https, and absolute-form requests http.
const (
	connect schemes = 1 << iota
	plain
	anyScheme = connect | plain
)

// everything is every request.
var everything = region{allNets, allPorts, anyScheme, allHosts}

// nothing is no request.
var nothing region

// and returns the requests that are in r and s.
func (r region) and(s region) region {
	return region{r.sources.and(s.sources), r.ports.and(s.ports), r.schemes & s.schemes, r.hosts.and(s.hosts)}
}

// not returns the requests that are not in r, which at most one of its sets
// limits.
func (r region) not() region {
	others := everything
	switch {
	case r.empty():
	case len(r.sources.not()) > 0:
		others.sources = r.sources.not()
	case len(r.ports.not()) > 0:
		others.ports = r.ports.not()
	case r.schemes != anyScheme:
		others.schemes = anyScheme &^ r.schemes
	case !r.hosts.whole():
		others.hosts = r.hosts.not()
	default:
		return nothing
	}
	return others
}

// equal reports whether r and s are the same requests.
func (r region) equal(s region) bool {
	if r.empty() || s.empty() {
		return r.empty() == s.empty()
	}
	return slices.Equal(r.sources, s.sources) && slices.Equal(r.ports, s.ports) && r.schemes == s.schemes &&
		r.hosts.all == s.hosts.all && slices.Equal(r.hosts.nets, s.hosts.nets) &&
		maps.Equal(r.hosts.in, s.hosts.in) && maps.Equal(r.hosts.but, s.hosts.but)
}

// empty reports whether no request is in r.
func (r region) empty() bool {
	return len(r.sources) == 0 || len(r.ports) == 0 || r.schemes == 0 || r.hosts.empty()
}

// hosts is a set of what a request may ask for: names, and addresses.
type hosts struct {
	all  bool  // every name
	in   names // if not all: these
	but  names // and not these
	nets nets  // IP literals
}

var allHosts = hosts{all: true, nets: allNets}

// and returns the hosts that are in h and g.
func (h hosts) and(g hosts) hosts {
	both := hosts{nets: h.nets.and(g.nets), but: h.but.or(g.but)}
	switch {
	case h.all && g.all:
		both.all = true
		return both
	case h.all:
		both.in = g.in
	case g.all:
		both.in = h.in
	default:
		both.in = h.in.and(g.in)
	}
	in := make(names)
	for p := range both.in {
		if !both.but.covers(p) {
			in[p] = true
		}
	}
	but := make(names)
	for p := range both.but {
		if in.covers(p) {
			but[p] = true
		}
	}
	both.in, both.but = in, but
	return both
}

// not returns the hosts that are not in h, for one of names alone or all.
func (h hosts) not() hosts {
	return hosts{all: !h.all, but: h.in, nets: h.nets.not()}
}

func (h hosts) empty() bool { return !h.all && len(h.in) == 0 && len(h.nets) == 0 }

// whole reports whether every host is in h.
func (h hosts) whole() bool { return h.all && len(h.but) == 0 && h.everyNet() }

func (h hosts) everyNet() bool { return len(h.nets.not()) == 0 }

// carved returns the hosts that a rule for h would match and that are not in
// it: a rule can name what it is for, and not what it is not for. Those have to
// be decided before it.
func (h hosts) carved() hosts {
	c := hosts{in: h.but}
	if h.all {
		c.nets = h.nets.not()
	}
	return c
}

// listed returns the patterns of a rule for h; none asks for nothing.
func (h hosts) listed() (patterns []string) {
	if h.all {
		return nil
	}
	patterns = h.in.sorted()
	for _, p := range h.nets {
		patterns = append(patterns, p.String())
	}
	return patterns
}
