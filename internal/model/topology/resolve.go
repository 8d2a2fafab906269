package topology

import (
	"cmp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// resolver makes a Topology of a draft: it finds what names lead to, and
// reports those that lead nowhere.
type resolver struct {
	f        *draft
	t        *Topology
	partial  map[*Link]bool // a member of the link has a problem
	problems []diag.Problem
}

// resolve returns the topology that f describes. It is complete only if there
// are no problems.
func resolve(f *draft, t *Topology) []diag.Problem {
	r := &resolver{f: f, t: t, partial: make(map[*Link]bool)}
	t.Title = f.title
	r.sharedNames()
	r.objects()
	r.vpcs() // subnets and endpoints, before what stands in them
	r.links()
	r.sites()
	r.routes() // after links
	r.proxies()
	r.nlbs()
	r.services()
	r.ways() // after what they lead to
	r.loops()
	return r.problems
}

func (r *resolver) add(at text, p *diag.Problem) *diag.Problem {
	p.Pos, p.Len = at.Pos, at.Len
	r.problems = append(r.problems, *p)
	return &r.problems[len(r.problems)-1]
}

// bad reports at, which stands at path, as of no use there. Operands of code
// are args and the path.
func (r *resolver) bad(at text, path string, code reason.Code, args ...string) *diag.Problem {
	return r.add(at, &diag.Problem{Code: page(code), Summary: reason.New(code, args...).With(place(path, ""))})
}

// dangling reports a name that is in no group of its sort.
func (r *resolver) dangling(at text, path, sort, group string, known []string) {
	r.unknown(at, at.V, path, sort, group, known)
}

func (r *resolver) unknown(at text, name, path, sort, group string, known []string) {
	summary := say("DG2301", quote(name), group).With(say("topology."+sort), place(path, ""))
	r.add(at, &diag.Problem{Code: "DG2301", Summary: summary, Hint: meant(name, known)})
}

// lacks reports a part of VPC v that is not there.
func (r *resolver) lacks(at text, v *VPC, name, path, sort string, known []string) {
	summary := say("DG2302", v.Name, quote(name)).With(say("topology."+sort), place(path, ""))
	r.add(at, &diag.Problem{Code: "DG2302", Summary: summary, Hint: meant(name, known)})
}

// objects makes what names can lead to, without what it says.
func (r *resolver) objects() {
	t := r.t
	for _, e := range r.f.accounts {
		a := e.V
		a.Name, a.Pos = e.Name.V, e.Name.Pos
		t.Accounts = append(t.Accounts, &a)
	}
	for _, name := range []string{Main, AWS} {
		if !slices.ContainsFunc(t.Accounts, func(a *Account) bool { return a.Name == name }) {
			t.Accounts = append(t.Accounts, &Account{Name: name})
		}
	}
	for _, e := range r.f.sites {
		s := e.V.Site
		s.Name, s.Pos, s.DNS = e.Name.V, e.Name.Pos, e.V.dns.SiteDNS
		t.Sites = append(t.Sites, &s)
	}
	for _, e := range r.f.vpcs {
		v := e.V.VPC
		v.Name, v.Pos, v.DNS = e.Name.V, e.Name.Pos, e.V.dns.VPCDNS
		t.VPCs = append(t.VPCs, &v)
	}
	r.hops()
	slices.SortFunc(t.Accounts, func(a, b *Account) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Sites, func(a, b *Site) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.VPCs, func(a, b *VPC) int { return cmp.Compare(a.Name, b.Name) })
}

// hops makes the objects that are no networks.
func (r *resolver) hops() {
	t := r.t
	for _, e := range r.f.links {
		l := e.V.Link
		l.Name, l.Pos = e.Name.V, e.Name.Pos
		t.Links = append(t.Links, &l)
	}
	for _, e := range r.f.nlbs {
		l := e.V.NLB
		l.Name, l.Pos = e.Name.V, e.Name.Pos
		t.NLBs = append(t.NLBs, &l)
	}
	for _, e := range r.f.services {
		s := e.V.Service
		s.Name, s.Pos = e.Name.V, e.Name.Pos
		t.Services = append(t.Services, &s)
	}
	for _, e := range r.f.proxies {
		p := e.V.Proxy
		p.Name, p.Pos = e.Name.V, e.Name.Pos
		t.Proxies = append(t.Proxies, &p)
	}
	for _, e := range r.f.clients {
		c := e.V.Client
		c.Name, c.Pos = e.Name.V, e.Name.Pos
		t.Clients = append(t.Clients, &c)
	}
	for _, e := range r.f.buckets {
		b := e.V.Bucket
		b.Name, b.Pos = e.Name.V, e.Name.Pos
		t.Buckets = append(t.Buckets, &b)
	}
	slices.SortFunc(t.Links, func(a, b *Link) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.NLBs, func(a, b *NLB) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Services, func(a, b *Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Proxies, func(a, b *Proxy) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Clients, func(a, b *Client) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Buckets, func(a, b *Bucket) int { return cmp.Compare(a.Name, b.Name) })
}

// sharedNames checks the groups that share one set of names.
func (r *resolver) sharedNames() {
	sites, vpcs := namesOf(r.f.sites), namesOf(r.f.vpcs)
	nlbs, proxies := namesOf(r.f.nlbs), namesOf(r.f.proxies)
	r.shared(sites, "a-site", vpcs, "a-vpc")
	r.shared(sites, "a-site", proxies, "a-proxy")
	r.shared(nlbs, "a-nlb", proxies, "a-proxy")
}

func (r *resolver) shared(a []text, one string, b []text, other string) {
	at := make(map[string]text, len(a))
	for _, name := range a {
		at[name.V] = name
	}
	for _, name := range b {
		first, both := at[name.V]
		if !both {
			continue
		}
		if before(name.Pos, first.Pos) {
			first = name
		}
		r.add(first, &diag.Problem{Code: "DG2109", Summary: say("DG2109", quote(name.V)).With(say("topology."+one), say("topology."+other))})
	}
}

func before(a, b diag.Pos) bool { return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col }

func namesOf[V any](group []yamldoc.Named[V]) []text {
	names := make([]text, len(group))
	for i, e := range group {
		names[i] = e.Name
	}
	return names
}

// account finds the account of s; what is not written is main.
func (r *resolver) account(s Setting[text], path string) Setting[*Account] {
	if s.State == NotWritten {
		return byDefault(r.t.Account(Main))
	}
	return Setting[*Account]{r.accountOf(s.V, path), s.State, s.Pos}
}

func (r *resolver) accountOf(at text, path string) *Account {
	a := r.t.Account(at.V)
	if a == nil {
		r.dangling(at, path, "account", "accounts", all(r.t.Accounts, func(a *Account) string { return a.Name }))
	}
	return a
}

func (r *resolver) siteOf(at text, path string, also ...string) *Site {
	s := r.t.Site(at.V)
	if s == nil {
		r.dangling(at, path, "site", "sites", append(r.siteNames(), also...))
	}
	return s
}

func (r *resolver) vpcOf(at text, name, path string) *VPC {
	v := r.t.VPC(name)
	if v == nil {
		r.unknown(at, name, path, "vpc", "vpcs", r.vpcNames())
	}
	return v
}

func (r *resolver) siteNames() []string {
	return all(r.t.Sites, func(s *Site) string { return s.Name })
}

func (r *resolver) vpcNames() []string { return all(r.t.VPCs, func(v *VPC) string { return v.Name }) }

// subnetPaths returns every "vpc/subnet".
func (r *resolver) subnetPaths() (paths []string) {
	for _, v := range r.t.VPCs {
		paths = append(paths, all(v.Subnets, (*Subnet).Path)...)
	}
	return paths
}

// all returns the names of values.
func all[V any](values []*V, name func(*V) string) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = name(v)
	}
	return names
}

// inVPC finds the subnet that at names in v.
func (r *resolver) inVPC(at text, v *VPC, name, path string) *Subnet {
	s := v.Subnet(name)
	if s == nil {
		r.lacks(at, v, name, path, "subnet", all(v.Subnets, func(s *Subnet) string { return s.Name }))
	}
	return s
}

// subnetOf finds the subnet that at names as vpc/subnet.
func (r *resolver) subnetOf(at text, path string) *Subnet {
	vpc, name, _ := strings.Cut(at.V, "/")
	if v := r.vpcOf(at, vpc, path); v != nil {
		return r.inVPC(at, v, name, path)
	}
	return nil
}

// endpointOf finds the endpoint that at names as vpc/endpoint.
func (r *resolver) endpointOf(at text, vpc, name, path string) *Endpoint {
	v := r.vpcOf(at, vpc, path)
	if v == nil {
		return nil
	}
	e := v.Endpoint(name)
	if e == nil {
		r.lacks(at, v, name, path, "endpoint", all(v.Endpoints, func(e *Endpoint) string { return e.Name }))
	}
	return e
}
