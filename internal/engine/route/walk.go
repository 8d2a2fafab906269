package route

import (
	"bytes"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route/seen"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// walk is one request on its way. Its methods go one step further and return
// false where the way ends.
type walk struct {
	p     *Planner
	trace Trace // except what is only counted at the end: hops and notes
	asked target.Resource
	idle  *topology.NLB // that forgets the tunnel while it is silent
	hops  []Hop
	notes []note // in the order of asking, each path once
	paths []byte // of the notes
	keys  [seen.Keys]seen.Key
	named iampolicy.Context // keys by name: the map is kept from walk to walk
}

// start makes w ready for another request.
func (w *walk) start(p *Planner, c *topology.Client, q topology.Request) {
	w.p, w.trace = p, Trace{Client: c, Request: q, Credentials: "own"}
	w.asked, w.idle = target.Of(q), nil
	w.hops, w.notes, w.paths = w.hops[:0], w.notes[:0], w.paths[:0]
}

// result returns the trace, which shares nothing with w: a survey keeps very
// many, so they are as long as they need to be.
func (w *walk) result() Trace {
	w.trace.Asked = w.asked
	w.trace.Hops = slices.Clip(slices.Clone(w.hops))
	w.trace.Assumed = w.assumed()
	return w.trace
}

// end stops the request with verdict.
func (w *walk) end(verdict Verdict, because reason.Because, pos diag.Pos) bool {
	w.trace.Verdict, w.trace.Because, w.trace.Pos = verdict, because, pos
	return false
}

// hop adds a hop that the request reached.
func (w *walk) hop(h Hop) { w.hops = append(w.hops, h) }

// key is the path of a key of the file, in pieces.
type key [6]string

// note is an Assumption whose path is that part of the walk's paths.
type note struct {
	from, to int
	value    string
	open     bool
}

// assume notes, if absent, that the key at k is not written and taken as value.
func (w *walk) assume(absent bool, k key, value string) { w.note(absent, k, value, false) }

// open is assume for what lets requests through where it is not written. It
// reports whether that is to be taken as unknown.
func (w *walk) open(s topology.State, k key, value string) (unknown bool) {
	w.note(s == topology.NotWritten, k, value, true)
	return s == topology.Unknown || s == topology.NotWritten && w.p.options.Strict
}

func (w *walk) note(absent bool, k key, value string, open bool) {
	if !absent {
		return
	}
	from := len(w.paths)
	for _, piece := range k {
		w.paths = append(w.paths, piece...)
	}
	if w.noted(w.paths[from:]) {
		w.paths = w.paths[:from]
		return
	}
	w.notes = append(w.notes, note{from, len(w.paths), value, open})
}

// noted reports whether path stands among the notes.
func (w *walk) noted(path []byte) bool {
	for i := range w.notes {
		if n := &w.notes[i]; n.to-n.from == len(path) && bytes.Equal(w.paths[n.from:n.to], path) {
			return true
		}
	}
	return false
}

func unwritten(s topology.State) bool { return s == topology.NotWritten }

// assumed returns what was noted, sorted. The paths are parts of one
// text.
func (w *walk) assumed() []Assumption {
	path := func(n note) []byte { return w.paths[n.from:n.to] }
	slices.SortFunc(w.notes, func(a, b note) int { return bytes.Compare(path(a), path(b)) })
	var text strings.Builder
	text.Grow(len(w.paths))
	found := make([]Assumption, len(w.notes))
	for i, n := range w.notes {
		from := text.Len()
		text.Write(path(n))
		found[i] = Assumption{Path: text.String()[from:], Default: n.value, Open: n.open}
	}
	return found
}

// String returns s in words, for reasons.
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
