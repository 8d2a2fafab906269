package diagnose

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// checkProxy asks whether the first host on the way can be reached: the proxy,
// or, where none applies, the target itself.
func checkProxy(x *exam) Finding {
	tried := 0
	for _, a := range append(x.attempts(facts.ByProxy), x.metadataBy(facts.ByProxy)...) {
		tried++
		x.reachProxy(a)
	}
	for _, a := range x.attempts(facts.Direct) {
		tried++
		x.reachDirect(a)
	}
	switch {
	case tried == 0:
		return untested("proxy.not-tried")
	case len(x.attempts(facts.ByProxy)) == 0:
		return good("proxy.direct")
	}
	return good("proxy.fine", x.attempts(facts.ByProxy)[0].Proxy)
}

// metadataBy are the attempts at the metadata service.
func (x *exam) metadataBy(way facts.Way) (all []facts.Attempt) {
	for _, a := range x.Attempts {
		if a.Way == way && isMetadata(a.URL) {
			all = append(all, a)
		}
	}
	return all
}

// reachProxy looks at how an attempt found the proxy.
func (x *exam) reachProxy(a facts.Attempt) {
	address := Address(a.Proxy)
	f := Finding{Status: Fail, Verify: x.curl("-v -m 5", "-x", a.Proxy, "https://"+host(a.URL)+"/")}
	resolve, _ := a.Step(facts.Resolve)
	switch {
	case a.In(facts.Resolve, facts.NotFound, facts.Timeout, facts.Failed):
		f.Cause, f.Because, f.Fix = "proxy-dns", because("proxy.name", host(a.Proxy)), because("proxy.name.fix", host(a.Proxy))
		f.Evidence = []string{fmt.Sprintf("resolve %s: %s %s", host(a.Proxy), resolve.Outcome, resolve.Detail)}
		f.Verify = "getent ahosts " + x.word(host(a.Proxy))
		if x.OS == "windows" {
			f.Verify = "Resolve-DnsName " + x.word(host(a.Proxy))
		}
		x.once(f)
		return
	case a.In(facts.Dial, facts.OK):
		x.deadAddress(a)
		return
	case a.In(facts.Dial, facts.Refused):
		f.Cause, f.Because, f.Fix = "proxy-refused", because("proxy.refused", address), because("proxy.refused.fix")
	case a.In(facts.Dial, facts.Timeout, facts.Unreachable, facts.Failed, facts.Closed, facts.Reset):
		f.Cause, f.Because, f.Fix = "proxy-unreachable", because("proxy.unreachable", address), because("proxy.unreachable.fix")
	default:
		return
	}
	f.Evidence = dials(a)
	x.once(f)
}

// deadAddress finds a proxy of which one address answers and another does not:
// one zone of a load balancer. An address without a route, as those of IPv6 often
// are, costs no program any time.
func (x *exam) deadAddress(a facts.Attempt) {
	for _, s := range a.Steps {
		if s.Phase == facts.Dial && s.Outcome != facts.OK && s.Outcome != facts.Unreachable {
			address, _, _ := strings.Cut(s.Detail, " ")
			x.once(Finding{
				Status: Warn, Cause: "proxy-address-dead", Because: because("proxy.address", host(a.Proxy), address),
				Evidence: dials(a), Fix: because("proxy.address.fix", address), Verify: x.curl("-v -m 5", "http://"+address+"/"),
			})
			return
		}
	}
}

// silentAddress finds a target of which one address is silent and another
// answers: programs that try one after the other wait a minute for the first.
func (x *exam) silentAddress(a facts.Attempt) {
	for _, s := range a.Steps {
		if s.Phase == facts.Dial && s.Outcome == facts.Timeout {
			address, _, _ := strings.Cut(s.Detail, " ")
			x.once(Finding{
				Status: Warn, Cause: "address-dead", Because: because("direct.address", host(a.URL), address),
				Evidence: dials(a), Fix: because("direct.address.fix", address), Verify: x.curl("-v -m 5", a.URL),
			})
			return
		}
	}
}

