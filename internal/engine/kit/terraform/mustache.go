package terraform

import (
	"regexp"
	"strings"
)

// scope is what a template's names stand for: text, a truth value, or a list of
// scopes. What the innermost lacks is looked for further out.
type scope struct {
	values map[string]any
	outer  *scope
}

func (s *scope) find(name string) any {
	for ; s != nil; s = s.outer {
		if v, ok := s.values[name]; ok {
			return v
		}
	}
	panic("terraform: a template asks for " + name) // they are a part of the program
}

// tag is a name, or the beginning or end of a section, which takes its line with
// it.
var tag = regexp.MustCompile(`(?m)^\{\{([#^/])(\w+)\}\}\n|\{\{(\w+)\}\}`)

// fill fills in a template in the language of Mustache, as far as it is needed: a
// section for each item of a list or for what is true, one for what is not, and
// names. Text is HCL, so nothing is escaped.
func (s *scope) fill(template string) string {
	var b strings.Builder
	for {
		m := tag.FindStringSubmatchIndex(template)
		if m == nil {
			b.WriteString(template)
			return b.String()
		}
		b.WriteString(template[:m[0]])
		if m[2] < 0 {
			b.WriteString(s.find(template[m[6]:m[7]]).(string))
			template = template[m[1]:]
			continue
		}
		kind, name := template[m[2]:m[3]], template[m[4]:m[5]]
		inner, rest := section(template[m[1]:], name)
		for _, each := range s.sections(name, kind == "^") {
			b.WriteString(each.fill(inner))
		}
		template = rest
	}
}

// section parts the inside of a section from what follows it. Sections of one name
// may stand in each other.
func section(text, name string) (inner, rest string) {
	depth, at := 1, 0
	for {
		m := tag.FindStringSubmatchIndex(text[at:])
		if m == nil {
			panic("terraform: a template does not end " + name)
		}
		if m[2] >= 0 && text[at+m[4]:at+m[5]] == name {
			if text[at+m[2]] == '/' {
				depth--
			} else {
				depth++
			}
		}
		if depth == 0 {
			return text[:at+m[0]], text[at+m[1]:]
		}
		at += m[1]
	}
}

// sections are the scopes in which a section is filled in: none, one, or as many
// as the list has items.
func (s *scope) sections(name string, inverted bool) (all []*scope) {
	there := false
	switch v := s.find(name).(type) {
	case []map[string]any:
		for _, item := range v {
			all = append(all, &scope{item, s})
		}
		there = len(v) > 0
	case bool:
		there = v
	case string:
		there = v != ""
	}
	switch {
	case inverted && !there:
		return []*scope{s}
	case inverted || !there:
		return nil
	case all == nil:
		return []*scope{s}
	}
	return all
}
