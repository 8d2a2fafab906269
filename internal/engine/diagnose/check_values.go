package diagnose

import (
	"net/url"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// checkValues reads the settings for what is wrong with them by themselves.
func checkValues(x *exam) Finding {
	x.httpsMissing()
	for _, s := range x.env.Settings {
		if environ.IsProxyName(s.Name) && s.Value != "" {
			x.lintProxy(s)
		}
	}
	for _, name := range []string{"https_proxy", "http_proxy", "no_proxy"} {
		x.lintCases(name)
	}
	x.lintRegion()
	x.lintBundles()
	x.lintConfig()
	if len(x.env.Settings) == 0 {
		return skip("values.none")
	}
	return good("values.fine")
}

// httpsMissing finds http_proxy without https_proxy: every AWS call is https.
func (x *exam) httpsMissing() {
	http := x.env.First("http_proxy", "HTTP_PROXY")
	if http == nil || x.env.First("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY") != nil {
		return
	}
	evidence := []string{http.Quoted()}
	cause := "https-proxy-missing"
	for _, b := range http.Beaten {
		evidence = append(evidence, b.Quoted())
		if x.unit() != "" {
			cause = "ssm-user-data-typo"
		}
	}
	f := Finding{
		Status: Fail, Cause: cause, Because: because("values.https-missing"),
		Fix: because("values.https-missing.fix"), Commands: x.assign(both("https_proxy", x.proxyValue())...),
		Verify: x.environmentCommand(), Evidence: evidence,
	}
	if len(http.Beaten) > 0 {
		f.Because = because("values.http-twice", http.Name)
	}
	for _, p := range x.programs { // some take http_proxy for https as well
		if d := p.Route(x.vars, noproxy.Target{Scheme: "https", Host: "sts.amazonaws.com"}); d.Route == noproxy.Direct {
			x.report(f)
			return
		}
	}
	f.Status = Warn
	x.report(f)
}

// lintProxy finds what is wrong with the value of a proxy variable.
func (x *exam) lintProxy(s environ.Setting) {
	wrong := func(status Status, cause, code string) {
		x.report(Finding{
			Status: status, Cause: cause, Because: because("values."+code, s.Name, s.Value),
			Evidence: []string{s.Quoted()},
			Fix:      because("values.write", x.proxyValue()), Commands: x.assign(both(s.Name, x.proxyValue())...),
			Verify: x.environmentCommand(),
		})
	}
	v := s.Value
	scheme, rest, hasScheme := strings.Cut(v, "://")
	u, err := url.Parse(withScheme(v))
	switch {
	case strings.ContainsAny(v, `"'`):
		wrong(Fail, "quotes-in-value", "quotes")
	case strings.HasPrefix(strings.ToLower(scheme), "socks") && hasScheme:
		wrong(Fail, "scheme-socks", "socks")
	case strings.TrimSpace(v) != v || strings.ContainsAny(v, " \t") || err != nil || u.Hostname() == "":
		wrong(Fail, "bad-url", "bad-url")
	case hasScheme && strings.EqualFold(scheme, "https"):
		x.lintTLSProxy(wrong)
	case hasScheme && !strings.EqualFold(scheme, "http"):
		wrong(Fail, "bad-url", "bad-url")
	case isPAC(u.Path):
		wrong(Fail, "bad-url", "pac")
	case u.Port() == "":
		wrong(Fail, "port-missing", "no-port")
	case !hasScheme:
		wrong(x.schemeless(), "scheme-missing", "no-scheme")
	case strings.Count(rest, "@") > 1:
		wrong(Warn, "bad-url", "at-sign")
	}
}

// isPAC reports whether a path is that of a script that browsers choose their
// proxy by: no program that reads variables runs it.
func isPAC(path string) bool {
	path = strings.ToLower(path)
	return strings.HasSuffix(path, ".pac") || strings.HasSuffix(path, "/wpad.dat")
}

// lintTLSProxy judges the scheme https:// of a proxy: Session Manager cannot
// use it at all, others if the proxy speaks TLS on that port.
func (x *exam) lintTLSProxy(wrong func(Status, string, string)) {
	if x.isAgent() {
		wrong(Fail, "ssm-https-scheme-proxy", "https-agent")
		return
	}
	status := Warn
	for _, a := range x.Attempts {
		if a.Way == facts.ByProxy && a.In(facts.ProxyTLS, facts.OK) {
			return
		}
		if a.Way == facts.ByProxy && a.In(facts.ProxyTLS, facts.NotTLS, facts.Closed, facts.Reset, facts.Timeout, facts.Failed) {
			status = Fail
		}
	}
	wrong(status, "scheme-https", "https")
}

// schemeless is how bad host:port is for the programs.
func (x *exam) schemeless() Status {
	for _, p := range x.programs {
		if d := p.Route(x.vars, noproxy.Target{Scheme: "https", Host: "sts.amazonaws.com"}); d.Route != noproxy.Proxied || strings.HasPrefix(d.Proxy, "https") {
			return Fail
		}
	}
	return Warn
}

// lintCases compares the two cases of a variable: which of them wins differs
// from program to program.
func (x *exam) lintCases(name string) {
	lower, upper := x.env.Setting(name), x.env.Setting(strings.ToUpper(name))
	if lower == nil || upper == nil || lower.Value == upper.Value || x.OS == "windows" {
		return
	}
	cause, code := "case-differs", "values.case"
	if lower.Value == "" || upper.Value == "" {
		cause, code = "empty-variable", "values.empty"
	}
	value := x.proxyValue()
	if environ.IsListName(name) {
		value = strings.Join(union(split(lower.Value), split(upper.Value)), ",")
	}
	x.report(Finding{
		Status: Fail, Cause: cause, Because: because(code, lower.Name, upper.Name),
		Evidence: []string{lower.Quoted(), upper.Quoted()},
		Fix:      because("values.case.fix", lower.Name, upper.Name), Commands: x.assign(both(name, value)...),
		Verify: x.environmentCommand(),
	})
}

func union(a, b []string) []string {
	for _, e := range b {
		if !contains(a, e) {
			a = append(a, e)
		}
	}
	return a
}

// lintRegion finds an availability zone in the place of a region.
func (x *exam) lintRegion() {
	region := x.region()
	if region == "" || awsdata.RegionShape(region) {
		return
	}
	last := region[len(region)-1]
	if last < 'a' || last > 'z' || !awsdata.RegionShape(region[:len(region)-1]) {
		return
	}
	x.report(Finding{
		Status: Fail, Cause: "region-is-az", Because: because("values.zone", region, region[:len(region)-1]),
		Evidence: []string{"region=" + region},
		Fix:      because("values.zone.fix", region[:len(region)-1]), Commands: x.assign(pair{"AWS_REGION", region[:len(region)-1]}, pair{"AWS_DEFAULT_REGION", region[:len(region)-1]}),
		Verify: "aws configure list",
	})
}

// lintBundles looks at the files of certificates that variables name.
func (x *exam) lintBundles() {
	for _, s := range x.Sources {
		if s.Form != facts.PEM {
			continue
		}
		name, path, _ := strings.Cut(s.Name, "=")
		f := Finding{
			Status: Fail, Cause: "ca-bundle-missing", Evidence: []string{s.Name},
			Fix: because("values.bundle.fix", name), Verify: "openssl x509 -noout -subject -in " + x.word(path),
		}
		switch {
		case s.Err != "":
			f.Because = because("values.bundle-unread", name, path, s.Err)
		case len(s.Lines) == 0 || s.Lines[0] == "certificates 0":
			f.Because = because("values.bundle-empty", name, path)
		default:
			continue
		}
		x.report(f)
	}
}

// lintConfig finds proxy settings in ~/.aws/config, which knows none.
func (x *exam) lintConfig() {
	for _, s := range x.Sources {
		if s.Form != facts.Config {
			continue
		}
		for _, line := range s.Lines {
			number, text := environ.Numbered(line)
			key, _, ok := strings.Cut(text, "=")
			key = strings.TrimSpace(key)
			if !ok || !environ.IsProxyName(strings.TrimPrefix(key, "cli_")) && key != "proxies" {
				continue
			}
			status := Fail
			if x.env.Proxied() {
				status = Warn
			}
			x.report(Finding{
				Status: status, Cause: "aws-config-proxy-key", Because: because("values.config-key", key, environ.Place(s.Name, number)),
				Evidence: []string{environ.Place(s.Name, number) + ": " + strings.TrimSpace(text)},
				Fix:      because("values.config-key.fix"), Commands: x.assign(both("https_proxy", x.proxyValue())...),
				Verify: x.environmentCommand(),
			})
		}
	}
}
