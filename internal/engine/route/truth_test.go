package route_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// now is the time of all tests: no rule of theirs depends on it.
var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// TestRoutes runs the tests of every topology that the lab runs too.
func TestRoutes(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			top, problems := topology.Parse(file, src, topology.Options{Now: now})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			for _, test := range top.Tests {
				t.Run(test.Name, func(t *testing.T) { meets(t, top, test) })
			}
		})
	}
}

// meets fails unless the request of test comes to what it expects.
func meets(t *testing.T, top *topology.Topology, test *topology.Test) {
	t.Helper()
	changed, problems := top.Apply(test.Change)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := route.New(changed, route.Options{Now: now}).Trace(changed.Client(test.Client), test.Request)
	for _, d := range route.Compare(&got, &test.Expect) {
		t.Errorf("%s: got %s, want %s (%v)", d.Field, d.Got, d.Want, got.Because)
	}
}
