// Package policy holds AWS policies as a person wrote them: the elements of
// every statement, with their places. It reads them from a list of statements
// in a topology (Type) and from a JSON policy document (Read), and reports all
// that is wrong at once. What a policy says about a request is the question of
// engine/iampolicy.
//
// Of AWS's condition operators it refuses, as errors, the ones that no key of
// the planner needs: Numeric… (6), Date… (6), BinaryEquals, and every operator
// behind ForAnyValue: or ForAllValues:. NullIfExists does not exist at AWS
// either. Operator names are spelled as AWS documents them.
package policy

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Text is a text of the policy with its place.
type Text = yamldoc.At[string]

// Policy is a policy. The zero Policy has no statement and allows nothing.
type Policy struct {
	Extent     Extent
	Statements []Statement // of an Extent Written
	Literal    bool        // no policy variables: the document's Version is not 2012-10-17
}

// Extent says how much of a policy is told.
type Extent uint8

// The extents.
const (
	Written Extent = iota // its statements are all there is
	Full                  // it allows everything: the default of an endpoint
	Unknown               // there is one, and nobody said what it holds
)

// Statement is one statement. A missing element matches everything.
type Statement struct {
	Pos        diag.Pos
	Sid        string
	Effect     Effect
	Principal  Principals
	Action     Patterns
	Resource   Patterns
	Conditions []Condition // all must hold
}

// Effect is what a statement does to the requests that it matches.
type Effect uint8

// The effects. The zero Effect denies.
const (
	Deny Effect = iota
	Allow
)

// String returns the effect as policies write it.
func (e Effect) String() string { return effects[e] }

var effects = [...]string{Deny: "Deny", Allow: "Allow"}

// Patterns is Action, NotAction, Resource or NotResource. Without texts it was
// not written.
type Patterns struct {
	Not   bool // NotAction, NotResource: matches what no text matches
	Texts []Text
}

// Principals is Principal or NotPrincipal. Without names it was not written.
type Principals struct {
	Not   bool
	Names []Principal
}

// Principal is one who may be meant.
type Principal struct {
	Sort PrincipalSort
	Name Text
}

// PrincipalSort says what a principal's name is.
type PrincipalSort uint8

// The sorts of principals.
const (
	Everyone  PrincipalSort = iota // "*", also as {AWS: "*"}; includes anonymous requests
	AWS                            // an account, or the ARN of an identity of one
	Service                        // "logging.s3.amazonaws.com"
	Federated                      // an identity provider
	Canonical                      // the canonical user id of an account
)

// Condition is one operator with one key. It compares the key of the request
// with every value; one that matches is enough.
type Condition struct {
	Operator Operator
	Key      Text // as written; case does not matter
	Values   []Text
}

// Prefix reads a value of IpAddress: a network or an address. Host bits may be
// set; AWS ignores them. IPv4 in the form of IPv6 is IPv4.
func Prefix(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
		}
		return p.Masked(), true
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, false
	}
	addr = addr.Unmap()
	return netip.PrefixFrom(addr, addr.BitLen()), true
}
