package topology

import (
	"slices"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// At returns the smallest node of the file that path leads to: a value, or its
// key if the value is a map or a list. Path is keys, and for items of a list
// their number, from 0. Where path ends too early, for what is not written,
// the node is the key that it got to, or nil at the top.
//
//	t.At("clients", "ec2", "no_proxy", "2")
func (t *Topology) At(path ...string) *yamldoc.Node {
	var key *yamldoc.Node
	n := t.root
	for _, p := range path {
		if i, err := strconv.Atoi(p); err == nil && n.Kind == yamldoc.List {
			if i < 0 || i >= len(n.Items) {
				return key
			}
			n = n.Items[i]
			key = yamldoc.Item(n)
			continue
		}
		i := slices.IndexFunc(n.Entries, func(e yamldoc.Entry) bool { return e.Key.Text == p })
		if i < 0 {
			break
		}
		key, n = n.Entries[i].Key, n.Entries[i].Value
	}
	if key != nil && n.Scalar() {
		return n
	}
	return key
}
