package requiretest

import (
	"strings"
	"testing"
)

// fake is a testing.TB that notes what it was told.
type fake struct {
	testing.TB
	skipped, failed bool
}

func (f *fake) Helper()               {}
func (f *fake) Skipf(string, ...any)  { f.skipped = true }
func (f *fake) Fatalf(string, ...any) { f.failed = true }

func TestMissing(t *testing.T) {
	needs := map[string]func(testing.TB){
		"a program that nobody has": func(tb testing.TB) { Program(tb, "/no/such/program") },
		"something else":            func(tb testing.TB) { That(tb, false, "a moon") },
	}
	for name, need := range needs {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DEGUCHI_REQUIRE", "")
			user := &fake{}
			need(user)
			if !user.skipped || user.failed {
				t.Errorf("for a user: skipped %v, failed %v; want a skip", user.skipped, user.failed)
			}
			t.Setenv("DEGUCHI_REQUIRE", "all")
			ci := &fake{}
			need(ci)
			if ci.skipped || !ci.failed {
				t.Errorf("in CI: skipped %v, failed %v; want a failure", ci.skipped, ci.failed)
			}
		})
	}
}

func TestThere(t *testing.T) {
	t.Setenv("DEGUCHI_REQUIRE", "all")
	f := &fake{}
	if path := Program(f, "go"); !strings.Contains(path, "go") || f.failed || f.skipped {
		t.Errorf("Program(go) = %q, skipped %v, failed %v", path, f.skipped, f.failed)
	}
	if That(f, true, "the sun"); f.failed || f.skipped {
		t.Error("That(true) did not go on")
	}
}
