package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// zoneWithoutTarget finds load balancers behind PrivateLink with a node in a
// zone that has no target: who comes by that zone finds nobody.
//
// AWS, "Network Load Balancers", cross-zone load balancing: off by default, a
// node uses the targets of its own zone (awsdocs/elb-network-load-balancers-
// user-guide@b5d8773). PrivateLink stays in the consumer's zone.
func zoneWithoutTarget(f *finder) {
	for _, l := range f.t.NLBs {
		if l.ALB.V || l.CrossZone.V || !f.offered(l) {
			continue
		}
		for i, s := range l.At {
			if slices.ContainsFunc(l.Targets, func(p *topology.Proxy) bool { return p.At.Subnet != nil && p.At.Subnet.AZ.V == s.AZ.V }) {
				continue
			}
			f.warn(ofNLB(l).to("at").item(i), say("DG3306", l.Name, s.AZ.V)).Hint = say("DG3306.hint")
		}
	}
}
