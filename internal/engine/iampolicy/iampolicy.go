// Package iampolicy says what an endpoint policy or a resource policy makes of
// a request: allowed, denied or unknown, with the statement and the condition
// that decided. When nothing allows, it names the statement that came nearest
// and what it lacked.
//
//	r := iampolicy.Resource(bucketPolicy, owner, request)
//	fmt.Println(r.Verdict, r.Because().In(reason.English))
//
// Everything the request does not tell is unknown, and unknown is never allowed.
// The evaluation follows the IAM User Guide; what it was compared with
// is in testdata/cases.json and corners.json, and where AWS's documentation
// settled a difference, in settled.json. What it leaves open is unknown.
//
// It does not know identity policies, permission boundaries, session policies,
// SCPs or RCPs: those are taken to allow. It does not fill in the keys of a
// request; engine/route does.
package iampolicy

import "github.com/deguchi-project/deguchi/internal/model/policy"

// Verdict is what a policy makes of a request. The zero Verdict denies.
type Verdict uint8

// The verdicts.
const (
	Denied Verdict = iota
	Unknown
	Allowed
)

// String returns "denied", "unknown" or "allowed".
func (v Verdict) String() string { return verdicts[v] }

var verdicts = [...]string{Denied: "denied", Unknown: "unknown", Allowed: "allowed"}

// Request is what a policy judges.
type Request struct {
	// Action is "s3:GetObject". "ssm:" is an action of that service that
	// nobody named: only patterns that match the empty name match it. Empty is
	// some action of some service.
	Action string
	// Resource is one ARN, or empty if it is not known. A request about
	// several resources is several requests.
	Resource  string
	Principal Principal
	Context   Context
	Names     Names // nil: every name in a policy stands for itself
	IDs       IDs   // nil: the values of keys are ids already
}

// Principal is who asks. The zero Principal is nobody knows who.
type Principal struct {
	Anonymous bool   // the request is not signed
	Service   string // an AWS service calls for itself: "logging.s3.amazonaws.com"
	Account   string // of the identity that asks, as Names returns it; empty if not known
	// ARN is the identity: a role, user, session or the root of Account. Empty
	// is some identity of Account.
	ARN string
}

// Evaluate returns what p alone makes of q: some Allow must match, and no Deny.
func Evaluate(p policy.Policy, q Request) Result {
	switch p.Extent {
	case policy.Full:
		return Result{Verdict: Allowed, Basis: WholePolicy}
	case policy.Unknown:
		return Result{Verdict: Unknown, Basis: WholePolicy}
	case policy.Written:
	}
	e := evaluate(&p, &q)
	switch {
	case e.deny.truth == yes:
		return e.result(Denied, ByStatement, &e.deny)
	case e.allow.truth == no:
		return e.result(Denied, NoAllow, &e.allow)
	case e.deny.truth == maybe:
		return e.result(Unknown, ByStatement, &e.deny)
	case e.allow.truth == maybe:
		return e.result(Unknown, ByStatement, &e.allow)
	default:
		return e.result(Allowed, ByStatement, &e.allow)
	}
}

// Endpoint returns what the policy of a VPC endpoint makes of q. The zero policy
// is one that allows nothing; an endpoint without one has a full policy.
func Endpoint(p policy.Policy, q Request) Result { return Evaluate(p, q) }

// Resource returns what the policy of a resource of the account owner makes of
// q. A caller of that account needs no Allow there: its identity policies are
// taken to allow. Everyone else does. The zero policy is a resource without one.
func Resource(p policy.Policy, owner string, q Request) Result {
	own := isOwn(owner, q.Principal)
	if own == yes && p.Extent == policy.Written {
		e := evaluate(&p, &q)
		switch e.deny.truth {
		case yes:
			return e.result(Denied, ByStatement, &e.deny)
		case maybe:
			return e.result(Unknown, ByStatement, &e.deny)
		case no:
			return Result{Verdict: Allowed, Basis: OwnAccount}
		}
	}
	r := Evaluate(p, q)
	if r.Basis == NoAllow && len(p.Statements) == 0 {
		r.Basis = Stranger
	}
	if r.Verdict == Denied && r.Basis != ByStatement && own == maybe {
		r.Verdict = Unknown // of the owner's account it would need no Allow
		r.Basis = Stranger
	}
	return r
}

// isOwn reports whether who is of the account owner.
func isOwn(owner string, who Principal) truth {
	switch {
	case who.Anonymous, who.Service != "":
		return no
	case owner == "", who.Account == "":
		return maybe
	}
	return is(owner == who.Account)
}

// evaluation is what the statements of a policy come to.
type evaluation struct {
	policy      *policy.Policy
	matcher     matcher
	deny, allow best
}

// best is the statement of an effect that matches best, the first of several;
// of those that do not match, the one that came nearest.
type best struct {
	match
	number int // counts from 1; 0 if there is none
}

// evaluate tries every statement.
func evaluate(p *policy.Policy, q *Request) evaluation {
	e := evaluation{policy: p, matcher: matcher{request: q, literal: p.Literal}}
	for i := range p.Statements {
		b := &e.deny
		if p.Statements[i].Effect == policy.Allow {
			b = &e.allow
		}
		m := e.matcher.statement(&p.Statements[i])
		if b.number == 0 || m.truth > b.truth || m.truth == no && b.truth == no && m.part > b.part {
			*b = best{m, i + 1}
		}
	}
	return e
}

// result returns a verdict with b as its ground.
func (e *evaluation) result(v Verdict, basis Basis, b *best) Result {
	r := Result{Verdict: v, Basis: basis}
	if b.number > 0 {
		r.Ground = e.matcher.ground(&e.policy.Statements[b.number-1], b.match)
		r.Ground.Number = b.number
	}
	return r
}
