package fix

import (
	"fmt"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// securityGroups lets the request through security groups: out of the sender's,
// and into those of endpoint, load balancer and proxy.
func securityGroups(s *scene) (steps []step) {
	if s.trace.Verdict != route.DeniedBySecurityGroup && s.trace.Verdict != route.Unknown {
		return nil
	}
	if to := s.sender.sgTo(); to.Is() {
		path := append(s.sender.owner(), "sg_to")
		for _, d := range s.destinations() {
			st := admit(to.V, d.text, d.width, reason.New("fix.sg-to", d.text, path[1]), path...)
			if d.text == everywhere {
				st.opens = outwards
			}
			steps = append(steps, st)
		}
	}
	for _, e := range s.reached(s.endpoints(topology.InterfaceEndpoint)) {
		steps = append(steps, admitSender(s, e.SGFrom, e.Path(), "vpcs", e.VPC.Name, "endpoints", e.Name, "sg_from")...)
	}
	for _, b := range s.balancers() {
		steps = append(steps, admitSender(s, b.SGFrom, b.Name, "nlbs", b.Name, "sg_from")...)
		for _, p := range b.Targets {
			steps = append(steps, admitSender(s, p.SGFrom, p.Name, "proxies", p.Name, "sg_from")...)
		}
	}
	if via := s.via(); via != nil && via.Proxy != nil {
		steps = append(steps, admitSender(s, via.Proxy.SGFrom, via.Proxy.Name, "proxies", via.Proxy.Name, "sg_from")...)
	}
	return steps
}

// owner is the path of what the sender's security group belongs to.
func (s sender) owner() []string {
	if s.proxy != nil {
		return []string{"proxies", s.proxy.Name}
	}
	return []string{"clients", s.client.Name}
}

// reached are the endpoints on the way, together with the others.
func (s *scene) reached(others []*topology.Endpoint) []*topology.Endpoint {
	all := s.crossed()
	for _, e := range others {
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

// target is a place that packets go to.
type target struct {
	text  string
	width int
}

const everywhere = "0.0.0.0/0"

// destinations are the places that the sender may have been going to, the
// narrowest that the format has words for.
func (s *scene) destinations() (to []target) {
	via := s.via()
	switch {
	case via != nil && via.Proxy != nil:
		return []target{{placeOf(via.Proxy.IP, via.Proxy.At), 0}}
	case via != nil && via.NLB != nil && via.NLB.IP.Is():
		return []target{{via.NLB.IP.V.String() + "/32", 0}}
	}
	for _, at := range s.private() {
		to = append(to, target{at.String(), 1})
	}
	if len(to) == 0 {
		if a := s.trace.Asked; a.Service == "s3" || a.Service == "dynamodb" {
			to = append(to, target{"pl:" + a.Service, 1})
		}
		to = append(to, target{everywhere, 4})
	}
	return to
}

// admitSender lets the sender, or the load balancers that stand for it, into
// the group that is written at path.
func admitSender(s *scene, group topology.Setting[[]topology.Place], whose string, path ...string) (steps []step) {
	if !group.Is() {
		return nil
	}
	place := s.sender.place()
	steps = append(steps, admit(group.V, place, 0, reason.New("fix.sg-from", place, whose), path...))
	for _, b := range s.balancers() {
		for _, n := range balancerPlaces(b) {
			steps = append(steps, admit(group.V, n, 1, reason.New("fix.sg-from", n, whose), path...))
		}
	}
	return steps
}

// balancerPlaces are the addresses that targets of b see.
func balancerPlaces(b *topology.NLB) (places []string) {
	if b.IP.Is() {
		return []string{b.IP.V.String() + "/32"}
	}
	for _, n := range b.At {
		places = append(places, n.Path())
	}
	return places
}

// admit adds place to a list of places.
func admit(places []topology.Place, place string, width int, why reason.Because, path ...string) step {
	texts := make([]string, len(places))
	for i, p := range places {
		texts[i] = p.Text
	}
	return step{edits: []edit{set(list(append(texts, place)...), path...)}, why: why, size: 1, width: width}
}

// networkACLs puts rules before those that stop the request: for it and for its
// answer, in the subnets of both ends.
func networkACLs(s *scene) (steps []step) {
	if s.trace.Verdict != route.DeniedByNetworkACL && s.trace.Verdict != route.Unknown {
		return nil
	}
	port := s.port()
	from := s.sender.spot()
	if n := from.Subnet; n != nil {
		for _, d := range s.destinations() {
			place := d.text
			if d.width > 1 || place[:min(3, len(place))] == "pl:" {
				place = "any"
			}
			steps = append(steps, aclPair(n, fmt.Sprintf("allow %s %d", place, port), "allow "+place+" "+answers)...)
		}
	}
	place := s.sender.place()
	for _, at := range s.private() {
		if n := at.Subnet; n != nil {
			steps = append(steps, aclPair(n, "allow "+place+" "+answers, fmt.Sprintf("allow %s %d", place, port))...)
		}
	}
	return steps
}

// answers are the ports that answers go to.
const answers = "32768-60999"

// port is the one that the sender was going to.
func (s *scene) port() uint16 {
	if via := s.via(); via != nil {
		return via.Port
	}
	return s.trace.Asked.Port
}

// aclPair are the rules out and in of n that its ACL may lack: each, and both.
func aclPair(n *topology.Subnet, out, in string) (steps []step) {
	rule := func(written topology.Setting[[]topology.ACLRule], key, text string) {
		if !written.Is() {
			return
		}
		rules := []string{text}
		for _, r := range written.V {
			rules = append(rules, r.Text)
		}
		steps = append(steps, step{
			edits: []edit{set(list(rules...), "vpcs", n.VPC.Name, "subnets", n.Name, "nacl", key)},
			why:   reason.New("fix.nacl."+reason.Code(key), text, n.Path()),
			size:  1, width: 1,
		})
	}
	rule(n.Out, "out", out)
	rule(n.In, "in", in)
	if len(steps) == 2 {
		steps = append(steps, both(steps[0], steps[1]))
	}
	return steps
}
