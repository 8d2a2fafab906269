package fix

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// edit is one value of the file that is set, or removed if value is "null".
type edit struct {
	path  []string // keys, from the top
	value string   // YAML in flow style
}

// step is a set of edits that may help, all for one reason.
type step struct {
	edits []edit
	why   reason.Because
	size  int     // keys and list items that differ
	width int     // how much more than the request it concerns: 0 is a name or an address
	opens opening // beyond what is asked for
	// note says that no topology can hold it: the edits stand for what a person
	// has to write elsewhere.
	note bool
}

// opening is what a step opens to more than who asks and what is asked for. What
// opens more is proposed only if nothing else reaches.
type opening uint8

const (
	nothing   opening = iota
	past              // a policy that refuses
	outwards          // to all the internet
	strangers         // to those outside
)

// set returns the edit that gives the key at the end of path value.
func set(value string, path ...string) edit { return edit{path, value} }

// render returns edits as a change: a line for each key at the top, in flow
// style below. Of two edits of one path the later counts.
func render(edits []edit) string {
	root := &branch{}
	for _, e := range edits {
		at := root
		for _, key := range e.path {
			at = at.child(key)
		}
		at.value, at.below = e.value, nil
	}
	var b strings.Builder
	for _, key := range root.below {
		b.WriteString(scalar(key.name) + ": " + key.text() + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// branch is a key of a change with what stands below it.
type branch struct {
	name  string
	value string // of a leaf
	below []*branch
}

func (b *branch) child(name string) *branch {
	if i := slices.IndexFunc(b.below, func(c *branch) bool { return c.name == name }); i >= 0 {
		return b.below[i]
	}
	c := &branch{name: name}
	b.below = append(b.below, c)
	return c
}

func (b *branch) text() string {
	if len(b.below) == 0 {
		return b.value
	}
	parts := make([]string, len(b.below))
	for i, c := range b.below {
		parts[i] = scalar(c.name) + ": " + c.text()
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// list returns values as a YAML list in flow style.
func list(values ...string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = scalar(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

var (
	plain  = regexp.MustCompile(`^[A-Za-z0-9./_]([A-Za-z0-9./_:-]*[A-Za-z0-9./_-])?$`)
	number = regexp.MustCompile(`^[0-9]+$`)
)

// scalar returns s as the format reads it back as text: in quotes where YAML,
// or this format, would take it for something else.
func scalar(s string) string {
	addr, err := netip.ParseAddr(s)
	switch {
	case !plain.MatchString(s), number.MatchString(s), err == nil && addr.Is6(),
		slices.Contains([]string{"true", "false", "null", "unknown"}, strings.ToLower(s)):
		return strconv.Quote(s)
	}
	return s
}
