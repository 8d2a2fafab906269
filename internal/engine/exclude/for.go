package exclude

import (
	"slices"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// For returns the value for the client of t with that name and for programs,
// IDs or aliases of engine/noproxy. It fails with an *UnknownClientError or an
// *noproxy.UnknownProgramError. now is for rules of proxies' configurations.
func For(t *topology.Topology, client string, programs []string, now time.Time) (Value, error) {
	c := t.Client(client)
	if c == nil {
		names := make([]string, len(t.Clients))
		for i, c := range t.Clients {
			names[i] = c.Name
		}
		return Value{}, &UnknownClientError{client, yamldoc.Meant(client, names)}
	}
	f := finder{t: t, client: c, now: now}
	for _, name := range programs {
		p, err := noproxy.Named(name)
		if err != nil {
			return Value{}, err
		}
		f.programs = append(f.programs, program{name, p})
	}
	var err error
	if f.destinations, err = f.ask(); err != nil {
		return Value{}, err
	}
	f.wish()
	return f.value(), nil
}

// program is a program under the caller's name for it.
type program struct {
	name string
	*noproxy.Program
}

// finder is one search for a value.
type finder struct {
	t            *topology.Topology
	client       *topology.Client
	now          time.Time
	programs     []program
	destinations []destination
	need         noproxy.Need
	// because is why a host of need.Direct is to be asked for directly, by host.
	because map[string]reason.Because
	// spellings are entries that may do it, in the order of the value, and for
	// each the hosts that it is about.
	spellings []string
	about     map[string][]string
}

// value chooses among the spellings and proves the choice. Where a destination
// that the proxy reaches fails because of an entry, it is chosen again without.
func (f *finder) value() Value {
	models := make([]*noproxy.Program, len(f.programs))
	for i, p := range f.programs {
		models[i] = p.Program
	}
	for {
		v := Value{Separator: f.separator(), Proxyless: f.client.Proxy.State == topology.NotWritten}
		for _, text := range f.need.Shortest(f.spellings, models) {
			v.Entries = append(v.Entries, Entry{text, f.reason(text)})
		}
		f.doubt(&v)
		if failing := f.prove(&v); !f.learn(failing) {
			return v
		}
	}
}

// learn asks for the proxy where the value sent a destination elsewhere that
// only the proxy reaches, and reports whether that is new.
func (f *finder) learn(failing []destination) (learnt bool) {
	for _, d := range failing {
		if t := d.target(); reached(d.proxied) && !reached(d.direct) && !f.keptByProxy(t) {
			f.need.Proxied = append(f.need.Proxied, t)
			learnt = true
		}
	}
	return learnt
}

func (f *finder) keptByProxy(t noproxy.Target) bool {
	return slices.ContainsFunc(f.need.Proxied, func(p noproxy.Target) bool {
		return p.Scheme == t.Scheme && p.Host == t.Host && p.Port == t.Port
	})
}

// reason is why text stands in the value: that of the first host which it is
// about.
func (f *finder) reason(text string) reason.Because {
	for _, host := range f.about[text] {
		if b, ok := f.because[host]; ok {
			return b
		}
	}
	return reason.Because{}
}

// separator is a comma, unless every program reads the properties of Java.
func (f *finder) separator() string {
	parts := func(p program, sep string) bool {
		vars := noproxy.Listing("one.example" + sep + "two.example")
		return p.Reads(vars, https("one.example")).Route == noproxy.Direct && p.Reads(vars, https("two.example")).Route == noproxy.Direct
	}
	for _, sep := range []string{",", "|"} {
		if !slices.ContainsFunc(f.programs, func(p program) bool { return !parts(p, sep) }) {
			return sep
		}
	}
	return ","
}

// doubt adds the hosts that no entry keeps from the proxy, program by program,
// and destinations whose way nobody knows.
func (f *finder) doubt(v *Value) {
	for _, p := range f.programs {
		for _, m := range f.need.Misses(v.String(), []*noproxy.Program{p.Program}) {
			v.Unproven = append(v.Unproven, Doubt{p.name, address(m.Target), reason.New("exclude.no-entry", p.name)})
		}
	}
	for _, d := range f.destinations {
		last := d.direct
		if f.client.Proxy.Is() {
			last = d.proxied
		}
		switch {
		case d.example || reached(d.direct) || reached(d.proxied):
		case d.direct.Verdict == route.Unknown && d.proxied.Verdict != route.Unknown:
			v.Unproven = append(v.Unproven, Doubt{"", d.url(), reason.New("exclude.unknown").With(d.direct.Because)})
		case last.Verdict == route.Unknown:
			v.Unproven = append(v.Unproven, Doubt{"", d.url(), reason.New("exclude.unknown").With(last.Because)})
		default:
			v.Unreached = append(v.Unreached, Doubt{"", d.url(), reason.New("exclude.fails", string(last.Verdict)).With(last.Because)})
		}
	}
}

// https is the target of a name.
func https(host string) noproxy.Target { return noproxy.Target{Scheme: "https", Host: host} }

// address is the URL of t.
func address(t noproxy.Target) string {
	host := t.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if t.Port != "" {
		host += ":" + t.Port
	}
	return t.Scheme + "://" + host + "/"
}

// reached reports whether t reaches its destination.
func reached(t route.Trace) bool { return t.Verdict == route.Reached }
