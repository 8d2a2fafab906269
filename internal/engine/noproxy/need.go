package noproxy

import "slices"

// Need is what a list of exceptions is there for.
type Need struct {
	Direct  []Target // must not go to a proxy
	Proxied []Target // must
}

// Miss is a target with which a program does something else than is needed.
type Miss struct {
	Program *Program
	Target  Target
	Route   Way
}

// anyProxy stands in every variable while lists are compared.
const anyProxy = "http://proxy.example:3128"

// Listing returns variables in which list is in force: a proxy is named in
// every variable that a program may read.
func Listing(list string) Vars { return Everywhere(anyProxy, anyProxy, list) }

// Reads returns what p makes of its variables for t, also where the version that
// was measured takes no such target: a newer one may, and reads the same list.
func (p *Program) Reads(vars Vars, t Target) Decision {
	any := *p
	any.refuses = nil
	return any.Route(vars, t)
}

// asks reports whether p asks a proxy for t when no list is in force.
func (p *Program) asks(unlisted Vars, t Target) bool { return p.Reads(unlisted, t).Route == Proxied }

// Misses returns what list does not do of n, program by program. A target that
// a program asks for directly whatever the list says cannot be missed by it.
func (n Need) Misses(list string, programs []*Program) []Miss {
	var missed []Miss
	vars, unlisted := Listing(list), Listing("")
	for _, p := range programs {
		for _, t := range n.Direct {
			if d := p.Reads(vars, t); d.Route != Direct && p.asks(unlisted, t) {
				missed = append(missed, Miss{p, t, d.Route})
			}
		}
		for _, t := range n.Proxied {
			if d := p.Reads(vars, t); d.Route == Direct && p.asks(unlisted, t) {
				missed = append(missed, Miss{p, t, d.Route})
			}
		}
	}
	return missed
}

// pair is a program with a target that it sends to a proxy unless an entry
// keeps it from there.
type pair struct {
	program *Program
	target  int // index in Need.Direct
}

// Shortest returns the fewest of candidates, in their order, that together do
// what can be done of n: the candidates are single entries, those of earlier
// rank are kept where two would do, and one that takes something from the proxy
// that must go there is never chosen. What is not done Misses tells.
func (n Need) Shortest(candidates []string, programs []*Program) []string {
	needed := map[pair]int{} // with how many candidates serve it
	serves := make([][]pair, len(candidates))
	open := n.open(programs)
	for i, c := range candidates {
		if n.harmful(c, programs) {
			continue
		}
		vars := Listing(c)
		for _, o := range open {
			if o.program.Reads(vars, n.Direct[o.target]).Route == Direct {
				serves[i] = append(serves[i], o)
				needed[o]++
			}
		}
	}
	kept := make([]bool, len(candidates))
	for i := range candidates {
		kept[i] = len(serves[i]) > 0
	}
	for i := len(candidates) - 1; i >= 0; i-- {
		alone := slices.ContainsFunc(serves[i], func(p pair) bool { return needed[p] == 1 })
		if !kept[i] || alone {
			continue
		}
		kept[i] = false
		for _, p := range serves[i] {
			needed[p]--
		}
	}
	var list []string
	for i, c := range candidates {
		if kept[i] {
			list = append(list, c)
		}
	}
	return list
}

// open returns what some entry must do.
func (n Need) open(programs []*Program) []pair {
	var open []pair
	unlisted := Listing("")
	for _, p := range programs {
		for i, t := range n.Direct {
			if p.asks(unlisted, t) {
				open = append(open, pair{p, i})
			}
		}
	}
	return open
}

// harmful reports whether entry alone takes from the proxy what must go there.
func (n Need) harmful(entry string, programs []*Program) bool {
	must := Need{Proxied: n.Proxied}
	return len(must.Misses(entry, programs)) > 0
}
