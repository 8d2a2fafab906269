package fix

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// metadata are the addresses that credentials are fetched from, in the
// spellings that NO_PROXY needs. Python wants IPv6 in brackets, Go without.
var metadata = map[topology.Credentials][]string{
	topology.IMDSCredentials:     {"169.254.169.254"},
	topology.IMDSIPv6Credentials: {"[fd00:ec2::254]", "fd00:ec2::254"},
	topology.ECSCredentials:      {"169.254.170.2"},
	topology.EKSCredentials:      {"169.254.170.23"},
	topology.EKSIPv6Credentials:  {"[fd00:ec2::23]", "fd00:ec2::23"},
}

// excludeMetadata keeps the call for credentials from the proxy.
func excludeMetadata(s *scene) (steps []step) {
	if s.trace.Verdict != route.IMDSMisrouted {
		return nil
	}
	for _, addr := range metadata[s.client.Credentials.V] {
		steps = append(steps, exclude(s.client, addr, 0))
	}
	return steps
}

// exclude is the step that puts entry into NO_PROXY of c.
func exclude(c *topology.Client, entry string, width int) step {
	entries := append(slices.Clone(c.NoProxy.V), entry)
	return step{
		edits: []edit{set(list(entries...), "clients", c.Name, "no_proxy")},
		why:   reason.New("fix.exclude", entry, c.Name),
		size:  1, width: width,
	}
}

// excludeName sends the request past the proxy.
func excludeName(s *scene) (steps []step) {
	if !s.client.Proxy.Is() || s.client.NoProxy.State == topology.Unknown || s.trace.DNS.By == "client" {
		return nil
	}
	steps = append(steps, exclude(s.client, s.host, 0))
	if bucket := s.trace.Asked.Bucket; bucket != "" {
		if service, ok := strings.CutPrefix(s.host, bucket+"."); ok {
			steps = append(steps, exclude(s.client, service, 1))
		}
	}
	return steps
}

// includeName sends a request by proxy that an entry of NO_PROXY keeps from it:
// without the entry, or with the names that it covers and that do reach.
func includeName(s *scene) (steps []step) {
	if !s.client.Proxy.Is() || s.trace.DNS.By != "client" {
		return nil
	}
	for i, entry := range s.client.NoProxy.V {
		if !covers(entry, s.host) {
			continue
		}
		rest := slices.Delete(slices.Clone(s.client.NoProxy.V), i, i+1)
		steps = append(steps, s.around(step{
			edits: []edit{set(list(rest...), "clients", s.client.Name, "no_proxy")},
			why:   reason.New("fix.include", entry, s.client.Name),
			size:  1,
		}))
		if names := s.direct(entry, rest); len(names) > 0 {
			steps = append(steps, s.around(step{
				edits: []edit{set(list(slices.Insert(rest, i, names...)...), "clients", s.client.Name, "no_proxy")},
				why:   reason.New("fix.narrow", entry, strings.Join(names, ", "), s.client.Name),
				size:  1 + len(names),
			}))
		}
	}
	if env := s.client.ProxyEnv; env.Is() && !(env.V.HTTP && env.V.HTTPS) {
		steps = append(steps, s.around(step{
			edits: []edit{set("[http, https]", "clients", s.client.Name, "proxy_env")},
			why:   reason.New("fix.proxy-env", s.client.Name),
			size:  1,
		}))
	}
	return steps
}

