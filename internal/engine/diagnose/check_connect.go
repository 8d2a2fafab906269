package diagnose

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// checkConnect looks at what the proxy answered to CONNECT, and to requests
// for plain http.
func checkConnect(x *exam) Finding {
	asked := 0
	for _, a := range x.attempts(facts.ByProxy) {
		s, ok := answerOfProxy(a)
		if !ok {
			continue
		}
		asked++
		if s.Outcome != facts.OK {
			x.proxySaid(a, s)
		}
	}
	switch {
	case len(x.attempts(facts.ByProxy)) == 0:
		return skip("connect.no-proxy")
	case asked == 0:
		return skip("not-reached", "proxy")
	}
	return good("connect.fine", fmt.Sprint(asked))
}

// answerOfProxy is the step in which the proxy itself spoke.
func answerOfProxy(a facts.Attempt) (facts.Step, bool) {
	if s, ok := a.Step(facts.Connect); ok {
		return s, true
	}
	if s, ok := a.Step(facts.Request); ok && strings.HasPrefix(a.URL, "http://") {
		if s.Field("X-Deguchi-Reason") != "" || s.Status() == 407 || s.Field("X-Squid-Error") != "" || s.Outcome != facts.OK {
			s.Outcome = facts.Answered
		}
		return s, true
	}
	return facts.Step{}, false
}

// proxySaid turns the answer of a proxy that did not open the way into a
// finding.
func (x *exam) proxySaid(a facts.Attempt, s facts.Step) {
	name := host(a.URL)
	f := Finding{Status: Fail, Evidence: []string{shown(a, s)}, Verify: x.curl("-v -m 10", "-x", a.Proxy, "https://"+name+"/")}
	if excerpt := strings.TrimSpace(s.Body); excerpt != "" {
		f.Evidence = append(f.Evidence, firstLine(excerpt))
	}
	set := func(cause, code string, args ...string) {
		f.Cause, f.Because, f.Fix = cause, because(code, args...), because(code+".fix")
	}
	status := s.Status()
	server := strings.ToLower(s.Field("Server"))
	switch {
	case s.Field("X-Deguchi-Reason") != "":
		x.deguchiSaid(&f, a, s)
	case s.Outcome == facts.Timeout:
		set("proxy-hang", "connect.hang", name)
	case s.Outcome == facts.NotHTTP:
		set("not-a-proxy", "connect.not-http", a.Proxy)
	case s.Outcome != facts.Answered:
		set("proxy-closed", "connect.closed", a.Proxy)
	case status == 407:
		x.wantsPassword(&f, s)
	case status/100 == 3 || status == 511:
		set("captive-portal", "connect.portal", a.Proxy, s.Detail)
		if to := s.Field("Location"); to != "" {
			f.Evidence = append(f.Evidence, "Location: "+host(to))
		}
	case strings.Contains(server, "awselb") || status == 405 || status == 400 || status == 404 || status == 501:
		set("lb-not-nlb", "connect.no-proxy-there", a.Proxy, s.Detail)
	case status == 403:
		x.refused(&f, a, s)
	case status >= 500:
		set("proxy-5xx", "connect.upstream", name, s.Detail)
	default:
		set("proxy-403", "connect.refused", name, s.Detail)
	}
	x.once(f)
}

// refused is a 403. A bucket whose service is let through, and a repository of
// packages, have causes of their own.
func (x *exam) refused(f *Finding, a facts.Attempt, s facts.Step) {
	name := host(a.URL)
	f.Cause, f.Because, f.Fix = "proxy-403", because("connect.refused", name, s.Detail), because("connect.refused.fix")
	switch n := classified(a.URL); {
	case n.Kind == awsname.PackageRepo || strings.Contains(n.Parts.Bucket, "-repos-"):
		f.Cause, f.Because, f.Fix = "dnf-repo-blocked", because("connect.repo", name), because("connect.repo.fix")
	case n.Service == "s3" && n.Parts.Bucket != "" && x.serviceOpen(n.Parts.Bucket, name):
		f.Cause, f.Because, f.Fix = "proxy-403-virtualhost", because("connect.bucket", name), because("connect.bucket.fix")
	}
}

