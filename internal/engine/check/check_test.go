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
	top, problems := topology.Parse(file, []byte(src), topology.Options{Now: now, Read: func(rules string) ([]byte, error) {
		return []byte("{version: 1, " + rules + "}"), nil // a config's name is what it says
	}})
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

// finding is a case: a topology, a change of it, and what is then found.
type finding struct {
	base, change string
	want         []string // "DG3101 error 169.254.0.0/16": the code and what the caret marks
}

// run asks for the findings of every case whose codes begin with group.
func run(t *testing.T, group string, cases map[string]finding) {
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			top := parse(t, "base", c.base)
			if c.change != "" {
				change, problems := topology.ReadChange("change", []byte(c.change))
				if len(problems) == 0 {
					top, problems = top.Apply(change)
				}
				if len(problems) > 0 {
					t.Fatalf("change %s: %v", c.change, lines(problems))
				}
			}
			var got []string
			for _, p := range check.Topology(top, now) {
				if strings.HasPrefix(p.Code, group) {
					got = append(got, p.Code+" "+p.Severity.String()+" "+marked(p, map[string]string{"base": c.base, "change": c.change}))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings of %s… with change %q (-want +got):\n%s", group, c.change, diff)
			}
		})
	}
}

// marked returns what p's caret stands below.
func marked(p diag.Problem, src map[string]string) string {
	all := strings.Split(src[p.Pos.File], "\n")
	if p.Pos.Line < 1 || p.Pos.Line > len(all) {
		return "nothing"
	}
	line := []rune(all[p.Pos.Line-1])
	return string(line[p.Pos.Col-1 : min(p.Pos.Col-1+max(p.Len, 1), len(line))])
}
