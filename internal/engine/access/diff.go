package access

import (
	"cmp"
	"net/netip"
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
	Examples []Example // the first few
	Count    int       // of all requests tried
}

// Comparison is what two configurations decide differently, as far as requests
// were tried.
type Comparison struct {
	Changes []Change
	Tried   Tried
}

// Tried says how much of what the files name was tried.
type Tried struct {
	Requests, Hosts int
	All             bool // false: the files name more than a comparison takes
}

// Example is a request, and the address that its name turns out to have where
// the change is in that; the zero Addr where nothing need be resolved.
type Example struct {
	Request
	Addr netip.Addr
}

// maxExamples bounds the examples of a Change.
const maxExamples = 5

// The bounds of a comparison: some seconds of work.
const (
	maxWitnesses = 1_000_000
	maxHosts     = 20_000
)

// Diff tries requests on both configurations, as of now, and returns what they
// decide differently: what is newly let through first. The requests are made
// of the clients, hosts, services, regions, buckets, jobs and ports that one
// of the files names, and of a host of every kind, so that every rule is met;
// where the files differ in which addresses an allowed name may have, names
// are tried with some of each sort. No list of requests can prove that two
// files agree; of very large ones only the first million is tried, and Tried
// says so.
func Diff(before, after *config.Config, now time.Time) Comparison {
	return compare(before, after, now, bounds{maxWitnesses, maxHosts})
}

func compare(before, after *config.Config, now time.Time, within bounds) Comparison {
	d := differ{old: Compile(before), next: Compile(after), at: make(map[[2]outcome]int)}
	addrs := answers(before, after)
	w := newWitnesses(before, after, now, within)
	for q := range w.all {
		was, is := d.old.Decide(&q), d.next.Decide(&q)
		d.note(was, is, Example{Request: q})
		if q.Host.IsAddr() || !was.Passes() || !is.Passes() {
			continue
		}
		for _, a := range addrs {
			one := []netip.Addr{a}
			d.note(d.old.Answer(&q, was, one), d.next.Answer(&q, is, one), Example{q, a})
		}
	}
	slices.SortStableFunc(d.changes, func(a, b Change) int { return cmp.Compare(a.rank(), b.rank()) })
	return Comparison{d.changes, w.tried}
}

// differ collects changes.
type differ struct {
	old, next *Rules
	changes   []Change
	at        map[[2]outcome]int
}

// note takes up that x was answered so, and is answered so now. A new name for
// a rule is no change.
func (d *differ) note(was, is Decision, x Example) {
	if was.Verdict == is.Verdict && was.Code == is.Code {
		return
	}
	k := [2]outcome{outcomeOf(was), outcomeOf(is)}
	i, seen := d.at[k]
	if !seen {
		i = len(d.changes)
		d.at[k] = i
		d.changes = append(d.changes, Change{Old: was, New: is})
	}
	c := &d.changes[i]
	if c.Count++; len(c.Examples) < maxExamples {
		c.Examples = append(c.Examples, x)
	}
}

// answers are the addresses to try where the files differ in which are
// admitted: of every network that one of them names, and of each sort that is
// refused unless it is named. Otherwise there are none.
func answers(before, after *config.Config) []netip.Addr {
	p, q := &before.Private, &after.Private
	if p.AWSNames == q.AWSNames && slices.Equal(p.Networks, q.Networks) && slices.Equal(before.Unsafe, after.Unsafe) {
		return nil
	}
	seen := make(map[netip.Addr]bool)
	var all []netip.Addr
	named := slices.Concat(p.Networks, q.Networks, before.Unsafe, after.Unsafe)
	for _, p := range slices.Concat(named, someRefused) {
		if a := inside(unmapped(p)); !seen[a] {
			seen[a] = true
			all = append(all, a)
		}
	}
	return all
}

// someRefused is a network of each sort that private or unsafe is needed for.
var someRefused = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("127.0.0.0/8"),
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
