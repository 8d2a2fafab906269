package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// Setting is a variable that the subject has, with the place that gave it its
// value and the places that it beat.
type Setting struct {
	Name   string
	Value  string
	Origin string    // "/etc/profile.d/proxy.sh:3"
	Beaten []Setting // what said something about it before
}

// environment is what the subject finds.
type environment struct {
	settings []Setting
	// unread is a place that could not be read and may have said more.
	unread []facts.Source
	// origin names the place as a whole, for what is not there.
	origin string
	// files are the EnvironmentFile= of a unit so far.
	files []string
}

// value returns a variable's value, and whether it is set.
func (e *environment) value(name string) (string, bool) {
	if s := e.setting(name); s != nil {
		return s.Value, true
	}
	return "", false
}

func (e *environment) setting(name string) *Setting {
	for i := range e.settings {
		if e.settings[i].Name == name {
			return &e.settings[i]
		}
	}
	return nil
}

// set gives a variable a new value. What it had is beaten.
func (e *environment) set(name, value, origin string) {
	s := Setting{Name: name, Value: value, Origin: origin}
	if old := e.setting(name); old != nil {
		s.Beaten = append(old.Beaten, Setting{Name: old.Name, Value: old.Value, Origin: old.Origin})
		*old = s
		return
	}
	e.settings = append(e.settings, s)
}

func (e *environment) unset(name string) {
	e.settings = slices.DeleteFunc(e.settings, func(s Setting) bool { return s.Name == name })
}

// vars are the settings as package noproxy wants them.
func (e *environment) vars() noproxy.Vars {
	v := noproxy.Vars{}
	for _, s := range e.settings {
		v[s.Name] = s.Value
	}
	if java, ok := v["JAVA_TOOL_OPTIONS"]; ok {
		v["system_properties"] = java
	}
	return v
}

// proxied reports whether any variable names a proxy.
func (e *environment) proxied() bool {
	return slices.ContainsFunc(e.settings, func(s Setting) bool { return isProxyName(s.Name) && s.Value != "" })
}

// first returns the first of names that is set to something.
func (e *environment) first(names ...string) *Setting {
	for _, n := range names {
		if s := e.setting(n); s != nil && s.Value != "" {
			return s
		}
	}
	return nil
}

func isProxyName(name string) bool {
	switch strings.ToLower(name) {
	case "http_proxy", "https_proxy", "all_proxy":
		return true
	}
	return false
}

func isListName(name string) bool { return strings.EqualFold(name, "no_proxy") }

// environmentOf puts together what the subject of f finds.
func environmentOf(f *facts.Sheet) *environment {
	e := &environment{}
	if f.OS == "windows" && f.Subject.Kind == facts.SSMAgent {
		e.fromWindows(f)
	} else {
		e.fromSources(f)
	}
	if f.Proxy != "" {
		for _, name := range []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"} {
			if s := e.setting(name); s == nil || s.Value != f.Proxy {
				e.set(name, f.Proxy, "--proxy")
			}
		}
	}
	return e
}

// fromSources reads the sources that make the environment of f's subject.
func (e *environment) fromSources(f *facts.Sheet) {
	for _, s := range f.Sources {
		if !makes(f.Subject.Kind, s.Form) {
			continue
		}
		if e.origin == "" {
			e.origin = s.Name
		}
		if s.Err != "" {
			e.unread = append(e.unread, s)
			continue
		}
		switch s.Form {
		case facts.Environ:
			for _, line := range s.Lines {
				if name, value, ok := strings.Cut(line, "="); ok {
					e.set(name, value, s.Name)
				}
			}
		case facts.UnitFile:
			e.unitFile(s)
		case facts.EnvFile:
			e.envFile(s)
		case facts.Profile:
			e.profile(s)
		case facts.Config, facts.PEM, facts.Log, facts.Version, facts.Windows:
		}
	}
	for _, path := range e.files {
		e.included(f, path)
	}
}

// makes reports whether sources of that form make the environment of a subject
// of that kind, and do not only tell about it.
func makes(k facts.Kind, form facts.Form) bool {
	switch k {
	case facts.Unit, facts.SSMAgent:
		return form == facts.UnitFile
	case facts.User:
		return form == facts.EnvFile || form == facts.Profile
	case facts.Shell, facts.Process:
		return form == facts.Environ
	}
	return false
}

// numbered splits "12:text".
func numbered(line string) (number, text string) {
	number, text, ok := strings.Cut(line, ":")
	if !ok || number == "" || strings.Trim(number, "0123456789") != "" {
		return "", line
	}
	return number, text
}

func place(name, number string) string {
	if number == "" {
		return name
	}
	return name + ":" + number
}

// quoted shows a setting as evidence.
func (s Setting) quoted() string { return fmt.Sprintf("%s: %s=%s", s.Origin, s.Name, s.Value) }

// Variables are the environment of f's subject, by name.
func Variables(f *facts.Sheet) map[string]string { return environmentOf(f).vars() }

// Matters reports whether a variable of that name says something to a
// diagnosis. Others are not collected.
func Matters(name string) bool {
	switch upper := strings.ToUpper(name); {
	case strings.HasSuffix(upper, "_PROXY"), strings.HasPrefix(upper, "AWS_"), strings.HasSuffix(upper, "_CA_BUNDLE"), strings.HasPrefix(upper, "SSL_CERT_"):
		return true
	default:
		return slices.Contains([]string{"NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "JAVA_TOOL_OPTIONS", "REQUEST_METHOD", "GODEBUG"}, upper)
	}
}
