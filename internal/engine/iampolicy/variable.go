package iampolicy

import "strings"

// text is a value of a policy with its variables filled in.
type text struct {
	known   truth // no: a variable has no value, so nothing is equal or like it
	text    string
	escaped bool // for glob
}

// fill replaces the variables in raw. In a pattern what they hold stands for
// itself, even if it has wildcards; ${*}, ${?} and ${$} are these characters.
func (m *matcher) fill(raw string, pattern bool) text {
	if m.literal || !strings.Contains(raw, "${") {
		return text{known: yes, text: raw}
	}
	var b strings.Builder
	known := yes
	for rest := raw; ; {
		before, after, ok := strings.Cut(rest, "${")
		name, next, closed := strings.Cut(after, "}")
		if !ok || !closed {
			escape(&b, rest, pattern, `\`)
			break
		}
		escape(&b, before, pattern, `\`)
		value, k := m.variable(name)
		known = min(known, k)
		escape(&b, value, pattern, `\*?`)
		rest = next
	}
	return text{known, b.String(), pattern}
}

// escape writes s; in a pattern with a backslash before each of special.
func escape(b *strings.Builder, s string, pattern bool, special string) {
	for i := range len(s) {
		if pattern && strings.IndexByte(special, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
}

// variable returns the value of ${name}: of a key, or after a comma a default
// in single quotes.
func (m *matcher) variable(name string) (string, truth) {
	if name == "*" || name == "?" || name == "$" {
		return name, yes
	}
	key, rest, _ := strings.Cut(name, ",")
	switch v := m.request.Context.find(strings.TrimSpace(key)); v.state {
	case single:
		return v.text, yes
	case absent, several:
		if rest = strings.TrimSpace(rest); len(rest) >= 2 && rest[0] == '\'' && rest[len(rest)-1] == '\'' {
			return rest[1 : len(rest)-1], yes
		}
		return "", no
	case unknown, ranging:
	}
	return "", maybe
}
