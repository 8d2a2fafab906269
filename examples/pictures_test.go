package examples

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/draw"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

var update = flag.Bool("update", false, "draw the pictures of docs/pictures again; look at each of them")

// TestPictures holds the pictures that the documents show against what the
// stories come to today: the ways of the tests that change nothing, in their
// order.
func TestPictures(t *testing.T) {
	stories(t, func(t *testing.T, name string, top *topology.Topology) {
		planner := route.New(top, route.Options{Now: now})
		var traces []route.Trace
		for _, test := range top.Tests {
			if test.Change.IsZero() {
				traces = append(traces, planner.Trace(top.Client(test.Client), test.Request))
			}
		}
		for lang, suffix := range map[reason.Lang]string{reason.English: ".svg", reason.Japanese: ".ja.svg"} {
			file := "../docs/pictures/" + strings.TrimSuffix(name, ".yaml") + suffix
			drawn := draw.SVG(top, traces, draw.Options{Lang: lang})
			if *update {
				if err := os.WriteFile(file, drawn, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, drawn) {
				t.Errorf("%s is not what is drawn today (%v): go test ./examples -update", file, err)
			}
		}
	})
}
