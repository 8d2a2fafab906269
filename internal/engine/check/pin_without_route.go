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
		if !b.Policy.Is() {
			continue
		}
		var seen *arrivals
		for _, s := range b.Policy.V.Statements {
			for _, c := range s.Conditions {
				key := strings.ToLower(c.Key.V)
				if key != "aws:sourcevpce" && key != "aws:sourcevpc" && key != "aws:sourceip" || c.Operator.Test == policy.Null || len(c.Values) == 0 {
					continue
				}
				if seen == nil {
					seen = f.arrivals(b)
				}
				f.pin(b, c, key, seen)
			}
		}
	}
}

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

// pin reports the condition c of b's policy if what it names is not among seen.
func (f *finder) pin(b *topology.Bucket, c policy.Condition, key string, seen *arrivals) {
	if seen.unknown || !seen.public && len(seen.endpoints) == 0 {
		return
	}
	value := c.Values[0]
	if key == "aws:sourceip" {
		if !seen.public {
			f.addAt(diag.Warning, value, say("DG3604.address", b.Name, value.V)).Hint = say("DG3604.hint.address")
		}
		return
	}
	crossed, code, known := seen.endpoints, reason.Code("DG3604"), f.knowsEndpoint
	if key == "aws:sourcevpc" {
		crossed, code, known = seen.vpcs, "DG3604.vpc", func(name string) bool { return f.t.VPC(name) != nil }
	}
	for _, v := range c.Values {
		if crossed[v.V] || !known(v.V) {
			return
		}
	}
	p := f.addAt(diag.Warning, value, say(code, b.Name, value.V))
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
