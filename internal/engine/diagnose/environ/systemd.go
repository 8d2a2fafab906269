package environ

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// unitFile reads the [Service] section of a unit or of a drop-in, as
// systemd.exec(5) describes Environment=, EnvironmentFile=, UnsetEnvironment=:
// later settings win, an empty one takes everything before it back. What an
// EnvironmentFile= holds is applied after every Environment=, and what
// UnsetEnvironment= names is taken out at the very end.
func (e *Environment) unitFile(s facts.Source) {
	section := "Service" // collectors may leave headings out
	if IsManager(s.Name) {
		section = ""
	}
	for _, line := range joined(s.Lines) {
		number, text := Numbered(line)
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "[") {
			section = strings.Trim(text, "[]")
			continue
		}
		key, value, ok := strings.Cut(text, "=")
		if !ok || strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";") {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if section == "Manager" && (key == "DefaultEnvironment" || key == "ManagerEnvironment") {
			e.assignments(value, Place(s.Name, number))
		}
		if section != "Service" {
			continue
		}
		switch key {
		case "Environment":
			e.assignments(value, Place(s.Name, number))
		case "EnvironmentFile":
			if e.Files = append(e.Files, value); value == "" {
				e.Files = nil
			}
		case "UnsetEnvironment":
			if e.Unsets = append(e.Unsets, strings.Fields(value)...); value == "" {
				e.Unsets = nil
			}
		}
	}
}

// IsManager reports whether a file is one of systemd's own configuration: what
// it sets, every unit gets (systemd-system.conf(5), DefaultEnvironment=).
func IsManager(name string) bool {
	return strings.HasSuffix(name, "/systemd/system.conf") || strings.Contains(name, "/systemd/system.conf.d/")
}

// joined puts lines that a backslash continues together; the number is the
// first one's.
func joined(lines []string) []string {
	var out []string
	open := false
	for _, line := range lines {
		if open {
			_, line = Numbered(line)
			line = out[len(out)-1] + " " + strings.TrimSpace(line)
			out = out[:len(out)-1]
		}
		line, open = strings.CutSuffix(line, `\`)
		out = append(out, line)
	}
	return out
}

// assignments reads the value of Environment=: words, quoted as a whole or in
// part, of NAME=VALUE.
func (e *Environment) assignments(value, origin string) {
	if value == "" { // which takes back what such lines of its kind set before
		e.Settings = slices.DeleteFunc(e.Settings, func(s Setting) bool { return IsManager(fileOf(s.Origin)) == IsManager(fileOf(origin)) })
		return
	}
	for _, word := range systemdWords(value) {
		if name, v, ok := strings.Cut(word, "="); ok {
			e.Set(name, strings.ReplaceAll(v, "%%", "%"), origin)
		}
	}
}

// fileOf is the file of a place.
func fileOf(origin string) string {
	if i := strings.LastIndexByte(origin, ':'); i >= 0 && strings.Trim(origin[i+1:], "0123456789") == "" {
		return origin[:i]
	}
	return origin
}

// systemdWords splits a value as systemd.syntax(7), "Quoting", has it.
func systemdWords(s string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	started, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, started = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, started = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}

// included applies the file that EnvironmentFile= names, if it was collected.
func (e *Environment) included(f *facts.Sheet, path string) {
	path, optional := strings.CutPrefix(path, "-")
	s, ok := f.Source(facts.EnvFile, path)
	switch {
	case ok && s.Err == "":
		e.envFile(s)
	case ok && !optional:
		e.Unread = append(e.Unread, s)
	}
}

// envFile reads a file of NAME=VALUE, as EnvironmentFile= and pam_env do:
// a value may be quoted as a whole, and "export" is no word of theirs.
func (e *Environment) envFile(s facts.Source) {
	for _, line := range joined(s.Lines) {
		number, text := Numbered(line)
		text = strings.TrimSpace(text)
		name, value, ok := strings.Cut(text, "=")
		if !ok || strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";") {
			continue
		}
		name = strings.TrimSpace(name)
		if f, exported := strings.CutPrefix(name, "export "); exported && strings.HasSuffix(s.Name, "/environment") {
			name = strings.TrimSpace(f) // pam_env takes it, systemd does not
		}
		e.Set(name, unquote(strings.TrimSpace(value)), Place(s.Name, number))
	}
}

// unquote takes the quotes off that enclose the whole of s.
func unquote(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

// profile reads the assignments of a shell script: NAME=VALUE and
// export NAME=VALUE, and takes $NAME of what stands before. It runs nothing;
// what stands in an if is taken as if it were done.
func (e *Environment) profile(s facts.Source) {
	for _, line := range s.Lines {
		number, text := Numbered(line)
		for statement := range strings.SplitSeq(text, ";") {
			statement = strings.TrimSpace(statement)
			if strings.HasPrefix(statement, "#") {
				break
			}
			if names, ok := strings.CutPrefix(statement, "unset "); ok {
				for n := range strings.FieldsSeq(names) {
					e.unset(n)
				}
			}
			statement = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(statement, "export "), "declare -x "))
			for _, word := range systemdWords(statement) {
				name, value, ok := strings.Cut(word, "=")
				if !ok || name == "" || strings.ContainsAny(name, " \t$()[]{}\"'") {
					break
				}
				e.Set(name, e.expand(value), Place(s.Name, number))
			}
		}
	}
}

// expand puts in the variables that value names.
func (e *Environment) expand(value string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(value, "$")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after := rest, ""
		if braced, found := strings.CutPrefix(rest, "{"); found {
			name, after, _ = strings.Cut(braced, "}")
		} else if i := strings.IndexFunc(rest, notName); i >= 0 {
			name, after = rest[:i], rest[i:]
		}
		v, _ := e.Value(name)
		b.WriteString(v)
		value = after
	}
}

func notName(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}
