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
func (m *matcher) fill(raw string, pattern bool) text { return m.filled(raw, pattern, nil) }

// filled is fill where what variables hold has ids.
func (m *matcher) filled(raw string, pattern bool, ids IDs) text {
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
		value := m.variable(name, ids)
		known = min(known, value.known)
		escape(&b, value.text, pattern, `\*?`)
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

// variable returns the value of ${name}: of a key, or after a comma and a blank
// a default in single quotes. Other blanks and a default without quotes are
// errors at AWS (IAM Access Analyzer policy check reference, "Unsupported space
// in variable", "Missing quotation in variable"), and a key with several values
// stands in no variable: what would come of them, nobody documents.
func (m *matcher) variable(name string, ids IDs) text {
	if name == "*" || name == "?" || name == "$" {
		return text{known: yes, text: name}
	}
	key, rest, hasDefault := strings.Cut(name, ", ")
	if strings.ContainsAny(key, " ,") || hasDefault && !quoted(rest) {
		return text{known: maybe}
	}
	switch v := m.request.Context.find(key); v.state {
	case single:
		return ids.of(key, text{known: yes, text: v.text})
	case absent:
		if hasDefault {
			return text{known: yes, text: rest[1 : len(rest)-1]}
		}
		return text{known: no}
	case unknown, ranging, several:
	}
	return text{known: maybe}
}

// quoted reports whether s stands in single quotes.
func quoted(s string) bool {
	return len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\''
}
