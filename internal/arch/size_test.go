package arch

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
)

// The hard limits. Long before them, a noun is hiding inside.
const (
	maxFile    = 500  // lines
	maxFunc    = 70   // lines, braces included
	maxPackage = 2500 // lines of code of one folder, without tests, comments and blank lines
)

// table reports whether f is one table rather than code: its length is the
// world's, not ours.
func table(f *file) bool {
	base := path.Base(f.path)
	return f.generated() || strings.HasPrefix(base, "words_") || strings.HasPrefix(base, "table_")
}

// sizes finds files, functions and packages that grew too long.
func sizes(t *tree) (found []string) {
	for dir, files := range t.packages {
		total := 0
		for _, f := range files {
			if table(f) {
				continue
			}
			if f.lines() > maxFile {
				found = append(found, fmt.Sprintf("%s: %d lines, more than %d", f.path, f.lines(), maxFile))
			}
			if f.test {
				continue
			}
			total += f.code()
			found = append(found, longFuncs(t, f)...)
		}
		if total > maxPackage {
			found = append(found, fmt.Sprintf("%s: %d lines of code, more than %d", dir, total, maxPackage))
		}
	}
	return found
}

func longFuncs(t *tree, f *file) (found []string) {
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		lines := t.fset.Position(fn.End()).Line - t.fset.Position(fn.Pos()).Line + 1
		if lines > maxFunc {
			found = append(found, t.at(fn.Pos(), "%s has %d lines, more than %d", fn.Name.Name, lines, maxFunc))
		}
	}
	return found
}
