package terraform_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/kit/invariant"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/engine/kit/terraform"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// read reads a module as kit check does.
func read(t *testing.T, m *terraform.Module) (*template.Template, []string) {
	t.Helper()
	var files []hcldoc.File
	all := make(map[string]string)
	for _, f := range m.Files {
		all[f.Name] = f.Content
		if hcldoc.Is(f.Name) {
			files = append(files, hcldoc.File{Name: f.Name, Source: []byte(f.Content)})
		}
	}
	tmpl, problems := template.Terraform(m.Name, template.Folder{Files: files, Read: func(name string) ([]byte, error) {
		if content, ok := all[name]; ok {
			return []byte(content), nil
		}
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}}, nil)
	if tmpl == nil {
		t.Fatalf("%s: %v", m.Name, kittest.Lines(problems))
	}
	return tmpl, kittest.Lines(problems)
}

// TestSound: the provider has every argument that modules give, every reference
// leads somewhere, and no invariant is broken, for the whole matrix of kits.
func TestSound(t *testing.T) {
	for name, src := range kittest.Matrix() {
		p := kittest.Plan(t, src)
		for _, m := range terraform.Modules(p) {
			tmpl, problems := read(t, m)
			for _, exit := range []string{"", p.Kit.Exit.String()} {
				found := kittest.Lines(invariant.Check(tmpl, invariant.Options{Exit: exit, Now: kittest.Now}))
				if all := append(problems, found...); len(all) > 0 {
					t.Errorf("%s of %s, exit %q:\n%s", m.Name, name, exit, strings.Join(all, "\n"))
				}
			}
		}
	}
}

// TestFormat: terraform, which reads HCL by itself, would lay out nothing
// otherwise.
func TestFormat(t *testing.T) {
	program := requiretest.Program(t, "terraform")
	dir := t.TempDir()
	for name, src := range kittest.Matrix() {
		for _, m := range terraform.Modules(kittest.Plan(t, src)) {
			folder := filepath.Join(dir, name, m.Name)
			if err := os.MkdirAll(folder, 0o750); err != nil {
				t.Fatal(err)
			}
			for _, f := range m.Files {
				if err := os.WriteFile(filepath.Join(folder, f.Name), []byte(f.Content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	config := filepath.Join(dir, "terraformrc")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fmt := exec.Command(program, "fmt", "-check", "-diff", "-recursive", dir)
	fmt.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1")
	out, err := fmt.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("terraform fmt -check = %v:\n%s", err, out)
	}
}
