package arch

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// rules are what holds in the whole tree. A rule returns its findings, each
// with its place; testdata/<name>.txtar breaks it.
var rules = map[string]func(*tree) []string{
	"beside":       floorsAndBeside,
	"comments":     packageComments,
	"docs":         exportedDocs,
	"error-text":   errorText,
	"exit":         exits,
	"gates":        gateOfEachModule,
	"init":         noInit,
	"pure":         purity,
	"size":         sizes,
	"slog":         defaultLogger,
	"state":        mutableState,
	"test-helpers": testHelpers,
	"todo":         openTODO,
}

func TestHouse(t *testing.T) {
	house, err := readTree(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			for _, finding := range rule(house) {
				t.Error(finding)
			}
		})
	}
}

// TestRules breaks every rule once, in testdata/<rule>.txtar: a small tree, and
// in "want" the findings.
func TestRules(t *testing.T) {
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			root := fstest.MapFS{}
			var want []string
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
					continue
				}
				root[f.Name] = &fstest.MapFile{Data: repeat.ReplaceAllFunc(f.Data, repeated)}
			}
			broken, err := readTree(root)
			if err != nil {
				t.Fatal(err)
			}
			got := rule(broken)
			slices.Sort(got)
			slices.Sort(want)
			if len(want) == 0 {
				t.Error("the archive breaks nothing: it has no want")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// repeat is a line of an archive that stands for many.
var repeat = regexp.MustCompile(`(?m)^//= (\d+) lines\n`)

func repeated(line []byte) []byte {
	n, err := strconv.Atoi(string(repeat.FindSubmatch(line)[1]))
	if err != nil {
		panic(err)
	}
	return bytes.Repeat([]byte("//\n"), n)
}

// TestEveryArchiveIsRun finds the archive of a rule that is gone.
func TestEveryArchiveIsRun(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range archives {
		name := strings.TrimSuffix(filepath.Base(a), ".txtar")
		if rules[name] == nil {
			t.Errorf("%s: no rule of that name", a)
		}
	}
}
