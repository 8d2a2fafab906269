package kits

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
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

// Module returns what is wrong with m, together with the modules in folders that it
// calls, and which folders those are. It adds their files to src. A file that was named
// is looked at alone if it names nothing that others declare: else with the module that
// it is a part of.
func (d Desk) Module(m module, exit string, src map[string][]byte) (_ []diag.Problem, called map[string]bool, _ error) {
	if m.file != "" {
		t, problems, called, err := d.module(m.dir, []string{m.file}, src)
		if err != nil {
			return nil, nil, err
		}
		apart := func(p diag.Problem) bool { return p.Code == "DG6602" }
		if t == nil || !slices.ContainsFunc(problems, apart) {
			return d.judged(t, problems, exit), called, nil
		}
	}
	names, err := sources(m.dir)
	if err != nil {
		return nil, nil, err
	}
	t, problems, called, err := d.module(m.dir, names, src)
	if err != nil {
		return nil, nil, err
	}
	return d.judged(t, problems, exit), called, nil
}

// module reads the named files of dir, with the values that Terraform takes by itself,
// and the folders that are called.
func (d Desk) module(dir string, names []string, src map[string][]byte) (_ *template.Template, _ []diag.Problem, called map[string]bool, err error) {
	values, err := filepath.Glob(filepath.Join(dir, "*.tfvars*"))
	if err != nil {
		return nil, nil, nil, err
	}
	values = slices.DeleteFunc(values, func(name string) bool { return !hcldoc.IsValues(name) })
	root, err := d.folder(dir, append(slices.Clone(names), values...), src)
	if err != nil {
		return nil, nil, nil, err
	}
	var failed error
	called = make(map[string]bool)
	t, problems := template.Terraform(dir, root, func(from, source string) (template.Folder, error) {
		below := filepath.Join(from, filepath.FromSlash(source))
		names, err := sources(below)
		if err == nil && len(names) == 0 {
			err = errNoModule
		}
		if err != nil {
			return template.Folder{}, err
		}
		called[below] = called[below] || below != dir
		f, err := d.folder(below, names, src)
		if err != nil {
			failed = err
		}
		return f, err
	})
	return t, problems, called, failed
}

// folder reads the named files of dir.
func (d Desk) folder(dir string, names []string, src map[string][]byte) (f template.Folder, err error) {
	f = template.Folder{Dir: dir, Read: func(path string) ([]byte, error) {
		return d.Read(filepath.Join(dir, filepath.FromSlash(path)))
	}}
	for _, name := range names {
		if src[name], err = d.Read(name); err != nil {
			return f, err
		}
		f.Files = append(f.Files, hcldoc.File{Name: name, Source: src[name]})
	}
	return f, nil
}
