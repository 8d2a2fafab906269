package check

import "github.com/deguchi-project/deguchi/internal/model/topology"

// wrongFamily finds routes of one family of addresses to a gateway of the other:
// an egress-only internet gateway carries IPv6 alone, a NAT gateway has no way
// out for IPv6.
//
// VPC user guide, "Egress-only internet gateways" and "NAT gateways" (NAT64 is
// for 64:ff9b::/96, which stands for IPv4).
func wrongFamily(f *finder) {
	for _, v := range f.t.VPCs {
		for _, s := range v.Subnets {
			for _, r := range s.Routes {
				is4 := !r.Prefix.IsValid() || r.Prefix.Addr().Is4()
				nat64 := r.Prefix.IsValid() && r.Prefix.String() == "64:ff9b::/96"
				at := ofSubnet(s).to("routes", r.Text)
				switch {
				case is4 && r.Target.Kind == topology.EgressOnlyGateway:
					f.fail(at, say("DG3504", quote(r.Text))).Hint = say("DG3504.hint")
				case !is4 && !nat64 && r.Target.Kind == topology.NATGateway:
					f.fail(at, say("DG3504.nat", quote(r.Text))).Hint = say("DG3504.hint.nat")
				}
			}
		}
	}
}