// once reports f unless the same was said before.
func (x *exam) once(f Finding) {
	for i := range x.findings {
		if old := &x.findings[i]; old.Cause == f.Cause && old.Because.Code == f.Because.Code && fmt.Sprint(old.Because.Args) == fmt.Sprint(f.Because.Args) {
			return
		}
	}
	x.report(f)
}

// dials are the addresses that were dialled, as evidence.
func dials(a facts.Attempt) []string {
	var all []string
	for _, s := range a.Steps {
		if s.Phase == facts.Dial {
			all = append(all, fmt.Sprintf("dial %s: %s (%d ms)", s.Detail, s.Outcome, s.TookMS))
		}
	}
	return all
}

// reachDirect looks at how an attempt without a proxy went, unless an entry in
// the list of exceptions was to blame.
func (x *exam) reachDirect(a facts.Attempt) {
	failed, bad := a.Failure()
	if a.In(facts.Dial, facts.OK) {
		x.silentAddress(a)
	}
	if !bad || failed.Phase != facts.Resolve && failed.Phase != facts.Dial {
		return
	}
	name := host(a.URL)
	f := Finding{
		Status: Fail, Cause: "direct-no-route", Because: because("direct.no-route", name),
		Evidence: []string{shown(a, failed)},
		Fix:      because("direct.no-route.fix"), Commands: x.assign(x.whole(x.listWith(bypass...))...), Verify: x.again(a.URL),
	}
	switch addr, private := endpoint(a); {
	case private && failed.Outcome == facts.Timeout:
		f.Cause, f.Because, f.Fix = "endpoint-security-group", because("direct.endpoint", name, addr), because("direct.endpoint.fix")
		f.Commands = []string{x.endpoints(name)}
		f.Verify = x.curl("-sS -m 5 -w '%{http_code}'", a.URL)
	case x.excepted(a):
		return // noproxy-too-broad has it
	case failed.Phase == facts.Resolve:
		f.Because = because("direct.no-name", name)
	}
	if len(x.env.Unread) > 0 && !x.env.Proxied() {
		f.Because = because("direct.unseen", name)
	}
	if x.env.Proxied() && !x.excepted(a) {
		f.Cause, f.Because = unreadBy(x.program().ID), because("direct.unread", x.program().ID, name)
	}
	x.once(f)
}

// unreadBy is what it is called when a program takes no proxy from variables.
func unreadBy(program string) (cause string) {
	for _, known := range []struct{ part, cause string }{
		{"aws-sdk-js", "js-v3-noproxy"}, {"java", "java-unable"}, {"terraform", "terraform-sts-timeout"},
	} {
		if strings.Contains(program, known.part) {
			return known.cause
		}
	}
	return "direct-no-route"
}

// endpoint returns the private address that a's target resolved to, if it did.
func endpoint(a facts.Attempt) (string, bool) {
	s, ok := a.Step(facts.Resolve)
	if !ok || s.Outcome != facts.OK {
		return "", false
	}
	for word := range strings.FieldsSeq(s.Detail) {
		if addr, err := netip.ParseAddr(word); err == nil && netset.Classify(addr) == netset.Private {
			return word, true
		}
	}
	return "", false
}

// excepted reports whether a goes its way because of an entry.
func (x *exam) excepted(a facts.Attempt) bool {
	o, ok := x.compared(a)
	return ok && o.Way == facts.ByProxy
}

// endpoints lists the VPC endpoints that there are for the service of name.
func (x *exam) endpoints(name string) string {
	return "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws." + x.word(serviceOf(name))
}

// serviceOf turns "ssm.ap-northeast-1.amazonaws.com" around, as names of
// endpoint services have it.
func serviceOf(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) < 2 {
		return name
	}
	return parts[1] + "." + parts[0]
}