// serviceOpen reports whether the proxy lets through the host below the
// bucket's.
func (x *exam) serviceOpen(bucket, name string) bool {
	for _, o := range x.Attempts {
		if o.Way == facts.ByProxy && host(o.URL) == strings.TrimPrefix(name, bucket+".") && o.In(facts.Connect, facts.OK) {
			return true
		}
	}
	return false
}

// wantsPassword is a 407: SDKs can do no more than Basic.
func (x *exam) wantsPassword(f *Finding, s facts.Step) {
	var schemes []string
	basic := false
	for _, field := range s.Fields {
		name, value, _ := strings.Cut(field, ":")
		if strings.EqualFold(name, "Proxy-Authenticate") {
			scheme, _, _ := strings.Cut(strings.TrimSpace(value), " ")
			schemes = append(schemes, scheme)
			basic = basic || strings.EqualFold(scheme, "Basic")
		}
	}
	f.Cause = "proxy-407"
	f.Because, f.Fix = because("connect.password", strings.Join(schemes, ", ")), because("connect.password.fix")
	if !basic && len(schemes) > 0 {
		f.Because, f.Fix = because("connect.no-basic", strings.Join(schemes, ", ")), because("connect.no-basic.fix")
		return
	}
	rest := strings.TrimPrefix(x.proxyValue(), "http://")
	if _, after, ok := strings.Cut(rest, "@"); ok {
		rest = after
		f.Because, f.Fix = because("connect.wrong-password", strings.Join(schemes, ", ")), because("connect.wrong-password.fix")
	}
	with := "http://USER:PASSWORD@" + rest
	f.Commands = x.assign(append(both("http_proxy", with), both("https_proxy", with)...)...)
}

// refusal is what a Deguchi says in the body of a refusal.
type refusal struct {
	Reason, Because, Rule, Ticket, Client, Target, Trace, Advice string
}

// refusalOf reads the body, which is JSON where it was asked for and lines
// "rule: …" otherwise.
func refusalOf(s facts.Step) refusal {
	var r refusal
	if json.Unmarshal([]byte(s.Body), &r) != nil {
		for line := range strings.Lines(s.Body) {
			key, value, _ := strings.Cut(line, ":")
			value = strings.TrimSpace(value)
			switch strings.TrimSpace(key) {
			case "Deguchi":
				r.Because = value
			case "rule":
				r.Rule = value
			case "ticket":
				r.Ticket = value
			case "client":
				r.Client = value
			case "hint":
				r.Advice = value
			}
		}
	}
	r.Reason, r.Trace = s.Field("X-Deguchi-Reason"), s.Field("X-Deguchi-Trace")
	return r
}

// deguchiSaid is a refusal of our own proxy, which says what it is about.
func (x *exam) deguchiSaid(f *Finding, a facts.Attempt, s facts.Step) {
	r := refusalOf(s)
	name := host(a.URL)
	f.Cause, f.Because = "proxy-403", because("deguchi.refuses", name, r.Reason, r.Trace)
	if r.Rule != "" {
		f.Because = because("deguchi.rule-refuses", name, r.Reason, r.Rule, r.Trace)
	}
	f.Evidence = []string{shown(a, s)}
	for _, line := range []string{r.Because, r.Advice} {
		if line != "" {
			f.Evidence = append(f.Evidence, line)
		}
	}
	if r.Ticket != "" {
		f.Evidence = append(f.Evidence, "ticket "+r.Ticket)
	}
	client := r.Client
	if client == "" {
		client = "ADDRESS"
	}
	f.Fix = because("deguchi.rules.fix")
	f.Commands = []string{"deguchi explain -c deguchi.yaml --from " + x.word(client) + " " + x.word(name)}
	switch r.Reason {
	case "bad-request":
		f.Cause, f.Fix, f.Commands = "ppv2-mismatch", because("deguchi.header.fix"), nil
	case "dns-fail", "dns-timeout", "connect-refused", "connect-failed", "connect-timeout":
		f.Cause, f.Fix = "proxy-5xx", because("connect.upstream.fix")
	case "overloaded", "draining":
		f.Cause, f.Fix, f.Commands = "proxy-5xx", because("deguchi.busy.fix"), []string{"deguchi status"}
	case "private-address", "own-address", "special-address":
		f.Fix = because("deguchi.address.fix")
	case "unknown-client":
		f.Fix = because("deguchi.client.fix")
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > 160 {
		line = string(r[:160]) + "..."
	}
	return line
}
