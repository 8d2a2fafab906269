package check

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Answers go to these ports: Linux's net.ipv4.ip_local_port_range. Network ACLs
// have no memory, so they need a rule of their own (VPC user guide, "Network
// ACLs", ephemeral ports).
const ephemeralFirst, ephemeralLast = 32768, 60999

// aclWithoutAnswers finds network ACLs that let requests pass in one direction
// and not their answers in the other.
//
// facts: awsdocs/amazon-vpc-user-guide, vpc-network-acls.md; ministryofjustice/
// modernisation-platform#1199.
func aclWithoutAnswers(f *finder) {
	for _, v := range f.t.VPCs {
		for _, s := range v.Subnets {
			f.oneWay(s, "out", s.Out, "in", s.In)
			f.oneWay(s, "in", s.In, "out", s.Out)
		}
	}
}

// oneWay reports the first rule for requests in one direction whose answers the
// other direction denies.
func (f *finder) oneWay(s *topology.Subnet, way string, requests topology.Setting[[]topology.ACLRule], back string, answers topology.Setting[[]topology.ACLRule]) {
	if !answers.Is() || requests.State == topology.Unknown || !f.stands(s, back) {
		return
	}
	at := ofSubnet(s).to("nacl")
	if !requests.Is() { // open
		if refuses(answers.V, everywhere, false) {
			f.fail(at.to(back), say("DG3501.open", s.Path(), back, way)).Hint = say("DG3501.hint", back)
		}
		return
	}
	for i, r := range requests.V {
		if !r.Allow || r.First >= 1024 && r.Last >= ephemeralFirst { // a rule for answers
			continue
		}
		from := r.Place.Prefix
		if r.Any {
			from = everywhere
		}
		public := from == everywhere && (exit(s) != nil || len(s.Gateways) > 0)
		if from.IsValid() && from.Addr().Is4() && refuses(answers.V, from, public) {
			f.fail(at.to(way).item(i), say("DG3501", s.Path(), way, quote(r.Text), back)).Hint = say("DG3501.hint", back)
			return
		}
	}
}

// stands reports whether something in s waits for answers that come in, or
// sends answers out.
func (f *finder) stands(s *topology.Subnet, back string) bool {
	in := func(at topology.Spot) bool { return at.Subnet == s }
	if slices.ContainsFunc(f.t.Proxies, func(p *topology.Proxy) bool { return in(p.At) }) ||
		slices.ContainsFunc(f.t.NLBs, func(l *topology.NLB) bool { return slices.Contains(l.At, s) }) {
		return true
	}
	if back == "in" {
		return s.NAT.V.Here || slices.ContainsFunc(f.t.Clients, func(c *topology.Client) bool { return in(c.At) })
	}
	return slices.ContainsFunc(s.VPC.Endpoints, func(e *topology.Endpoint) bool {
		return e.Kind != topology.Gateway && slices.Contains(e.Subnets, s)
	})
}

// everywhere is what "any" means to IPv4.
var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// refuses reports whether rules let nothing pass between p and the ports of
// answers; nothing public, if public addresses are what p is about.
func refuses(rules []topology.ACLRule, p netip.Prefix, public bool) bool {
	for _, r := range rules {
		if public && !r.Any && r.Place.Prefix.IsValid() && netset.Classify(r.Place.Prefix.Addr()) == netset.Private {
			continue
		}
		if r.Last < ephemeralFirst || r.First > ephemeralLast || !r.Any && !(r.Place.Prefix.IsValid() && netset.Overlap(r.Place.Prefix, p)) {
			continue
		}
		if r.Allow {
			return false
		}
		whole := r.First <= ephemeralFirst && r.Last >= ephemeralLast
		if whole && (r.Any || netset.Covers(r.Place.Prefix, p)) {
			return true
		}
	}
	return true
}
