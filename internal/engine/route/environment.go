package route

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// environment is what a client's program reads: proxy variables and its list of
// exceptions.
type environment struct {
	program *noproxy.Program
	vars    noproxy.Vars
}

// Choice returns what the program of c makes of a request for host, which it
// compares with its proxy variables: is it sent to the proxy or directly?
func Choice(c *topology.Client, scheme, host, port string) noproxy.Decision {
	if !c.Proxy.Is() {
		return noproxy.Decision{Route: noproxy.Direct, Because: reason.New("route.no-proxy", c.Name)}
	}
	env := environmentOf(c)
	t := noproxy.Target{Scheme: scheme, Host: host, Port: port}
	if a, err := netip.ParseAddr(host); err == nil {
		t.Addrs = []netip.Addr{a}
	}
	return env.program.Route(env.vars, t)
}

// anyProxy stands in variables for the proxy, which the program only has to
// find: what it is, the topology says.
const anyProxy = "http://proxy:3128"

func environmentOf(c *topology.Client) environment {
	program, err := noproxy.Named(c.Program.V)
	if err != nil {
		program = &noproxy.Program{ID: c.Program.V} // one that topology checked; it asks directly
	}
	if c.Proxy.State != topology.Written {
		return environment{program: program}
	}
	var http, https string
	if c.ProxyEnv.V.HTTP {
		http = anyProxy
	}
	if c.ProxyEnv.V.HTTPS {
		https = anyProxy
	}
	vars := noproxy.Everywhere(http, https, strings.Join(c.NoProxy.V, ","))
	if java := noproxy.Everywhere(http, https, strings.Join(c.NoProxy.V, "|"))["system_properties"]; java != "" {
		vars["system_properties"] = java // Java's list has its own separator
	}
	return environment{program, vars}
}

// asksProxy asks the first question: does the client's program send t to its
// proxy?
func (w *walk) asksProxy(t noproxy.Target) (noproxy.Decision, bool) {
	c := w.trace.Client
	w.assume(unwritten(c.Proxy.State), key{"clients.", c.Name, ".proxy"}, "none")
	if !c.Proxy.Is() {
		return noproxy.Decision{Route: noproxy.Direct, Because: reason.New("route.no-proxy", c.Name)}, false
	}
	w.assume(unwritten(c.Program.State), key{"clients.", c.Name, ".program"}, "aws-cli-v2")
	w.assume(unwritten(c.ProxyEnv.State), key{"clients.", c.Name, ".proxy_env"}, "[http, https]")
	w.assume(unwritten(c.NoProxy.State), key{"clients.", c.Name, ".no_proxy"}, "none")
	env := w.p.environments[c]
	d := env.program.Route(env.vars, t)
	if c.NoProxy.State == topology.Unknown && d.Route == noproxy.Proxied {
		return noproxy.Decision{Route: noproxy.Broken, Because: reason.New("route.no-proxy.unknown", c.Name)}, false
	}
	if d.Assumed {
		d = w.byAddress(env, t)
	}
	return d, d.Route == noproxy.Proxied
}

// byAddress asks a program that compares addresses about each that the name of
// t may have.
func (w *walk) byAddress(env environment, t noproxy.Target) noproxy.Decision {
	answer := w.resolve(w.p.clients[w.trace.Client])
	if answer.unknown {
		return noproxy.Decision{Route: noproxy.Broken, Because: answer.because}
	}
	var first noproxy.Decision
	for i, a := range w.addresses(answer) {
		t.Addrs = []netip.Addr{a}
		d := env.program.Route(env.vars, t)
		if i == 0 {
			first = d
		}
		if d.Route != first.Route {
			return noproxy.Decision{Route: noproxy.Broken, Because: reason.New("route.no-proxy.part", w.trace.Client.Name, t.Host)}
		}
	}
	return first
}

// addresses returns addresses that stand for all that a answers with. The zero
// address, which no list holds, stands for none and for public ones: only
// private entries leave a program's answer open.
func (w *walk) addresses(a dnsAnswer) []netip.Addr {
	if a.endpoint == nil {
		return []netip.Addr{{}}
	}
	var listed []netip.Prefix
	for _, entry := range w.trace.Client.NoProxy.V {
		if p, err := netset.ParsePrefix(entry); err == nil {
			listed = append(listed, p)
		}
	}
	var found []netip.Addr
	for _, s := range a.endpoint.Subnets {
		found = append(found, span.Samples(s.CIDR, listed)...)
	}
	return found
}

// exceptionTarget is what a program compares with its list of exceptions.
func exceptionTarget(a *target.Resource, port string) noproxy.Target {
	t := noproxy.Target{Scheme: "http", Host: a.Written, Port: port}
	if a.Secure {
		t.Scheme = "https"
	}
	return t
}
