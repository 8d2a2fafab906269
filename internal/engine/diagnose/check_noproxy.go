package diagnose

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// checkNoProxy asks which way each program goes to the metadata service and to
// the targets, and whether the list of exceptions says what it was meant to.
func checkNoProxy(x *exam) Finding {
	if !x.env.Proxied() {
		return skip("no-proxy.no-proxy")
	}
	x.unreadList()
	x.ignoredEntries()
	x.metadataProxied()
	x.containerProxied()
	x.tooBroad()
	f := good("no-proxy.fine")
	f.Evidence = x.matrix()
	return f
}

// matrix is a line for each program and place.
func (x *exam) matrix() []string {
	var lines []string
	for _, p := range x.programs {
		for _, t := range append([]string{Metadata}, x.Targets...) {
			target, err := noproxy.ParseTarget(t)
			if err != nil {
				continue
			}
			d := p.Route(x.vars, target)
			line := fmt.Sprintf("%s %s: %s", p.ID, target.Host, d.Route)
			if d.Entry != "" {
				line += fmt.Sprintf(" (%s, %s)", d.Variable, d.Entry)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// list is the list of exceptions that the program reads.
func (x *exam) list() string {
	if s := x.env.First("no_proxy", "NO_PROXY"); s != nil {
		return s.Value
	}
	return ""
}

// ignoredEntries finds entries that were meant for the metadata service or for
// a target, and that the program does not understand.
func (x *exam) ignoredEntries() {
	for _, entry := range split(x.list()) {
		for _, p := range x.programs {
			for _, t := range append([]string{Metadata}, x.Targets...) {
				target, err := noproxy.ParseTarget(t)
				if err != nil || t == Metadata && !x.wantsMetadata() || !meant(entry, target.Host) {
					continue
				}
				if d := p.Route(x.vars, target); d.Route != noproxy.Proxied || p.Route(x.bothLists(), target).Route == noproxy.Direct {
					continue
				}
				portable := portableFor(entry, target.Host)
				list := strings.Join(union(split(x.list()), portable), ",")
				x.report(Finding{
					Status: Fail, Cause: "noproxy-ignored", Because: because("no-proxy.ignored", entry, p.ID, target.Host),
					Evidence: []string{x.listed(), fmt.Sprintf("%s %s: proxy", p.ID, target.Host)},
					Fix:      because("no-proxy.ignored.fix", strings.Join(portable, ",")), Commands: x.assign(both("no_proxy", list)...),
					Verify: x.tested(p, list, t),
				})
				break
			}
		}
	}
}

// meant reports whether a person who wrote entry thought of host: a network
// that holds it, a pattern that looks like it, an address in the other
// spelling.
func meant(entry, host string) bool {
	if p, err := netset.ParsePrefix(entry); err == nil && strings.Contains(entry, "/") {
		h, err := netset.ParseHost(host)
		return err == nil && h.IsAddr() && p.Contains(h.Addr)
	}
	name := strings.ToLower(strings.Trim(entry, "[]"))
	if strings.Contains(name, "*") {
		return netset.Glob(name, host)
	}
	bare, _, _ := strings.Cut(name, ":")
	return name == host || bare == host || strings.TrimSuffix(name, ".") == host ||
		strings.TrimPrefix(strings.TrimPrefix(name, "http://"), "https://") == host
}

// portableFor is how entry is written so that every program understands it.
func portableFor(entry, host string) []string {
	if suffix, ok := strings.CutPrefix(entry, "*."); ok {
		return []string{suffix, "." + suffix}
	}
	return []string{host}
}

// metadataProxied finds programs that ask the proxy for the instance's
// credentials.
func (x *exam) metadataProxied() {
	if !x.wantsMetadata() || x.ec2() == facts.No {
		return
	}
	for _, p := range x.programs {
		d := p.Route(x.vars, x.metadata())
		if d.Route != noproxy.Proxied || !p.Credentials.Instance {
			continue
		}
		list := x.listWith(bypass...)
		f := Finding{
			Status: Warn, Cause: "creds-imds-via-proxy", Because: because("no-proxy.metadata", p.ID, x.metadata().Host),
			Evidence: []string{x.listed(), fmt.Sprintf("%s %s: proxy %s", p.ID, x.metadata().Host, d.Proxy)},
			Fix:      because("no-proxy.metadata.fix"), Commands: x.assign(both("no_proxy", list)...),
			Verify: x.tested(p, list, Metadata),
		}
		if x.ec2() == facts.Yes {
			f.Status = Fail
		}
		own := x.throughProxy(&f)
		x.report(f)
		for _, a := range own {
			x.report(Finding{
				Status: Fail, Cause: "proxy-own-metadata", Because: because("no-proxy.own-metadata", a.Proxy), Evidence: []string{shown(a, a.Last())},
				Fix:    because("no-proxy.own-metadata.fix"),
				Verify: x.curl("-sS -m 5 -w '%{http_code}' -X PUT", "-x", a.Proxy, Metadata+"latest/api/token"),
			})
		}
		return
	}
}

// throughProxy adds to f what the proxy made of a request for metadata, and
// returns the attempts that it answered with its own.
func (x *exam) throughProxy(f *Finding) (own []facts.Attempt) {
	for _, a := range x.Attempts {
		if a.Way != facts.ByProxy || !isMetadata(a.URL) {
			continue
		}
		switch s, _ := a.Step(facts.Token); {
		case a.In(facts.Dial, facts.Refused, facts.Timeout, facts.Unreachable) || a.In(facts.Resolve, facts.NotFound, facts.Timeout):
			f.Cause = "imds-via-dead-proxy"
		case s.Outcome == facts.Timeout:
			f.Cause = "imds-read-timeout"
		case s.Status()/100 == 2:
			own = append(own, a)
		}
		if n := len(a.Steps); n > 0 {
			f.Evidence = append(f.Evidence, shown(a, a.Steps[n-1]))
		}
	}
	return own
}

// tooBroad finds entries that send a target the direct way, on which it cannot
// be reached.
func (x *exam) tooBroad() {
	for _, a := range x.attempts(facts.Direct) {
		failed, bad := a.Failure()
		if !bad || failed.Phase != facts.Resolve && failed.Phase != facts.Dial {
			continue
		}
		if _, private := endpoint(a); private && failed.Outcome == facts.Timeout {
			continue // the entry is right, and its endpoint is closed
		}
		target, err := noproxy.ParseTarget(a.URL)
		if err != nil {
			continue
		}
		for _, p := range x.programs {
			d := p.Route(x.vars, target)
			if d.Route != noproxy.Direct || d.Entry == "" {
				continue
			}
			var rest []string
			for _, e := range split(x.list()) {
				if e != strings.TrimSpace(d.Entry) {
					rest = append(rest, e)
				}
			}
			evidence := []string{x.listed(), shown(a, failed)}
			if o, ok := x.compared(a); ok {
				evidence = append(evidence, shown(o, o.Last()))
			}
			f := Finding{
				Status: Fail, Cause: "noproxy-too-broad", Because: because("no-proxy.broad", d.Entry, target.Host),
				Evidence: evidence,
				Fix:      because("no-proxy.broad.fix", d.Entry), Commands: x.assign(both("no_proxy", strings.Join(rest, ","))...),
				Verify: x.again(a.URL),
			}
			if resolved, ok := a.Step(facts.Resolve); ok && resolved.Outcome == facts.OK {
				f.Because = because("no-proxy.broad-public", d.Entry, target.Host, resolved.Detail)
				f.Fix = because("no-proxy.broad-public.fix", d.Entry, x.endpoints(target.Host))
			}
			x.report(f)
			break
		}
	}
}
