package route_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// scene is a topology with a request of one of its clients.
type scene struct {
	rapid.TB
	doc    routetest.Doc
	top    *topology.Topology
	client string
	asks   topology.Request
}

// anyScene draws a scene.
func anyScene(t *rapid.T) *scene {
	return drawn(t, func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) })
}

func drawn(t rapid.TB, draw routetest.Draw) *scene {
	s := &scene{TB: t, doc: routetest.Any(draw)}
	s.top = s.parse(s.doc.Text())
	s.client = s.top.Clients[draw(len(s.top.Clients), "client")].Name
	s.asks = routetest.Request(draw)
	return s
}

// parse returns the topology of text, which has no problem.
func (s *scene) parse(text []byte) *topology.Topology {
	s.Helper()
	top, problems := topology.Parse("t.yaml", text, routetest.Options)
	if len(problems) > 0 {
		s.Fatalf("%s\n%s", text, printed(problems, text))
	}
	return top
}

// few draws at most six of all: every change of a topology is parsed.
func few[V any](t *rapid.T, all []V) []V {
	if len(all) < 2 {
		return all
	}
	return rapid.Permutation(all).Draw(t, "some")[:min(len(all), 6)]
}

func printed(problems []diag.Problem, text []byte) string {
	var b strings.Builder
	if err := (diag.Printer{}).All(&b, problems, map[string][]byte{"t.yaml": text}); err != nil {
		return err.Error()
	}
	return b.String()
}

// trace asks the planner of top for the way of the scene's request.
func (s *scene) trace(top *topology.Topology) route.Trace { return s.traceWith(top, false) }

func (s *scene) traceWith(top *topology.Topology, strict bool) route.Trace {
	p := route.New(top, route.Options{Now: routetest.Options.Now, Strict: strict})
	return p.Trace(top.Client(s.client), s.asks)
}

// after traces the scene's request in doc.
func (s *scene) after(doc routetest.Doc) route.Trace { return s.trace(s.parse(doc.Text())) }

// applied returns the scene's topology with value at path, as a test's change
// does it; nil where the format refuses that.
func (s *scene) applied(value any, path []string) *topology.Topology {
	text := routetest.Doc{}.Set(value, path...).Text()
	change, problems := topology.ReadChange("change.yaml", text)
	if len(problems) > 0 {
		s.Fatalf("%s\n%s", text, printed(problems, text))
	}
	top, _ := s.top.Apply(change)
	return top
}

// story is the scene in words, for failures.
func (s *scene) story() string {
	q := s.asks
	return fmt.Sprintf("%s\nclient %s asks for %s (principal %+v, action %q, idle %d, service %q, region %q)",
		s.doc.Text(), s.client, q.URL, q.Principal.V, q.Action.V, q.Idle.V, q.Service.V, q.Region.V)
}

// told is a trace without positions, which a file of another order has elsewhere.
type told struct {
	Verdict   route.Verdict
	Path, Why []string
	Crossed   string
	DNS       topology.DNS
	Context   []route.Key
	Assumed   []route.Assumption

	Credentials, Redirect string
}

func tell(t route.Trace) told {
	out := told{
		Verdict: t.Verdict, Path: t.Path(), Crossed: t.Crossed(), DNS: t.DNS,
		Context: t.Context, Assumed: t.Assumed, Credentials: t.Credentials, Redirect: t.Redirect,
	}
	why := []reason.Because{t.Because}
	for _, h := range t.Hops {
		why = append(why, h.Because)
	}
	for _, b := range why {
		out.Why = append(out.Why, position.ReplaceAllString(b.In(reason.English), "t.yaml"))
	}
	return out
}

var position = regexp.MustCompile(`t\.yaml:\d+:\d+`)

func TestTraceDoesNotDependOnTheOrderOfMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		want := tell(s.trace(s.top))
		for i := range 3 {
			text := s.doc.Ordered(func(keys []string) { copy(keys, rapid.Permutation(keys).Draw(t, "order")) })
			if diff := cmp.Diff(want, tell(s.trace(s.parse(text)))); diff != "" {
				t.Fatalf("order %d of\n%s\nis another answer (-sorted +shuffled):\n%s\n%s", i, s.story(), diff, text)
			}
		}
		if diff := cmp.Diff(want, tell(s.trace(s.top))); diff != "" {
			t.Fatalf("asked twice, it answers twice (-first +second):\n%s", diff)
		}
	})
}

// An assumption names a key that the file does not have, or "nat: true", which
// does not tell the gateway's address.
func TestWhatIsWrittenIsNotAssumed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		for _, a := range s.trace(s.top).Assumed {
			if v := s.doc.At(strings.Split(a.Path, ".")...); v != nil && (v != true || !strings.HasSuffix(a.Path, ".nat")) {
				text, _ := json.Marshal(v)
				t.Errorf("%s is assumed, but is written: %s\n%s", a, text, s.story())
			}
		}
	})
}

// A property that only ever met one sort of answer would say little.
func TestScenesComeToEverything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	met := map[route.Verdict]int{}
	for range 800 {
		s := drawn(t, func(n int, _ string) int { return random.IntN(n) })
		met[s.trace(s.top).Verdict]++
	}
	t.Logf("%v", met)
	for _, v := range topology.Verdicts() {
		if met[route.Verdict(v)] == 0 {
			t.Errorf("no scene of 800 comes to %s", v)
		}
	}
}

// A planner may be asked by any number of goroutines at once.
func TestTraceAtOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		s := drawn(t, func(n int, _ string) int { return random.IntN(n) })
		p := route.New(s.top, route.Options{Now: routetest.Options.Now})
		want := tell(p.Trace(s.top.Client(s.client), s.asks))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if diff := cmp.Diff(want, tell(p.Trace(s.top.Client(s.client), s.asks))); diff != "" {
					t.Errorf("another answer at once (-alone +at once):\n%s", diff)
				}
			})
		}
		all.Wait()
	}
}
