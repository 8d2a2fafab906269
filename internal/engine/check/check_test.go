package check_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

var update = flag.Bool("update", false, "rewrite testdata/routes.txt; read the difference")

var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const routes = "../../../testdata/routes"

// TestRoutes compares what is found in the shared topologies with
// testdata/routes.txt, every line of which a person has judged.
func TestRoutes(t *testing.T) {
	files, err := filepath.Glob(routes + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob = %v, %v, want the shared topologies", files, err)
	}
	var got strings.Builder
	for _, f := range files {
		for _, p := range check.Topology(read(t, f), now) {
			fmt.Fprintln(&got, line(p))
		}
	}
	const file = "testdata/routes.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("findings in %s (-%s +got; -update rewrites it):\n%s", routes, file, diff)
	}
}

// read reads the topology in file.
func read(t *testing.T, file string) *topology.Topology {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, filepath.Base(file), string(src))
}

func parse(t *testing.T, file, src string) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse(file, []byte(src), topology.Options{Now: now})
	if top == nil {
		t.Fatalf("%s: %v", file, lines(problems))
	}
	return top
}

// line is a finding in one line: "seed001.yaml:3:1 warning DG3401 …".
func line(p diag.Problem) string {
	return fmt.Sprintf("%s %s %s %s", p.Pos, p.Severity, p.Code, p.Summary.In(reason.English))
}

func lines(problems []diag.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, line(p))
	}
	return all
}
