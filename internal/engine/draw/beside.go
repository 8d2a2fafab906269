package draw

import (
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Beside is what a picture shows beside the way of a request: endpoints that
// its client may believe in.
type Beside struct {
	// Unmeant: the endpoint that was crossed is not the client's, who has one of
	// its own for the service.
	Unmeant bool
	Unused  []Unused
}

// Unused is an endpoint for what is asked for, beside a sender that does not
// use it.
type Unused struct {
	Endpoint *topology.Endpoint
	Why      string // in words, as far as the endpoint itself tells; else empty
}

// BesideOf returns what stands beside trace, a way through t.
func BesideOf(t *topology.Topology, trace route.Trace, lang reason.Lang) Beside {
	w := newWay(t, trace, speaker(lang))
	b := Beside{Unmeant: w.surprising()}
	for _, leg := range w.legs {
		for _, s := range leg {
			for _, u := range s.unused {
				b.Unused = append(b.Unused, Unused{u.endpoint, u.why})
			}
		}
	}
	return b
}
