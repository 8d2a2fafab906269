package draw

import "slices"

// atLeast says that column to begins at least so many pixels right of where
// column from begins.
type atLeast struct {
	from, to string
	by       int
}

// placed returns the smallest x of every column that keeps the distances, or
// false if the columns want to stand in a circle. The answer does not depend
// on the order of distances.
func placed(names []string, distances []atLeast) (map[string]int, bool) {
	x := make(map[string]int, len(names))
	after := make(map[string][]atLeast)
	waiting := make(map[string]int)
	for _, d := range distances {
		after[d.from] = append(after[d.from], d)
		waiting[d.to]++
	}
	var ready []string
	for _, n := range names {
		if waiting[n] == 0 {
			ready = append(ready, n)
		}
	}
	slices.Sort(ready)
	ready = slices.Compact(ready)
	for done := 0; done < len(ready); done++ {
		for _, d := range after[ready[done]] {
			x[d.to] = max(x[d.to], x[d.from]+d.by)
			if waiting[d.to]--; waiting[d.to] == 0 {
				ready = append(ready, d.to)
			}
		}
	}
	all := slices.Clone(names)
	slices.Sort(all)
	return x, len(ready) == len(slices.Compact(all))
}
