package topology

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// vpcs makes the subnets and endpoints of every VPC.
func (r *resolver) vpcs() {
	for _, e := range r.f.vpcs {
		v, path := r.t.VPC(e.Name.V), "vpcs."+e.Name.V
		v.Account = r.account(e.V.account, path+".account")
		r.subnets(v, &e.V, path)
		for _, s := range e.V.endpoints {
			out := s.V.Endpoint
			out.Name, out.Pos, out.VPC, out.Kind = s.Name.V, s.Name.Pos, v, s.V.kind()
			v.Endpoints = append(v.Endpoints, &out)
		}
		slices.SortFunc(v.Endpoints, func(a, b *Endpoint) int { return cmp.Compare(a.Name, b.Name) })
	}
	for _, e := range r.f.vpcs { // places may be subnets of other VPCs
		v, path := r.t.VPC(e.Name.V), "vpcs."+e.Name.V
		for _, s := range e.V.endpoints {
			r.endpoint(v.Endpoint(s.Name.V), &s.V, path+".endpoints."+s.Name.V)
		}
		r.dns(v, &e.V.dns, path+".dns")
	}
}

// subnets makes the subnets of v, and checks that they fit into it.
func (r *resolver) subnets(v *VPC, d *vpcDraft, path string) {
	byFile := make([]*Subnet, 0, len(d.subnets))
	for _, e := range d.subnets {
		s := e.V.Subnet
		s.Name, s.Pos, s.VPC, s.CIDR, s.path = e.Name.V, e.Name.Pos, v, e.V.cidr.V, v.Name+"/"+e.Name.V
		path := path + ".subnets." + s.Name
		r.fits(e.V.cidr, v, v.CIDR, path+".cidr")
		if s.CIDR6.Is() {
			at := yamldoc.At[netip.Prefix]{V: s.CIDR6.V, Pos: s.CIDR6.Pos, Len: len(s.CIDR6.V.String())}
			r.fits(at, v, v.CIDR6.V, path+".cidr6")
			r.overlaps(at, byFile, func(s *Subnet) netip.Prefix { return s.CIDR6.V }, path+".cidr6")
		}
		r.overlaps(e.V.cidr, byFile, func(s *Subnet) netip.Prefix { return s.CIDR }, path+".cidr")
		byFile = append(byFile, &s)
	}
	slices.SortFunc(byFile, func(a, b *Subnet) int { return cmp.Compare(a.Name, b.Name) })
	v.Subnets = byFile
}

// fits checks that a subnet's prefix is inside that of its VPC.
func (r *resolver) fits(at yamldoc.At[netip.Prefix], v *VPC, in netip.Prefix, path string) {
	where := text{Pos: at.Pos, Len: at.Len}
	switch {
	case !in.IsValid():
		r.bad(where, path, "DG2310.none", at.V.String(), v.Name)
	case !netset.Covers(in, at.V):
		r.bad(where, path, "DG2310.outside", at.V.String(), v.Name, in.String())
	}
}

// overlaps checks that a subnet's prefix is in none of the subnets before it.
func (r *resolver) overlaps(at yamldoc.At[netip.Prefix], others []*Subnet, of func(*Subnet) netip.Prefix, path string) {
	for _, o := range others {
		if p := of(o); p.IsValid() && netset.Overlap(p, at.V) {
			r.bad(text{Pos: at.Pos, Len: at.Len}, path, "DG2311", at.V.String(), o.Name, p.String())
			return
		}
	}
}

// gatewayServices are the services that have gateway endpoints. Source: VPC
// user guide, "Gateway endpoints", and S3 user guide, "Networking for directory
// buckets"; seen 2026-11.
var gatewayServices = []string{"s3", "dynamodb", "s3express"}

