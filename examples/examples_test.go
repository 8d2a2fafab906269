package examples

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// now is after every until that the examples name, and before the next.
var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// stories calls f with each story's topology.
func stories(t *testing.T, f func(t *testing.T, name string, top *topology.Topology)) {
	files, err := filepath.Glob("story-*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("topologies: %v, %v", files, err)
	}
	for _, name := range files {
		t.Run(name, func(t *testing.T) { f(t, name, read(t, name)) })
	}
}

// read returns the topology in the file name, which has no problem.
func read(t *testing.T, name string) *topology.Topology {
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	top, problems := topology.Parse(name, src, topology.Options{Read: os.ReadFile, Now: now})
	if top == nil {
		var b strings.Builder
		_ = diag.Printer{}.All(&b, problems, map[string][]byte{name: src})
		t.Fatalf("\n%s", b.String())
	}
	return top
}

// TestStories runs the tests of every topology.
func TestStories(t *testing.T) {
	stories(t, func(t *testing.T, _ string, top *topology.Topology) {
		if top.Title == "" || len(top.Tests) == 0 {
			t.Error("no title, or no tests")
		}
		for _, test := range top.Tests {
			changed, problems := top.Apply(test.Change)
			if len(problems) > 0 {
				t.Fatalf("%s: %v", test.Name, problems)
			}
			got := route.New(changed, route.Options{Now: now}).Trace(changed.Client(test.Client), test.Request)
			for _, d := range route.Compare(&got, &test.Expect) {
				t.Errorf("%q: %s = %s, want %s", test.Name, d.Field, d.Got, d.Want)
			}
		}
	})
}
