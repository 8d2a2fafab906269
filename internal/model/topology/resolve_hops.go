package topology

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// proxies resolves what proxies say, but for their parents.
func (r *resolver) proxies() {
	for i := range r.f.proxies {
		e := &r.f.proxies[i]
		p, path := r.t.Proxy(e.Name.V), "proxies."+e.Name.V
		p.At = r.spot(e.V.at, path+".at", false)
		p.AllowSources = r.places(e.V.allowSources, path+".allow_sources", false)
		p.SGFrom = r.places(e.V.sgFrom, path+".sg_from", false)
		p.SGTo = r.places(e.V.sgTo, path+".sg_to", true)
		if e.V.config.Is() {
			p.Config = Setting[*config.Config]{r.config(e.V.config.V, path+".config"), Written, e.V.config.Pos}
		}
	}
}

// config reads the configuration of a proxy.
func (r *resolver) config(at text, path string) *config.Config {
	read := r.t.options.Read
	if read == nil {
		read = func(string) ([]byte, error) { return nil, errNoFiles }
	}
	src, err := read(at.V)
	if err != nil {
		r.bad(at, path, "DG2317", quote(at.V), err.Error())
		return nil
	}
	cfg, problems := config.Parse(at.V, src, r.t.options.Now)
	if cfg != nil {
		return cfg
	}
	i := slices.IndexFunc(problems, func(p diag.Problem) bool { return p.Severity == diag.Error })
	if p := problems[i]; p.Code == "DG1008" {
		r.add(at, &diag.Problem{Code: p.Code, Summary: p.Summary, Hint: p.Hint})
	} else {
		summary := say("DG2317.bad", quote(at.V)).With(say("topology.at", p.Pos.String(), p.Code).With(p.Summary), place(path, ""))
		r.add(at, &diag.Problem{Code: "DG2317", Summary: summary})
	}
	return nil
}

// nlbs resolves load balancers.
func (r *resolver) nlbs() {
	for i := range r.f.nlbs {
		e := &r.f.nlbs[i]
		l, path := r.t.NLB(e.Name.V), "nlbs."+e.Name.V
		for _, at := range e.V.at {
			r.node(l, at, path+".at")
		}
		for _, at := range e.V.targets {
			p := r.t.Proxy(at.V)
			switch {
			case p == nil:
				r.dangling(at, path+".targets", "proxy", "proxies", r.proxyNames())
				continue
			case len(l.At) > 0 && p.At != (Spot{Pos: p.At.Pos}) && (p.At.Subnet == nil || p.At.Subnet.VPC != l.At[0].VPC):
				r.bad(at, path+".targets", "DG2316", p.Name, l.At[0].VPC.Name)
			}
			l.Targets = append(l.Targets, p)
		}
		l.SGFrom = r.places(e.V.sgFrom, path+".sg_from", false)
	}
}

// node adds the subnet of a node to l.
func (r *resolver) node(l *NLB, at text, path string) {
	if !strings.Contains(at.V, "/") {
		r.bad(at, path, "DG2303.nlb", quote(at.V)).Hint = r.orSubnet(at.V, r.subnetPaths())
		return
	}
	s := r.subnetOf(at, path)
	if s != nil && len(l.At) > 0 && l.At[0].VPC != s.VPC {
		r.bad(at, path, "DG2316.at", l.At[0].VPC.Name)
		return
	}
	if s != nil {
		l.At = append(l.At, s)
	}
}

// services resolves endpoint services, and the owners of buckets.
func (r *resolver) services() {
	for i := range r.f.services {
		e := &r.f.services[i]
		s, path := r.t.Service(e.Name.V), "endpoint_services."+e.Name.V
		if s.NLB = r.t.NLB(e.V.nlb.V); s.NLB == nil {
			r.dangling(e.V.nlb, path+".nlb", "nlb", "nlbs", r.nlbNames())
		}
		s.Allow = Setting[[]*Account]{State: e.V.allow.State, Pos: e.V.allow.Pos}
		for _, at := range e.V.allow.V {
			if a := r.accountOf(at, path+".allow"); a != nil {
				s.Allow.V = append(s.Allow.V, a)
			}
		}
	}
	for i := range r.f.buckets {
		e := &r.f.buckets[i]
		b, path := r.t.Bucket(e.Name.V), "buckets."+e.Name.V
		b.Account = r.account(e.V.account, path+".account")
		r.policy(b.Policy.V, path+".policy")
	}
}

