package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// perimeter notes where nothing keeps requests within the organization of an
// account that has one written: endpoints whose policy does not ask for it, and
// proxies from which S3 leaves without an endpoint. A proxy does not see the
// credentials and the bucket's owner inside a tunnel; an endpoint policy does.
//
// AWS, "Building a data perimeter on AWS": aws:PrincipalOrgID and
// aws:ResourceOrgID in endpoint policies.
func perimeter(f *finder) {
	for _, v := range f.t.VPCs {
		org := v.Account.V.Org.V
		if org == "" {
			continue
		}
		open := slices.DeleteFunc(slices.Clone(v.Endpoints), func(e *topology.Endpoint) bool {
			return e.Kind == topology.PrivateLink || e.Policy.State == topology.Unknown || pinned(e.Policy)
		})
		if len(open) > 0 {
			f.note(ofEndpoint(open[0]).to("policy"), say("DG3603", paths(open), org)).Hint = say("DG3603.hint")
		}
	}
	for _, p := range f.t.Proxies {
		if p.At.Subnet == nil || p.Config.Is() || p.AllowDomains.State == topology.Unknown {
			continue
		}
		v := p.At.Subnet.VPC
		host := regional("s3", v.Region)
		org := v.Account.V.Org.V
		if org == "" || !admits(p, host) {
			continue
		}
		if t := f.asked.trace(f.asked.host[p], host, "/"); t.Verdict == route.Reached && t.Endpoint == nil && len(t.Hops) > 1 {
			by := t.Hops[len(t.Hops)-2].String()
			f.note(ofProxy(p), say("DG3603.exit", p.Name, "s3", by, org)).Hint = say("DG3603.hint.exit")
		}
	}
}

// owners are the keys that hold the caller or the resource in an organization
// or an account.
var owners = []string{
	"aws:principalorgid", "aws:resourceorgid", "aws:principalorgpaths", "aws:resourceorgpaths",
	"aws:principalaccount", "aws:resourceaccount", "s3:resourceaccount", "aws:principalarn",
}

// pinned reports whether every statement that allows something names resources
// or asks who owns them.
func pinned(p topology.Setting[policy.Policy]) bool {
	if !p.Is() || p.V.Extent != policy.Written {
		return false
	}
	return !slices.ContainsFunc(p.V.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Allow && !named(s.Resource) && !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
			return slices.Contains(owners, strings.ToLower(c.Key.V))
		})
	}) || denied(p.V)
}

// denied reports whether a statement denies what is somebody else's.
func denied(p policy.Policy) bool {
	return slices.ContainsFunc(p.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Deny && slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
			return c.Operator.Not && slices.Contains(owners, strings.ToLower(c.Key.V))
		})
	})
}

// named reports whether resources are named, rather than all.
func named(r policy.Patterns) bool {
	return len(r.Texts) > 0 && !r.Not && !slices.ContainsFunc(r.Texts, func(t policy.Text) bool {
		return t.V == "*" || strings.HasSuffix(t.V, ":::*")
	})
}
