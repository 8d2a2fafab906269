package invariant

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// overlaps finds subnets that overlap or are outside their VPC, and routes to what
// is inside it.
func overlaps(f *finder) {
	for _, v := range f.Of(typeVPC) {
		value, known := text(v.Props, "CidrBlock")
		if p, err := netip.ParsePrefix(value); known && !strings.Contains(value, "${") && (err != nil || p.Masked() != p || p.Bits() < 16 || p.Bits() > 28) {
			f.fail(v.Place("CidrBlock"), say("DG6303.vpc", v.ID, value), reason.Because{})
		}
	}
	type subnet struct {
		id, vpc string
		cidr    netip.Prefix
	}
	var taken []subnet
	for _, s := range f.Of(typeSubnet) {
		value, known := text(s.Props, "CidrBlock")
		cidr, err := netip.ParsePrefix(value)
		if err != nil {
			if known && !strings.Contains(value, "${") {
				f.fail(s.Place("CidrBlock"), say("DG6303.form", s.ID, value), reason.Because{})
			}
			continue
		}
		if cidr.Masked() != cidr || cidr.Bits() < 16 || cidr.Bits() > 28 {
			f.fail(s.Place("CidrBlock"), say("DG6303.form", s.ID, value), reason.Because{})
		}
		if outer, known := f.rangesOf(f.To(find(s.Props, "VpcId"))); known && !covers(outer, cidr) {
			f.fail(s.Place("CidrBlock"), say("DG6303.outside", s.ID, value, list(outer)), reason.Because{})
		}
		vpc := ""
		if n := find(s.Props, "VpcId"); n != nil {
			vpc = n.Text
		}
		for _, other := range taken {
			if other.vpc == vpc && other.cidr.Overlaps(cidr) {
				f.fail(s.Place("CidrBlock"), say("DG6303", s.ID, value, other.id, other.cidr.String()), reason.Because{})
				break
			}
		}
		taken = append(taken, subnet{s.ID, vpc, cidr})
	}
	f.inside()
}

// rangesOf returns the ranges of a VPC. Known says whether the template tells all.
func (f *finder) rangesOf(vpc *Resource) (all []netip.Prefix, known bool) {
	if vpc == nil || vpc.Type != typeVPC {
		return nil, false
	}
	values := []*node{find(vpc.Props, "CidrBlock")}
	for _, more := range f.Of("AWS::EC2::VPCCidrBlock") {
		if f.To(find(more.Props, "VpcId")) == vpc {
			values = append(values, find(more.Props, "CidrBlock"))
		}
	}
	for _, v := range values {
		p, err := netip.ParsePrefix(textOf(v))
		if err != nil {
			return nil, false
		}
		all = append(all, p)
	}
	return all, true
}

func list(networks []netip.Prefix) string {
	texts := make([]string, len(networks))
	for i, n := range networks {
		texts[i] = n.String()
	}
	return strings.Join(texts, ", ")
}

// toSites are the keys of routes whose other end has addresses of its own.
var toSites = []string{"GatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "CarrierGatewayId"}

// inside finds routes to sites with addresses of the VPC, which AWS refuses or which
// nothing comes back from, and two routes to one network in a table.
func (f *finder) inside() {
	type way struct {
		table *Resource
		to    string
	}
	seen := make(map[way]bool)
	for _, r := range f.Of(typeRoute) {
		table := f.To(find(r.Props, "RouteTableId"))
		to, known := text(r.Props, "DestinationCidrBlock")
		cidr, err := netip.ParsePrefix(to)
		if table == nil || !known || err != nil || r.Maybe {
			continue
		}
		at := r.Place("DestinationCidrBlock")
		w := way{table, cidr.Masked().String()}
		ranges, _ := f.rangesOf(f.To(find(table.Props, "VpcId")))
		switch {
		case seen[w]:
			f.fail(at, say("DG6303.twice", table.ID, to), reason.Because{})
		case covers(ranges, cidr) && slices.ContainsFunc(toSites, func(key string) bool { return find(r.Props, key) != nil }):
			f.fail(at, say("DG6303.site", table.ID, to, list(ranges)), reason.Because{})
		}
		seen[w] = true
	}
}
