package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// pinWithoutRoute finds bucket policies pinned to an endpoint or a VPC that no
// client's way to the bucket crosses, or to an address where every way comes by
// an endpoint and there is no aws:SourceIp.
//
// Story B; symptom sourcevpce-deny; IAM user guide, "AWS global condition context
// keys". Behind a proxy the keys describe the proxy, not its client.
func pinWithoutRoute(f *finder) {
	for _, b := range f.t.Buckets {
		var seen *arrivals
		for _, s := range b.Policy.V.Statements {
			pins := slices.DeleteFunc(slices.Clone(s.Conditions), func(c policy.Condition) bool { return !isPin(c) })
			if len(pins) == 0 {
				continue
			}
			if seen == nil {
				seen = f.arrivals(b)
			}
			// One that is met is enough: a statement may name an endpoint for
			// some and an address for others.
			if !slices.ContainsFunc(pins, func(c policy.Condition) bool { return f.met(c, seen) }) {
				f.pin(b, pins[0], seen)
			}
		}
	}
}

// isPin reports whether c asks where a request comes from.
func isPin(c policy.Condition) bool {
	return slices.Contains([]string{sourceVpce, sourceVpc, sourceIP}, strings.ToLower(c.Key.V)) && c.Operator.Test != policy.Null
}

// The keys of pins, in small letters.
const sourceVpce, sourceVpc, sourceIP = "aws:sourcevpce", "aws:sourcevpc", "aws:sourceip"

// arrivals are the ways to one bucket that end at S3.
type arrivals struct {
	endpoints map[string]bool // by path
	vpcs      map[string]bool
	public    bool // one comes without an endpoint
	unknown   bool // of one nobody can tell
}

// arrivals asks for b on behalf of every client.
func (f *finder) arrivals(b *topology.Bucket) *arrivals {
	seen := &arrivals{endpoints: make(map[string]bool), vpcs: make(map[string]bool)}
	for _, c := range f.t.Clients {
		t := f.asked.trace(f.asked.plain[c], b.Name+"."+regional("s3", b.Region), "/a")
		switch {
		case t.Endpoint != nil:
			seen.endpoints[t.Endpoint.Path()], seen.vpcs[t.Endpoint.VPC.Name] = true, true
		case len(t.Context) > 0:
			seen.public = true
		case t.Verdict == route.Unknown:
			seen.unknown = true
		}
	}
	return seen
}

// met reports whether c names what is among seen, or what nobody can tell.
func (f *finder) met(c policy.Condition, seen *arrivals) bool {
	if seen.unknown || !seen.public && len(seen.endpoints) == 0 {
		return true
	}
	switch strings.ToLower(c.Key.V) {
	case sourceIP:
		return seen.public
	case sourceVpc:
		return slices.ContainsFunc(c.Values, func(v policy.Text) bool { return seen.vpcs[v.V] || f.t.VPC(v.V) == nil })
	}
	return slices.ContainsFunc(c.Values, func(v policy.Text) bool { return seen.endpoints[v.V] || !f.knowsEndpoint(v.V) })
}

// pin reports the condition c of b's policy, which nobody meets.
func (f *finder) pin(b *topology.Bucket, c policy.Condition, seen *arrivals) {
	crossed, code := seen.endpoints, reason.Code("DG3604")
	switch strings.ToLower(c.Key.V) {
	case sourceIP:
		f.addAt(diag.Warning, c.Values[0], say("DG3604.address", b.Name, c.Values[0].V)).Hint = say("DG3604.hint.address")
		return
	case sourceVpc:
		crossed, code = seen.vpcs, "DG3604.vpc"
	}
	p := f.addAt(diag.Warning, c.Values[0], say(code, b.Name, c.Values[0].V))
	p.Hint = say("DG3604.hint.none")
	if len(crossed) > 0 {
		p.Hint = say("DG3604.hint", strings.Join(slices.Sorted(maps.Keys(crossed)), ", "))
	}
}

// knowsEndpoint reports whether name is "vpc/endpoint" of the file.
func (f *finder) knowsEndpoint(name string) bool {
	vpc, endpoint, _ := strings.Cut(name, "/")
	v := f.t.VPC(vpc)
	return v != nil && v.Endpoint(endpoint) != nil
}
