package route

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route/seen"
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
	q := w.arrival(way, caller).Question(w.p.accounts)
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
func (w *walk) deniedAnyway(q *iampolicy.Request, caller seen.Caller, way way) bool {
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
func (w *walk) bucketPolicy(q *iampolicy.Request, caller seen.Caller, way way) bool {
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
func (w *walk) caller() seen.Caller {
	q := &w.trace.Request
	if q.Principal.Is() {
		c := seen.Caller{Account: w.p.t.Account(q.Principal.V.Account)}
		if c.Account == nil {
			c.Account = &topology.Account{Name: q.Principal.V.Account}
		}
		if q.Principal.V.Role != "" {
			c.ARN = seen.Role(w.asked.Partition(), c.Account.Name, q.Principal.V.Role)
		}
		return c
	}
	s := w.p.clients[w.trace.Client]
	if s.subnet == nil {
		return seen.Caller{Account: w.p.t.Account(topology.Main)}
	}
	v := s.subnet.VPC
	w.assume(unwritten(v.Account.State), key{"vpcs.", v.Name, ".account"}, topology.Main)
	return seen.Caller{Account: v.Account.V}
}

// sees fills in the condition keys that AWS sees, sorted, and shows them in the
// trace.
func (w *walk) sees(way way, caller seen.Caller) {
	w.keys = w.arrival(way, caller).Keys()
	w.trace.Context = make([]Key, len(w.keys))
	for i, k := range w.keys {
		w.trace.Context[i] = Key{k.Name, seen.Shown(k.Value)}
	}
}

// arrival is the request at AWS.
func (w *walk) arrival(way way, caller seen.Caller) seen.Arrival {
	a := seen.Arrival{Asked: &w.asked, Caller: caller, Owner: w.owner(), Endpoint: way.endpoint, Private: way.from.network}
	switch {
	case way.v6:
		a.Public = iampolicy.Is(way.from.network.Addr().String())
	case way.public.Is():
		a.Public = iampolicy.Is(way.public.V.String())
	}
	return a
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
	accounts := []*topology.Account{w.caller().Account, w.owner()}
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
	for _, k := range w.keys { // the same names every time
		w.named[k.Name] = k.Value
	}
	return w.named
}
