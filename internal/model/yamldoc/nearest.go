package yamldoc

// mostCompared bounds the words that are compared, so that a file with many
// mistakes is still read in time. Tables of AWS are below it.
const mostCompared = 1000

// Nearest returns the word of known that someone who wrote word probably
// meant: one letter in three may differ.
func Nearest(word string, known []string) (string, bool) {
	wrote := []rune(word)
	best, at := len(wrote)/3+1, -1
	for i, k := range known[:min(len(known), mostCompared)] {
		if d := distance(wrote, []rune(k), best); d < best {
			best, at = d, i
		}
	}
	if at < 0 {
		return "", false
	}
	return known[at], true
}

// distance counts the letters to insert, drop, replace or swap with their
// neighbour to make b of a. It stops counting at limit.
func distance(a, b []rune, limit int) int {
	if max(len(a), len(b))-min(len(a), len(b)) >= limit {
		return limit
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}

// Closest returns the word of known that is nearest to word, if at most a third
// of its own letters differ; of several, the first in alphabetical order.
func Closest(word string, known []string) (string, bool) {
	wrote := []rune(word)
	var best string
	least := -1
	for _, k := range known[:min(len(known), mostCompared)] {
		letters := []rune(k)
		d := distance(wrote, letters, len(letters)/3+1)
		if d > len(letters)/3 || least >= 0 && (d > least || d == least && k >= best) {
			continue
		}
		best, least = k, d
	}
	return best, least >= 0
}
