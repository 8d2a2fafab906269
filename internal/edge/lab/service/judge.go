package service

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/seen"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// judge asks the policies about a call of the stand-in, and notes in its visit
// what they say. Endpoint policy first; then the bucket's, but only where the
// bucket is.
func (a *AWS) judge(r *http.Request, c standin.Call) *standin.Denial {
	v, ok := r.Context().Value(visitKey{}).(*visit)
	if !ok {
		return &standin.Denial{Because: "because the request came in by no entry"} // nobody but answer calls the stand-in
	}
	v.operation(c)
	v.record.Asked = v.asked
	arrival := a.arrival(v, c)
	keys := arrival.Keys()
	for _, k := range keys {
		v.record.Context = append(v.record.Context, route.Key{Name: k.Name, Value: seen.Shown(k.Value)})
	}
	q := arrival.Question(a.known)
	q.Context = seen.Context(keys[:])
	stranger := arrival.Caller.Anonymous || !related(arrival.Caller.Account, arrival.Owner)
	if e := v.record.Entry.Endpoint; e != nil {
		if d := v.endpointPolicy(e, q, stranger); d != nil {
			return d
		}
	}
	b := a.t.Bucket(v.asked.Bucket)
	switch {
	case v.asked.Service != "s3" || b == nil:
		v.reached()
		return nil
	case b.Region != v.asked.Region:
		v.reached() // another Region's S3 asks no bucket policy
		v.record.Redirect = v.asked.Elsewhere(b.Region)
		return nil
	}
	return v.bucketPolicy(b, q, stranger)
}

// operation completes what is asked for by what the call does.
func (v *visit) operation(c standin.Call) {
	_, name, _ := strings.Cut(c.Operation, ":")
	if v.asked.Service == "s3" {
		v.asked.Action = c.Operation
		return
	}
	service, _, _ := strings.Cut(v.asked.Action, ":")
	v.asked.Action = service + ":" + name
}

// arrival is the request as AWS sees it.
func (a *AWS) arrival(v *visit, c standin.Call) seen.Arrival {
	source := v.record.Source.Addr().Unmap()
	if from := v.record.Entry.Source; from != nil {
		source = from(v.record.Source)
	}
	who := Identity{Account: topology.Main}
	if v.record.KeyID = c.AccessKey; c.AccessKey != "" {
		who = a.people.identity(a.standin.Who(c.AccessKey))
		v.record.Caller = who
	}
	arrival := seen.Arrival{
		Asked: &v.asked, Caller: seen.Caller{Account: a.account(who.Account), Anonymous: c.AccessKey == ""}, Endpoint: v.record.Entry.Endpoint,
		Private: netip.PrefixFrom(source, source.BitLen()), Public: iampolicy.Is(source.String()),
	}
	if who.Role != "" {
		arrival.Caller.ARN = seen.Role(v.asked.Partition(), who.Account, who.Role)
	}
	if b := a.t.Bucket(v.asked.Bucket); v.asked.Service == "s3" && b != nil {
		arrival.Owner = b.Account.V
	}
	return arrival
}

// account returns the account called name, which may be one that the topology
// does not have.
func (a *AWS) account(name string) *topology.Account {
	if known := a.t.Account(name); known != nil {
		return known
	}
	return &topology.Account{Name: name}
}

// related reports whether S3 tells caller why it is denied: it is of the
// bucket's account or organization (Amazon S3 User Guide, "Troubleshoot access
// denied (403 Forbidden) errors").
func related(caller, owner *topology.Account) bool {
	if owner == nil || owner.Name == caller.Name {
		return true
	}
	return owner.Org.Is() && caller.Org.Is() && owner.Org.V == caller.Org.V
}

// reached notes that nothing denies the request.
func (v *visit) reached() {
	v.record.Verdict, v.record.Because = route.Reached, reason.New("route.reached", v.asked.Host)
}

// endpointPolicy asks the policy of the endpoint that the request came through.
func (v *visit) endpointPolicy(e *topology.Endpoint, q iampolicy.Request, stranger bool) *standin.Denial {
	if e.Policy.State == topology.Unknown {
		return v.unknown(e.Path(), e.Policy.Pos)
	}
	if e.Policy.State == topology.NotWritten || e.Policy.V.Extent == policy.Full {
		return nil
	}
	return v.verdict(iampolicy.Endpoint(e.Policy.V, q), sort{route.DeniedByEndpointPolicy, "a VPC endpoint policy", "VPC endpoint policy"}, e.Policy.Pos, stranger)
}

// bucketPolicy asks the policy of the bucket.
func (v *visit) bucketPolicy(b *topology.Bucket, q iampolicy.Request, stranger bool) *standin.Denial {
	if b.Policy.State == topology.Unknown {
		return v.unknown(b.Name, b.Policy.Pos)
	}
	pos := b.Policy.Pos
	if pos.Line == 0 {
		pos = b.Pos
	}
	return v.verdict(iampolicy.Resource(b.Policy.V, b.Account.V.Name, q), sort{route.DeniedByResourcePolicy, "a resource-based policy", "resource-based policy"}, pos, stranger)
}

// sort is a sort of policies, and what AWS calls it.
type sort struct {
	denied   route.Verdict
	one, any string
}

// verdict notes r, and returns how AWS words it unless the request is allowed.
func (v *visit) verdict(r iampolicy.Result, of sort, pos diag.Pos, stranger bool) *standin.Denial {
	if r.Ground.Pos.Line > 0 {
		pos = r.Ground.Pos
	}
	v.record.Because, v.record.Pos = r.Because(), pos
	d := &standin.Denial{Resource: v.asked.ARN(), Terse: stranger}
	switch {
	case r.Verdict == iampolicy.Allowed:
		v.record.Verdict = route.Reached
		return nil
	case r.Verdict == iampolicy.Unknown:
		v.record.Verdict = route.Unknown
		d.Because = "because the lab cannot tell: " + r.Because().In(reason.English)
		return d
	case r.Basis == iampolicy.ByStatement:
		d.Because = "with an explicit deny in " + of.one
	default:
		d.Because = fmt.Sprintf("because no %s allows the %s action", of.any, v.asked.Action)
	}
	v.record.Verdict = of.denied
	return d
}

// unknown notes that nobody wrote what a policy says, and denies.
func (v *visit) unknown(name string, pos diag.Pos) *standin.Denial {
	v.record.Verdict, v.record.Because, v.record.Pos = route.Unknown, reason.New("route.policy.unknown", name), pos
	return &standin.Denial{Resource: v.asked.ARN(), Because: "because the lab cannot tell: " + v.record.Because.In(reason.English)}
}
