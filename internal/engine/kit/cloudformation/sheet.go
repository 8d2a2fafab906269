package cloudformation

import (
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Sheet is the parameter sheet of stacks as CSV, as reviews ask for: one row for
// each value of each parameter, resource and output. Values of several lines,
// which have files of their own, are counted.
func Sheet(stacks []*Stack) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	row := func(cells ...string) { _ = w.Write(cells) } // a Builder takes everything
	row("stack", "part", "name", "type", "setting", "value")
	for _, s := range stacks {
		for _, part := range []struct {
			name string
			n    *tree.Node
		}{{"parameter", s.parameters}, {"resource", s.resources}, {"output", s.outputs}} {
			for _, e := range part.n.Entries {
				typ := ""
				if t := e.Value.Find("Type"); t != nil {
					typ = t.Text
				}
				leaves("", e.Value, func(setting, value string) {
					if setting = strings.TrimPrefix(setting, "Properties."); setting != "Type" {
						row(s.Name, part.name, e.Key.Text, typ, setting, value)
					}
				})
			}
		}
	}
	w.Flush()
	return b.String()
}

// leaves calls yield with every single value below n and the keys that lead to
// it, items of lists being counted from 1.
func leaves(path string, n *tree.Node, yield func(setting, value string)) {
	join := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	switch {
	case n.Tag != "" && n.Kind != yamldoc.Text:
		yield(path, strings.TrimSuffix(yamldoc.Write(tree.List(n)), "\n"))
	case n.Kind == yamldoc.Map && len(n.Entries) == 0:
		yield(path, "{}")
	case n.Kind == yamldoc.List && len(n.Items) == 0:
		yield(path, "[]")
	case n.Kind == yamldoc.Map:
		for _, e := range n.Entries {
			leaves(join(e.Key.Text), e.Value, yield)
		}
	case n.Kind == yamldoc.List:
		for i, item := range n.Items {
			leaves(join(strconv.Itoa(i+1)), item, yield)
		}
	case strings.Contains(n.Text, "\n"):
		yield(path, "("+strconv.Itoa(strings.Count(n.Text, "\n"))+" lines)")
	case n.Tag != "":
		yield(path, n.Tag+" "+n.Text)
	default:
		yield(path, n.Text)
	}
}
