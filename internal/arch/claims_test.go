package arch

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// claiming are the pages whose tables name tests, and how many at least.
var claiming = map[string]int{"threat-model": 30, "faults": 30}

// named finds a package of internal, and tests, in such a page:
// `edge/proxy` TestSNI, TestLookAlikes.
var named = regexp.MustCompile("`([a-z0-9/]+)`|\\b(Test[A-Z]\\w*)")

// claims returns the tests that rows of tables name, as "edge/proxy.TestSNI".
func claims(page string) (tests []string) {
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		pkg := ""
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			if m[1] != "" {
				pkg = m[1]
			} else {
				tests = append(tests, pkg+"."+m[2])
			}
		}
	}
	return tests
}

// TestClaimsHaveTests holds the pages that claim something to the tests that they
// name, and their two languages to each other.
func TestClaimsHaveTests(t *testing.T) {
	house, err := readTree(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, f := range house.files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test {
				there[f.dir()+"."+fn.Name.Name] = true
			}
		}
	}
	for page, least := range claiming {
		var first []string
		for _, name := range []string{page + ".md", page + ".ja.md"} {
			text, err := os.ReadFile("../../docs/" + name)
			if err != nil {
				t.Fatal(err)
			}
			found := claims(string(text))
			for _, c := range found {
				if !there["internal/"+c] {
					t.Errorf("%s names %s, which is no test", name, c)
				}
			}
			if first == nil {
				first = found
			}
			if diff := cmp.Diff(first, found); diff != "" || len(found) < least {
				t.Errorf("%s names %d tests (-English +this):\n%s", name, len(found), diff)
			}
		}
	}
}
