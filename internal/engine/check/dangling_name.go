package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// danglingName finds conditions that compare where a request comes from, or
// whose it is, with a name that the file does not have: nobody is ever that, so
// an Allow admits nobody and a Deny spares nobody.
//
// Story B; symptom sourcevpce-deny: with a mistyped endpoint a bucket refuses
// everybody. Ids that AWS gave are not looked at.
func danglingName(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			f.dangling(e.Policy.V)
		}
	}
	for _, b := range f.t.Buckets {
		f.dangling(b.Policy.V)
	}
}

func (f *finder) dangling(p policy.Policy) {
	for _, s := range p.Statements {
		for _, c := range s.Conditions {
			sort, known := f.named(c.Key.V)
			if sort == "" || c.Operator.Test == policy.Null {
				continue
			}
			for _, value := range c.Values {
				if isID(value.V) || strings.ContainsAny(value.V, "*?$") || known[value.V] {
					continue
				}
				problem := f.addAt(diag.Warning, value, say("DG3605", quote(value.V), c.Key.V).With(say("topology."+sort)))
				if meant, ok := yamldoc.Closest(value.V, slices.Collect(maps.Keys(known))); ok {
					problem.Hint = say("hint.meant", quote(meant))
				}
			}
		}
	}
}

// named returns what the values of a condition key are names of, and those that
// the file has; "" of a key whose values are none.
func (f *finder) named(key string) (sort reason.Code, known map[string]bool) {
	known = make(map[string]bool)
	switch strings.ToLower(key) {
	case sourceVpce:
		for _, v := range f.t.VPCs {
			for _, e := range v.Endpoints {
				known[e.Path()] = true
			}
		}
		return "endpoint", known
	case sourceVpc:
		for _, v := range f.t.VPCs {
			known[v.Name] = true
		}
		return "vpc", known
	case "aws:principalaccount", "aws:resourceaccount", "aws:vpceaccount":
		for _, a := range f.t.Accounts {
			known[a.Name] = true
		}
		return "account", known
	}
	return "", nil
}

// isID reports whether value is an id that AWS gives: of an endpoint, a VPC or
// an account.
func isID(value string) bool {
	return strings.HasPrefix(value, "vpce-") || strings.HasPrefix(value, "vpc-") ||
		len(value) == 12 && strings.Trim(value, "0123456789") == ""
}
