package exclude

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// prove puts v into the topology, for each program, and traces every destination
// that can be reached at all. What does not reach is a doubt.
func (f *finder) prove(v *Value) (failing []destination) {
	v.Proven = 0
	for _, p := range f.programs {
		trace := f.tracer(p, v)
		for _, d := range f.destinations {
			if !reached(d.direct) && !reached(d.proxied) {
				continue
			}
			t := trace(d)
			if reached(t) {
				v.Proven++
				continue
			}
			failing = append(failing, d)
			v.Unproven = append(v.Unproven, Doubt{p.name, d.url(), reason.New("exclude.fails", string(t.Verdict)).With(t.Because)})
		}
	}
	return failing
}

// tracer returns what traces a destination with v in force. For a program that
// a topology cannot name, the two ways are known and noproxy says which it is.
func (f *finder) tracer(p program, v *Value) func(destination) route.Trace {
	name, ok := formatName(p)
	if !ok || !f.client.Proxy.Is() {
		vars := noproxy.Listing(v.String())
		return func(d destination) route.Trace {
			if f.client.Proxy.Is() && p.Route(vars, d.target()).Route == noproxy.Proxied {
				return d.proxied
			}
			return d.direct
		}
	}
	s := set{"program": name, "no_proxy": nil}
	if len(v.Entries) > 0 {
		var texts []string
		for _, e := range v.Entries {
			texts = append(texts, e.Text)
		}
		s["no_proxy"] = texts
	}
	planner, client, err := f.with(s)
	return func(d destination) route.Trace {
		if err != nil {
			return route.Trace{Verdict: route.Unknown}
		}
		return planner.Trace(client, d.request)
	}
}

// formatName returns the name that topologies have for p.
func formatName(p program) (string, bool) {
	for _, name := range append([]string{p.name, p.ID}, p.Aliases...) {
		if slices.Contains(topology.Programs(), name) {
			return name, true
		}
	}
	return "", false
}
