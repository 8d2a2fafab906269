package cloudformation_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestLint: cfn-lint, which knows the schema of every resource, finds nothing in
// what is written for the whole matrix of kits.
func TestLint(t *testing.T) {
	lint := requiretest.Program(t, "cfn-lint")
	dir := t.TempDir()
	var files []string
	for name, src := range kittest.Matrix() {
		for _, s := range cloudformation.Stacks(kittest.Plan(t, src)) {
			file := filepath.Join(dir, name+"-"+s.File())
			if err := os.WriteFile(file, []byte(s.Text()), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	out, err := exec.Command(lint, append([]string{"--include-checks", "I", "--"}, files...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("cfn-lint %d files = %v:\n%s", len(files), err, out)
	}
}
