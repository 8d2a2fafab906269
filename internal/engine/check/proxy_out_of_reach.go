package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// proxyOutOfReach finds clients whose requests do not even get to their proxy:
// no route, a security group, a port on which nobody listens.
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
		stopped := lost(t.Verdict) || t.Verdict == route.DeniedBySecurityGroup || t.Verdict == route.DeniedByNetworkACL
		if stopped && t.DNS.By == "none" && !slices.Contains(saidElsewhere, t.Because.Code) {
			f.fail(ofClient(c).to("proxy"), say("DG3106", c.Name, c.Proxy.V.Text).With(t.Because))
		}
	}
}

// saidElsewhere are reasons that hairpin and zoneWithoutTarget report.
var saidElsewhere = []reason.Code{"route.hairpin", "route.no-target"}
