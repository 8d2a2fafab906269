package diagnose

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// checkPath says which way the answers came, as far as one can see it from here.
func checkPath(x *exam) Finding {
	var evidence []string
	for _, a := range x.tried() {
		if _, bad := a.Failure(); bad {
			continue
		}
		way := "direct, public"
		if a.Way == facts.ByProxy {
			way = "proxy " + a.Proxy
		} else if addr, private := endpoint(a); private {
			way = "direct, private " + addr
		}
		evidence = append(evidence, host(a.URL)+": "+way)
	}
	if len(evidence) == 0 {
		return skip("not-reached", "answer")
	}
	f := good("path.fine")
	f.Evidence = evidence
	return f
}

// checkWebSocket asks whether a WebSocket can be opened where Session Manager
// keeps its channels, and whether it lives.
func checkWebSocket(x *exam) Finding {
	opened, wanted := 0, 0
	for _, a := range x.tried() {
		if isService(a.URL, "ssmmessages") {
			wanted++
		}
		s, ok := a.Step(facts.Upgrade)
		if !ok {
			continue
		}
		opened++
		f := Finding{
			Status: Fail, Evidence: []string{shown(a, s)}, Verify: x.again(a.URL),
			Cause: "ssm-hang-after-start", Because: because("websocket.stuck", host(a.URL)), Fix: because("websocket.stuck.fix"),
		}
		if s.Outcome != facts.OK || s.Status() != 101 && !isAWSAnswer(s) && (isPage(s) || x.answersAsAWS(a)) {
			x.once(f)
			continue
		}
		if idle, ok := a.Step(facts.Idle); ok && idle.Outcome != facts.OK {
			f.Cause, f.Because, f.Fix = "ssm-wss-1006", because("websocket.cut", host(a.URL), fmt.Sprint(idle.TookMS/1000)), because("websocket.cut.fix")
			f.Evidence = []string{shown(a, idle)}
			x.once(f)
		}
	}
	switch {
	case wanted == 0:
		return skip("websocket.none")
	case opened == 0:
		return skip("not-reached", "answer")
	}
	return good("websocket.fine")
}

// answersAsAWS reports whether a request on the same way was answered by AWS.
func (x *exam) answersAsAWS(a facts.Attempt) bool {
	s, ok := a.Step(facts.Request)
	return ok && isAWSAnswer(s)
}

// checkBody asks whether more than a few packets get through.
func checkBody(x *exam) Finding {
	sent := 0
	for _, a := range x.tried() {
		s, ok := a.Step(facts.Body)
		if !ok {
			continue
		}
		sent++
		if s.Outcome == facts.Timeout {
			x.once(Finding{
				Status: Fail, Cause: "mtu-blackhole", Because: because("body.stalls", host(a.URL)),
				Evidence: []string{shown(a, s)}, Fix: because("body.stalls.fix"),
				Commands: x.lowerMTU(), Verify: x.again(a.URL),
			})
		}
	}
	if sent == 0 {
		return skip("not-reached", "answer")
	}
	return good("body.fine")
}

// lowerMTU tries a smaller MTU, until the next start, on the interface of the
// default route.
func (x *exam) lowerMTU() []string {
	if x.OS != "linux" {
		return nil
	}
	return []string{`sudo ip link set dev "$(ip route show default | awk '{print $5; exit}')" mtu 1400`}
}

// checkIdentity says where the subject has its credentials from, and, where a
// signed request was asked for, what AWS makes of them.
func checkIdentity(x *exam) Finding {
	for _, a := range x.tried() {
		if s, ok := a.Step(facts.Identity); ok {
			_, said, _ := strings.Cut(s.Detail, " ")
			if s.Outcome == facts.OK {
				return good("identity.is", said[strings.LastIndex(said, " ")+1:])
			}
			x.identityRefused(a, s)
			return Finding{}
		}
	}
	if from := x.credentials(); from != "" {
		return good("identity.from", from)
	}
	for _, a := range x.metadataBy(facts.Direct) {
		if a.In(facts.Role, facts.OK) {
			return good("identity.role")
		}
	}
	return untested("identity.unseen")
}

// identityRefused is what AWS has against credentials, or against what became of
// their signature on the way.
func (x *exam) identityRefused(a facts.Attempt, s facts.Step) {
	f := Finding{Status: Fail, Evidence: []string{shown(a, s)}, Verify: "aws sts get-caller-identity"}
	set := func(cause, code string, args ...string) {
		f.Cause, f.Because, f.Fix = cause, because(code, args...), because(code+".fix")
	}
	text := s.Detail + s.Body
	switch {
	case strings.Contains(text, "Skewed"), strings.Contains(text, "Signature expired"), strings.Contains(text, "not yet current"):
		set("clock-skew", "answer.skewed", host(a.URL))
	case strings.Contains(text, "SignatureDoesNotMatch"):
		set("sig-mismatch-proxy", "identity.signature", host(a.URL))
	case strings.Contains(text, "VPC endpoint policy"):
		set("vpce-policy-deny", "answer.endpoint-policy", host(a.URL))
	default:
		set("credentials-invalid", "identity.invalid", s.Detail)
	}
	x.report(f)
}

// checkProxySide is for the machine on which the proxy runs.
func checkProxySide(*exam) Finding {
	f := skip("proxy-side")
	f.Commands = []string{"deguchi status"}
	return f
}
