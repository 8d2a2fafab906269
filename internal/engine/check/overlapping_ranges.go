package check

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// overlappingRanges finds networks that a link joins although an address may be
// in both: VPCs, sites, or a VPC inside the range of a site.
//
// VPC peering guide: overlapping CIDR blocks cannot be peered. A VPC's own range
// is always local, whatever a route table or a transit gateway says (VPC user
// guide, "Route priority").
func overlappingRanges(f *finder) {
	for _, l := range f.t.Links {
		members := membersOf(l)
		for i, a := range members {
			for _, b := range members[:i] {
				if netset.Overlap(a.cidr, b.cidr) {
					f.add(clash(l, a, b), a.at.to("cidr"), say("DG3502", a.name, a.cidr.String(), b.name, b.cidr.String(), l.Name)).Hint = say("DG3502.hint")
				}
			}
		}
	}
}

// member is a network that a link joins.
type member struct {
	name string
	cidr netip.Prefix
	at   path
	site bool
}

func membersOf(l *topology.Link) (members []member) {
	for _, s := range l.Sites {
		members = append(members, member{s.Name, s.CIDR, ofSite(s), true})
	}
	for _, v := range l.VPCs {
		members = append(members, member{v.Name, v.CIDR, ofVPC(v), false})
	}
	return members
}

// clash says how bad it is that a and b overlap: a peering is refused; a VPC
// within a site's range only hides those of the site's addresses.
func clash(l *topology.Link, a, b member) diag.Severity {
	switch {
	case a.cidr == b.cidr || l.Kind == topology.Peering:
		return diag.Error
	case b.site && !a.site && netset.Covers(b.cidr, a.cidr):
		return diag.Note
	}
	return diag.Warning
}
