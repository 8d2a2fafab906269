package draw

import "strings"

// topology writes the networks of a and the links between them.
func (m *chart) topology(a *atlas) {
	networks, blocks := a.networks()
	boxes := map[place]int{}
	region := ""
	for i, n := range networks {
		if n.vpc != nil && n.vpc.Region != region {
			if region != "" {
				m.f("  end\n")
			}
			region = n.vpc.Region
			m.open("  ", m.say.word("area.region", region))
		}
		boxes[n] = m.boxes
		m.block(&blocks[i], "    ")
	}
	if region != "" {
		m.f("  end\n")
	}
	for _, l := range a.t.Links {
		id := m.node(&cell{caption: caption{kind: a.linkWords(l), name: l.Name}, shape: slantShape})
		for _, n := range networks {
			if joins(l, n) {
				m.f("  %s --- g%d\n", id, boxes[n])
			}
		}
	}
}

// block writes b and what is in it.
func (m *chart) block(b *block, indent string) {
	if b.cell != nil {
		m.node(b.cell)
		return
	}
	var name []string
	for _, l := range b.label {
		name = append(name, l.text)
	}
	m.open(indent, strings.Join(name, " · "))
	for i := range b.parts {
		m.block(&b.parts[i].block, indent+"  ")
	}
	m.f("%send\n", indent)
}
