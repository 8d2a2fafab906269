package route_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Every answer has the form that readers count on, and words for each reason.
func TestTraceIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		got := s.traceWith(s.top, rapid.Bool().Draw(t, "strict"))
		path := got.Path()
		if !slices.Contains(topology.Verdicts(), string(got.Verdict)) || len(path) == 0 || path[0] != "client:"+s.client {
			t.Fatalf("verdict %q, path %v of\n%s", got.Verdict, path, s.story())
		}
		inWords(t, s, "the verdict "+string(got.Verdict), got.Because)
		for _, h := range got.Hops {
			inWords(t, s, h.String(), h.Because)
		}
		if !slices.IsSortedFunc(got.Context, func(a, b route.Key) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("keys are not sorted: %v", got.Context)
		}
		if !slices.IsSortedFunc(got.Assumed, func(a, b route.Assumption) int { return strings.Compare(a.Path, b.Path) }) {
			t.Errorf("assumptions are not sorted: %v", got.Assumed)
		}
	})
}

// inWords checks that b, the reason of what, has words in both languages. What
// the catalogue lacks shows as the bare code with its operands.
func inWords(t *rapid.T, s *scene, what string, b reason.Because) {
	t.Helper()
	for _, lang := range []reason.Lang{reason.English, reason.Japanese} {
		args := slices.Clone(b.Args)
		for _, p := range b.Parts {
			inWords(t, s, what, p)
			args = append(args, p.In(lang))
		}
		bare := strings.Join(append([]string{string(b.Code)}, args...), " ")
		if text := b.In(lang); text == "" || text == bare || strings.ContainsAny(text, "{}") {
			t.Errorf("the reason of %s is no sentence: %q (%+v)\n%s", what, text, b, s.story())
		}
	}
}

// ends are the hops at which a verdict's path ends: the gate that refuses, or
// what the request reached. Verdicts that are not here end before the hop that
// the request would have come to, whatever that is.
var ends = map[route.Verdict][]route.HopKind{
	route.Reached:                {route.AWSHop, route.InternetHop},
	route.DeniedByProxy:          {route.ProxyHop},
	route.DeniedByEndpointPolicy: {route.AWSHop},
	route.DeniedByResourcePolicy: {route.AWSHop},
	route.LBRejects:              {route.ALBHop},
	route.EndpointNotConnected:   {route.EndpointHop},
	route.ProxyProtocolMismatch:  {route.ProxyHop},
	route.DNSFails:               {route.ClientHop, route.ProxyHop},
}

// The parts of an answer say the same.
func TestTraceAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		got := s.trace(s.top)
		wrong := func(format string, args ...any) {
			t.Helper()
			t.Errorf("%s %v: "+format+"\n%s", append(append([]any{got.Verdict, got.Path()}, args...), s.story())...)
		}
		if len(got.Hops) == 0 {
			t.Skip("see TestTraceIsWhole")
		}
		last := got.Hops[len(got.Hops)-1]
		if kinds := ends[got.Verdict]; kinds != nil && !slices.Contains(kinds, last.Kind) {
			wrong("ends at %s", last)
		}
		crossed := len(got.Hops) > 1 && last.Kind == route.AWSHop && got.Hops[len(got.Hops)-2].Kind == route.EndpointHop
		if crossed != (got.Endpoint != nil) || crossed && "vpce:"+got.Crossed() != got.Hops[len(got.Hops)-2].String() {
			wrong("endpoint %s", got.Crossed())
		}
		if crossed && (got.Key("aws:SourceVpce") != got.Crossed() || got.Key("aws:SourceIp") != "absent") {
			wrong("aws:SourceVpce %s, aws:SourceIp %s", got.Key("aws:SourceVpce"), got.Key("aws:SourceIp"))
		}
		if last.Kind == route.AWSHop && !crossed && (got.Key("aws:SourceVpce") != "absent" || got.Key("aws:VpcSourceIp") != "absent") {
			wrong("aws:SourceVpce %s, aws:VpcSourceIp %s", got.Key("aws:SourceVpce"), got.Key("aws:VpcSourceIp"))
		}
		if starts := count(got, route.ClientHop); starts > 2 || starts == 2 != (got.Redirect != "") {
			wrong("starts %d times, redirect %q", starts, got.Redirect)
		}
		if misrouted := got.DNS.Answer == "link-local"; misrouted != (got.Verdict == route.IMDSMisrouted) || misrouted && got.Credentials == "own" {
			wrong("DNS %v, credentials %s", got.DNS, got.Credentials)
		}
		if last.Kind == route.AWSHop && (got.DNS.By == "none" || got.DNS.Answer == "not-resolved" || got.DNS.Answer == "none") {
			wrong("DNS %v", got.DNS)
		}
	})
}

func count(t route.Trace, kind route.HopKind) (n int) {
	for _, h := range t.Hops {
		if h.Kind == kind {
			n++
		}
	}
	return n
}
