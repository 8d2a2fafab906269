package diagnose

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// checkSettings asks whose settings are in force, and whether they are those
// that somebody wrote.
func checkSettings(x *exam) Finding {
	for _, s := range x.env.Unread {
		x.report(Finding{
			Status: Untested, Because: because("settings.unread", s.Name, s.Err),
			Fix: because("settings.unread.fix"), Commands: []string{"sudo " + x.again("")}, Verify: "sudo " + x.again(""),
		})
	}
	x.misnamed()
	x.staleProcess()
	x.beatenPlaces()
	if !x.env.Proxied() {
		if seen := x.proxyElsewhere(); len(seen) > 0 && x.unit() != "" && len(x.env.Unread) == 0 {
			x.missingInUnit(seen)
		}
		return good("settings.none", x.Subject.String())
	}
	var evidence []string
	for _, s := range x.env.Settings {
		if environ.IsProxyName(s.Name) || environ.IsListName(s.Name) {
			evidence = append(evidence, s.Quoted())
			for _, b := range s.Beaten {
				evidence = append(evidence, "< "+b.Quoted())
			}
		}
	}
	f := good("settings.found", x.Subject.String(), x.env.Origin)
	f.Evidence = seen(redacted(evidence))
	return f
}

// proxyElsewhere is what other places say about a proxy.
func (x *exam) proxyElsewhere() []string {
	var seen []string
	for _, s := range environ.Others(x.Sheet) {
		if environ.IsProxyName(s.Name) && s.Value != "" {
			seen = append(seen, s.Quoted())
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
	for _, s := range x.env.Settings {
		for _, b := range s.Beaten {
			if environ.IsProxyName(s.Name) && b.Value != s.Value {
				x.report(Finding{
					Status: Warn, Cause: "windows-precedence", Because: because("settings.beaten", b.Origin, s.Origin),
					Evidence: []string{s.Quoted(), b.Quoted()},
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
				Evidence: append([]string{s.Name}, s.Lines...), Fix: because("agent.drop-in.fix"),
				Commands: []string{"sudo mv " + x.word(s.Name) + " " + x.word(strings.TrimSuffix(s.Name, ".override")+".conf"), "sudo systemctl daemon-reload"},
				Verify:   "systemctl cat " + x.word(x.unit()),
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
		has := &environ.Environment{}
		for _, line := range s.Lines {
			if name, value, ok := strings.Cut(line, "="); ok {
				has.Set(name, value, s.Name)
			}
		}
		if differ := differences(has, x.env, s.Name); len(differ) > 0 {
			x.report(Finding{
				Status: Fail, Cause: "unit-not-restarted", Because: because("settings.stale", x.unit(), s.Name),
				Evidence: differ,
				Fix:      because("settings.stale.fix", x.unit()),
				Commands: []string{"sudo systemctl daemon-reload", "sudo systemctl restart " + x.word(x.unit())},
				Verify:   x.again(""),
			})
			return
		}
	}
}

// differences are the proxy settings in which a process differs from its unit.
func differences(process, unit *environ.Environment, origin string) []string {
	var all []string
	for _, s := range unit.Settings {
		if !environ.IsProxyName(s.Name) && !environ.IsListName(s.Name) {
			continue
		}
		if v, ok := process.Value(s.Name); !ok || v != s.Value {
			all = append(all, s.Quoted(), environ.Setting{Name: s.Name, Value: v, Origin: origin}.Quoted())
		}
	}
	for _, s := range process.Settings {
		if _, ok := unit.Value(s.Name); !ok && (environ.IsProxyName(s.Name) || environ.IsListName(s.Name)) {
			all = append(all, s.Quoted())
		}
	}
	return all
}
