package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// patternOfID finds policies of endpoints that ask for a pattern of what AWS
// gives ids to: AWS does not take such a policy.
//
// AWS PrivateLink guide, "Control access to VPC endpoints using endpoint
// policies": "You can't use wildcard characters (* or ?) or numeric condition
// operators with global context keys that reference system-generated
// identifiers (for example, aws:PrincipalAccount or aws:SourceVpc)."
func patternOfID(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			for _, s := range e.Policy.V.Statements {
				for _, c := range s.Conditions {
					if c.Operator.Test != policy.Like || !slices.Contains(ids, strings.ToLower(c.Key.V)) {
						continue
					}
					for _, value := range c.Values {
						if strings.ContainsAny(value.V, "*?") {
							f.addAt(diag.Error, value, say("DG3607", e.Path(), quote(value.V), c.Key.V)).Hint = say("DG3607.hint")
						}
					}
				}
			}
		}
	}
}

// ids are the keys that hold what AWS gave an id to.
var ids = []string{
	sourceVpc, sourceVpce, "aws:principalaccount", "aws:resourceaccount", "aws:vpceaccount",
	"aws:principalorgid", "aws:resourceorgid", "aws:vpceorgid",
}
