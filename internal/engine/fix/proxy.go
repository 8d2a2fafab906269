package fix

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// proxyLists lets the request through the lists of the proxy that refuses it:
// the one name, the one source, or both.
func proxyLists(s *scene) (steps []step) {
	p := s.sender.proxy
	if s.trace.Verdict != route.DeniedByProxy && s.trace.Verdict != route.Unknown || p == nil || s.sender.client != nil {
		return nil
	}
	if p.Config.Is() {
		return ruleOf(s, p)
	}
	var name *step
	if l := p.AllowDomains; l.Is() && !slices.Contains(l.V, s.host) {
		name = &step{
			edits: []edit{set(list(append(slices.Clone(l.V), s.host)...), "proxies", p.Name, "allow_domains")},
			why:   reason.New("fix.domain", s.host, p.Name),
			size:  1,
		}
		steps = append(steps, *name)
	}
	for _, source := range sourcesOf(s, p) {
		steps = append(steps, source)
		if name != nil {
			steps = append(steps, both(source, *name))
		}
	}
	return steps
}

// ruleOf stands for a rule in the proxy's own configuration. The model lifts
// the whole configuration to see whether the request would reach. What no rule
// can allow, such as a metadata address, has none.
func ruleOf(s *scene, p *topology.Proxy) []step {
	file, source, host := p.Config.V.File, s.before().place(), s.host
	if port := s.trace.Asked.Port; port != 443 { // which a rule is for unless it says otherwise
		host += ":" + itoa(int(port))
	}
	var why reason.Because
	switch ground := s.ground(); ground.Code {
	case reason.NoRule, "route.proxy.sources.part":
		why = reason.New("fix.rule", file, source, host)
	case reason.RuleDenies:
		why = reason.New("fix.rule.before", file, source, host, ground.Args[1])
	case reason.UnknownClient:
		why = reason.New("fix.rule.client", file, source, host)
	default:
		return nil
	}
	return []step{{edits: []edit{set("null", "proxies", p.Name, "config")}, why: why, size: 1, note: true}}
}

// ground is what a proxy's configuration gave as its reason.
func (s *scene) ground() reason.Because {
	if b := s.trace.Because; b.Code == "route.proxy.rules" && len(b.Parts) > 0 {
		return b.Parts[0]
	}
	return s.trace.Because
}

// sourcesOf are what lets the sender before p past its list of sources.
func sourcesOf(s *scene, p *topology.Proxy) (steps []step) {
	if !p.AllowSources.Is() {
		return nil
	}
	path := []string{"proxies", p.Name, "allow_sources"}
	place := s.before().place()
	direct := admit(p.AllowSources.V, place, 0, reason.New("fix.source", place, p.Name), path...)
	steps = append(steps, direct)
	for _, b := range s.balancers() {
		if b.PreserveClientIP.Is() && !b.PreserveClientIP.V {
			steps = append(steps, preserve(b, true))
		}
		if !p.ProxyProtocol.V && !b.ProxyProtocol.V && len(s.crossed()) > 0 {
			tell := both(speak(b, true), expect(p, true))
			steps = append(steps, tell, both(tell, direct))
		}
		for _, n := range balancerPlaces(b) {
			st := admit(p.AllowSources.V, n, 2, reason.New("fix.source.balancer", n, p.Name, b.Name), path...)
			st.opens = strangers
			steps = append(steps, st)
		}
	}
	return steps
}

func preserve(b *topology.NLB, on bool) step {
	code := map[bool]reason.Code{true: "fix.preserve", false: "fix.preserve.off"}[on]
	return step{edits: []edit{set(yesNo(on), "nlbs", b.Name, "preserve_client_ip")}, why: reason.New(code, b.Name), size: 1, width: 2}
}

// speak and expect switch PROXY protocol on one side.
func speak(b *topology.NLB, on bool) step {
	code := map[bool]reason.Code{true: "fix.protocol.speak", false: "fix.protocol.speak.off"}[on]
	return step{edits: []edit{set(yesNo(on), "nlbs", b.Name, "proxy_protocol")}, why: reason.New(code, b.Name), size: 1, width: width(on)}
}

func expect(p *topology.Proxy, on bool) step {
	code := map[bool]reason.Code{true: "fix.protocol.expect", false: "fix.protocol.expect.off"}[on]
	return step{edits: []edit{set(yesNo(on), "proxies", p.Name, "proxy_protocol")}, why: reason.New(code, p.Name), size: 1, width: width(on)}
}

// width prefers to know who asks.
func width(on bool) int {
	if on {
		return 1
	}
	return 2
}

func yesNo(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// protocol lets load balancer and proxy agree on PROXY protocol.
func protocol(s *scene) (steps []step) {
	if s.trace.Verdict != route.ProxyProtocolMismatch {
		return nil
	}
	p := s.sender.proxy
	if s.sender.client != nil || p == nil {
		return nil
	}
	steps = append(steps, expect(p, !p.ProxyProtocol.V))
	for _, b := range s.balancers() {
		steps = append(steps, speak(b, !b.ProxyProtocol.V))
	}
	return steps
}

// balance lets a load balancer pass the request on: a Network Load Balancer,
// with a listener on the port, that knows a target for every zone, remembers
// idle connections, and does not send a target to itself.
func balance(s *scene) (steps []step) {
	if s.trace.Verdict != route.TimesOut && s.trace.Verdict != route.LBRejects {
		return nil
	}
	all := s.balancers()
	via := s.via()
	if via != nil && via.NLB != nil {
		all = append(all, via.NLB)
	}
	for _, e := range s.crossed() {
		if e.Kind == topology.PrivateLink {
			all = append(all, e.Service.NLB)
		}
	}
	seen := make(map[*topology.NLB]bool)
	for _, b := range all {
		if seen[b] {
			continue
		}
		seen[b] = true
		steps = append(steps, mend(s, b)...)
		if via != nil && !slices.Contains(b.Listeners, via.Port) {
			steps = append(steps, listen(b, via.Port))
		}
	}
	return steps
}

// mend are the settings of b that may be in the way.
func mend(s *scene, b *topology.NLB) (steps []step) {
	add := func(key, value string, width int, why reason.Because) {
		steps = append(steps, step{edits: []edit{set(value, "nlbs", b.Name, key)}, why: why, size: 1, width: width})
	}
	if b.ALB.V {
		add("type", "nlb", 0, reason.New("fix.nlb", b.Name))
	}
	if !b.CrossZone.V && len(b.At) > 1 {
		add("cross_zone", "true", 1, reason.New("fix.cross-zone", b.Name))
	}
	if b.PreserveClientIP.V && s.client.At.Proxy != nil {
		steps = append(steps, preserve(b, false))
	}
	if idle := s.trace.Request.Idle; idle.Is() && idle.V >= b.IdleTimeout.V && idle.V < longestIdle {
		value := itoa(idle.V + 60)
		add("idle_timeout", value, 2, reason.New("fix.idle-timeout", value, b.Name))
	}
	return steps
}

// longestIdle is how long a Network Load Balancer can be told to remember a
// connection, in seconds.
const longestIdle = 6000

// listen adds a listener to b.
func listen(b *topology.NLB, port uint16) step {
	ports := make([]string, 0, len(b.Listeners)+1)
	for _, p := range append(slices.Clone(b.Listeners), port) {
		ports = append(ports, itoa(int(p)))
	}
	return step{
		edits: []edit{set("["+join(ports)+"]", "nlbs", b.Name, "listeners")},
		why:   reason.New("fix.listener", itoa(int(port)), b.Name),
		size:  1, width: 2,
	}
}
