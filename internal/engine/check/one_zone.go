package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// oneZone finds load balancers in use that stand in one zone, and so do not
// outlive it. Zones that are not written are not compared.
//
// Story C: the load balancer is there for redundancy.
func oneZone(f *finder) {
	for _, l := range f.t.NLBs {
		apart := slices.ContainsFunc(l.At, func(s *topology.Subnet) bool {
			return s != l.At[0] && (!s.AZ.Is() || !l.At[0].AZ.Is() || s.AZ.V != l.At[0].AZ.V)
		})
		if !l.ALB.V && !apart && f.used(l) {
			f.note(ofNLB(l).to("at"), say("DG3303", l.Name)).Hint = say("DG3303.hint")
		}
	}
}
