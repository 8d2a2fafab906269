package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// proxyOutOfReach finds clients whose requests do not even get to their proxy:
// no route, a security group, a port on which nobody listens, a list of sources
// that they are not in.
//
// Symptoms proxy-refused and proxy-dns: "Failed to connect to proxy URL", the
// same words for every cause. What other checks say of the load balancer is not
// said again.
func proxyOutOfReach(f *finder) {
	for _, c := range f.t.Clients {
		if a, ok := programOf(c); !ok || !a.proxies(anyService) {
			continue
		}
		t := f.asked.trace(f.asked.listless[c], regional("sts", "us-east-1"), "/")
		if t.Because.Code == "route.proxy.sources" {
			f.notServed(t)
			continue
		}
		stopped := lost(t.Verdict) || t.Verdict == route.DeniedBySecurityGroup || t.Verdict == route.DeniedByNetworkACL
		if stopped && t.DNS.By == "none" && !slices.Contains(saidElsewhere, t.Because.Code) {
			f.fail(ofClient(c).to("proxy"), say("DG3106", c.Name, c.Proxy.V.Text).With(t.Because))
		}
	}
}

// notServed reports the list of sources in which the sender of t is not, unless
// sourceListBehindNLB says why nobody's is.
func (f *finder) notServed(t route.Trace) {
	p := f.t.Proxy(t.Hops[len(t.Hops)-1].Name)
	if p != nil && !slices.ContainsFunc(f.frontsOf(p), func(l *topology.NLB) bool { return f.hides(l, p) }) {
		f.fail(ofProxy(p).to("allow_sources"), say("DG3106.sources", t.Client.Name).With(t.Because))
	}
}

// saidElsewhere are reasons that hairpin and zoneWithoutTarget report.
var saidElsewhere = []reason.Code{"route.hairpin", "route.no-target"}
