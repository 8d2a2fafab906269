package access

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// chars is a text, on the stack or off it.
type chars interface{ string | []byte }

// globHost is netset.GlobHost, and a pattern that begins with a dot holds for
// its name and all below it.
func globHost[S chars](pattern string, host S) bool {
	if name, below := strings.CutPrefix(pattern, "."); below {
		return netset.GlobHost(name, lastLabels(host, labels(name)))
	}
	return netset.GlobHost(pattern, host)
}

// labels is the number of labels in name.
func labels(name string) int { return strings.Count(name, ".") + 1 }

// lastLabels returns the last n labels of name, nothing if it has fewer.
func lastLabels[S chars](name S, n int) S {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			if n--; n == 0 {
				return name[i+1:]
			}
		}
	}
	if n == 1 {
		return name
	}
	return name[:0]
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
	return slices.Contains(s.few, text)
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
		if netset.Glob(g, value) {
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

// all yields the texts of s, in no order.
func (s *set) all() iter.Seq[string] {
	if s.many != nil {
		return maps.Keys(s.many)
	}
	return slices.Values(s.few)
}

// before is what stands before sep in s.
func before(s, sep string) string {
	head, _, _ := strings.Cut(s, sep)
	return head
}
