package blueprint

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// verdicts are what dropped packets come to.
var verdicts = map[Cause]route.Verdict{
	Unrouted: route.NoRoute, Stray: route.NoRoute, Beyond: route.NoRoute, Outside: route.NoRoute,
	NoAddress: route.TimesOut, FromItself: route.TimesOut, NotMine: route.TimesOut, Closed: route.TimesOut, NoTarget: route.TimesOut,
	NotConnected: route.EndpointNotConnected,
	GroupOut:     route.DeniedBySecurityGroup, GroupIn: route.DeniedBySecurityGroup,
	ACL: route.DeniedByNetworkACL,
}

// reasons are what the reasons of a proxy that refuses come to. What it could
// not reach, counters tell better.
var reasons = map[string]route.Verdict{
	"no-rule": route.DeniedByProxy, "rule-denies": route.DeniedByProxy, "unknown-client": route.DeniedByProxy,
	"link-local": route.DeniedByProxy, "private-address": route.DeniedByProxy, "own-address": route.DeniedByProxy, "special-address": route.DeniedByProxy,
	"dns-fail": route.DNSFails, "dns-timeout": route.DNSFails,
	ByList: route.DeniedByProxy, ByLookup: route.DNSFails, ByBalancer: route.LBRejects,
	ByHeader: route.ProxyProtocolMismatch,
}

// Reasons of those who are not our own proxy.
const (
	ByList     = "list"     // another proxy's access list
	ByLookup   = "lookup"   // another proxy found no address
	ByBalancer = "balancer" // a load balancer for HTTP does not know CONNECT
	ByHeader   = "header"   // PROXY protocol where none is expected, or none where it is
)

// verdict finds what the request came to: what AWS said, else what dropped its
// packets, else who refused it.
func (r *reader) verdict() {
	a := &r.answer
	a.Credentials = "own"
	if r.Role != "" {
		a.Credentials = r.Role
	}
	if r.Role != "" && r.Role != "own" {
		a.Verdict, a.Because = route.IMDSMisrouted, "credentials "+r.Role
		return
	}
	if n := len(r.Calls); n > 0 {
		if c := r.Calls[n-1]; c.Redirect == "" {
			a.Verdict, a.Context, a.Because = c.Verdict, c.Context, "AWS answered"
			return
		}
	}
	if d := r.stopped(); d != nil {
		a.Verdict, a.Because = d.verdict(), fmt.Sprintf("%s dropped %d: %s", d.Node, d.Packets, d.Drop)
		return
	}
	for _, x := range r.Refused {
		if x.Reason == "bad-request" && x.Host == "" {
			x.Reason = ByHeader // all clients speak HTTP: somebody said something before them
		}
		if v, ok := reasons[x.Reason]; ok {
			a.Verdict, a.Because = v, fmt.Sprintf("%s refused %s: %s", x.Node, x.Host, x.Reason)
			return
		}
	}
	if r.Failure == FailedLookup || a.DNS.Answer == "none" {
		a.Verdict, a.Because = route.DNSFails, "no address"
	}
}

// stopped is what stopped the request, nil if nothing dropped it. A filter says
// more than a missing route: where a name has addresses of two families, one may
// have no route and the other one.
func (r *reader) stopped() (found *Dropped) {
	for i := range r.Dropped {
		d := &r.Dropped[i]
		if d.Packets > 0 && (found == nil || found.verdict() == route.NoRoute && d.verdict() != route.NoRoute) {
			found = d
		}
	}
	return found
}

// verdict is what d comes to: an answer that does not come back is a missing way
// back, unless a filter stopped it.
func (d *Dropped) verdict() route.Verdict {
	v := verdicts[d.Drop.Cause]
	if d.Answer && v == route.TimesOut {
		return route.NoRoute
	}
	return v
}

// answers marks counters of answers that were dropped.
const answers = " answers"

// Answers is the name of the counter for answers that d drops.
func (d Drop) Answers() string { return d.String() + answers }

// ParseDrop reads the name of a counter, as String and Answers write it; false
// for other counters.
func ParseDrop(name string) (d Drop, answer, ok bool) {
	name, answer = strings.CutSuffix(name, answers)
	rest, at, _ := strings.Cut(name, " @")
	cause, about, _ := strings.Cut(rest, " ")
	d = Drop{Cause: Cause(cause), At: at, For: about}
	_, ok = verdicts[d.Cause]
	return d, answer, ok
}
