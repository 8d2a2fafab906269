package config

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Parse reads src, the content of file, and returns every problem in it, in
// the order of the file. now is for rules past their until. The Config is nil
// if one of the problems is an error.
func Parse(name string, src []byte, now time.Time) (*Config, []diag.Problem) {
	root, problems := yamldoc.Parse(name, src)
	if root == nil {
		return nil, problems
	}
	cfg, more := Read(name, root, src, now)
	problems = append(problems, more...)
	diag.Sort(problems)
	if worst, any := diag.Worst(problems); any && worst == diag.Error {
		return nil, problems
	}
	return cfg, problems
}

// Read reads the configuration that root is the tree of, and src the text.
// Parts of the tree may stand in another file: problems in them point there. The
// Config is also nil if a part of the tree is broken, which has its problem already.
func Read(name string, root *yamldoc.Node, src []byte, now time.Time) (*Config, []diag.Problem) {
	if key, ok := topologyKey(root); ok {
		p := diag.Problem{Pos: key.Pos, Len: key.Len, Code: "DG1008", Summary: hint("DG1008", key.Text), Hint: hint("DG1008.hint")}
		return nil, []diag.Problem{p}
	}
	f, problems := decode(root)
	c := &checker{now: now}
	c.file(&f)
	problems = append(problems, c.problems...)
	diag.Sort(problems)
	if worst, any := diag.Worst(problems); any && worst == diag.Error {
		return nil, problems
	}
	if !root.Whole() {
		return nil, problems
	}
	return f.compile(name, src), problems
}

func decode(root *yamldoc.Node) (file, []diag.Problem) { return yamldoc.Decode(fileType, root) }

// topologyKey returns the first key of root that only topologies have, if root
// has none that only configurations have. Of clients and tests, which both have,
// what is in them tells.
func topologyKey(root *yamldoc.Node) (*yamldoc.Node, bool) {
	for _, key := range []string{"listen", "rules", "upstream", "limits"} {
		if root.Find(key) != nil {
			return nil, false
		}
	}
	for _, e := range root.Entries {
		switch e.Key.Text {
		case "title", "accounts", "sites", "vpcs", "links", "nlbs", "endpoint_services", "proxies", "buckets":
			return e.Key, true
		case "clients":
			if slices.ContainsFunc(e.Value.Entries, func(c yamldoc.Entry) bool { return c.Value.Find("at") != nil }) {
				return e.Key, true
			}
		case "tests":
			if slices.ContainsFunc(e.Value.Items, func(t *yamldoc.Node) bool { return t.Find("request") != nil || t.Find("expect") != nil }) {
				return e.Key, true
			}
		}
	}
	return nil, false
}

// compile returns f, which is sound, in the form that the floors above use.
func (f *file) compile(name string, src []byte) *Config {
	c := &Config{
		File:    name,
		Digest:  fmt.Sprintf("%x", sha256.Sum256(src))[:12],
		Admin:   f.admin.V,
		Mode:    f.mode,
		Private: Private{f.private.awsNames, plain(f.private.networks)},
		Resolve: f.resolve,
		Limits:  f.limits,
		SNI:     f.sni,
		Log:     f.log,
		Unsafe:  plain(f.unsafe),
	}
	for _, l := range f.listen {
		c.Listen = append(c.Listen, Listener{l.address, l.proxy, plain(l.trust), posOf(l.at)})
	}
	c.Clients = f.compileClients()
	for i, r := range f.rules {
		c.Rules = append(c.Rules, r.compile(i))
	}
	for _, p := range f.upstream {
		hosts, networks := split(p.hosts)
		c.Upstream = append(c.Upstream, Parent{p.proxy.address, p.proxy.userInfo, hosts, networks, posOf(p.at)})
	}
	for _, t := range f.tests {
		c.Tests = append(c.Tests, Test{t.from, t.endpoint, t.host.V, t.port.First, t.scheme, t.verdict, t.rule.V, t.reason, posOf(t.at)})
	}
	return c
}

// Loopback is the name of the only client of a file that names none.
const Loopback = "loopback"

func (f *file) compileClients() []Client {
	if len(f.clients) == 0 {
		from := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		return []Client{{Name: Loopback, From: from, Mode: f.mode}}
	}
	var out []Client
	for _, c := range f.clients {
		out = append(out, Client{c.Name.V, plain(c.V.from), plain(c.V.endpoints), max(c.V.mode, f.mode), c.Name.Pos})
	}
	return out
}

// compile returns r, the rule at index i.
func (r *rule) compile(i int) Rule {
	out := Rule{Name: r.name.V, Clients: plain(r.clients), Ticket: r.ticket, Pos: posOf(r.at)}
	if out.Name == "" {
		out.Name = "rule " + strconv.Itoa(i+1)
	}
	if r.deny != nil {
		out.Deny, out.Match = true, r.deny.compile()
	} else {
		out.Match = r.allow.compile()
	}
	if !r.until.V.IsZero() {
		out.Until = r.until.V.AddDate(0, 0, 1)
	}
	return out
}

// plain drops the places of values.
func plain[V any](values []yamldoc.At[V]) []V {
	var out []V
	for _, v := range values {
		out = append(out, v.V)
	}
	return out
}

// split tells names and patterns from the prefixes of literals.
func split(hosts []host) (names []string, networks []netip.Prefix) {
	for _, h := range hosts {
		if h.net.IsValid() {
			networks = append(networks, h.net)
		} else {
			names = append(names, h.name.V)
		}
	}
	return names, networks
}

func posOf(n *yamldoc.Node) diag.Pos {
	if n == nil {
		return diag.Pos{}
	}
	return n.Pos
}
