package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// both ways, the one through the proxy first.
func (x *exam) tried() []facts.Attempt {
	return append(x.attempts(facts.ByProxy), x.attempts(facts.Direct)...)
}

// checkTLS looks at the handshake with the target.
func checkTLS(x *exam) Finding {
	shook := 0
	var evidence []string
	for _, a := range x.tried() {
		s, ok := a.Step(facts.TLS)
		if !ok {
			continue
		}
		shook++
		if s.Outcome != facts.OK {
			x.handshake(a, s)
			continue
		}
		evidence = append(evidence, shown(a, s))
		x.bundleLacks(a, s)
		x.ownAuthorities(a, s)
	}
	if shook == 0 {
		return skip("not-reached", "connect")
	}
	f := good("tls.fine", fmt.Sprint(shook))
	f.Evidence = evidence
	return f
}

// bundleLacks finds an AWS_CA_BUNDLE that does not hold the CA by which others
// trust the target: for programs of Python's SDK it takes the place of the
// system's CAs.
func (x *exam) bundleLacks(a facts.Attempt, s facts.Step) {
	_, by, known := strings.Cut(s.Detail, "trusted by ")
	bundle, set := x.env.Value("AWS_CA_BUNDLE")
	reads := x.program().Family() == "botocore" || strings.HasPrefix(x.program().ID, "aws-cli")
	if !known || !set || bundle == "" || !reads || strings.Contains(by, "AWS_CA_BUNDLE") || x.unreadBundle("AWS_CA_BUNDLE") {
		return
	}
	x.once(Finding{
		Status: Fail, Cause: "ca-bundle-incomplete", Because: because("tls.bundle-lacks", bundle, host(a.URL), by),
		Evidence: []string{shown(a, s)}, Fix: because("tls.bundle-lacks.fix"), Commands: []string{"unset AWS_CA_BUNDLE"},
		Verify: x.curl("-sS", "--cacert", bundle, a.URL),
	})
}

// unreadBundle reports whether the file of a variable could not be read: that
// was said already.
func (x *exam) unreadBundle(name string) bool {
	return slices.ContainsFunc(x.Sources, func(s facts.Source) bool {
		return s.Form == facts.PEM && strings.HasPrefix(s.Name, name+"=") && s.Err != ""
	})
}

// handshake turns a failed one into a finding.
func (x *exam) handshake(a facts.Attempt, s facts.Step) {
	name := host(a.URL)
	f := Finding{Status: Fail, Evidence: []string{shown(a, s)}, Verify: x.curl("-v -m 10", a.URL)}
	set := func(cause, code string, args ...string) {
		f.Cause, f.Because, f.Fix = cause, because(code, args...), because(code+".fix")
	}
	switch {
	case s.Outcome == facts.Untrusted && strings.Contains(s.Detail, facts.OutOfTime):
		set("clock-skew", "tls.out-of-time", name, s.Detail)
		f.Commands, f.Verify = x.setClock()
	case s.Outcome == facts.Untrusted && isService(a.URL, "ssmmessages"):
		set("ssm-bad-cert", "tls.channel-intercepted", name, s.Detail)
	case s.Outcome == facts.Untrusted:
		set("tls-intercept", "tls.intercepted", name, s.Detail)
		f.Commands = x.assign(pair{"AWS_CA_BUNDLE", "/path/to/corporate-ca.pem"})
	case a.In(facts.TLSClassic, facts.OK):
		set("go-pq-clienthello", "tls.large-hello", name)
		f.Commands = x.assign(pair{"GODEBUG", "tlsmlkem=0"})
	case s.Outcome == facts.Timeout:
		set("proxy-hang", "tls.silent", name)
	case s.Outcome == facts.Reset:
		set("proxy-closed", "tls.reset", name)
	case s.Outcome == facts.NotTLS:
		set("tunnel-not-tls", "tls.not-tls", name)
	case s.Outcome == facts.Failed && strings.Contains(s.Detail, "CA"):
		set("ca-bundle-missing", "tls.bundle", name)
	default:
		set("tls-eof", "tls.closed", name)
	}
	x.once(f)
}

// checkAnswer asks whether it is AWS that answers.
func checkAnswer(x *exam) Finding {
	heard := 0
	for _, a := range x.tried() {
		s, ok := a.Step(facts.Request)
		if !ok || a.Way == facts.ByProxy && strings.HasPrefix(a.URL, "http://") && s.Field("X-Deguchi-Reason") != "" {
			continue
		}
		heard++
		x.answer(a, s)
	}
	if heard == 0 {
		return skip("not-reached", "tls")
	}
	return good("answer.fine", fmt.Sprint(heard))
}

func (x *exam) answer(a facts.Attempt, s facts.Step) {
	name := host(a.URL)
	f := Finding{Status: Fail, Evidence: []string{shown(a, s)}, Verify: x.curl("-sS -D - -m 10", a.URL)}
	if s.Body != "" {
		f.Evidence = append(f.Evidence, firstLine(s.Body))
	}
	set := func(cause, code string, args ...string) {
		f.Cause, f.Because, f.Fix = cause, because(code, args...), because(code+".fix")
	}
	switch region := s.Field("x-amz-bucket-region"); {
	case s.Outcome == facts.Timeout:
		set("proxy-hang", "answer.silent", name)
	case s.Outcome != facts.OK:
		set("proxy-closed", "answer.closed", name)
	case !isAWSName(a.URL):
		return
	case !isAWSAnswer(s) && !isForeign(s):
		return
	case !isAWSAnswer(s) && s.Status() < 400:
		set("html-200", "answer.block-page", name, s.Detail)
	case !isAWSAnswer(s):
		set("html-503-in-tunnel", "answer.error-page", name, s.Detail)
	case region != "" && s.Status() != 403 && !strings.Contains(name, region) && strings.Contains(name, ".s3"):
		set("s3-redirect", "answer.other-region", name, region)
		f.Commands = x.assign(pair{"AWS_REGION", region})
	case strings.Contains(s.Body, "VPC endpoint policy"):
		set("vpce-policy-deny", "answer.endpoint-policy", name)
	case strings.Contains(s.Body, "RequestTimeTooSkewed"):
		set("clock-skew", "answer.skewed", name)
	default:
		return
	}
	x.once(f)
}

// isForeign reports whether an answer that is not of AWS's form is somebody
// else's for certain: a page for people, or an error of the way's.
func isForeign(s facts.Step) bool {
	switch s.Field("Server") {
	case "CloudFront", "AmazonS3", "Server":
		return false
	}
	return isPage(s) || s.Status() >= 500
}

// isPage reports whether an answer is one for people.
func isPage(s facts.Step) bool {
	return strings.Contains(strings.ToLower(s.Field("Content-Type")), "html") || strings.Contains(strings.ToLower(s.Body), "<html")
}

func isAWSName(target string) bool {
	return classified(target).Kind != awsname.NotAWS && classified(target).Host != ""
}