// policy checks that the accounts which a policy names are there. Account ids
// and ARNs are taken as they are.
func (r *resolver) policy(p policy.Policy, path string) {
	for _, s := range p.Statements {
		key := ".Principal"
		if s.Principal.Not {
			key = ".NotPrincipal"
		}
		for _, n := range s.Principal.Names {
			if n.Sort == policy.AWS && isName(n.Name.V) && !accountForm.MatchString(n.Name.V) {
				r.accountOf(n.Name, path+key)
			}
		}
	}
}

// ways resolves clients, and the parents of proxies.
func (r *resolver) ways() {
	for i := range r.f.proxies {
		e := &r.f.proxies[i]
		r.t.Proxy(e.Name.V).Parent = r.via(e.V.parent, "proxies."+e.Name.V+".parent")
	}
	for i := range r.f.clients {
		e := &r.f.clients[i]
		c, path := r.t.Client(e.Name.V), "clients."+e.Name.V
		c.At = r.spot(e.V.at, path+".at", true)
		c.Proxy = r.via(e.V.proxy, path+".proxy")
		c.SGTo = r.places(e.V.sgTo, path+".sg_to", true)
	}
}

// via finds what requests are handed to.
func (r *resolver) via(s Setting[text], path string) Setting[Via] {
	out := Setting[Via]{State: s.State, Pos: s.Pos}
	if !s.Is() {
		return out
	}
	at, via := s.V, Via{Text: s.V.V}
	name, number, hasPort := strings.Cut(at.V, ":")
	if hasPort {
		var ok bool
		if via.Port, ok = netset.Port(number); !ok {
			r.bad(at, path, "DG2304.port", quote(at.V))
			return out
		}
	}
	if vpc, endpoint, ok := strings.Cut(name, "/"); ok {
		via.Endpoint = r.endpointOf(at, vpc, endpoint, path)
		if via.Endpoint != nil && via.Endpoint.Kind != PrivateLink {
			r.bad(at, path, "DG2304.endpoint", name)
		}
	} else {
		via.Proxy, via.NLB = r.t.Proxy(name), r.t.NLB(name)
		if via.Proxy == nil && via.NLB == nil {
			known := slices.Concat(r.proxyNames(), r.nlbNames(), r.endpointPaths(func(e *Endpoint) bool { return e.Kind == PrivateLink }))
			r.bad(at, path, "DG2304", quote(name)).Hint = meant(name, known)
		}
	}
	if !hasPort {
		via.Port = via.defaultPort()
	}
	out.V = via
	return out
}

// defaultPort is the proxy's port, or the first listener.
func (v Via) defaultPort() uint16 {
	l := v.NLB
	switch {
	case v.Proxy != nil:
		return v.Proxy.Port
	case v.Endpoint != nil && v.Endpoint.Service != nil:
		l = v.Endpoint.Service.NLB
	}
	if l == nil || len(l.Listeners) == 0 {
		return 0
	}
	return l.Listeners[0]
}

// Proxies returns the proxies that v leads to, in the order of the file.
func (v Via) Proxies() []*Proxy {
	switch {
	case v.Proxy != nil:
		return []*Proxy{v.Proxy}
	case v.NLB != nil:
		return v.NLB.Targets
	case v.Endpoint != nil && v.Endpoint.Service != nil && v.Endpoint.Service.NLB != nil:
		return v.Endpoint.Service.NLB.Targets
	}
	return nil
}

// loops reports every loop of parents, once: at the first of its proxies in the
// file.
func (r *resolver) loops() {
	done := make(map[*Proxy]bool)
	for i := range r.f.proxies {
		e := &r.f.proxies[i]
		start := r.t.Proxy(e.Name.V)
		way := r.back(start, start, done, make(map[*Proxy]bool))
		if way != nil {
			names := all(append([]*Proxy{start}, way...), func(p *Proxy) string { return p.Name })
			r.bad(e.V.parent.V, "proxies."+start.Name+".parent", "DG2312", strings.Join(names, " -> "))
		}
		done[start] = true
	}
}

// back returns the way from p over its parents to the proxy to, or nil. It does
// not enter proxies that are done or seen.
func (r *resolver) back(p, to *Proxy, done, seen map[*Proxy]bool) []*Proxy {
	for _, next := range p.Parent.V.Proxies() {
		if next == to {
			return []*Proxy{to}
		}
		if done[next] || seen[next] {
			continue
		}
		seen[next] = true
		if way := r.back(next, to, done, seen); way != nil {
			return append([]*Proxy{next}, way...)
		}
	}
	return nil
}

// errNoFiles says that there is nothing to read configurations with.
var errNoFiles = fileError("there are no files here")

type fileError string

func (e fileError) Error() string { return string(e) }
