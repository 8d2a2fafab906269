package topology

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

var (
	everywhere  = netip.MustParsePrefix("0.0.0.0/0")
	everywhere6 = netip.MustParsePrefix("::/0")
)

// routes resolves the route tables and network ACLs of every subnet.
func (r *resolver) routes() {
	for _, e := range r.f.vpcs {
		v := r.t.VPC(e.Name.V)
		for i := range e.V.subnets {
			d := &e.V.subnets[i]
			s, path := v.Subnet(d.Name.V), "vpcs."+v.Name+".subnets."+d.Name.V
			s.Out = r.acl(d.V.acl.out, path+".nacl.out")
			s.In = r.acl(d.V.acl.in, path+".nacl.in")
			r.table(s, d.V.routes, path+".routes.")
		}
	}
}

// table makes the route table of s.
func (r *resolver) table(s *Subnet, routes []yamldoc.Named[text], path string) {
	first := make(map[string]text, len(routes))
	for _, e := range routes {
		path := path + e.Name.V
		target, ok := r.target(s.VPC, e.V, path)
		route, known := r.destination(s.VPC, e.Name, path)
		if !known {
			continue
		}
		route.Target = target
		shown := route.shown()
		if f, twice := first[shown]; twice {
			r.bad(e.Name, path, "DG2307", quote(f.V), shown)
			continue
		}
		first[shown] = e.Name
		if ok {
			s.Routes = append(s.Routes, route)
		}
	}
	slices.SortFunc(s.Routes, func(a, b *Route) int { return cmp.Compare(a.Text, b.Text) })
}

// shown returns what r covers: "10.0.0.0/8", "aws:s3.ap-northeast-1".
func (r *Route) shown() string {
	if r.Service != "" {
		return "aws:" + r.Service + "." + r.Region
	}
	return r.Prefix.String()
}

// destination reads the destination of a route in v.
func (r *resolver) destination(v *VPC, at text, path string) (*Route, bool) {
	route := &Route{Text: at.V, Pos: at.Pos}
	switch at.V {
	case "internet":
		route.Prefix = everywhere
		return route, true
	case "internet6":
		route.Prefix = everywhere6
		return route, true
	}
	if service, ok := strings.CutPrefix(at.V, "aws:"); ok {
		route.Service, route.Region = service, v.Region
		if i := strings.LastIndexByte(service, '.'); i >= 0 && awsdata.RegionShape(service[i+1:]) {
			route.Service, route.Region = service[:i], service[i+1:]
		}
		if !serviceForm.MatchString(route.Service) {
			r.bad(at, path, "DG2211", quote(at.V)).Hint = say("DG2211.hint")
			return nil, false
		}
		return route, true
	}
	p, known := r.located(at, path)
	if !known {
		r.bad(at, path, "DG2306").Hint = meant(at.V, append(r.placeNames(), "internet", "internet6"))
	}
	route.Prefix = p.Prefix
	return route, known && p.Prefix.IsValid()
}

// target reads the target of a route in v.
func (r *resolver) target(v *VPC, at text, path string) (Target, bool) {
	target := Target{Text: at.V, Pos: at.Pos}
	sort, name, _ := strings.Cut(at.V, ":")
	switch {
	case at.V == "blackhole":
		return target, true
	case at.V == "igw":
		target.Kind = InternetGateway
		if !v.IGW.V {
			r.bad(at, path, "DG2309.igw", v.Name).Hint = say("DG2309.hint.igw")
		}
		return target, v.IGW.V
	case at.V == "eigw":
		target.Kind = EgressOnlyGateway
		return target, true
	case sort == "nat" && name != "":
		target.Kind, target.Subnet = NATGateway, r.inVPC(at, v, name, path)
		if target.Subnet != nil && !target.Subnet.NAT.V.Here {
			r.bad(at, path, "DG2309.nat", name).Hint = say("DG2309.hint.nat")
			return target, false
		}
		return target, target.Subnet != nil
	case sort == "eni" && name != "":
		target.Kind = Interface
		return target, r.hasInterface(v, at, name, path)
	}
	return r.toLink(v, at, path)
}

// hasInterface checks that something in v may be called name.
func (r *resolver) hasInterface(v *VPC, at text, name, path string) bool {
	if v.Endpoint(name) != nil || r.t.Proxy(name) != nil || r.t.NLB(name) != nil || r.t.Client(name) != nil {
		return true
	}
	known := slices.Concat(all(v.Endpoints, func(e *Endpoint) string { return e.Name }), r.proxyNames(), r.nlbNames(),
		all(r.t.Clients, func(c *Client) string { return c.Name }))
	r.bad(at, path, "DG2308.eni", quote(name)).Hint = meant(name, known)
	return false
}

func (r *resolver) nlbNames() []string { return all(r.t.NLBs, func(l *NLB) string { return l.Name }) }

