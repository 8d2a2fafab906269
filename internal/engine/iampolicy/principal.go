package iampolicy

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// String returns how reasons call p; empty if it is not known.
func (p Principal) String() string {
	switch {
	case p.Anonymous:
		return "anonymous"
	case p.Service != "":
		return p.Service
	case p.ARN != "":
		return p.ARN
	}
	return p.Account
}

func (m *matcher) principals(p *policy.Principals, effect policy.Effect) truth {
	if len(p.Names) == 0 {
		return yes
	}
	account := m.account
	if p.Not {
		account = func() truth { return m.exempt(effect) }
	}
	found := no
	for i := range p.Names {
		found = max(found, m.principal(&p.Names[i], account))
	}
	if p.Not {
		return found.not()
	}
	return found
}

// principal compares the caller with one name; account says whether the name of
// the caller's account covers the caller.
func (m *matcher) principal(p *policy.Principal, account func() truth) truth {
	who := &m.request.Principal
	if p.Sort == policy.Everyone {
		return yes
	}
	if who.Anonymous {
		return no
	}
	switch p.Sort {
	case policy.Service:
		if *who == (Principal{}) {
			return maybe
		}
		return is(who.Service == p.Name.V)
	case policy.Federated:
		return who.federated()
	case policy.Canonical: // which account that is, only S3 knows
		return min(maybe, is(who.Service == ""))
	case policy.AWS, policy.Everyone:
	}
	if who.Service != "" {
		return no
	}
	arn, isARN := cutARN(p.Name.V)
	name := p.Name.V
	if isARN {
		name = arn[accountSegment]
	}
	if m.request.Names != nil {
		name = m.request.Names(AccountName, name)
	}
	switch {
	case who.Account != "" && name != who.Account:
		return no
	case !isARN || arn[5] == "root":
		return account()
	case who.Account == "":
		return maybe
	}
	return identity(arn, who.ARN)
}

// federated reports whether p came by an identity provider. Sessions of roles
// may: "use this principal type in your policy to allow or deny access based on
// the trusted web identity provider" (IAM User Guide, "Principal"). By which, a
// request does not tell.
func (p Principal) federated() truth {
	arn, ok := cutARN(p.ARN)
	if role, _, _ := roleOf(arn[5]); p.Service != "" || ok && role == "" {
		return no
	}
	return maybe
}

// account reports whether the name of an account covers the caller, who is of
// that account if that is known. It covers all its identities.
func (m *matcher) account() truth {
	if m.request.Principal.Account == "" {
		return maybe
	}
	return yes
}

// exempt is account in NotPrincipal. Of a Deny it exempts the root user alone,
// for NotPrincipal has to list each of a caller's principals: account, role and
// session (IAM User Guide, "NotPrincipal": with Bob and his account listed, all
// principals except Bob are denied). Whom it exempts of an Allow is not said.
func (m *matcher) exempt(effect policy.Effect) truth {
	who := &m.request.Principal
	switch {
	case who.Account == "", who.ARN == "":
		return maybe
	case strings.HasSuffix(who.ARN, ":root"):
		return yes
	case effect == policy.Allow:
		return maybe
	}
	return no
}

// identity compares the ARN of an identity with that of the caller, who is of
// the same account.
func identity(arn [6]string, who string) truth {
	if who == "" {
		return maybe
	}
	caller, ok := cutARN(who)
	if !ok || caller[1] != arn[1] {
		return no
	}
	role, session, isSession := roleOf(arn[5])
	callerRole, callerSession, callerIsSession := roleOf(caller[5])
	switch {
	case role == "" || callerRole == "":
		return is(arn[2] == caller[2] && arn[5] == caller[5])
	case role != callerRole && strings.EqualFold(role, callerRole):
		return maybe // of an account's roles, two never differ in case alone (IAM User Guide, "IAM name requirements")
	case !isSession && !callerIsSession:
		return is(arn[5] == caller[5])
	case role != callerRole:
		return no
	case isSession && callerIsSession:
		return is(session == callerSession)
	case isSession: // of a session of the role nobody said which
		return maybe
	}
	return yes
}

// roleOf returns the name of the role in the last part of an ARN: of a role
// without its path, or of an assumed role with the session. It is empty of
// other identities.
func roleOf(resource string) (role, session string, isSession bool) {
	if path, ok := strings.CutPrefix(resource, "role/"); ok {
		return path[strings.LastIndexByte(path, '/')+1:], "", false
	}
	rest, ok := strings.CutPrefix(resource, "assumed-role/")
	if !ok {
		return "", "", false
	}
	role, session, _ = strings.Cut(rest, "/")
	return role, session, true
}
