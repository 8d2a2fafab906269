package route_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestReading runs what a second reader made of the format: see
// testdata/reading/README.md.
func TestReading(t *testing.T) {
	files, err := filepath.Glob("testdata/reading/*.txt")
	if err != nil || len(files) < 9 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src := readings(t, file)
			top, problems := topology.Parse(file, src, topology.Options{Now: now})
			if len(problems) > 0 {
				t.Fatal(printed(problems, src))
			}
			for _, test := range top.Tests {
				t.Run(test.Name, func(t *testing.T) { meets(t, top, test) })
			}
		})
	}
}

// readings returns the topology that file is about, with the lines of file as
// its tests.
func readings(t *testing.T, file string) []byte {
	t.Helper()
	table, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	base, ok := strings.CutPrefix(lines[1], "# of ")
	top, err := os.ReadFile(base)
	if !ok || err != nil {
		t.Fatalf("%s is of %q: %v", file, base, err)
	}
	top, _, _ = bytes.Cut(top, []byte("\ntests:"))
	out := bytes.NewBuffer(append(top, "\ntests:\n"...))
	for _, line := range lines[2:] {
		cells := strings.Split(line+strings.Repeat(" | ", 9), " |")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		url, more, _ := strings.Cut(cells[3], " ")
		by, answer, _ := strings.Cut(cells[7], ",")
		fmt.Fprintf(out, "  - {name: %q, client: %s, because: so it is read,", cells[0], cells[1])
		if cells[2] != "" {
			fmt.Fprintf(out, " change: %s,", cells[2])
		}
		fmt.Fprintf(out, " request: {url: %q, %s}, expect: {verdict: %s, path: [%s], endpoint: %s, dns: {by: %s, answer: %s}, %s}}\n",
			url, more, cells[4], cells[5], orNone(cells[6]), by, answer, cells[8])
	}
	return out.Bytes()
}

func orNone(endpoint string) string {
	if endpoint == "" {
		return "none"
	}
	return endpoint
}
