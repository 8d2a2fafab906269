package iampolicy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// judges are the two questions that can be asked of a policy.
func judges(t *rapid.T) func(policy.Policy, Request) Result {
	owner := rapid.SampledFrom(owners).Draw(t, "owner")
	if rapid.Bool().Draw(t, "endpoint") {
		return Endpoint
	}
	return func(p policy.Policy, q Request) Result { return Resource(p, owner, q) }
}

// TestTellingMoreNeverTurnsAnAnswer: what is decided without a fact stays so
// when the fact is told. So unknown is never allowed: where telling could deny,
// the answer was not "allowed".
func TestTellingMoreNeverTurnsAnAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, judge := anyPolicy(t), anyRequest(t), judges(t)
		less := forget(t, q)
		before, after := judge(p, less), judge(p, q)
		if before.Verdict != Unknown && before.Verdict != after.Verdict {
			t.Fatalf("%v for %+v, and %v for %+v, which tells more\npolicy %+v", before.Verdict, less, after.Verdict, q, p)
		}
	})
}

// TestUnknownOnlyWhereSomethingIsNotTold: who tells everything gets an answer.
// Canonical ids are never told, nor is the session of a role.
func TestUnknownOnlyWhereSomethingIsNotTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, judge := anyPolicy(t), anyRequest(t), judges(t)
		for _, s := range p.Statements {
			for _, c := range s.Conditions {
				if c.Operator.Test == policy.IP && c.Key.V != "aws:SourceIp" {
					t.Skip("compares what is no address")
				}
				if c.Operator.Test == policy.ARN && (c.Key.V != "aws:PrincipalArn" || slices.ContainsFunc(c.Values, func(v policy.Text) bool { return v.V == "*" })) {
					t.Skip("compares what is no ARN")
				}
			}
			for _, n := range s.Principal.Names {
				if s.Effect == policy.Allow && s.Principal.Not && n.Sort == policy.AWS {
					t.Skip("asks whom the name of an account exempts of an Allow")
				}
				if n.Sort == policy.Canonical || n.Name.V == "arn:aws:sts::111111111111:assumed-role/app/i-1" {
					t.Skip("asks for what is never told")
				}
			}
		}
		if r := judge(p, q); r.Verdict == Unknown {
			t.Fatalf("unknown for %+v: %v\npolicy %+v", q, r.Because(), p)
		}
	})
}

func TestAnotherDenyNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, judge := anyPolicy(t), forget(t, anyRequest(t)), judges(t)
		deny := anyStatement(t)
		deny.Effect = policy.Deny
		stricter := p
		stricter.Statements = slices.Insert(slices.Clone(p.Statements), rapid.IntRange(0, len(p.Statements)).Draw(t, "at"), deny)
		if before, after := judge(p, q), judge(stricter, q); after.Verdict > before.Verdict {
			t.Fatalf("%v, and %v with another Deny\nrequest %+v\npolicy %+v", before.Verdict, after.Verdict, q, stricter)
		}
	})
}

func TestWithoutAnAllowNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, judge := anyPolicy(t), forget(t, anyRequest(t)), judges(t)
		allows := slices.IndexFunc(p.Statements, func(s policy.Statement) bool { return s.Effect == policy.Allow })
		if allows < 0 {
			return
		}
		stricter := p
		stricter.Statements = slices.Delete(slices.Clone(p.Statements), allows, allows+1)
		if before, after := judge(p, q), judge(stricter, q); after.Verdict > before.Verdict {
			t.Fatalf("%v, and %v without statement %d\nrequest %+v\npolicy %+v", before.Verdict, after.Verdict, allows+1, q, p)
		}
	})
}

// TestOrderOfStatementsDecidesNothing: and the ground is a statement of the
// effect that the verdict says.
func TestOrderOfStatementsDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, judge := anyPolicy(t), forget(t, anyRequest(t)), judges(t)
		turned := p
		turned.Statements = rapid.Permutation(p.Statements).Draw(t, "order")
		before, after := judge(p, q), judge(turned, q)
		if before.Verdict != after.Verdict || before.Basis != after.Basis {
			t.Fatalf("%v, and %v in another order\nrequest %+v\npolicy %+v", before, after, q, p)
		}
		if n := before.Ground.Number; before.Basis == ByStatement && before.Verdict != Unknown &&
			(p.Statements[n-1].Effect == policy.Allow) != (before.Verdict == Allowed) {
			t.Fatalf("%v by statement %d of %+v", before.Verdict, n, p)
		}
	})
}
