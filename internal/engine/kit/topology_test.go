package kit_test

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestRoutes: the planner, which knows nothing of kits, finds every way that a
// kit says it has, in the topology of what will be deployed.
func TestRoutes(t *testing.T) {
	for name, src := range kittest.Matrix() {
		t.Run(name, func(t *testing.T) {
			p := kittest.Plan(t, src)
			top := topologyOf(t, p, p.Topology(kit.ConfigFile))
			if len(top.Tests) < 12 {
				t.Errorf("%d tests, want those of clients and of instances", len(top.Tests))
			}
			planner := route.New(top, route.Options{Now: kittest.Now})
			for _, test := range top.Tests {
				got := planner.Trace(top.Client(test.Client), test.Request)
				for _, d := range route.Compare(&got, &test.Expect) {
					t.Errorf("%s: %s = %q, want %q", test.Name, d.Field, d.Got, d.Want)
				}
			}
		})
	}
}

func topologyOf(t *testing.T, p *kit.Plan, text string) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse("topology.yaml", []byte(text), topology.Options{
		Now: kittest.Now, Read: func(string) ([]byte, error) { return []byte(p.Source), nil },
	})
	if top == nil {
		t.Fatalf("%v\n%s", kittest.Lines(problems), text)
	}
	return top
}
