package fix

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// thinkers are what thinks of steps. Each looks at where the request stopped and
// proposes; whether it helps, the model says.
var thinkers = []func(*scene) []step{
	excludeMetadata, excludeName, includeName, useProxy, useParent, keepAlive,
	association, newEndpoint, privateDNS, connect, names,
	privateRoutes, publicRoutes, wayBack, centralExit, publicAddress,
	securityGroups, networkACLs, proxyLists, protocol, balance, policies,
}

// deepest is how many steps make one change at most.
const deepest = 3

// search looks for changes with which a request reaches.
type search struct {
	p       *route.Planner
	client  string
	q       topology.Request
	failed  route.Trace
	tests   []*topology.Test              // those that pass and must go on passing
	against []string                      // those that state the failure
	asked   []survey.Destination          // what matters to other clients
	ways    map[*topology.Client][]string // to asked, as the file is
	queue   attempts
	reached [][]string      // parts of the changes that reach
	seen    map[string]bool // changes that were queued
}

func newSearch(p *route.Planner, c *topology.Client, q topology.Request) *search {
	return &search{p: p, client: c.Name, q: q, failed: p.Trace(c, q), seen: map[string]bool{"": true}}
}

// attempt is a change to try, of one or several steps.
type attempt struct {
	steps  []step
	change string // of a note: what stands for it
	size   int
	width  int
	opens  opening
	order  int // in which it was thought of
	depth  int

	trace   route.Trace
	effects []Effect
	planner *route.Planner
}

// run tries changes, the smallest first, and returns those that reach without
// breaking a test, of each sort the narrowest. It ends when no smaller or equal
// one can follow those that are wanted, or when it has tried enough.
func (s *search) run(options Options) (found []*attempt) {
	s.expand(&attempt{planner: s.p, trace: s.failed})
	s.sortTests()
	for tries := 0; len(s.queue) > 0 && tries < options.Tries; tries++ {
		a := heap.Pop(&s.queue).(*attempt)
		if enough(found, options.Most, a) {
			break
		}
		if !s.try(a) {
			continue
		}
		switch {
		case a.trace.Verdict == route.Reached:
			if s.minimal(a) && !narrower(found, a) && s.keeps(a) {
				found = append(found, a)
			}
		case a.depth < deepest && !a.note() && moved(a.trace, s.failed):
			s.expand(a)
		}
	}
	return found
}

// enough reports whether next, and so whatever follows, is larger than all of
// found and not worth a try: there are as many as are wanted, or it opens more,
// or needs two keys more than the smallest.
func enough(found []*attempt, most int, next *attempt) bool {
	if len(found) == 0 || found[len(found)-1].cost() >= next.cost() {
		return false
	}
	return len(found) >= most || next.opens > found[0].opens || next.cost() > found[0].cost()+1
}

// try puts a's change on the topology and asks again. It reports false if the
// change cannot be made.
func (s *search) try(a *attempt) bool {
	t := s.with(a.change)
	if t == nil {
		return false
	}
	c := t.Client(s.client)
	if c == nil {
		return false
	}
	a.planner = route.New(t, s.p.Options())
	a.trace = a.planner.Trace(c, s.q)
	return true
}

// with returns the topology with change, or nil if it cannot be made.
func (s *search) with(change string) *topology.Topology {
	c, problems := topology.ReadChange("change", []byte(change))
	if len(problems) > 0 {
		return nil
	}
	t, _ := s.p.Topology().Apply(c)
	return t
}

// moved reports whether a request stops elsewhere than before, or for another
// reason.
func moved(now, before route.Trace) bool {
	return now.Verdict != before.Verdict || now.Pos != before.Pos || now.DNS != before.DNS ||
		now.Because.Code != before.Because.Code || !slices.Equal(now.Because.Args, before.Because.Args) ||
		!slices.Equal(now.Path(), before.Path())
}

// expand queues a's change with one step more, for every step that may help
// where a's request stops.
func (s *search) expand(a *attempt) {
	for _, sc := range scenes(a.planner, a.trace, s.destinations()) {
		for _, think := range thinkers {
			for _, st := range think(sc) {
				s.push(a, st)
			}
		}
	}
}

// push queues a and one step more, unless it was queued before.
func (s *search) push(a *attempt, st step) {
	if st.note && a.depth > 0 {
		return // half of what helps would stand in the topology
	}
	next := a.with(st)
	if s.seen[next.change] {
		return
	}
	s.seen[next.change] = true
	next.order = len(s.seen)
	heap.Push(&s.queue, next)
}

// with is a and one step more.
func (a *attempt) with(st step) *attempt {
	next := &attempt{
		steps: append(slices.Clone(a.steps), st),
		size:  a.size + st.size, width: a.width + st.width, opens: max(a.opens, st.opens), depth: a.depth + 1,
	}
	var edits []edit
	for _, st := range next.steps {
		edits = append(edits, st.edits...)
	}
	next.change = render(edits)
	return next
}

// note reports whether no topology can hold a.
func (a *attempt) note() bool { return a.steps[0].note }

// minimal reports whether no part of a reaches by itself, and remembers a.
func (s *search) minimal(a *attempt) bool {
	parts := a.parts()
	for _, enough := range s.reached {
		if !slices.ContainsFunc(enough, func(part string) bool { return !slices.Contains(parts, part) }) {
			return false
		}
	}
	s.reached = append(s.reached, parts)
	return true
}

// narrower reports whether found holds a change of a's sort: as the narrow ones
// are tried first, a can only be wider.
func narrower(found []*attempt, a *attempt) bool {
	return slices.ContainsFunc(found, func(f *attempt) bool { return f.sort() == a.sort() })
}

// parts are what a does, each for itself.
func (a *attempt) parts() (parts []string) {
	for _, st := range a.steps {
		for _, why := range leaves(st.why) {
			parts = append(parts, string(why.Code)+" "+strings.Join(why.Args, " "))
		}
	}
	return parts
}

// sort is what a has in common with changes that differ in width only.
func (a *attempt) sort() string {
	var codes []string
	for _, st := range a.steps {
		for _, why := range leaves(st.why) {
			codes = append(codes, string(why.Code))
		}
	}
	slices.Sort(codes)
	return strings.Join(codes, " ")
}

// leaves are what why is put together from.
func leaves(why reason.Because) (all []reason.Because) {
	if len(why.Parts) == 0 {
		return []reason.Because{why}
	}
	for _, part := range why.Parts {
		all = append(all, leaves(part)...)
	}
	return all
}

// cost orders the search: what opens more than is asked for comes when the rest
// is tried.
func (a *attempt) cost() int {
	return a.size + 100*int(a.opens)
}

func (s *search) fix(a *attempt) Fix {
	why := a.steps[0].why
	for _, st := range a.steps[1:] {
		why = reason.New("fix.both").With(why, st.why)
	}
	f := Fix{Change: a.change, After: a.trace.Verdict, Size: a.size, Because: why, AlsoChanges: a.effects, Against: s.against}
	if a.note() {
		f.Change = ""
	}
	return f
}

// attempts is a heap, the cheapest first.
type attempts []*attempt

func (q attempts) Len() int      { return len(q) }
func (q attempts) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q attempts) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(cmp.Compare(a.cost(), b.cost()), cmp.Compare(a.width, b.width), cmp.Compare(a.order, b.order)) < 0
}

// Push and Pop are heap's.
func (q *attempts) Push(x any) { *q = append(*q, x.(*attempt)) }

// Pop removes the last.
func (q *attempts) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
