package check

import "slices"

// hairpin finds programs on a proxy's own host that come to it through its load
// balancer: while client addresses are preserved, the host gets packets from
// itself and drops them.
//
// Symptom nlb-hairpin; AWS, "Troubleshoot your Network Load Balancer": requests
// time out for connections from a target to its load balancer.
func hairpin(f *finder) {
	for _, c := range f.t.Clients {
		l := c.Proxy.V.NLB
		if l == nil || c.At.Proxy == nil || !l.PreserveClientIP.V || !slices.Contains(l.Targets, c.At.Proxy) {
			continue
		}
		report := f.fail
		if len(l.Targets) > 1 {
			report = f.warn
		}
		report(ofClient(c).to("proxy"), say("DG3305", c.Name, c.At.Proxy.Name, l.Name)).Hint = say("DG3305.hint", c.At.Proxy.Name)
	}
}