// toLink reads a target that is a link of v.
func (r *resolver) toLink(v *VPC, at text, path string) (Target, bool) {
	target := Target{Kind: ToLink, Text: at.V, Link: r.t.Link(at.V), Pos: at.Pos}
	switch {
	case target.Link == nil:
		known := []string{"igw", "eigw", "blackhole"}
		for _, l := range r.t.Links {
			known = append(known, l.Name)
		}
		for _, s := range v.Subnets {
			known = append(known, "nat:"+s.Name)
		}
		for _, e := range v.Endpoints {
			known = append(known, "eni:"+e.Name)
		}
		r.bad(at, path, "DG2308", quote(at.V)).Hint = meant(at.V, known)
		return target, false
	case r.partial[target.Link]: // its members have their problem
		return target, false
	case !target.Link.Joins(v):
		r.bad(at, path, "DG2309.link", target.Link.Name, v.Name)
		return target, false
	}
	return target, true
}

// links finds the members of every link.
func (r *resolver) links() {
	for i := range r.f.links {
		e := &r.f.links[i]
		l, path := r.t.Link(e.Name.V), "links."+e.Name.V
		l.Kind = e.V.kind
		switch l.Kind {
		case Peering:
			r.peering(l, &e.V, path)
		case TGW:
			r.transit(l, &e.V, path)
		case DX, DXPublic, VPN:
			r.line(l, &e.V, path)
		}
	}
}

// line finds the ends of a Direct Connect or a VPN.
func (r *resolver) line(l *Link, d *linkDraft, path string) {
	key := path + ".dx"
	if l.Kind == VPN {
		key = path + ".vpn"
	}
	if s := r.siteOf(d.site, key); s != nil {
		l.Sites = []*Site{s}
	}
	if l.Kind == DXPublic {
		return
	}
	if v := r.vpcOf(d.vpc, d.vpc.V, path+".vpc"); v != nil {
		l.VPCs = []*VPC{v}
	} else {
		r.partial[l] = true
	}
}

func (r *resolver) peering(l *Link, d *linkDraft, path string) {
	for _, at := range d.members.V {
		if v := r.vpcOf(at, at.V, path+".peering"); v != nil {
			l.VPCs = append(l.VPCs, v)
		}
	}
	r.partial[l] = len(l.VPCs) != 2
	if len(d.members.V) != 2 {
		r.bad(text{Pos: d.members.Pos, Len: d.members.Len}, path+".peering", "DG2314")
	}
}

func (r *resolver) transit(l *Link, d *linkDraft, path string) {
	for _, at := range d.members.V {
		if v := r.t.VPC(at.V); v != nil {
			l.VPCs = append(l.VPCs, v)
		} else if s := r.t.Site(at.V); s != nil {
			l.Sites = append(l.Sites, s)
		} else {
			r.partial[l] = true
			r.bad(at, path+".tgw", "DG2303.member", quote(at.V)).Hint = meant(at.V, append(r.vpcNames(), r.siteNames()...))
		}
	}
	first := make(map[netip.Prefix]text, len(d.routes))
	for _, e := range d.routes {
		path := path + ".routes." + e.Name.V
		route := &LinkRoute{Text: e.Name.V, Prefix: everywhere, Pos: e.Name.Pos}
		if e.Name.V != "internet" {
			p, known := r.located(e.Name, path)
			if !known {
				r.bad(e.Name, path, "DG2306.link").Hint = meant(e.Name.V, append(r.placeNames(), "internet"))
			}
			route.Prefix = p.Prefix
		}
		if f, twice := first[route.Prefix]; twice && route.Prefix.IsValid() {
			r.bad(e.Name, path, "DG2307", quote(f.V), route.Prefix.String())
		}
		first[route.Prefix] = e.Name
		r.attached(l, route, e.V, path)
		l.Routes = append(l.Routes, route)
	}
	slices.SortFunc(l.Routes, func(a, b *LinkRoute) int { return cmp.Compare(a.Text, b.Text) })
}

// attached finds the target of a static route of l, which is a member of it.
func (r *resolver) attached(l *Link, route *LinkRoute, at text, path string) {
	switch {
	case at.V == "blackhole":
		return
	case strings.Contains(at.V, "/"):
		route.Subnet = r.subnetOf(at, path)
	default:
		route.VPC, route.Site = r.t.VPC(at.V), r.t.Site(at.V)
	}
	switch {
	case r.partial[l]:
	case route.Subnet != nil && !l.Joins(route.Subnet.VPC), route.VPC != nil && !l.Joins(route.VPC), route.Site != nil && !l.JoinsSite(route.Site):
		r.bad(at, path, "DG2309.member", l.Name, at.V)
	case route.VPC != nil && route.Prefix == everywhere:
		r.bad(at, path, "DG2308.internet", quote(at.V)).Hint = say("DG2303.hint", at.V)
	case route.Subnet == nil && route.VPC == nil && route.Site == nil && !strings.Contains(at.V, "/"):
		r.bad(at, path, "DG2308.link", quote(at.V)).Hint = meant(at.V, append(r.placeNames(), "blackhole"))
	}
}
