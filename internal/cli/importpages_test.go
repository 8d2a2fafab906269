package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestImportPages imports the examples of the pages about squid.conf: the first
// has the problem of the page, and no other but notes; the second has none.
// With -update the report is written into the page.
func TestImportPages(t *testing.T) {
	eachPage(t, squidConfs, func(t *testing.T, code, page, text string) {
		examples := fences(text)
		if len(examples) != 3 || examples[0].lang != "squid" || examples[1].lang != "text" || examples[2].lang != "squid" {
			t.Fatalf("%s has %d examples, want a squid.conf, its report, and a sound squid.conf", page, len(examples))
		}
		t.Chdir(t.TempDir())
		got := importProblems(t, examples[0].body)
		reportsOnly(t, code, got)
		if updating() {
			write(t, page, strings.Replace(text, "```text\n"+examples[1].body+"```", "```text\n"+got+"```", 1))
		} else if diff := cmp.Diff(examples[1].body, got); diff != "" {
			t.Errorf("report of the first example (-page +got; -update rewrites it):\n%s", diff)
		}
		if got := importProblems(t, examples[2].body); got != "" {
			t.Errorf("the second example has problems:\n%s", got)
		}
	})
}

// importProblems imports conf as squid.conf, checks that the result has no
// error, and returns what is reported.
func importProblems(t *testing.T, conf string) string {
	write(t, "squid.conf", conf)
	env, out, problems := testEnv(nil)
	exit := Main(context.Background(), env, []string{"import", "squid", "squid.conf"})
	if exit != ExitOK && exit != ExitFinding || exit == ExitFinding && problems.Len() == 0 {
		t.Errorf("import of\n%s\nexits with %d and reports\n%s", conf, exit, problems)
	}
	write(t, "deguchi.yaml", out.String())
	if report, _ := checkOutput("deguchi.yaml", "--json"); strings.Contains(report, `"severity": "error"`) {
		t.Errorf("the result has errors:\n%s\n%s", report, out)
	}
	return problems.String()
}
