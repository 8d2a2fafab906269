package routetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Doc is a topology, or a part of one: texts, numbers, true and false, lists
// ([]any) and Docs by their keys.
type Doc map[string]any

// Text returns d as YAML, its keys sorted.
func (d Doc) Text() []byte { return d.Ordered(func([]string) {}) }

// Ordered returns d as YAML, the keys of every map in the order that order
// brings them into; they come sorted.
func (d Doc) Ordered(order func(keys []string)) []byte {
	var b strings.Builder
	d.block(&b, "", order)
	return []byte(b.String())
}

// blocks is how deep maps are written on lines of their own.
const blocks = 4

// block writes d, a line for each key.
func (d Doc) block(b *strings.Builder, indent string, order func([]string)) {
	for _, k := range d.keys(order) {
		b.WriteString(indent + scalar(k) + ":")
		if sub, ok := d[k].(Doc); ok && len(sub) > 0 && len(indent) < blocks {
			b.WriteByte('\n')
			sub.block(b, indent+"  ", order)
			continue
		}
		b.WriteString(" " + flow(d[k], order) + "\n")
	}
}

func (d Doc) keys(order func([]string)) []string {
	keys := slices.Sorted(maps.Keys(d))
	order(keys)
	return keys
}

// flow returns v on one line.
func flow(v any, order func([]string)) string {
	var items []string
	switch v := v.(type) {
	case Doc:
		for _, k := range v.keys(order) {
			items = append(items, scalar(k)+": "+flow(v[k], order))
		}
		return "{" + strings.Join(items, ", ") + "}"
	case []any:
		for _, item := range v {
			items = append(items, flow(item, order))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		return scalar(v)
	}
	return fmt.Sprint(v)
}

// plain is text that needs no quotes, unless it is one of special.
var (
	plain   = regexp.MustCompile(`^[a-z][a-z0-9._/-]*$`)
	special = []string{"true", "false", "null"}
)

func scalar(s string) string {
	if plain.MatchString(s) && !slices.Contains(special, s) {
		return s
	}
	quoted, _ := json.Marshal(s) // a string is always JSON, and JSON is YAML
	return string(quoted)
}

// Set returns d with value at path, its maps copied: a change of one does not
// show in the other. A nil value removes what is there.
func (d Doc) Set(value any, path ...string) Doc {
	copied := maps.Clone(d)
	if copied == nil {
		copied = Doc{}
	}
	switch sub, _ := d[path[0]].(Doc); {
	case len(path) > 1:
		copied[path[0]] = sub.Set(value, path[1:]...)
	case value == nil:
		delete(copied, path[0])
	default:
		copied[path[0]] = value
	}
	return copied
}

// At returns what stands at path, or nil.
func (d Doc) At(path ...string) any {
	if len(path) == 1 {
		return d[path[0]]
	}
	sub, _ := d[path[0]].(Doc)
	return sub.At(path[1:]...)
}

// list makes a list of values.
func list[V any](values ...V) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}
