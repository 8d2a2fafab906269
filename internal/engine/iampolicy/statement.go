package iampolicy

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// matcher compares the parts of a policy's statements with a request.
type matcher struct {
	request *Request
	literal bool // the policy has no variables
}

// match is how far a statement matches.
type match struct {
	truth     truth
	part      Part // as in Ground
	condition int  // of part ConditionPart: the one that decided
}

// statement reports whether s matches, and which part of it says so. A part
// that does not match decides, also beside one that is not known.
func (m *matcher) statement(s *policy.Statement) match {
	result := match{truth: yes, part: Whole}
	for part := ActionPart; part <= PrincipalPart; part++ {
		if got := m.part(s, part); got < result.truth {
			result = match{truth: got, part: part}
		}
		if result.truth == no {
			return result
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		got := m.condition(c, m.request.Context.find(c.Key.V))
		if got < result.truth || result.part == Whole {
			result = match{truth: got, part: ConditionPart, condition: i}
		}
		if result.truth == no {
			return result
		}
	}
	return result
}

// part compares one part of s other than its conditions.
func (m *matcher) part(s *policy.Statement, part Part) truth {
	switch part {
	case ActionPart:
		return m.any(&s.Action, m.action)
	case ResourcePart:
		return m.any(&s.Resource, m.resource)
	case PrincipalPart:
		return m.principals(&s.Principal, s.Effect)
	case ConditionPart, Whole:
	}
	return yes
}

// any reports whether one of the texts of p matches; of a Not, whether none does.
func (m *matcher) any(p *policy.Patterns, matches func(text string) truth) truth {
	if len(p.Texts) == 0 {
		return yes
	}
	found := no
	for i := range p.Texts {
		if found = max(found, matches(p.Texts[i].V)); found == yes {
			break
		}
	}
	if p.Not {
		return found.not()
	}
	return found
}

func (m *matcher) action(pattern string) truth {
	if m.request.Action == "" && pattern != "*" {
		return maybe
	}
	return is(glob{pattern: pattern, fold: true}.matches(m.request.Action))
}

// resource compares an ARN. A "*" may reach over colons: "If the * wildcard is
// the last character of a resource ARN segment, it can expand to match beyond
// the colon boundaries" (IAM User Guide, "IAM JSON policy elements: Resource").
func (m *matcher) resource(pattern string) truth {
	if pattern == "*" {
		return yes
	}
	if m.request.Resource == "" {
		return maybe
	}
	filled := m.filled(m.request.Names.inARN(pattern), true, m.request.IDs)
	if filled.known != yes {
		return filled.known
	}
	return is(glob{pattern: filled.text, escaped: filled.escaped}.matches(m.request.Resource))
}

// ground says of s what r found.
func (m *matcher) ground(s *policy.Statement, r match) Ground {
	g := Ground{Sid: s.Sid, Pos: s.Pos, Effect: s.Effect, Part: r.part}
	switch r.part {
	case ActionPart:
		g.Not, g.Wanted, g.Got = s.Action.Not, words(s.Action.Texts), m.request.Action
	case ResourcePart:
		g.Not, g.Wanted, g.Got = s.Resource.Not, words(s.Resource.Texts), m.request.Resource
	case PrincipalPart:
		g.Not, g.Got = s.Principal.Not, m.request.Principal.String()
		for _, p := range s.Principal.Names {
			g.Wanted = append(g.Wanted, p.Name.V)
		}
	case ConditionPart:
		c := &s.Conditions[r.condition]
		g.Test = Test{c.Operator.Name, c.Key.V, c.Values, m.request.Context.find(c.Key.V)}
	case Whole:
	}
	return g
}

func words(texts []policy.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.V
	}
	return out
}

// cutARN cuts s into its segments; false if it is no ARN.
func cutARN(s string) (segments [6]string, ok bool) {
	segments, ok = segmentsOf(s)
	return segments, ok && segments[0] == "arn"
}

// segmentsOf cuts s at its first five colons outside of variables; false if it
// has fewer.
func segmentsOf(s string) (segments [6]string, ok bool) {
	n, from, inside := 0, 0, false
	for i := 0; i < len(s) && n < 5; i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			inside = true
		case s[i] == '}':
			inside = false
		case s[i] == ':' && !inside:
			segments[n] = s[from:i]
			n, from = n+1, i+1
		}
	}
	segments[n] = s[from:]
	return segments, n == 5
}