func (r *resolver) endpoint(e *Endpoint, d *endpointDraft, path string) {
	switch e.Kind {
	case Gateway:
		e.AWSService = d.gateway.V
		if !slices.Contains(gatewayServices, d.gateway.V) {
			r.bad(d.gateway, path+".gateway", "DG2313", quote(d.gateway.V), strings.Join(gatewayServices, ", ")).Hint = meant(d.gateway.V, gatewayServices)
		}
	case PrivateLink:
		e.Service = r.t.Service(d.privatelink.V)
		if e.Service == nil {
			r.dangling(d.privatelink, path+".privatelink", "service", "endpoint_services", all(r.t.Services, func(s *Service) string { return s.Name }))
		}
	case InterfaceEndpoint:
	}
	for _, at := range d.subnets {
		s := r.inVPC(at, e.VPC, at.V, path+".subnets")
		if s == nil {
			continue
		}
		e.Subnets = append(e.Subnets, s)
		if e.Kind == Gateway {
			s.Gateways = append(s.Gateways, e)
			slices.SortFunc(s.Gateways, func(a, b *Endpoint) int { return cmp.Compare(a.Name, b.Name) })
		}
	}
	e.SGFrom = r.places(d.sgFrom, path+".sg_from", false)
	r.policy(e.Policy.V, path+".policy")
}

// dns resolves what a VPC's resolver is told.
func (r *resolver) dns(v *VPC, d *vpcDNSDraft, path string) {
	v.DNS.Resolver = Setting[*Site]{State: d.resolver.State, Pos: d.resolver.Pos}
	if d.resolver.Is() && d.resolver.V.V != "amazon" {
		v.DNS.Resolver.V = r.siteOf(d.resolver.V, path+".resolver", "amazon")
	}
	for _, e := range d.forward {
		if s := r.siteOf(e.V, path+".forward."+e.Name.V); s != nil {
			v.DNS.Forward = append(v.DNS.Forward, VPCForward{strings.Trim(e.Name.V, "."), s, e.Name.Pos})
		}
	}
	for _, e := range d.zones {
		zone := Zone{Name: strings.Trim(e.Name.V, "."), Pos: e.Name.Pos}
		for _, rec := range e.V {
			if end := r.record(rec.endpoint, path+".zones."+e.Name.V); end != nil {
				zone.Records = append(zone.Records, Record{rec.label.V, end, rec.label.Pos})
			}
		}
		slices.SortFunc(zone.Records, func(a, b Record) int { return cmp.Compare(a.Label, b.Label) })
		v.DNS.Zones = append(v.DNS.Zones, zone)
	}
	slices.SortFunc(v.DNS.Forward, func(a, b VPCForward) int { return cmp.Compare(a.Zone, b.Zone) })
	slices.SortFunc(v.DNS.Zones, func(a, b Zone) int { return cmp.Compare(a.Name, b.Name) })
}

// record finds the endpoint that a record of a zone leads to.
func (r *resolver) record(at text, path string) *Endpoint {
	vpc, name, ok := strings.Cut(at.V, "/")
	if !ok {
		r.bad(at, path, "DG2303.record", quote(at.V)).Hint = meant(at.V, r.endpointPaths(func(e *Endpoint) bool { return e.Kind != Gateway }))
		return nil
	}
	e := r.endpointOf(at, vpc, name, path)
	if e != nil && e.Kind == Gateway {
		r.bad(at, path, "DG2315", at.V)
	}
	return e
}

// endpointPaths returns every "vpc/endpoint" of those that want is true for.
func (r *resolver) endpointPaths(want func(*Endpoint) bool) (paths []string) {
	for _, v := range r.t.VPCs {
		for _, e := range v.Endpoints {
			if want(e) {
				paths = append(paths, e.Path())
			}
		}
	}
	return paths
}

// sites resolves where sites send their zones.
func (r *resolver) sites() {
	for _, e := range r.f.sites {
		s := r.t.Site(e.Name.V)
		for _, f := range e.V.dns.forward {
			path := "sites." + s.Name + ".dns.forward." + f.Name.V
			vpc, to, _ := strings.Cut(f.V.V, "/")
			if to != "inbound" && to != "+2" {
				r.bad(f.V, path, "DG2303.forward", quote(f.V.V)).Hint = meant(to, []string{"inbound", "+2"})
				continue
			}
			if v := r.vpcOf(f.V, vpc, path); v != nil {
				s.DNS.Forward = append(s.DNS.Forward, SiteForward{strings.Trim(f.Name.V, "."), v, to == "inbound", f.Name.Pos})
			}
		}
		slices.SortFunc(s.DNS.Forward, func(a, b SiteForward) int { return cmp.Compare(a.Zone, b.Zone) })
	}
}
