// Package seen is a request as AWS sees it arrive: who calls, and the condition
// keys that follow from the way it came. Policies are asked with them, by the
// planner about ways that it predicts and by the lab about ways that were taken.
//
// It judges nothing: that is the business of package iampolicy.
package seen

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Caller is who signs a request.
type Caller struct {
	Account   *topology.Account // of Anonymous, the one that is asked
	ARN       string            // of the role; empty if it is not known, or none
	Anonymous bool              // nobody signed the request
}

// Role returns the ARN of a role in a partition, in the names of the topology.
func Role(partition, account, name string) string {
	return "arn:" + partition + ":iam::" + account + ":role/" + name
}

// Arrival is a request at AWS.
type Arrival struct {
	Asked  *target.Resource
	Caller Caller
	// Owner is the account of what is asked for; nil is the caller's.
	Owner *topology.Account
	// Endpoint is the VPC endpoint that the request came through; nil if it came
	// from the internet.
	Endpoint *topology.Endpoint
	// Private is where the address of the last sender lies in its network. Only
	// an endpoint shows it.
	Private netip.Prefix
	// Public is the last sender's address on the internet. The zero Value is
	// some address.
	Public iampolicy.Value
}

// Key is a condition key with what it holds.
type Key struct {
	Name  string
	Value iampolicy.Value
}

// Keys is how many condition keys an arrival has.
const Keys = 15

// Keys returns the condition keys that AWS sees, sorted by name.
func (a Arrival) Keys() [Keys]Key {
	owner := a.Owner
	if owner == nil {
		owner = a.Caller.Account
	}
	who := a.Caller.principal()
	region := a.Asked.Region
	if region == "global" {
		region = target.Global
	}
	from := a.origin()
	return [...]Key{
		{"aws:PrincipalAccount", who.account},
		{"aws:PrincipalArn", who.arn},
		{"aws:PrincipalIsAWSService", who.service},
		{"aws:PrincipalOrgID", who.org},
		{"aws:RequestedRegion", iampolicy.Is(region)},
		{"aws:ResourceAccount", iampolicy.Is(owner.Name)},
		{"aws:ResourceOrgID", org(owner)},
		{"aws:SecureTransport", iampolicy.Is(strconv.FormatBool(a.Asked.Secure))},
		{"aws:SourceIp", from.public},
		{"aws:SourceVpc", from.vpc},
		{"aws:SourceVpce", from.endpoint},
		{"aws:ViaAWSService", iampolicy.Is("false")},
		{"aws:VpcSourceIp", from.private},
		{"aws:VpceAccount", from.account},
		{"aws:VpceOrgID", from.org},
	}
}

// principal are the condition keys that tell who calls.
type principal struct{ account, arn, service, org iampolicy.Value }

// principal returns those of c. Of requests that nobody signed, the account is
// "anonymous" and the others are absent. Source: IAM User Guide, AWS global
// condition context keys.
func (c Caller) principal() principal {
	if c.Anonymous {
		absent := iampolicy.Absent()
		return principal{iampolicy.Is("anonymous"), absent, absent, absent}
	}
	p := principal{account: iampolicy.Is(c.Account.Name), service: iampolicy.Is("false"), org: org(c.Account)}
	if c.ARN != "" {
		p.arn = iampolicy.Is(c.ARN)
	}
	return p
}

// origin are the condition keys that tell where a request came from.
type origin struct{ public, endpoint, vpc, private, account, org iampolicy.Value }

// origin returns those of a: through an endpoint all but the public address,
// else nothing but that. Source: IAM User Guide, AWS global condition context
// keys.
func (a Arrival) origin() origin {
	absent := iampolicy.Absent()
	o := origin{absent, absent, absent, absent, absent, absent}
	e := a.Endpoint
	if e == nil {
		o.public = a.Public
		return o
	}
	o.endpoint, o.vpc, o.private = iampolicy.Is(e.Path()), iampolicy.Is(e.VPC.Name), iampolicy.Within(a.Private)
	if a.Asked.Service == "s3" {
		o.account, o.org = iampolicy.Is(e.VPC.Account.V.Name), org(e.VPC.Account.V)
	}
	return o
}

// org is the organization of a: absent if it is in none.
func org(a *topology.Account) iampolicy.Value {
	if a.Org.Is() {
		return iampolicy.Is(a.Org.V)
	}
	return iampolicy.Absent()
}

// Shown returns v as the format writes it: some address of a network is not
// known.
func Shown(v iampolicy.Value) string {
	if !v.Exact() {
		return "unknown"
	}
	return v.String()
}

// Question is what a policy is asked about a, without the condition keys: those
// are made only for policies that have statements.
func (a Arrival) Question(known Accounts) iampolicy.Request {
	who := iampolicy.Principal{Account: a.Caller.Account.Name, ARN: a.Caller.ARN}
	if a.Caller.Anonymous {
		who = iampolicy.Principal{Anonymous: true}
	}
	return iampolicy.Request{Action: a.Asked.Action, Resource: a.Asked.ARN(), Names: known.Names, IDs: known.IDs, Principal: who}
}

// Context returns keys as policies are asked with them.
func Context(keys []Key) iampolicy.Context {
	c := make(iampolicy.Context, len(keys))
	for _, k := range keys {
		c[k.Name] = k.Value
	}
	return c
}

// Accounts tells the names of a topology's accounts from their ids, and the
// other way round.
type Accounts struct {
	Names iampolicy.Names
	IDs   iampolicy.IDs
}

// AccountsOf returns those of t.
func AccountsOf(t *topology.Topology) Accounts {
	byID := map[string]string{}
	for _, a := range t.Accounts {
		if a.ID.Is() {
			byID[a.ID.V] = a.Name
		}
	}
	return Accounts{
		// What policies may use are ids, too.
		Names: func(sort iampolicy.Sort, name string) string {
			if known, ok := byID[name]; ok && sort == iampolicy.AccountName {
				return known
			}
			return name
		},
		// ARNs hold the ids of accounts that have one. Organizations go by their id
		// everywhere; networks and endpoints have none in a file.
		IDs: func(sort iampolicy.Sort, name string) (string, bool) {
			if sort == iampolicy.OrganizationName || sort == iampolicy.AccountName && isID(name) {
				return name, true
			}
			a := t.Account(name)
			if sort != iampolicy.AccountName || a == nil || !a.ID.Is() {
				return "", false
			}
			return a.ID.V, true
		},
	}
}

// isID reports whether name is the id of an account.
func isID(name string) bool {
	return len(name) == 12 && strings.Trim(name, "0123456789") == ""
}