// direct are the names that entry of NO_PROXY covers, that the client reaches by
// itself, and that nothing in rest covers; without the one that is asked for.
func (s *scene) direct(entry string, rest []string) (names []string) {
	for _, d := range s.asked {
		got := s.p.Trace(s.client, d.Request)
		if got.Verdict != route.Reached || got.DNS.By != "client" || got.Redirect != "" {
			continue
		}
		name := strings.TrimPrefix(got.Asked.Host, got.Asked.Bucket+".")
		if covers(name, s.host) {
			name = got.Asked.Host
		}
		covered := slices.ContainsFunc(rest, func(e string) bool { return covers(e, name) })
		if covers(entry, name) && name != s.host && !covered && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// covers reports whether entry may be what keeps host from the proxy. Which
// entry of which program really does, the planner says.
func covers(entry, host string) bool {
	name := strings.ToLower(strings.TrimLeft(entry, "*."))
	name, _, _ = strings.Cut(name, ":")
	if name == "" || host == name || strings.HasSuffix(host, "."+name) {
		return true
	}
	_, err := netip.ParsePrefix(entry)
	return err == nil
}

// useProxy gives a client without proxy one, best one that others use, and a
// client of a load balancer or an endpoint another port.
func useProxy(s *scene) (steps []step) {
	var used, others []string
	switch {
	case s.client.At.Proxy != nil:
	case !s.client.Proxy.Is():
		for _, c := range s.t.Clients {
			if c.Proxy.Is() {
				used = append(used, c.Proxy.V.Text)
			}
		}
		others = offered(s.t, vpcOf(s.client.At))
	case s.trace.Verdict == route.TimesOut || s.trace.Verdict == route.LBRejects || s.trace.Verdict == route.Unknown:
		via := s.client.Proxy.V
		name, _, _ := strings.Cut(via.Text, ":")
		used = append(used, name)
		for _, p := range via.Proxies() {
			others = append(others, p.Name)
		}
	}
	slices.Sort(used)
	used = slices.Compact(used)
	for i, w := range slices.Concat(used, others) {
		if s.client.Proxy.Is() && w == s.client.Proxy.V.Text {
			continue
		}
		width, why := 2, reason.Code("fix.proxy")
		switch {
		case i >= len(used):
			width = 3
		case s.client.Proxy.Is():
			why = "fix.port"
		}
		steps = append(steps, s.around(step{
			edits: []edit{set(scalar(w), "clients", s.client.Name, "proxy")},
			why:   reason.New(why, w, s.client.Name),
			size:  1, width: width,
		}))
	}
	return steps
}

// offered are the proxies of t, and the endpoints of v that lead to one.
func offered(t *topology.Topology, v *topology.VPC) (ways []string) {
	for _, p := range t.Proxies {
		ways = append(ways, p.Name)
	}
	if v == nil {
		return ways
	}
	for _, e := range v.Endpoints {
		if e.Kind == topology.PrivateLink {
			ways = append(ways, e.Path())
		}
	}
	return ways
}

// useParent hands what the sender, a proxy, cannot do itself to the next proxy:
// by one name more, or by a proxy that others hand theirs to.
func useParent(s *scene) (steps []step) {
	p := s.sender.proxy
	if p == nil || s.sender.client != nil || !stuck(s.trace.Verdict) && s.trace.Verdict != route.DNSFails {
		return nil
	}
	if p.Parent.Is() {
		if names := p.ParentFor; names.Is() {
			steps = append(steps, step{
				edits: []edit{set(list(append(slices.Clone(names.V), s.host)...), "proxies", p.Name, "parent_for")},
				why:   reason.New("fix.parent-for", s.host, p.Name),
				size:  1,
			})
		}
		return steps
	}
	for _, x := range s.t.Proxies {
		if x != p && x.Parent.Is() {
			steps = append(steps, step{
				edits: []edit{
					set(scalar(x.Parent.V.Text), "proxies", p.Name, "parent"),
					set(list(s.host), "proxies", p.Name, "parent_for"),
				},
				why:  reason.New("fix.parent", s.host, p.Name, x.Parent.V.Text),
				size: 2, width: 1,
			})
		}
	}
	return steps
}

// keepAlive keeps an idle tunnel in the memory of the load balancer.
func keepAlive(s *scene) []step {
	if s.trace.Verdict != route.TimesOut || !s.trace.Request.Idle.Is() || s.trace.Request.Idle.V == 0 {
		return nil
	}
	return []step{{
		edits: []edit{set("60", "clients", s.client.Name, "keepalive")},
		why:   reason.New("fix.keepalive", s.client.Name),
		size:  1,
	}}
}
