package diagnose

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// checkSettings asks whose settings are in force, and whether they are those
// that somebody wrote.
func checkSettings(x *exam) Finding {
	for _, s := range x.env.unread {
		x.report(Finding{
			Status: Untested, Because: because("settings.unread", s.Name, s.Err),
			Fix: because("settings.unread.fix"), Commands: []string{"sudo " + x.again("")}, Verify: "sudo " + x.again(""),
		})
	}
	x.misnamed()
	x.staleProcess()
	x.beatenPlaces()
	if !x.env.proxied() {
		if seen := x.proxyElsewhere(); len(seen) > 0 && x.unit() != "" && len(x.env.unread) == 0 {
			x.missingInUnit(seen)
		}
		return good("settings.none", x.Subject.String())
	}
	var evidence []string
	for _, s := range x.env.settings {
		if isProxyName(s.Name) || isListName(s.Name) {
			evidence = append(evidence, s.quoted())
			for _, b := range s.Beaten {
				evidence = append(evidence, "< "+b.quoted())
			}
		}
	}
	f := good("settings.found", x.Subject.String(), x.env.origin)
	f.Evidence = redacted(evidence)
	return f
}

// proxyElsewhere is what other places say about a proxy.
func (x *exam) proxyElsewhere() []string {
	var seen []string
	for _, s := range x.others() {
		if isProxyName(s.Name) && s.Value != "" {
			seen = append(seen, s.quoted())
		}
	}
	return seen
}

// beatenPlaces finds, on Windows, places whose proxy somebody set in vain: one
// that comes before them has another.
func (x *exam) beatenPlaces() {
	if x.OS != "windows" || x.Subject.Kind != facts.SSMAgent {
		return
	}
	for _, s := range x.env.settings {
		for _, b := range s.Beaten {
			if isProxyName(s.Name) && b.Value != s.Value {
				x.report(Finding{
					Status: Warn, Cause: "windows-precedence", Because: because("settings.beaten", b.Origin, s.Origin),
					Evidence: []string{s.quoted(), b.quoted()},
					Fix:      because("settings.beaten.fix"), Commands: x.assign(), Verify: x.environmentCommand(),
				})
				return
			}
		}
	}
}

// misnamed finds drop-ins that systemd does not read.
func (x *exam) misnamed() {
	for _, s := range x.Sources {
		if s.Form == facts.Log && s.Err == facts.WrongName {
			x.report(Finding{
				Status: Fail, Cause: "drop-in-name", Because: because("agent.drop-in", s.Name),
				Evidence: []string{s.Name}, Fix: because("agent.drop-in.fix"),
				Commands: []string{"sudo mv " + s.Name + " " + strings.TrimSuffix(s.Name, ".override") + ".conf", "sudo systemctl daemon-reload"},
				Verify:   "systemctl cat " + x.unit(),
			})
		}
	}
}

// missingInUnit reports a proxy that was set where services do not look.
func (x *exam) missingInUnit(seen []string) {
	cause := "proxy-env-not-in-unit"
	if x.isAgent() {
		cause = "ssm-proxy-env-not-in-unit"
	}
	x.report(Finding{
		Status: Fail, Cause: cause, Because: because("settings.not-in-unit", x.unit()),
		Evidence: seen,
		Fix:      because("settings.not-in-unit.fix", x.unit()), Commands: x.assign(x.whole(x.listWith(bypass...))...),
		Verify: x.environmentCommand(),
	})
}

func (x *exam) isAgent() bool {
	return x.Subject.Kind == facts.SSMAgent || strings.Contains(x.Subject.Name, "amazon-ssm-agent")
}

// staleProcess reports a process that still has other variables than its unit
// gives to the next one.
func (x *exam) staleProcess() {
	if x.unit() == "" {
		return
	}
	for _, s := range x.Sources {
		if s.Form != facts.Environ || s.Err != "" {
			continue
		}
		has := &environment{}
		for _, line := range s.Lines {
			if name, value, ok := strings.Cut(line, "="); ok {
				has.set(name, value, s.Name)
			}
		}
		if differ := differences(has, x.env, s.Name); len(differ) > 0 {
			x.report(Finding{
				Status: Fail, Cause: "unit-not-restarted", Because: because("settings.stale", x.unit(), s.Name),
				Evidence: differ,
				Fix:      because("settings.stale.fix", x.unit()),
				Commands: []string{"sudo systemctl daemon-reload", "sudo systemctl restart " + x.unit()},
				Verify:   x.again(""),
			})
			return
		}
	}
}

// differences are the proxy settings in which a process differs from its unit.
func differences(process, unit *environment, origin string) []string {
	var all []string
	for _, s := range unit.settings {
		if !isProxyName(s.Name) && !isListName(s.Name) {
			continue
		}
		if v, ok := process.value(s.Name); !ok || v != s.Value {
			all = append(all, s.quoted(), Setting{Name: s.Name, Value: v, Origin: origin}.quoted())
		}
	}
	for _, s := range process.settings {
		if _, ok := unit.value(s.Name); !ok && (isProxyName(s.Name) || isListName(s.Name)) {
			all = append(all, s.quoted())
		}
	}
	return all
}
