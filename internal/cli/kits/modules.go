package kits

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/invariant"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// module is a folder of Terraform's, or a file in one.
type module struct {
	dir  string
	file string // if one was named
}

// modulesOf returns the modules that name is: none for a file of another kind, one
// for a file of Terraform's, and for a folder those that stand in it and below.
func modulesOf(name string) ([]module, error) {
	stat, err := os.Stat(name)
	switch {
	case hcldoc.Is(name) && err == nil && !stat.IsDir():
		return []module{{filepath.Dir(name), name}}, nil
	case err != nil || !stat.IsDir():
		return nil, nil //nolint:nilerr // whoever reads the file says what is wrong with it
	}
	var all []module
	err = filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if path != name && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir // what terraform init has fetched
		}
		files, err := sources(path)
		if len(files) > 0 {
			all = append(all, module{dir: path})
		}
		return err
	})
	if err == nil && len(all) == 0 {
		err = &fs.PathError{Op: "read", Path: name, Err: errNoModule}
	}
	return all, err
}

var errNoModule = errors.New("no .tf file in this folder")

// sources returns the files of Terraform's in dir.
func sources(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !e.IsDir() && hcldoc.Is(e.Name()) {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, err
}

// Module returns what is wrong with m, and adds its files to src. A file that was
// named is looked at alone if it names nothing that others declare: else with the
// module that it is a part of.
func (d Desk) Module(m module, exit string, src map[string][]byte) ([]diag.Problem, error) {
	if m.file != "" {
		t, problems, err := d.module(m.dir, []string{m.file}, src)
		if err != nil {
			return nil, err
		}
		apart := func(p diag.Problem) bool { return p.Code == "DG6602" }
		if t == nil || !slices.ContainsFunc(problems, apart) {
			return d.judged(t, problems, exit), nil
		}
	}
	names, err := sources(m.dir)
	if err != nil {
		return nil, err
	}
	t, problems, err := d.module(m.dir, names, src)
	return d.judged(t, problems, exit), err
}

// module reads the named files of dir, and the values that Terraform takes by
// itself.
func (d Desk) module(dir string, names []string, src map[string][]byte) (*template.Template, []diag.Problem, error) {
	values, err := filepath.Glob(filepath.Join(dir, "*.tfvars"))
	if err != nil {
		return nil, nil, err
	}
	var files []hcldoc.File
	for _, name := range append(slices.Clone(names), values...) {
		if !hcldoc.Is(name) && !hcldoc.IsValues(name) {
			continue
		}
		if src[name], err = d.Read(name); err != nil {
			return nil, nil, err
		}
		files = append(files, hcldoc.File{Name: name, Source: src[name]})
	}
	t, problems := template.Terraform(dir, files, func(path string) ([]byte, error) {
		return d.Read(filepath.Join(dir, filepath.FromSlash(path)))
	})
	return t, problems, nil
}

// judged adds what the checks find in t.
func (d Desk) judged(t *template.Template, problems []diag.Problem, exit string) []diag.Problem {
	if t != nil {
		problems = append(problems, invariant.Check(t, invariant.Options{Exit: exit, Now: d.Now})...)
		if len(t.Resources) == 0 {
			problems = append(problems, diag.Problem{
				Pos: diag.Pos{File: t.File}, Code: "DG6115", Summary: reason.New("DG6115.module"), Hint: reason.New("DG6115.hint"),
			})
		}
	}
	diag.Sort(problems)
	return problems
}
