package template

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// shape finds what the schema of r's type does not have: keys, words, and what
// it demands.
func (s *stack) shape(r *Resource, typ *Node) {
	t, ok := awsdata.StackTypeNamed(r.Type)
	switch {
	case strings.HasPrefix(r.Type, "AWS::CloudFormation::") || !strings.HasPrefix(r.Type, "AWS::"):
		return // of others' making, or without a schema of its own
	case !ok:
		s.add(typ, reason.New("DG6601.type", r.Type), meant(r.Type, awsdata.StackTypes()))
		return
	case len(t.Keys) == 0:
		return
	}
	s.keys(&t, "", r.Props, r.ID)
}

// keys looks at the map n, which stands at path.
func (s *stack) keys(t *awsdata.StackType, path string, n *Node, id string) {
	if n.Kind != yamldoc.Map {
		return
	}
	below := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	for _, e := range n.Entries {
		at := below(e.Key.Text)
		if _, ok := slices.BinarySearch(t.Keys, at); !ok {
			s.add(e.Key, reason.New("DG6601", e.Key.Text, t.Type), meant(e.Key.Text, children(t, path)))
			continue
		}
		s.words(t, at, e.Key.Text, e.Value)
		if _, open := slices.BinarySearch(t.Open, at); open {
			continue
		}
		s.keys(t, at, e.Value, id)
		for _, item := range e.Value.Items {
			s.words(t, at, e.Key.Text, item)
			s.keys(t, at, item, id)
		}
	}
	for _, required := range t.Required {
		if parent, key := cut(required); parent == path && n.Find(key) == nil {
			at := n
			if len(n.Entries) > 0 {
				at = n.Entries[0].Key
			}
			s.add(at, reason.New("DG6604", key, id), reason.Because{})
		}
	}
}

// words finds a value that is none of those that its key can have. Two kinds of
// letters are the same where AWS takes either.
func (s *stack) words(t *awsdata.StackType, path, key string, v *Node) {
	known := t.Words[path]
	if len(known) == 0 || !v.Scalar() || v.Tag != "" || strings.Contains(v.Text, "${") || slices.Contains(known, v.Text) {
		return
	}
	hint := meant(v.Text, known)
	if len(known) <= 10 && hint.IsZero() {
		hint = reason.New("DG6603.hint", strings.Join(known, ", "))
	}
	s.add(v, reason.New("DG6603", key, v.Text), hint)
}

// children are the keys of the map at path.
func children(t *awsdata.StackType, path string) (all []string) {
	for _, k := range t.Keys {
		if parent, key := cut(k); parent == path {
			all = append(all, key)
		}
	}
	return all
}

// cut parts the last key of a path from what leads to it.
func cut(path string) (parent, key string) {
	i := strings.LastIndex(path, ".")
	return path[:max(i, 0)], path[i+1:]
}

// attributeIs finds a reference to a resource that is not there, or to an
// attribute that it does not have.
func (s *stack) attributeIs(at *Node, id, name string) {
	r := s.resources.Find(id)
	if r == nil {
		s.unknown(at, id)
		return
	}
	t, ok := awsdata.StackTypeNamed(textOf(r.Find("Type")))
	if !ok || len(t.Keys) == 0 || slices.Contains(t.Returns, name) || slices.Contains(t.Keys, name) {
		return
	}
	s.add(at, reason.New("DG6602.attribute", name, id), meant(name, t.Returns))
}
