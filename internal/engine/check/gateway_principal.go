package check

import (
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// gatewayPrincipal finds policies of gateway endpoints that name principals:
// an account there is its root user alone, not its users and roles. An Allow
// lets nobody else in, a Deny keeps nobody else out.
//
// AWS PrivateLink guide, "Control access to VPC endpoints using endpoint
// policies", principals for gateway endpoints: use aws:PrincipalArn.
func gatewayPrincipal(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind != topology.Gateway {
				continue
			}
			for _, s := range e.Policy.V.Statements {
				for _, n := range s.Principal.Names {
					if n.Sort == policy.AWS {
						f.addAt(diag.Error, n.Name, say("DG3601", e.Path(), quote(n.Name.V))).Hint = say("DG3601.hint")
						break
					}
				}
			}
		}
	}
}

// isFull reports whether the policy of e is written and allows everything.
func isFull(e *topology.Endpoint) bool { return e.Policy.V.Extent == policy.Full }
