// Package environ says what variables a subject finds, and where each comes
// from: it reads environments, the files of units as systemd does, those of logins
// as PAM and shells do, and the five places of Windows.
package environ

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// Setting is a variable that the subject has, with the place that gave it its
// Value and the places that it beat.
type Setting struct {
	Name   string
	Value  string
	Origin string    // "/etc/profile.d/proxy.sh:3"
	Beaten []Setting // what said something about it before
}

// Environment is what the subject finds.
type Environment struct {
	Settings []Setting
	// Unread is a place that could not be read and may have said more.
	Unread []facts.Source
	// Origin names the place as a whole, for what is not there.
	Origin string
	// Files are the EnvironmentFile= of a unit.
	Files []string
	// Unsets are the UnsetEnvironment= of a unit.
	Unsets []string
}

// Value returns a variable's value, and whether it is set.
func (e *Environment) Value(name string) (string, bool) {
	if s := e.Setting(name); s != nil {
		return s.Value, true
	}
	return "", false
}

// Setting returns a variable, nil if it is not set.
func (e *Environment) Setting(name string) *Setting {
	for i := range e.Settings {
		if e.Settings[i].Name == name {
			return &e.Settings[i]
		}
	}
	return nil
}

// Set gives a variable a new value. What it had is beaten.
func (e *Environment) Set(name, value, origin string) {
	s := Setting{Name: name, Value: value, Origin: origin}
	if old := e.Setting(name); old != nil {
		s.Beaten = append(old.Beaten, Setting{Name: old.Name, Value: old.Value, Origin: old.Origin})
		*old = s
		return
	}
	e.Settings = append(e.Settings, s)
}

func (e *Environment) unset(name string) {
	e.Settings = slices.DeleteFunc(e.Settings, func(s Setting) bool { return s.Name == name })
}

// Vars are the settings as package noproxy wants them.
func (e *Environment) Vars() noproxy.Vars {
	v := noproxy.Vars{}
	for _, s := range e.Settings {
		v[s.Name] = s.Value
	}
	if java, ok := v["JAVA_TOOL_OPTIONS"]; ok {
		v["system_properties"] = java
	}
	return v
}

// Proxied reports whether any variable names a proxy.
func (e *Environment) Proxied() bool {
	return slices.ContainsFunc(e.Settings, func(s Setting) bool { return IsProxyName(s.Name) && s.Value != "" })
}

// First returns the first of names that is set to something.
func (e *Environment) First(names ...string) *Setting {
	for _, n := range names {
		if s := e.Setting(n); s != nil && s.Value != "" {
			return s
		}
	}
	return nil
}

// IsProxyName reports whether a variable of that name names a proxy.
func IsProxyName(name string) bool {
	switch strings.ToLower(name) {
	case "http_proxy", "https_proxy", "all_proxy":
		return true
	}
	return false
}

// IsListName reports whether it lists exceptions.
func IsListName(name string) bool { return strings.EqualFold(name, "no_proxy") }

// Of puts together what the subject of f finds.
func Of(f *facts.Sheet) *Environment {
	e := &Environment{}
	if f.OS == "windows" && f.Subject.Kind == facts.SSMAgent {
		e.fromWindows(f)
	} else {
		e.fromSources(f)
	}
	if f.Proxy != "" {
		for _, name := range []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"} {
			if s := e.Setting(name); s == nil || s.Value != f.Proxy {
				e.Set(name, f.Proxy, "--proxy")
			}
		}
	}
	return e
}

// fromSources reads the sources that make the environment of f's subject.
func (e *Environment) fromSources(f *facts.Sheet) {
	for _, s := range f.Sources {
		if !makes(f.Subject.Kind, s.Form) {
			continue
		}
		if e.Origin == "" {
			e.Origin = s.Name
		}
		if s.Err != "" {
			e.Unread = append(e.Unread, s)
			continue
		}
		switch s.Form {
		case facts.Environ:
			for _, line := range s.Lines {
				if name, value, ok := strings.Cut(line, "="); ok {
					e.Set(name, value, s.Name)
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
	for _, path := range e.Files {
		e.included(f, path)
	}
	for _, name := range e.Unsets {
		if name, value, only := strings.Cut(name, "="); only {
			if v, _ := e.Value(name); v != value {
				continue
			}
		}
		name, _, _ = strings.Cut(name, "=")
		e.unset(name)
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

// Numbered splits "12:text".
func Numbered(line string) (number, text string) {
	number, text, ok := strings.Cut(line, ":")
	if !ok || number == "" || strings.Trim(number, "0123456789") != "" {
		return "", line
	}
	return number, text
}

// Place is a line of a file as people write it.
func Place(name, number string) string {
	if number == "" {
		return name
	}
	return name + ":" + number
}

// Quoted shows a setting as evidence.
func (s Setting) Quoted() string { return fmt.Sprintf("%s: %s=%s", s.Origin, s.Name, s.Value) }

// Variables are the environment of f's subject, by name.
func Variables(f *facts.Sheet) map[string]string { return Of(f).Vars() }

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

// Others are the settings of sources that do not make the environment of f's
// subject.
func Others(f *facts.Sheet) []Setting {
	var found []Setting
	for _, s := range f.Sources {
		if makes(f.Subject.Kind, s.Form) || s.Err != "" {
			continue
		}
		e := &Environment{}
		switch s.Form {
		case facts.EnvFile:
			e.envFile(s)
		case facts.Profile:
			e.profile(s)
		case facts.Environ, facts.UnitFile, facts.Config, facts.PEM, facts.Log, facts.Version, facts.Windows:
		}
		found = append(found, e.Settings...)
	}
	return found
}
