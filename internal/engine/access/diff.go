package access

import (
	"cmp"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Change is what two configurations decide differently, and for which
// requests: all whose old decisions agree in verdict, code and rule, and whose
// new decisions do.
type Change struct {
	Old, New Decision  // of the first example
	Examples []Request // the first few
	Count    int       // of all requests tried
}

// maxExamples bounds the examples of a Change.
const maxExamples = 5

// Diff tries requests on both configurations, as of now, and returns what they
// decide differently: what is newly let through first. The requests are made
// of the clients, hosts, services, regions, buckets, jobs and ports that one
// of the files names, and of a host of every kind, so that every rule is met;
// no list of requests can prove that two files agree.
func Diff(before, after *config.Config, now time.Time) []Change {
	old, next := Compile(before), Compile(after)
	at := make(map[[2]outcome]int)
	var changes []Change
	for q := range witnesses(before, after, now) {
		was, is := old.Decide(&q), next.Decide(&q)
		if was.Verdict == is.Verdict && was.Code == is.Code {
			continue
		}
		k := [2]outcome{outcomeOf(was), outcomeOf(is)}
		i, seen := at[k]
		if !seen {
			i = len(changes)
			at[k] = i
			changes = append(changes, Change{Old: was, New: is})
		}
		c := &changes[i]
		if c.Count++; len(c.Examples) < maxExamples {
			c.Examples = append(c.Examples, q)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.rank(), b.rank()) })
	return changes
}

// outcome is a decision as far as a Change tells it from others.
type outcome struct {
	verdict Verdict
	code    reason.Code
	rule    string
}

func outcomeOf(d Decision) outcome { return outcome{d.Verdict, d.Code, d.RuleName()} }

// rank orders changes: what passes now and did not, what no longer passes, the
// rest.
func (c *Change) rank() int {
	switch {
	case c.New.Passes() && !c.Old.Passes():
		return 0
	case c.Old.Passes() && !c.New.Passes():
		return 1
	}
	return 2
}
