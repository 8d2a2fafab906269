package access

import (
	"net/netip"
	"slices"
)

// builder fills an index.
type builder struct {
	*index
	columns map[column]int
	groups  map[groupKey]int
}

// groupKey tells groups apart.
type groupKey struct {
	deny    bool
	columns [maxKey]int // index + 1, ascending; 0 for none
}

// post enters a rule under every combination of one cell of each way.
func (b *builder) post(rule int32, deny bool, ways [][]cell) {
	picked := make([]cell, 0, maxKey)
	var each func(ways [][]cell)
	each = func(ways [][]cell) {
		if len(ways) == 0 {
			b.enter(rule, deny, picked)
			return
		}
		for _, c := range ways[0] {
			picked = append(picked, c)
			each(ways[1:])
			picked = picked[:len(picked)-1]
		}
	}
	each(ways)
}

// enter posts a rule under the cells of one combination.
func (b *builder) enter(rule int32, deny bool, picked []cell) {
	type place struct {
		column int
		token  token
	}
	places := make([]place, len(picked))
	for i, c := range picked {
		col := b.column(c.column)
		places[i] = place{col, b.token(col, c)}
	}
	slices.SortFunc(places, func(x, y place) int { return x.column - y.column })
	gk := groupKey{deny: deny}
	var k key
	for i, p := range places {
		gk.columns[i], k[i] = p.column+1, p.token
	}
	at, ok := b.groups[gk]
	if !ok {
		at = len(b.index.groups)
		b.groups[gk] = at
		g := group{deny: deny, first: rule, rules: make(map[key][]int32)}
		for _, p := range places {
			g.columns = append(g.columns, p.column)
		}
		b.index.groups = append(b.index.groups, g)
	}
	g := &b.index.groups[at]
	list := g.rules[k]
	if len(list) == 0 || list[len(list)-1] != rule {
		g.rules[k] = append(list, rule)
	}
}

// column returns the index of c, entering it if it is new.
func (b *builder) column(c column) int {
	i, ok := b.columns[c]
	if !ok {
		i = len(b.index.columns)
		b.columns[c] = i
		b.index.columns = append(b.index.columns, c)
	}
	return i
}

// token returns what stands for c in the column with index col.
func (b *builder) token(col int, c cell) token {
	switch c.column.dim {
	case byClient, byJob:
		return firstOwn + token(c.number)
	case byNet:
		return number(&b.nets[col], c.net)
	case byHost, bySuffix, byService, byRegion, byBucket, byAccount:
		if c.untold {
			return notTold
		}
	}
	return number(&b.texts[col], c.text)
}

// number returns the token of v in m, giving it the next if it has none.
func number[K string | netip.Prefix](m *map[K]token, v K) token {
	if *m == nil {
		*m = make(map[K]token)
	}
	t, ok := (*m)[v]
	if !ok {
		t = firstOwn + token(len(*m))
		(*m)[v] = t
	}
	return t
}
