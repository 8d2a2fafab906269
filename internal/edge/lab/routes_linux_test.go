package lab_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestRoutes builds every topology of testdata/routes and of the examples, and
// makes the requests of their tests in it. What the networks see has to be what
// package route predicts, and that is what the tests expect. With -short only the
// examples are built.
func TestRoutes(t *testing.T) {
	needs(t)
	curl(t)
	requiretest.Program(t, "squid")
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	stories, err := filepath.Glob("../../../examples/story-*.yaml")
	if err != nil || len(stories) != 5 {
		t.Fatalf("found %d stories, %v", len(stories), err)
	}
	least := 300
	if testing.Short() {
		files, least = nil, 30
	}
	var total tally
	t.Run("files", func(t *testing.T) {
		for _, file := range append(files, stories...) {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				compared(t, file, &total)
			})
		}
	})
	agree, differ, beyond := total.counted[agree], total.counted[differ], total.counted[beyond]
	t.Logf("%d tests: %d agree, %d differ, %d beyond a network", agree+differ+beyond, agree, differ, beyond)
	if agree < least {
		t.Errorf("only %d agree: the others were not tried", agree)
	}
}

// outcome is what became of a test.
type outcome string

const (
	agree  outcome = "agree"
	differ outcome = "differ"
	beyond outcome = "beyond a network"
)

type tally struct {
	mu      sync.Mutex
	counted map[outcome]int
}

func (y *tally) add(o outcome) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.counted == nil {
		y.counted = map[outcome]int{}
	}
	y.counted[o]++
}

func curl(t *testing.T) {
	t.Helper()
	requiretest.Program(t, "curl")
}

// suite makes requests with curl.
func suite(file string) *lab.Suite {
	return &lab.Suite{
		Now:     now,
		Program: func(*topology.Client, topology.Request) program.Program { return program.Curl },
		Options: lab.Options{
			Self: []string{"/proc/self/exe"}, Dir: folder, Hasty: true,
			Config: beside(file),
		},
	}
}

func compared(t *testing.T, file string, total *tally) {
	top := parsed(t, file)
	err := suite(file).Run(t.Context(), top, func(trial *lab.Trial) {
		want := route.Compare(&trial.Predicted, &trial.Test.Expect)
		switch {
		case len(want) > 0:
			t.Errorf("%s: the prediction is not what the test expects: %v", trial.Test.Name, want)
		case !trial.Cannot.IsZero():
			total.add(beyond)
			t.Logf("%s: beyond a network: %s", trial.Test.Name, trial.Cannot.In(reason.English))
		case len(trial.Differs) > 0:
			total.add(differ)
			t.Error(described(trial))
		default:
			total.add(agree)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// described tells all that was seen of a trial.
func described(trial *lab.Trial) string {
	v := trial.Visit
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("%s (%s, %d nodes)", trial.Test.Name, trial.Engine, trial.Nodes)
	for _, d := range trial.Differs {
		say("  %s: the network says %s, the prediction %s", d.Field, d.Got, d.Want)
	}
	say("  because %s", v.Answer.Because)
	say("  %v, exit %d: %s: %s", v.Took, v.Exit, strings.Join(v.Command, " "), strings.TrimSpace(v.Output))
	for _, n := range v.Counters {
		say("  %+v", n)
	}
	for _, s := range v.Evidence.Seen {
		say("  %s %s %s out=%v %s > %s", s.Time.Format("05.000000"), s.Node, s.Port, s.Out, s.From, s.To)
	}
	say("  asked %v, refused %v, metadata %v", v.Evidence.Asked, v.Evidence.Refused, v.Evidence.Metadata)
	return b.String()
}
