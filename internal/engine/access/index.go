package access

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"
)

// index finds the rules that may hold for a request without asking each. It is
// a tuple space search (Srinivasan, Suri, Varghese 1999): rules that can be
// found by the same columns form a group, and a request is looked up once in
// each group. What is found is still asked in full, so the index can only be
// too wide, never wrong, as long as no rule is missing from a cell of its own.
type index struct {
	columns []column
	texts   [maxColumns]map[string]token
	nets    [maxColumns]map[netip.Prefix]token
	groups  []group // by first
}

// token stands for a value in a column.
type token uint32

const (
	absent   token = iota // no rule asks for this value
	notTold               // what deny rules are found under when the fact is untold
	firstOwn              // tokens of values begin here
)

// key is a value for each column of a group, absent for columns it lacks.
type key [maxKey]token

// maxKey is how many columns a rule is looked up by, at most.
const maxKey = 3

// group is the rules that are found by the same columns.
type group struct {
	deny    bool
	columns []int // indexes into index.columns, ascending
	first   int32 // the first rule in it
	rules   map[key][]int32
}

// goodEnough is the number of rules in one cell that is not worth splitting.
const goodEnough = 4

// maxCells bounds in how many places one rule is posted for a second and third
// column.
const maxCells = 64

// newIndex posts every rule under the columns that tell it best from others.
func newIndex(rules []rule) *index {
	ways := make([][][]cell, len(rules)) // rule → dimension → cells
	count := make(map[cell]int)
	for i := range rules {
		ways[i] = rules[i].cells()
		for _, cells := range ways[i] {
			for _, c := range cells {
				count[c]++
			}
		}
	}
	ix := &index{}
	b := builder{index: ix, columns: make(map[column]int), groups: make(map[groupKey]int)}
	for i := range rules {
		b.post(int32(i), rules[i].deny, selective(ways[i], count))
	}
	slices.SortFunc(ix.groups, func(a, b group) int { return cmp.Compare(a.first, b.first) })
	return ix
}

// cells returns where r can be found, one list for each matcher that the index
// understands. A rule is found only under all cells of a list.
func (r *rule) cells() [][]cell {
	var ways [][]cell
	add := func(cells []cell) {
		if len(cells) > 0 {
			ways = append(ways, cells)
		}
	}
	add(hostCells(&r.hosts))
	add(textCells(byBucket, &r.buckets, r.deny))
	add(textCells(byAccount, &r.accounts, r.deny))
	add(textCells(byService, &r.services, r.deny))
	if r.askJob {
		add([]cell{{column: column{dim: byJob}, number: bits.TrailingZeros64(uint64(r.job))}})
	} else {
		add(textCells(byRegion, &r.regions, r.deny))
	}
	var clients []cell
	for _, c := range r.clients {
		clients = append(clients, cell{column: column{dim: byClient}, number: c})
	}
	add(clients)
	return ways
}

// selective returns the few of ways that share their cells with the fewest
// other rules.
func selective(ways [][]cell, count map[cell]int) [][]cell {
	crowd := func(cells []cell) int {
		most := 0
		for _, c := range cells {
			most = max(most, count[c])
		}
		return most
	}
	slices.SortStableFunc(ways, func(a, b []cell) int { return cmp.Compare(crowd(a), crowd(b)) })
	var chosen [][]cell
	places := 1
	for _, cells := range ways {
		if len(chosen) == maxKey || len(chosen) > 0 && places*len(cells) > maxCells {
			break
		}
		chosen = append(chosen, cells)
		places *= len(cells)
		if crowd(cells) <= goodEnough {
			break
		}
	}
	return chosen
}
