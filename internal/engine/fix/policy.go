package fix

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// policies lets the request through the policy that judged it: one statement
// that allows it, or one value more in the condition of a statement that denies.
func policies(s *scene) (steps []step) {
	if !judged(s.trace.Verdict) {
		return nil
	}
	if e := s.trace.Endpoint; e != nil && e.Policy.Is() && e.Policy.V.Extent == policy.Written && s.trace.Verdict != route.DeniedByResourcePolicy {
		at := []string{"vpcs", e.VPC.Name, "endpoints", e.Name, "policy"}
		steps = append(steps, amend(s, e.Policy.V, toEveryone(s.allow()), e.Path(), at)...)
	}
	if b := s.t.Bucket(s.trace.Asked.Bucket); b != nil && s.trace.Verdict != route.DeniedByEndpointPolicy {
		if p := b.Policy; p.State == topology.NotWritten || p.Is() && p.V.Extent == policy.Written {
			steps = append(steps, amend(s, p.V, s.allow(), b.Name, []string{"buckets", b.Name, "policy"})...)
		}
	}
	return steps
}

// amend are changes of the policy p of whose, which stands at path: with allow,
// or with a statement that denies less.
func amend(s *scene, p policy.Policy, allow policy.Statement, whose string, path []string) (steps []step) {
	steps = append(steps, step{
		edits: []edit{set(statements(append(slices.Clone(p.Statements), allow)), path...)},
		why:   reason.New("fix.statement", allow.Action.Texts[0].V, s.caller(), whose),
		size:  1,
	})
	for i, st := range p.Statements {
		if st.Effect != policy.Deny {
			continue
		}
		for _, c := range spared(s, st) {
			changed := slices.Clone(p.Statements)
			changed[i] = c.statement
			steps = append(steps, step{
				edits: []edit{set(statements(changed), path...)},
				why:   reason.New("fix.condition", c.value, c.key, strconv.Itoa(i+1), whose),
				size:  1, width: 1,
			})
		}
	}
	return steps
}

// caller is the account that asks, as the file calls it.
func (s *scene) caller() string {
	if p := s.trace.Request.Principal; p.Is() {
		return p.V.Account
	}
	n := s.client.At.Subnet
	if p := s.client.At.Proxy; p != nil {
		n = p.At.Subnet
	}
	if n != nil && n.VPC.Account.V != nil {
		return n.VPC.Account.V.Name
	}
	return topology.Main
}

func text(s string) policy.Text { return policy.Text{V: s} }

// allow is the statement that lets the caller's account do what is asked, and no
// more.
func (s *scene) allow() policy.Statement {
	asked, action := s.trace.Asked, s.trace.Asked.Action
	if strings.HasSuffix(action, ":") {
		action += "*"
	}
	st := policy.Statement{
		Effect:    policy.Allow,
		Principal: policy.Principals{Names: []policy.Principal{{Sort: policy.AWS, Name: text(s.caller())}}},
		Action:    policy.Patterns{Texts: []policy.Text{text(action)}},
	}
	if asked.Bucket != "" {
		arn := "arn:aws:s3:::" + asked.Bucket
		if asked.Object != "" {
			arn += "/*"
		}
		st.Resource = policy.Patterns{Texts: []policy.Text{text(arn)}}
	}
	return st
}

// toEveryone writes the account of st as a condition: the policy of a gateway
// endpoint takes no principal but "*" (VPC user guide, gateway endpoints).
func toEveryone(st policy.Statement) policy.Statement {
	account := st.Principal.Names[0].Name
	equals, _ := policy.ParseOperator("StringEquals")
	st.Principal = policy.Principals{Names: []policy.Principal{{Sort: policy.Everyone, Name: text("*")}}}
	st.Conditions = []policy.Condition{{Operator: equals, Key: text("aws:PrincipalAccount"), Values: []policy.Text{account}}}
	return st
}

// spare is a statement that denies one sort of request less.
type spare struct {
	statement  policy.Statement
	key, value string
}

// pinned are the keys that tell where a request comes from, and the operator
// that spares one value of it.
var pinned = []struct{ key, operator string }{
	{"aws:SourceVpce", "StringNotEquals"},
	{"aws:SourceIp", "NotIpAddress"},
}

// spared are the ways to spare in st, which denies, what this request comes
// from: as a value of a condition that is there, or as one condition more.
func spared(s *scene, st policy.Statement) (found []spare) {
	for _, pin := range pinned {
		value := s.trace.Key(pin.key)
		if value == "absent" || value == "unknown" {
			continue
		}
		i := slices.IndexFunc(st.Conditions, func(c policy.Condition) bool {
			return c.Operator.Not && strings.EqualFold(c.Key.V, pin.key)
		})
		changed := st
		changed.Conditions = slices.Clone(st.Conditions)
		switch {
		case i >= 0:
			c := &changed.Conditions[i]
			c.Values = append(slices.Clone(c.Values), policy.Text{V: value})
		case slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return c.Operator.Not }):
			operator, _ := policy.ParseOperator(pin.operator)
			changed.Conditions = append(changed.Conditions, policy.Condition{
				Operator: operator, Key: policy.Text{V: pin.key}, Values: []policy.Text{{V: value}},
			})
		default:
			continue
		}
		found = append(found, spare{changed, pin.key, value})
	}
	return found
}
