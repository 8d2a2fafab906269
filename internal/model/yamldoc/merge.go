package yamldoc

// Merge returns base with over laid on it: maps are merged, anything else
// replaces, null removes. Neither is changed; the result shares their nodes, so
// that every part of it stands where it was written. Missing are the keys that
// over removes and base lacks.
func Merge(base, over *Node) (merged *Node, missing []*Node) {
	if over.Kind != Map {
		return over, nil
	}
	if base == nil || base.Kind != Map {
		base = &Node{Kind: Map}
	}
	out := *over
	out.Entries = make([]Entry, 0, len(base.Entries)+len(over.Entries))
	at := make(map[string]int, len(over.Entries))
	for i, e := range over.Entries {
		at[e.Key.Text] = i
	}
	for _, e := range base.Entries {
		if i, changed := at[e.Key.Text]; changed {
			delete(at, e.Key.Text)
			missing = append(missing, out.lay(e.Value, over.Entries[i])...)
			continue
		}
		out.Entries = append(out.Entries, e)
	}
	for i, e := range over.Entries {
		if _, added := at[e.Key.Text]; !added {
			continue
		}
		if over.Entries[i].Value.Kind == Null {
			missing = append(missing, e.Key)
			continue
		}
		missing = append(missing, out.lay(nil, e)...)
	}
	return &out, missing
}

// lay adds e, laid on the value that base has, to the map n.
func (n *Node) lay(base *Node, e Entry) []*Node {
	if e.Value.Kind == Null {
		return nil
	}
	value, missing := Merge(base, e.Value)
	n.Entries = append(n.Entries, Entry{e.Key, value})
	return missing
}

// Nodes yields n and every node below it, keys too.
func (n *Node) Nodes(yield func(*Node) bool) { n.each(yield) }

func (n *Node) each(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, e := range n.Entries {
		if !yield(e.Key) || !e.Value.each(yield) {
			return false
		}
	}
	for _, item := range n.Items {
		if !item.each(yield) {
			return false
		}
	}
	return true
}
