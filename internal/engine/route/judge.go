package route

import (
	"net/netip"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// way is how a request came to AWS: what its condition keys say.
type way struct {
	endpoint  *topology.Endpoint
	from      source                       // the address in the VPC of who sent it last
	public    topology.Setting[netip.Addr] // the address on the internet
	publicKey key
	v6        bool
}

// judged asks the fifth question: which keys AWS sees, and what the policies
// of the endpoint and of the bucket make of them.
func (w *walk) judged(way way) bool {
	if !w.asked.AWS {
		w.end(Reached, reason.New("route.reached", w.asked.Host), diag.Pos{})
		return true
	}
	caller := w.caller()
	w.sees(way, caller)
	q := iampolicy.Request{
		Action: w.asked.Action, Resource: w.asked.ARN(), Names: w.p.idNames, IDs: w.p.ids,
		Principal: iampolicy.Principal{Account: caller.account.Name, ARN: caller.arn},
	}
	elsewhere := w.redirected() != "" && w.trace.Redirect == ""
	if e := way.endpoint; e != nil && !w.endpointPolicy(e, &q, way) {
		return w.trace.Verdict == Unknown && !elsewhere && w.deniedAnyway(&q, caller, way)
	}
	if elsewhere {
		return true // another Region's S3 asks no bucket policy
	}
	if w.redirected() != "" {
		return w.end(Unknown, reason.New("route.redirected.again", w.asked.Host, w.asked.Bucket), diag.Pos{})
	}
	return w.bucketPolicy(&q, caller, way)
}

// deniedAnyway asks the bucket policy about a request of which nobody can tell
// whether the endpoint's policy lets it through: what the bucket denies is
// denied. It returns false, as the request ends in either case.
func (w *walk) deniedAnyway(q *iampolicy.Request, caller caller, way way) bool {
	because, pos := w.trace.Because, w.trace.Pos
	w.bucketPolicy(q, caller, way)
	if w.trace.Verdict != DeniedByResourcePolicy {
		w.end(Unknown, because, pos)
	}
	return false
}

// endpointPolicy asks the policy of the endpoint that was crossed.
func (w *walk) endpointPolicy(e *topology.Endpoint, q *iampolicy.Request, way way) bool {
	k := key{"vpcs.", e.VPC.Name, ".endpoints.", e.Name, ".policy"}
	if w.open(e.Policy.State, k, "full") {
		return w.end(Unknown, reason.New("route.policy.unknown", e.Path()), e.Policy.Pos)
	}
	if unwritten(e.Policy.State) || e.Policy.V.Extent == policy.Full {
		return true
	}
	q.Context = w.context(way)
	return w.verdict(iampolicy.Endpoint(e.Policy.V, *q), DeniedByEndpointPolicy, e.Policy.Pos, way)
}

// verdict ends the request unless r allows it.
func (w *walk) verdict(r iampolicy.Result, denied Verdict, pos diag.Pos, way way) bool {
	if r.Ground.Pos.Line > 0 {
		pos = r.Ground.Pos
	}
	switch r.Verdict {
	case iampolicy.Allowed:
		w.end(Reached, r.Because(), pos)
		return true
	case iampolicy.Unknown:
		w.unsettled(way.from)
		w.assume(way.endpoint == nil && !way.public.Is(), way.publicKey, "not known")
		return w.end(Unknown, r.Because(), pos)
	case iampolicy.Denied:
	}
	return w.end(denied, r.Because(), pos)
}

// bucketPolicy asks the policy of the bucket. Only S3 has resources in the
// format.
func (w *walk) bucketPolicy(q *iampolicy.Request, caller caller, way way) bool {
	if w.asked.Service != "s3" || w.asked.Bucket == "" {
		w.end(Reached, reason.New("route.reached", w.asked.Host), diag.Pos{})
		return true
	}
	b := w.p.t.Bucket(w.asked.Bucket)
	if b == nil {
		if w.open(topology.NotWritten, key{"buckets.", w.asked.Bucket}, "the caller's, in the Region of the URL, without a policy") {
			return w.end(Unknown, reason.New("route.policy.unknown", w.asked.Bucket), diag.Pos{})
		}
		w.end(Reached, reason.New("route.reached", w.asked.Host), diag.Pos{})
		return true
	}
	w.assume(unwritten(b.Account.State), key{"buckets.", b.Name, ".account"}, topology.Main)
	if w.open(b.Policy.State, key{"buckets.", b.Name, ".policy"}, "none") {
		return w.end(Unknown, reason.New("route.policy.unknown", b.Name), b.Policy.Pos)
	}
	if len(b.Policy.V.Statements) > 0 {
		q.Context = w.context(way)
	}
	pos := b.Policy.Pos
	if pos.Line == 0 {
		pos = b.Pos
	}
	return w.verdict(iampolicy.Resource(b.Policy.V, b.Account.V.Name, *q), DeniedByResourcePolicy, pos, way)
}

// redirected returns the host that S3 sends the client to, empty if the bucket
// is where it was asked for.
func (w *walk) redirected() string {
	if w.asked.Service != "s3" || w.asked.Bucket == "" {
		return ""
	}
	if b := w.p.t.Bucket(w.asked.Bucket); b != nil && b.Region != w.asked.Region {
		return w.asked.Elsewhere(b.Region)
	}
	return ""
}

// caller is who signs the request.
type caller struct {
	account *topology.Account
	arn     string // of the role, empty if the request names none
}

func (w *walk) caller() caller {
	q := &w.trace.Request
	if q.Principal.Is() {
		c := caller{account: w.p.t.Account(q.Principal.V.Account)}
		if c.account == nil {
			c.account = &topology.Account{Name: q.Principal.V.Account}
		}
		if q.Principal.V.Role != "" {
			c.arn = "arn:aws:iam::" + c.account.Name + ":role/" + q.Principal.V.Role
		}
		return c
	}
	s := w.p.clients[w.trace.Client]
	if s.subnet == nil {
		return caller{account: w.p.t.Account(topology.Main)}
	}
	v := s.subnet.VPC
	w.assume(unwritten(v.Account.State), key{"vpcs.", v.Name, ".account"}, topology.Main)
	return caller{account: v.Account.V}
}

// idNames turns the ids that policies may use into the names of the topology.
func (p *Planner) idNames(sort iampolicy.Sort, name string) string {
	if sort == iampolicy.AccountName {
		if known, ok := p.accounts[name]; ok {
			return known
		}
	}
	return name
}

// ids turns names of the topology into the ids that ARNs hold: of accounts that
// have one. Organizations go by their id everywhere; networks and endpoints
// have none in a file.
func (p *Planner) ids(sort iampolicy.Sort, name string) (string, bool) {
	if sort == iampolicy.OrganizationName {
		return name, true
	}
	a := p.t.Account(name)
	if sort != iampolicy.AccountName || a == nil || !a.ID.Is() {
		return "", false
	}
	return a.ID.V, true
}

// value is what a condition key holds.
type value struct {
	name string
	is   iampolicy.Value
}

// sees fills in the condition keys that AWS sees, sorted, and shows them in the
// trace.
func (w *walk) sees(way way, caller caller) {
	owner := w.owner()
	if owner == nil {
		owner = caller.account
	}
	arn := iampolicy.Value{}
	if caller.arn != "" {
		arn = iampolicy.Is(caller.arn)
	}
	region := w.asked.Region
	if region == "global" {
		region = target.Global
	}
	from := w.origin(way)
	w.keys = [...]value{
		{"aws:PrincipalAccount", iampolicy.Is(caller.account.Name)},
		{"aws:PrincipalArn", arn},
		{"aws:PrincipalIsAWSService", iampolicy.Is("false")},
		{"aws:PrincipalOrgID", org(caller.account)},
		{"aws:RequestedRegion", iampolicy.Is(region)},
		{"aws:ResourceAccount", iampolicy.Is(owner.Name)},
		{"aws:ResourceOrgID", org(owner)},
		{"aws:SecureTransport", iampolicy.Is(strconv.FormatBool(w.asked.Secure))},
		{"aws:SourceIp", from.public},
		{"aws:SourceVpc", from.vpc},
		{"aws:SourceVpce", from.endpoint},
		{"aws:ViaAWSService", iampolicy.Is("false")},
		{"aws:VpcSourceIp", from.private},
		{"aws:VpceAccount", from.account},
		{"aws:VpceOrgID", from.org},
	}
	w.trace.Context = make([]Key, len(w.keys))
	for i, v := range w.keys {
		w.trace.Context[i] = Key{v.name, shownValue(v.is)}
	}
}

// origin are the condition keys that tell where a request came from.
type origin struct{ public, endpoint, vpc, private, account, org iampolicy.Value }

// origin returns those of way: through an endpoint all but the public address,
// else nothing but that. Source: IAM User Guide, AWS global condition context
// keys.
func (w *walk) origin(way way) origin {
	absent := iampolicy.Absent()
	o := origin{absent, absent, absent, absent, absent, absent}
	e := way.endpoint
	if e == nil {
		o.public = iampolicy.Value{}
		switch {
		case way.v6:
			o.public = iampolicy.Is(way.from.network.Addr().String())
		case way.public.Is():
			o.public = iampolicy.Is(way.public.V.String())
		}
		return o
	}
	o.endpoint, o.vpc, o.private = iampolicy.Is(e.Path()), iampolicy.Is(e.VPC.Name), iampolicy.Within(way.from.network)
	if w.asked.Service == "s3" {
		o.account, o.org = iampolicy.Is(e.VPC.Account.V.Name), org(e.VPC.Account.V)
	}
	return o
}

// shownValue returns v as the format writes it: some address of a network is not
// known.
func shownValue(v iampolicy.Value) string {
	if !v.Exact() {
		return "unknown"
	}
	return v.String()
}

// org is the organization of a: absent if it is in none.
func org(a *topology.Account) iampolicy.Value {
	if a.Org.Is() {
		return iampolicy.Is(a.Org.V)
	}
	return iampolicy.Absent()
}

// owner is the account that owns what is asked for, nil if the file does not
// tell: then it is taken to be the caller's.
func (w *walk) owner() *topology.Account {
	if b := w.p.t.Bucket(w.asked.Bucket); w.asked.Service == "s3" && b != nil {
		return b.Account.V
	}
	return nil
}

// context holds the condition keys as policies are asked with them, until it is
// called again. What they follow from is assumed only now.
func (w *walk) context(way way) iampolicy.Context {
	accounts := []*topology.Account{w.caller().account, w.owner()}
	if e := way.endpoint; e != nil && w.asked.Service == "s3" {
		w.assume(unwritten(e.VPC.Account.State), key{"vpcs.", e.VPC.Name, ".account"}, topology.Main)
		accounts = append(accounts, e.VPC.Account.V)
	}
	for _, a := range accounts {
		if a == nil {
			continue
		}
		w.assume(unwritten(a.Org.State), key{"accounts.", a.Name, ".org"}, "none")
		w.assume(unwritten(a.ID.State), key{"accounts.", a.Name, ".id"}, "none")
	}
	for _, v := range w.keys { // the same names every time
		w.named[v.name] = v.is
	}
	return w.named
}
