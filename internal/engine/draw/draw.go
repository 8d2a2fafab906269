// Package draw shows ways of requests and topologies as pictures: SVG, Mermaid,
// and lines for a terminal, made from the same steps, so that none knows more
// than another. What they show beside a way is told to those who write it in
// words: see Beside.
//
//	svg := draw.SVG(t, []route.Trace{trace}, draw.Options{Lang: reason.Japanese})
//
// A way is drawn from left to right as one thick line through the sites, VPCs
// and subnets that it passes, up to the mark where it ends. Several ways stand
// below each other, with the same place in the same column where their order
// allows. Endpoints that a sender could believe in and does not use stand below
// the sender; one that takes a request which was not meant for it is hatched.
// Without ways the topology itself is drawn.
//
// It decides nothing: what is not in a trace or the topology is not in the
// picture. The same input gives the same bytes.
package draw

import (
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Options say how to draw.
type Options struct {
	Lang reason.Lang
	// Title stands above the picture, instead of the topology's.
	Title string
}

// SVG returns a picture of traces, which are ways through t, or of t if there
// is none. It stands for itself: it loads nothing, and brings its background.
func SVG(t *topology.Topology, traces []route.Trace, o Options) []byte {
	say := speaker(o.Lang)
	title := o.Title
	if title == "" {
		title = t.Title
	}
	if len(traces) == 0 {
		return mapped(t, title, say).svg()
	}
	return strips(ways(t, traces, say), title, say).svg()
}

// speaker puts codes of this package into words.
type speaker reason.Lang

// word returns the words of "draw.code".
func (s speaker) word(code string, args ...string) string {
	return reason.New(reason.Code("draw."+code), args...).In(reason.Lang(s))
}

// because returns b in words.
func (s speaker) because(b reason.Because) string { return b.In(reason.Lang(s)) }
