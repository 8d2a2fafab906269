package topology

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// spot finds what at says something stands in. Clients may stand on a proxy.
func (r *resolver) spot(at text, path string, client bool) Spot {
	spot := Spot{Pos: at.Pos}
	if strings.Contains(at.V, "/") {
		spot.Subnet = r.subnetOf(at, path)
		return spot
	}
	if spot.Site = r.t.Site(at.V); spot.Site != nil {
		return spot
	}
	code, known := reason.Code("DG2303.proxy"), append(r.siteNames(), r.subnetPaths()...)
	if client {
		if spot.Proxy = r.t.Proxy(at.V); spot.Proxy != nil {
			return spot
		}
		code, known = "DG2303.client", append(known, r.proxyNames()...)
	}
	r.bad(at, path, code, quote(at.V)).Hint = r.orSubnet(at.V, known)
	return spot
}

// orSubnet is the hint for name where one of known is asked for: a VPC alone
// is short of a subnet.
func (r *resolver) orSubnet(name string, known []string) reason.Because {
	if r.t.VPC(name) != nil {
		return say("DG2303.hint", name)
	}
	return meant(name, known)
}

func (r *resolver) proxyNames() []string {
	return all(r.t.Proxies, func(p *Proxy) string { return p.Name })
}

// places finds the places of a list, which may be left out or unknown. With
// lists, prefix lists are places too.
func (r *resolver) places(s Setting[[]text], path string, lists bool) Setting[[]Place] {
	out := Setting[[]Place]{State: s.State, Pos: s.Pos}
	if s.State == Written {
		out.V = make([]Place, 0, len(s.V))
	}
	for _, at := range s.V {
		if p, ok := r.place(at, path, lists); ok {
			out.V = append(out.V, p)
		}
	}
	return out
}

func (r *resolver) place(at text, path string, lists bool) (Place, bool) {
	if list, ok := strings.CutPrefix(at.V, "pl:"); ok && lists {
		if list != "s3" && list != "dynamodb" {
			r.bad(at, path, "DG2305.list", quote(at.V)).Hint = meant(at.V, []string{"pl:s3", "pl:dynamodb"})
			return Place{}, false
		}
		return Place{Text: at.V, List: list, Pos: at.Pos}, true
	}
	p, known := r.located(at, path)
	if !known {
		r.bad(at, path, "DG2305", quote(at.V)).Hint = meant(at.V, r.placeNames())
	}
	return p, known && p.Prefix.IsValid()
}

func (r *resolver) placeNames() []string {
	return append(append(r.vpcNames(), r.siteNames()...), r.subnetPaths()...)
}

// located finds the place that at names. It reports false for what is no place
// at all; a place that is not there, or a CIDR that is none, it has reported,
// and the prefix is not valid.
func (r *resolver) located(at text, path string) (Place, bool) {
	p := Place{Text: at.V, Pos: at.Pos}
	if v := r.t.VPC(at.V); v != nil {
		p.Prefix, p.Prefix6 = v.CIDR, v.CIDR6.V
		return p, true
	}
	if s := r.t.Site(at.V); s != nil {
		p.Prefix = s.CIDR
		return p, true
	}
	_, err := netip.ParseAddr(at.V)
	vpc, _, slash := strings.Cut(at.V, "/")
	switch {
	case slash && (r.t.VPC(vpc) != nil || strings.Trim(at.V, "0123456789abcdefABCDEF.:/") != ""):
		if s := r.subnetOf(at, path); s != nil {
			p.Prefix, p.Prefix6 = s.CIDR, s.CIDR6.V
		}
	case slash || err == nil:
		p.Prefix, _ = cidr(&yamldoc.Node{Text: at.V}, func(code reason.Code, hint reason.Because) {
			r.bad(at, path, code, quote(at.V)).Hint = hint
		})
	default:
		return p, false
	}
	return p, true
}

// acl reads the rules of one direction of a network ACL.
func (r *resolver) acl(s Setting[[]text], path string) Setting[[]ACLRule] {
	out := Setting[[]ACLRule]{State: s.State, Pos: s.Pos}
	for _, at := range s.V {
		if rule, ok := r.aclRule(at, path); ok {
			out.V = append(out.V, rule)
		}
	}
	return out
}

func (r *resolver) aclRule(at text, path string) (ACLRule, bool) {
	words := strings.Fields(at.V)
	rule := ACLRule{Text: at.V, Last: 65535, Pos: at.Pos}
	if len(words) < 2 || len(words) > 3 || words[0] != "allow" && words[0] != "deny" {
		r.bad(at, path, "DG2209", quote(at.V)).Hint = say("DG2209.hint")
		return rule, false
	}
	rule.Allow, rule.Any = words[0] == "allow", words[1] == "any"
	if len(words) == 3 {
		first, last, isRange := strings.Cut(words[2], "-")
		if !isRange {
			last = first
		}
		var ok, ok2 bool
		rule.First, ok = netset.Port(first)
		if rule.Last, ok2 = netset.Port(last); !ok || !ok2 || rule.First > rule.Last {
			r.bad(at, path, "DG2209", quote(at.V)).Hint = say("DG2209.hint")
			return rule, false
		}
	}
	if rule.Any {
		return rule, true
	}
	var ok bool
	rule.Place, ok = r.place(text{V: words[1], Pos: at.Pos, Len: at.Len}, path, false)
	return rule, ok
}
