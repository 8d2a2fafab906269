package turns

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// filled returns a queue in which the letters of s wait, each in its own line.
func filled(s string) *Queue[rune] {
	var q Queue[rune]
	for _, r := range s {
		q.Push(uint64(r), r)
	}
	return &q
}

func (q *Queue[T]) drain(t *testing.T) (all []T) {
	t.Helper()
	for {
		item, ok := q.Pop()
		if !ok {
			break
		}
		all = append(all, item)
	}
	if q.Len() != 0 || len(q.lines) != 0 {
		t.Errorf("%d still counted, %d lines, after the last", q.Len(), len(q.lines))
	}
	return all
}

func TestTurns(t *testing.T) {
	for name, tt := range map[string]struct{ come, want string }{
		"nobody":                                {"", ""},
		"one line is a queue":                   {"aaa", "aaa"},
		"the modest go before the greedy's 2nd": {"aaaaaabc", "abcaaaaa"},
		"everybody's first, then their second":  {"aabbcc", "abcabc"},
		"a line that is over drops out":         {"abbccc", "abcbcc"},
	} {
		if got := string(filled(tt.come).drain(t)); got != tt.want {
			t.Errorf("%s: %q go as %q, want %q", name, tt.come, got, tt.want)
		}
	}
}

// Who comes while others have their turns waits for one turn of each at most.
func TestWhoComesLater(t *testing.T) {
	q := filled(strings.Repeat("a", 1000) + strings.Repeat("b", 1000))
	for i := range 50 {
		q.Pop()
		who := 'c' + rune(i)
		q.Push(uint64(who), who)
		for n := 1; ; n++ {
			if r, _ := q.Pop(); r == who {
				break
			}
			if n > 2 {
				t.Fatalf("%c is still waiting after %d turns of two others", who, n)
			}
		}
	}
}

// Within a line the order stays, nobody is lost, and no line that has somebody in
// it waits for more than one turn of each other, whatever comes when.
func TestNobodyIsLost(t *testing.T) {
	type item struct{ whose, number int }
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var q Queue[item]
		waiting := map[int][]int{}
		ago := map[int]int{} // turns since its last, of who waits
		pop := func() bool {
			got, ok := q.Pop()
			if !ok {
				return false
			}
			line := waiting[got.whose]
			if len(line) == 0 || line[0] != got.number {
				t.Fatalf("seed %d: got %v, waiting %v", seed, got, line)
			}
			if waiting[got.whose] = line[1:]; len(line) == 1 {
				delete(waiting, got.whose)
			}
			delete(ago, got.whose)
			for other := range waiting {
				if ago[other]++; other != got.whose && ago[other] > 8 {
					t.Fatalf("seed %d: %d waits for %d turns, want at most one of each of 8", seed, other, ago[other])
				}
			}
			ago[got.whose] = 0
			return true
		}
		for n := range 2000 {
			if r.IntN(2) == 0 {
				i := item{min(r.IntN(20), 8), n}
				waiting[i.whose] = append(waiting[i.whose], n)
				q.Push(uint64(i.whose), i)
			} else {
				pop()
			}
		}
		for pop() {
		}
		if len(waiting) > 0 || q.Len() != 0 {
			t.Fatalf("seed %d: %v were lost", seed, waiting)
		}
	}
}

// A line that never ends does not keep what has gone.
func TestLineWithoutEnd(t *testing.T) {
	var q Queue[*int]
	for range 100 {
		q.Push(1, new(int))
	}
	for range 100_000 {
		q.Push(1, new(int))
		q.Pop()
	}
	if l := q.lines[1]; cap(l.items) > 1000 {
		t.Errorf("100 wait in room for %d", cap(l.items))
	}
	if n := slices.IndexFunc(q.lines[1].items[:q.lines[1].done], func(p *int) bool { return p != nil }); n >= 0 {
		t.Error("what has gone is still held")
	}
}

// Where nobody waits, coming and going costs no memory.
func TestAllocations(t *testing.T) {
	var q Queue[*int]
	x := new(int)
	if n := testing.AllocsPerRun(1000, func() { q.Push(7, x); q.Pop() }); n > 0 {
		t.Errorf("%v allocations for one that comes and goes", n)
	}
}
