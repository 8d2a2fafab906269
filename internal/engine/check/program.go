package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// aProxy stands for the client's proxy: what a program excludes does not depend
// on its name.
const aProxy = "http://proxy.example:3128"

// anyService is a URL that no entry of a list is about.
const anyService = "https://service.example/"

// asks is a client's program with what it is told.
type asks struct {
	program *noproxy.Program
	env     topology.ProxyEnv
	list    []string
}

// programOf returns what c runs, and false if c has no proxy, or if the file
// does not tell all of it.
func programOf(c *topology.Client) (asks, bool) {
	p, err := noproxy.Named(c.Program.V)
	if err != nil || !c.Proxy.Is() || c.NoProxy.State == topology.Unknown {
		return asks{}, false
	}
	return asks{p, c.ProxyEnv.V, c.NoProxy.V}, true
}

// route returns what the program does with url, excluding list.
func (a asks) route(url string, list ...string) noproxy.Decision {
	t, err := noproxy.ParseTarget(url)
	if err != nil {
		return noproxy.Decision{}
	}
	var http, https string
	if a.env.HTTP {
		http = aProxy
	}
	if a.env.HTTPS {
		https = aProxy
	}
	vars := noproxy.Everywhere(http, https, strings.Join(list, ","))
	if java := noproxy.Everywhere(http, https, strings.Join(list, "|"))["system_properties"]; java != "" {
		vars["system_properties"] = java // Java's list has its own separator
	}
	return a.program.Route(vars, t)
}

// proxies reports whether url goes to the proxy when list is excluded.
func (a asks) proxies(url string, list ...string) bool {
	return a.route(url, list...).Route == noproxy.Proxied
}

// excludes reports whether entry alone keeps one of urls from the proxy.
func (a asks) excludes(entry string, urls []string) bool {
	return slices.ContainsFunc(urls, func(u string) bool { return a.proxies(u) && !a.proxies(u, entry) })
}
