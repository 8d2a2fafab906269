package arch

import (
	"go/ast"
	"slices"
	"strings"
)

// floors runs from the ground up. A package may import what is below it.
var floors = []string{"base", "model", "engine", "edge", "cli"}

// beside lists the few imports that stay on one floor.
var beside = map[string][]string{
	"base/awsdata":     {"base/awsname", "base/netset"},
	"base/awsname":     {"base/netset"},
	"base/diag":        {"base/reason", "base/term"},
	"model/config":     {"model/yamldoc"},
	"model/hcldoc":     {"model/yamldoc"},
	"model/kitfile":    {"model/yamldoc"},
	"model/policy":     {"model/yamldoc"},
	"model/topology":   {"model/config", "model/policy", "model/yamldoc"},
	"engine/route":     {"engine/access", "engine/iampolicy", "engine/noproxy"},
	"engine/blueprint": {"engine/route"},
	"engine/check":     {"engine/access", "engine/iampolicy", "engine/noproxy", "engine/route"},
	"engine/exclude":   {"engine/noproxy", "engine/route", "engine/survey"},
	"engine/settings":  {"engine/exclude", "engine/noproxy", "engine/route"},
	"engine/diagnose":  {"engine/noproxy"},
	"engine/draw":      {"engine/route"},
	"engine/fix":       {"engine/route", "engine/survey"},
	"engine/kit":       {"engine/access"},
	"engine/squid":     {"engine/access"},
	"engine/survey":    {"engine/route"},
	"edge/proxy":       {"edge/observe", "edge/relay", "edge/resolve", "edge/socket"},
	"edge/relay":       {"edge/socket"},
	"edge/lab":         {"edge/proxy", "edge/resolve", "edge/standin"}, // what stands for AWS in tests stands for it in the lab
	"cli":              {"cli/daemon", "cli/decisions", "cli/doctor", "cli/exceptions", "cli/importer", "cli/kits", "cli/labs", "cli/manual", "cli/outfit", "cli/planner", "cli/squidlist"},
}

// impure is what the floors up to engine may not import: the same question has
// the same answer there.
var impure = []string{"log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec"}

// gates names, for each third-party module of the program, the one place that
// imports it and shows the rest of the house its own types.
var gates = map[string]string{
	"github.com/aws/aws-sdk-go-v2":        "edge/remote",
	"github.com/coreos/go-systemd/v22":    "edge/systemd",
	"github.com/hashicorp/hcl/v2":         "model/hcldoc",
	"github.com/google/nftables":          "edge/lab",
	"github.com/mattn/go-runewidth":       "base/term",
	"github.com/pires/go-proxyproto":      "edge/proxy",
	"github.com/prometheus/client_golang": "edge/observe",
	"github.com/spf13/cobra":              "cli",          // and below: commands of a family stand together
	"github.com/spf13/pflag":              "cli",          // cobra's flags: their types stand in cobra's API
	"github.com/zclconf/go-cty":           "model/hcldoc", // the values of hcl's API
	"github.com/vishvananda/netlink":      "edge/lab",
	"go.yaml.in/yaml/v4":                  "model/yamldoc",
}

// ungated modules may be imported anywhere: they are the standard library's
// second shelf.
var ungated = []string{"golang.org/x/"}

// floor is the height of place, or -1 for what stands on no floor.
func floor(place string) int {
	name, _, _ := strings.Cut(place, "/")
	return slices.Index(floors, name)
}

// floorsAndBeside finds imports that point up, or sideways without being listed.
func floorsAndBeside(t *tree) (found []string) {
	for f := range t.product {
		from := f.place()
		if floor(from) < 0 {
			continue
		}
		for spec, path := range f.imports {
			rest, ok := strings.CutPrefix(path, module+"/internal/")
			if !ok {
				continue
			}
			parts := strings.Split(rest, "/")
			to := strings.Join(parts[:min(2, len(parts))], "/")
			switch {
			case floor(to) < 0:
				found = append(found, t.at(spec.Pos(), "%s imports %s, which stands on no floor", from, to))
			case floor(to) > floor(from):
				found = append(found, t.at(spec.Pos(), "%s imports %s, which is above it", from, to))
			case floor(to) == floor(from) && to != from && !slices.Contains(beside[from], to):
				found = append(found, t.at(spec.Pos(), "%s imports %s beside it, which is not agreed", from, to))
			}
		}
	}
	return found
}

// purity finds what makes an answer depend on more than the question.
func purity(t *tree) (found []string) {
	for f := range t.product {
		if h := floor(f.place()); h < 0 || h > slices.Index(floors, "engine") {
			continue
		}
		for spec, path := range f.imports {
			if slices.Contains(impure, path) {
				found = append(found, t.at(spec.Pos(), "%s imports %s: the floors up to engine are pure", f.place(), path))
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && isSelector(e, "time", "Now") {
				found = append(found, t.at(n.Pos(), "%s calls time.Now: take the time as a value", f.place()))
			}
			return true
		})
	}
	return found
}

// gateOfEachModule finds third-party imports outside the module's gate.
func gateOfEachModule(t *tree) (found []string) {
	for f := range t.product {
		for spec, path := range f.imports {
			first, _, _ := strings.Cut(path, "/")
			if !strings.Contains(first, ".") || path == module || strings.HasPrefix(path, module+"/") ||
				slices.ContainsFunc(ungated, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
				continue
			}
			gate := gateOf(path)
			if gate == "" {
				found = append(found, t.at(spec.Pos(), "%s has no gate: name the one package that imports it", path))
			} else if f.place() != gate && !(gate == "cli" && strings.HasPrefix(f.place(), gate+"/")) {
				found = append(found, t.at(spec.Pos(), "%s is imported by %s only", path, gate))
			}
		}
	}
	return found
}

func gateOf(path string) string {
	for mod, gate := range gates {
		if path == mod || strings.HasPrefix(path, mod+"/") {
			return gate
		}
	}
	return ""
}

// testHelpers finds test code that would be linked into the program.
func testHelpers(t *tree) (found []string) {
	for f := range t.product {
		if strings.HasSuffix(f.dir(), "test") {
			continue
		}
		for spec, path := range f.imports {
			last := path[strings.LastIndex(path, "/")+1:]
			if last == "testing" || strings.HasPrefix(path, "testing/") || strings.HasSuffix(last, "test") {
				found = append(found, t.at(spec.Pos(), "%s is for tests", path))
			}
		}
	}
	return found
}

// isSelector reports whether e is pkg.name, for one of names.
func isSelector(e ast.Expr, pkg string, names ...string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || !slices.Contains(names, sel.Sel.Name) {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg
}
