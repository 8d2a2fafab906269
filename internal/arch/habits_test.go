package arch

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// exits finds code outside main that ends the process.
func exits(t *tree) (found []string) {
	for f := range t.product {
		if f.ast.Name.Name == "main" {
			continue
		}
		for e := range selectors(f) {
			if isSelector(e, "os", "Exit") || isSelector(e, "log", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln") {
				found = append(found, t.at(e.Pos(), "%s ends the process: only main may", text(e)))
			}
		}
	}
	return found
}

// defaultLogger finds uses of slog's process-wide logger.
func defaultLogger(t *tree) (found []string) {
	banned := []string{"Default", "SetDefault", "Debug", "DebugContext", "Info", "InfoContext", "Warn",
		"WarnContext", "Error", "ErrorContext", "Log", "LogAttrs", "With"}
	for f := range t.product {
		for e := range selectors(f) {
			if isSelector(e, "slog", banned...) {
				found = append(found, t.at(e.Pos(), "%s uses the default logger: pass one in", text(e)))
			}
		}
	}
	return found
}

// errorText finds decisions made on the words of an error.
func errorText(t *tree) (found []string) {
	report := func(e ast.Expr) {
		if isErrorCall(e) {
			found = append(found, t.at(e.Pos(), "compares the text of an error: use errors.Is or errors.AsType"))
		}
	}
	for f := range t.product {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.EQL || n.Op == token.NEQ {
					report(n.X)
					report(n.Y)
				}
			case *ast.SwitchStmt:
				report(n.Tag)
			case *ast.CallExpr:
				if isSelector(n.Fun, "strings", "Contains", "HasPrefix", "HasSuffix", "EqualFold", "Index", "Cut", "CutPrefix", "CutSuffix") && len(n.Args) > 0 {
					report(n.Args[0])
				}
			}
			return true
		})
	}
	return found
}

// isErrorCall reports whether e is x.Error().
func isErrorCall(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Error"
}

// noInit finds code that runs because a package was imported.
func noInit(t *tree) (found []string) {
	for f := range t.product {
		for _, decl := range f.ast.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, t.at(fn.Pos(), "init: build it where it is used"))
			}
		}
	}
	return found
}

// mutableState finds package-level variables that some function changes, or
// whose type is made to be changed.
func mutableState(t *tree) (found []string) {
	for _, files := range t.packages {
		vars := map[string]bool{}
		for _, f := range files {
			if f.test {
				continue
			}
			for spec := range packageVars(f) {
				for _, name := range spec.Names {
					vars[name.Name] = true
				}
				if changing(spec) {
					found = append(found, t.at(spec.Pos(), "package-level %s is made to be changed", spec.Names[0].Name))
				}
			}
		}
		for _, f := range files {
			if f.test {
				continue
			}
			for _, decl := range f.ast.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					found = append(found, assigned(t, fn, vars)...)
				}
			}
		}
	}
	return found
}

// packageVars yields the package-level variables of f.
func packageVars(f *file) func(yield func(*ast.ValueSpec) bool) {
	return func(yield func(*ast.ValueSpec) bool) {
		for _, decl := range f.ast.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.VAR {
				continue
			}
			for _, spec := range d.Specs {
				if !yield(spec.(*ast.ValueSpec)) {
					return
				}
			}
		}
	}
}

// changing reports whether a variable's type says that it will be changed:
// locks, atomics, channels, an empty map. sync.OnceValue is a table that is
// read late, and sync.Pool lends what it may forget.
func changing(spec *ast.ValueSpec) bool {
	made := []ast.Expr{spec.Type}
	for _, v := range spec.Values {
		if call, ok := v.(*ast.CallExpr); ok {
			if fn, ok := call.Fun.(*ast.Ident); ok && fn.Name == "make" {
				return true
			}
		}
		if lit, ok := v.(*ast.CompositeLit); ok {
			made = append(made, lit.Type)
		}
	}
	return slices.ContainsFunc(made, func(e ast.Expr) bool {
		if generic, ok := e.(*ast.IndexExpr); ok {
			e = generic.X
		}
		sel, ok := e.(*ast.SelectorExpr)
		if !ok {
			_, isChan := e.(*ast.ChanType)
			return isChan
		}
		pkg, ok := sel.X.(*ast.Ident)
		return ok && (pkg.Name == "atomic" || pkg.Name == "sync" && sel.Sel.Name != "Pool")
	})
}

// assigned finds the places where fn changes one of vars.
func assigned(t *tree, fn *ast.FuncDecl, vars map[string]bool) (found []string) {
	local := declared(fn)
	report := func(e ast.Expr) {
		name := root(e)
		if name != nil && vars[name.Name] && !local[name.Name] {
			found = append(found, t.at(e.Pos(), "%s changes the package-level %s", fn.Name.Name, name.Name))
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					report(e)
				}
			}
		case *ast.IncDecStmt:
			report(n.X)
		case *ast.UnaryExpr:
			if _, row := n.X.(*ast.IndexExpr); n.Op == token.AND && !row { // &table[i] saves a copy
				report(n.X)
			}
		}
		return true
	})
	return found
}

// declared returns the names that fn gives to something of its own.
func declared(fn *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			names[id.Name] = true
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					add(e)
				}
			}
		case *ast.RangeStmt:
			add(n.Key)
			add(n.Value)
		case *ast.ValueSpec:
			for _, id := range n.Names {
				add(id)
			}
		case *ast.Field:
			for _, id := range n.Names {
				add(id)
			}
		}
		return true
	})
	return names
}

// root is the variable that e reaches into: x in x.f[i].
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// selectors yields every a.b of f.
func selectors(f *file) func(yield func(ast.Expr) bool) {
	return func(yield func(ast.Expr) bool) {
		for n := range ast.Preorder(f.ast) {
			if sel, ok := n.(*ast.SelectorExpr); ok && !yield(sel) {
				return
			}
		}
	}
}

// text is e as written, for pkg.Name.
func text(e ast.Expr) string {
	sel := e.(*ast.SelectorExpr)
	return strings.Join([]string{sel.X.(*ast.Ident).Name, sel.Sel.Name}, ".")
}
