package check

import "strconv"

// keepaliveAboveIdle finds clients that keep their connections alive too seldom
// for the load balancer on the way, which forgets them.
//
// Symptoms nlb-idle and ssm-wss-1006; AWS, "Update the TCP idle timeout for your
// Network Load Balancer listener": 350 seconds unless set.
func keepaliveAboveIdle(f *finder) {
	for _, c := range f.t.Clients {
		l := balancer(c.Proxy.V)
		if l == nil || l.ALB.V || c.Keepalive.V < l.IdleTimeout.V { // 0 is none
			continue
		}
		idle := strconv.Itoa(l.IdleTimeout.V)
		f.warn(ofClient(c).to("keepalive"), say("DG3304", c.Name, strconv.Itoa(c.Keepalive.V), l.Name, idle)).Hint = say("DG3304.hint", idle)
	}
}
