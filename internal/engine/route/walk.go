package route

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// walk is one request on its way. Its methods go one step further and return
// false where the way ends.
type walk struct {
	p     *Planner
	trace *Trace
	asked target.Resource
	idle  *topology.NLB // that forgets the tunnel while it is silent
}

// end stops the request with verdict.
func (w *walk) end(verdict Verdict, because reason.Because, pos diag.Pos) bool {
	w.trace.Verdict, w.trace.Because, w.trace.Pos = verdict, because, pos
	return false
}

// hop adds a hop that the request reached.
func (w *walk) hop(h Hop) { w.trace.Hops = append(w.trace.Hops, h) }

// key is the path of a key of the file, in pieces.
type key [6]string

func (k key) String() string { return strings.Join(k[:], "") }

// assume notes, if absent, that the key at k is not written and taken as value.
func (w *walk) assume(absent bool, k key, value string) { w.note(absent, k, value, false) }

// open is assume for what lets requests through where it is not written. It
// reports whether that is to be taken as unknown.
func (w *walk) open(s topology.State, k key, value string) (unknown bool) {
	w.note(s == topology.NotWritten, k, value, true)
	return s == topology.Unknown || s == topology.NotWritten && w.p.options.Strict
}

func (w *walk) note(absent bool, k key, value string, open bool) {
	if absent {
		w.trace.Assumed = append(w.trace.Assumed, Assumption{Path: k.String(), Default: value, Open: open})
	}
}

func unwritten(s topology.State) bool { return s == topology.NotWritten }

// settle sorts what was assumed, each once.
func (w *walk) settle() {
	slices.SortFunc(w.trace.Assumed, func(a, b Assumption) int { return strings.Compare(a.Path, b.Path) })
	w.trace.Assumed = slices.CompactFunc(w.trace.Assumed, func(a, b Assumption) bool { return a.Path == b.Path })
}

// place returns s in words, for reasons.
func (s spot) String() string {
	if s.site != nil {
		return s.site.Name
	}
	return s.subnet.Path()
}

// on returns h with the place that s is.
func (s spot) on(h Hop) Hop {
	h.Subnet, h.Site = s.subnet, s.site
	return h
}
