package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The budget of the program. A dependency is a decision; see CONTRIBUTING.md.
const (
	maxModules = 20
	maxBinary  = 25 << 20 // bytes, stripped
)

// requirement is a line of go.mod: module, version, and the reason behind it.
var requirement = regexp.MustCompile(`(?m)^\t(\S+) (v\S+)[ \t]*(?://[ \t]*(.*))?$`)

// modules returns the requirements of go.mod that stand under the comment
// "// Runtime." or "// Tests.", with their reasons.
func modules(gomod, title string) map[string]string {
	_, rest, _ := strings.Cut(gomod, "// "+title+".\nrequire (\n")
	block, _, _ := strings.Cut(rest, "\n)")
	found := map[string]string{}
	for _, m := range requirement.FindAllStringSubmatch(block, -1) {
		found[m[1]] = m[3]
	}
	return found
}

func TestModules(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	runtime, tests := modules(string(text), "Runtime"), modules(string(text), "Tests")
	if len(runtime) == 0 || len(tests) == 0 {
		t.Fatalf("go.mod: %d runtime and %d test modules found: the blocks have moved", len(runtime), len(tests))
	}
	if len(runtime) > maxModules {
		t.Errorf("%d runtime modules, more than %d", len(runtime), maxModules)
	}
	for _, block := range []map[string]string{runtime, tests} {
		for name, why := range block {
			if why == "" || why == "indirect" {
				t.Errorf("go.mod: %s has no reason behind it", name)
			}
		}
	}
	for name := range gates {
		if _, ok := tests[name]; ok {
			t.Errorf("%s has a gate, and stands among the modules for tests", name)
		}
	}
}

func TestModulesOf(t *testing.T) {
	const gomod = `module m

// Runtime.
require (
	a.example/one v1.0.0 // why one
	a.example/two v1.0.0
)

// Tests.
require (
	a.example/three v1.0.0 // why three
)
`
	if got := modules(gomod, "Runtime"); len(got) != 2 || got["a.example/one"] != "why one" || got["a.example/two"] != "" {
		t.Errorf("modules(Runtime) = %v", got)
	}
	if got := modules(gomod, "Tests"); len(got) != 1 || got["a.example/three"] != "why three" {
		t.Errorf("modules(Tests) = %v", got)
	}
}

// TestBinary builds the program as a release does and weighs it.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program; not with -short")
	}
	binary := filepath.Join(t.TempDir(), "deguchi")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, module+"/cmd/deguchi")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, out)
	}
	stat, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f MB", float64(stat.Size())/(1<<20))
	if stat.Size() > maxBinary {
		t.Errorf("the program has %d bytes, more than %d", stat.Size(), maxBinary)
	}
}

// TestNoCgo finds packages of the program that need a C compiler.
func TestNoCgo(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{if .CgoFiles}}{{if not .Standard}}{{.ImportPath}}{{end}}{{end}}", module+"/cmd/deguchi")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %v", list.Args, err)
	}
	if names := strings.Fields(string(out)); len(names) > 0 {
		t.Errorf("packages with cgo: %v", names)
	}
}
