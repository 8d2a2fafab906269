package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// module is the import path of the repository's root.
const module = "github.com/deguchi-project/deguchi"

// A file is one Go file of the tree.
type file struct {
	path string // from the root, with slashes: "internal/cli/root.go"
	ast  *ast.File
	text string
	test bool // a _test.go file
}

// dir is the folder of f: its package.
func (f *file) dir() string { return path.Dir(f.path) }

// place is where f's package stands: "edge/proxy" and what is below it are one
// place. It is empty outside internal.
func (f *file) place() string {
	rest, ok := strings.CutPrefix(f.dir(), "internal/")
	if !ok {
		return ""
	}
	parts := strings.Split(rest, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// imports yields the import paths of f.
func (f *file) imports(yield func(spec *ast.ImportSpec, path string) bool) {
	for _, spec := range f.ast.Imports {
		if !yield(spec, strings.Trim(spec.Path.Value, `"`)) {
			return
		}
	}
}

// generated reports whether f was written by a program.
func (f *file) generated() bool { return ast.IsGenerated(f.ast) }

// lines counts the lines of f.
func (f *file) lines() int { return strings.Count(f.text, "\n") }

// code counts the lines of f on which code stands.
func (f *file) code() int {
	fset := token.NewFileSet()
	file := fset.AddFile(f.path, -1, len(f.text))
	var s scanner.Scanner
	s.Init(file, []byte(f.text), nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		first := file.Line(pos)
		for i := range strings.Count(lit, "\n") + 1 {
			lines[first+i] = true
		}
	}
}

// A tree is a repository: its Go files, parsed, and all files as they are.
type tree struct {
	fset  *token.FileSet
	files []*file
	all   fs.FS
}

// readTree parses the Go files of root. Folders with a go.mod of their own,
// hidden ones and testdata are other worlds.
func readTree(root fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), all: root}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && apart(root, name) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(t.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		t.files = append(t.files, &file{name, parsed, string(text), strings.HasSuffix(name, "_test.go")})
		return nil
	})
	return t, err
}

// apart reports whether the folder name is not part of the module.
func apart(root fs.FS, name string) bool {
	base := path.Base(name)
	if base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(root, name+"/go.mod")
	return err == nil
}

// at is a finding at pos.
func (t *tree) at(pos token.Pos, format string, args ...any) string {
	p := t.fset.Position(pos)
	return fmt.Sprintf("%s:%d: %s", p.Filename, p.Line, fmt.Sprintf(format, args...))
}

// product yields the files that are linked into the program.
func (t *tree) product(yield func(*file) bool) {
	for _, f := range t.files {
		if !f.test && !yield(f) {
			return
		}
	}
}

// packages yields every folder with its files, in order.
func (t *tree) packages(yield func(dir string, files []*file) bool) {
	byDir := map[string][]*file{}
	var dirs []string
	for _, f := range t.files {
		if byDir[f.dir()] == nil {
			dirs = append(dirs, f.dir())
		}
		byDir[f.dir()] = append(byDir[f.dir()], f)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		if !yield(dir, byDir[dir]) {
			return
		}
	}
}
