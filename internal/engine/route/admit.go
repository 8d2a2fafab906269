package route

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// ruling is what the lists or rules of a proxy make of a request.
type ruling struct {
	extent  span.Extent
	because reason.Because
	pos     diag.Pos
	unknown source // an address that would settle it
}

// admitted ends the request unless the proxy lets it through.
func (w *walk) admitted(m met) bool {
	r := w.rule(m, w.asked.Host)
	switch r.extent {
	case span.All:
		return true
	case span.Part:
		w.unsettled(r.unknown)
		return w.end(Unknown, r.because, r.pos)
	case span.None:
	}
	return w.end(DeniedByProxy, r.because, r.pos)
}

// rule asks the source list of the proxy, then its list of names; or its
// configuration, which stands in for both.
func (w *walk) rule(m met, host string) ruling {
	x := m.proxy
	w.assume(unwritten(x.Config.State), key{"proxies.", x.Name, ".config"}, "none")
	if x.Config.Is() {
		return w.configured(m, host, nil)
	}
	if r := w.sources(m); r.extent != span.All {
		return r
	}
	if w.open(x.AllowDomains.State, key{"proxies.", x.Name, ".allow_domains"}, "any") {
		return ruling{extent: span.Part, because: reason.New("route.proxy.names.unknown", x.Name), pos: x.AllowDomains.Pos, unknown: source{known: true}}
	}
	if unwritten(x.AllowDomains.State) {
		return ruling{extent: span.All}
	}
	for _, name := range x.AllowDomains.V {
		if onList(host, name) {
			return ruling{extent: span.All}
		}
	}
	return ruling{because: reason.New("route.proxy.names", x.Name, host), pos: x.AllowDomains.Pos}
}

// onList reports whether host is name, or below it where name begins with a dot.
func onList(host, name string) bool {
	if zone, below := strings.CutPrefix(name, "."); below {
		return under(host, zone)
	}
	return host == name
}

// sources asks the source list of the proxy about the address that it sees.
func (w *walk) sources(m met) ruling {
	x := m.proxy
	if w.open(x.AllowSources.State, key{"proxies.", x.Name, ".allow_sources"}, "any") {
		return ruling{extent: span.Part, because: reason.New("route.proxy.sources.unknown", x.Name), pos: x.AllowSources.Pos, unknown: source{known: true}}
	}
	if unwritten(x.AllowSources.State) {
		return ruling{extent: span.All}
	}
	r := ruling{extent: span.Among(m.sees.network, x.AllowSources.V), pos: x.AllowSources.Pos, unknown: m.sees}
	switch r.extent {
	case span.None:
		r.because = reason.New("route.proxy.sources", x.Name, shown(m.sees.network))
	case span.Part:
		r.because = reason.New("route.proxy.sources.part", x.Name, shown(m.sees.network))
	case span.All:
	}
	return r
}

// configured asks the rules of a proxy's configuration: of the name while
// addrs is nil, then of the addresses that it turned out to have.
func (w *walk) configured(m met, host string, addrs []netip.Addr) ruling {
	cfg := m.proxy.Config.V
	if m.endpoint != nil && namesEndpoints(cfg) && endpointID(m.endpoint) == "" {
		w.assume(true, key{"vpcs.", m.endpoint.VPC.Name, ".endpoints.", m.endpoint.Name, ".dns_name"}, "none")
		return ruling{extent: span.Part, because: reason.New("route.proxy.endpoint-id", m.proxy.Name, m.endpoint.Path()), unknown: source{known: true}}
	}
	rules := w.p.rules[m.proxy]
	var first ruling
	for i, addr := range span.Samples(m.sees.network, clientNetworks(cfg)) {
		r := w.decide(rules, m, host, addr, addrs)
		switch {
		case i == 0:
			first = r
		case r.extent != first.extent:
			return ruling{extent: span.Part, because: reason.New("route.proxy.sources.part", m.proxy.Name, shown(m.sees.network)), pos: r.pos, unknown: m.sees}
		}
	}
	return first
}

// decide asks rules about one address of the client.
func (w *walk) decide(rules *access.Rules, m met, host string, client netip.Addr, addrs []netip.Addr) ruling {
	h, name := target.ParseHost(host)
	q := access.Request{
		Client: client, Endpoint: endpointID(m.endpoint), Host: h, Name: name,
		Port: w.asked.Port, Scheme: access.HTTP, Now: w.p.options.Now,
	}
	if w.asked.Secure {
		q.Scheme = access.HTTPS
	}
	d := rules.Decide(&q)
	if len(addrs) > 0 && d.Passes() {
		d = rules.Answer(&q, d, addrs)
	}
	position := d.Position()
	if position != "" {
		position = " (" + position + ")"
	}
	r := ruling{because: reason.New("route.proxy.rules", m.proxy.Name, position).With(d.Because(&q)), pos: m.proxy.Config.Pos}
	if d.Passes() {
		r.extent = span.All
		if rules.Parent(&q) != nil {
			return ruling{extent: span.Part, because: reason.New("route.proxy.upstream", m.proxy.Name), pos: m.proxy.Config.Pos, unknown: source{known: true}}
		}
	}
	return r
}

// namesEndpoints reports whether cfg tells clients apart by endpoint.
func namesEndpoints(cfg *config.Config) bool {
	for i := range cfg.Clients {
		if len(cfg.Clients[i].Endpoints) > 0 {
			return true
		}
	}
	return false
}

// endpointID returns the id of e, which only its vpce name tells: "vpce-" and
// hexadecimal digits, then a hyphen.
func endpointID(e *topology.Endpoint) string {
	if e == nil || !e.DNSName.Is() {
		return ""
	}
	rest, ok := strings.CutPrefix(e.DNSName.V, "vpce-")
	id, _, _ := strings.Cut(rest, "-")
	if !ok || len(id) < 8 || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return "vpce-" + id
}

// clientNetworks are what the rules of cfg tell clients apart by.
func clientNetworks(cfg *config.Config) (networks []netip.Prefix) {
	for i := range cfg.Clients {
		networks = append(networks, cfg.Clients[i].From...)
	}
	return networks
}
