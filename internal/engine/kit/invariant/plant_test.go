package invariant_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/invariant"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/engine/kit/terraform"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// edit is a fault: one text in place of another.
type edit struct{ old, to string }

// plant is a fault as it looks in each of four texts: the stacks and modules that a
// kit writes, and a template and a module of another hand.
type plant struct {
	why, code   string
	kit         string // kittest.Closed if empty
	stack       edit
	module      edit
	yaml, other edit
}

// TestPlants: every planted fault is found, with the code it should have.
func TestPlants(t *testing.T) {
	count := 0
	for _, p := range slices.Concat(given, chains, ways, machines, papers) {
		kit := p.kit
		if kit == "" {
			kit = kittest.Closed
		}
		t.Run(p.why, func(t *testing.T) {
			plan := kittest.Plan(t, kit)
			p.in(t, "stack", p.stack, func() []file {
				return []file{{"stack.yaml", cloudformation.Stacks(plan)[0].Text()}}
			})
			p.in(t, "module", p.module, func() (files []file) {
				for _, f := range terraform.Modules(plan)[0].Files {
					files = append(files, file{f.Name, f.Content})
				}
				return files
			})
			p.in(t, "other stack", p.yaml, func() []file { return []file{{"other.yaml", read(t, "testdata/other.yaml")}} })
			p.in(t, "other module", p.other, func() []file { return []file{{"main.tf", read(t, "testdata/other/main.tf")}} })
		})
		for _, e := range []edit{p.stack, p.module, p.yaml, p.other} {
			if e != (edit{}) {
				count++
			}
		}
	}
	t.Logf("%d planted faults", count)
}

// TestOthers: nothing is found in what others have written well.
func TestOthers(t *testing.T) {
	for _, f := range []file{{"other.yaml", read(t, "testdata/other.yaml")}, {"main.tf", read(t, "testdata/other/main.tf")}} {
		if found := look(t, []file{f}); len(found) > 0 {
			t.Errorf("%s: %v", f.name, kittest.Lines(found))
		}
	}
}

type file struct{ name, text string }

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// look returns what kit check finds in files.
func look(t *testing.T, files []file) []diag.Problem {
	t.Helper()
	var sources []hcldoc.File
	all := make(map[string]string)
	for _, f := range files {
		if all[f.name] = f.text; hcldoc.Is(f.name) {
			sources = append(sources, hcldoc.File{Name: f.name, Source: []byte(f.text)})
		}
	}
	var tmpl *template.Template
	var problems []diag.Problem
	if len(sources) == 0 {
		tmpl, problems = template.CloudFormation(files[0].name, []byte(files[0].text))
	} else {
		open := func(from, source string) (template.Folder, error) {
			f := template.Folder{Dir: path.Join(from, source)}
			for _, s := range sources {
				if path.Dir(s.Name) == f.Dir {
					f.Files = append(f.Files, s)
				}
			}
			f.Read = func(name string) ([]byte, error) {
				if text, ok := all[path.Join(f.Dir, name)]; ok {
					return []byte(text), nil
				}
				return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
			}
			return f, nil
		}
		root, _ := open(".", ".")
		tmpl, problems = template.Terraform("module", root, open)
	}
	if tmpl != nil {
		problems = append(problems, invariant.Check(tmpl, invariant.Options{Now: kittest.Now})...)
	}
	return problems
}

// in plants e into files, and looks for it.
func (p plant) in(t *testing.T, where string, e edit, files func() []file) {
	t.Helper()
	if e == (edit{}) {
		return
	}
	planted := files()
	i := slices.IndexFunc(planted, func(f file) bool { return e.old != "" && strings.Contains(f.text, e.old) })
	if i < 0 {
		t.Errorf("%s: %q is not there", where, e.old)
		return
	}
	planted[i].text = strings.Replace(planted[i].text, e.old, e.to, 1)
	found := look(t, planted)
	if !slices.ContainsFunc(found, func(f diag.Problem) bool { return f.Code == p.code && f.Severity != diag.Note && f.Pos.Line > 0 }) {
		t.Errorf("%s: %q for %q is not found as %s, but: %v", where, e.to, e.old, p.code, kittest.Lines(found))
	}
}
