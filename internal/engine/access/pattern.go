package access

import "strings"

// glob reports whether s is of the form of pattern, in which * stands for any
// run of characters, none included.
func glob(pattern, s string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	if !strings.HasPrefix(s, head) {
		return false
	}
	s = s[len(head):]
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], after
	}
}

// globHost is glob label by label from the right, so that a * stays within its
// label. A pattern that begins with a dot holds for its name and all below it.
func globHost(pattern, host string) bool {
	pattern, below := strings.CutPrefix(pattern, ".")
	for {
		p, prest := lastLabel(pattern)
		h, hrest := lastLabel(host)
		switch {
		case !glob(p, h):
			return false
		case prest == "":
			return hrest == "" || below
		case hrest == "":
			return false
		}
		pattern, host = prest, hrest
	}
}

// lastLabel cuts name at its last dot: its last label and what stands before.
func lastLabel(name string) (label, rest string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name, ""
	}
	return name[i+1:], name[:i]
}

// wild reports whether a pattern holds for more than one text.
func wild(pattern string) bool { return strings.Contains(pattern, "*") }

// set is a set of texts: a slice while that is faster, a map beyond.
type set struct {
	few  []string
	many map[string]struct{}
}

// fewest is the size up to which comparing beats hashing.
const fewest = 6

func newSet(texts []string) set {
	if len(texts) <= fewest {
		return set{few: texts}
	}
	many := make(map[string]struct{}, len(texts))
	for _, t := range texts {
		many[t] = struct{}{}
	}
	return set{many: many}
}

func (s *set) has(text string) bool {
	if s.many != nil {
		_, ok := s.many[text]
		return ok
	}
	for _, t := range s.few {
		if t == text {
			return true
		}
	}
	return false
}

func (s *set) empty() bool { return len(s.few) == 0 && len(s.many) == 0 }

// texts is a matcher on a fact: any of some values, any of some globs. The
// zero texts asks for nothing.
type texts struct {
	exact set
	globs []string
}

func newTexts(patterns []string) texts {
	exact, globs := split(patterns)
	return texts{newSet(exact), globs}
}

// split parts patterns into texts and globs.
func split(patterns []string) (exact, globs []string) {
	for _, p := range patterns {
		if wild(p) {
			globs = append(globs, p)
		} else {
			exact = append(exact, p)
		}
	}
	return exact, globs
}

func (t *texts) asks() bool { return len(t.globs) > 0 || !t.exact.empty() }

func (t *texts) has(value string) bool {
	if t.exact.has(value) {
		return true
	}
	for _, g := range t.globs {
		if glob(g, value) {
			return true
		}
	}
	return false
}

// holds is the one rule for facts: told ones are compared, untold ones hold in
// deny and never in allow, and what does not exist never holds.
func (t *texts) holds(f fact, deny bool) bool {
	if !t.asks() {
		return true
	}
	switch f.state {
	case told:
		return t.has(f.value)
	case untold:
		return deny
	case none:
	}
	return false
}
