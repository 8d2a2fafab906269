package arch

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strings"
)

// packageComments finds packages without exactly one package comment, in the
// file that is named after the package. A command's stands in main.go.
func packageComments(t *tree) (found []string) {
	for dir, files := range t.packages {
		var product, commented []*file
		for _, f := range files {
			if f.test {
				continue
			}
			product = append(product, f)
			if f.ast.Doc != nil {
				commented = append(commented, f)
			}
		}
		if len(product) == 0 {
			continue
		}
		name := product[0].ast.Name.Name
		home, begins := path.Join(dir, name+".go"), "Package "+name+" "
		if name == "main" {
			begins = "Command " + path.Base(dir) + " "
		}
		switch {
		case len(commented) == 0:
			found = append(found, dir+": package "+name+" has no package comment")
		case len(commented) > 1:
			for _, f := range commented[1:] {
				found = append(found, t.at(f.ast.Package, "a second package comment"))
			}
		case commented[0].path != home:
			found = append(found, t.at(commented[0].ast.Package, "the package comment belongs in %s", home))
		case !strings.HasPrefix(commented[0].ast.Doc.Text(), begins):
			found = append(found, t.at(commented[0].ast.Doc.Pos(), "the package comment begins with %q", begins))
		}
	}
	return found
}

// exportedDocs finds exported names without a sentence that begins with them.
// One comment may stand for a group of constants or variables.
func exportedDocs(t *tree) (found []string) {
	missing := func(name *ast.Ident, doc *ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		if doc == nil {
			found = append(found, t.at(name.Pos(), "%s has no comment", name.Name))
			return
		}
		text := strings.Fields(doc.Text())
		for len(text) > 0 && (text[0] == "A" || text[0] == "An" || text[0] == "The") {
			text = text[1:]
		}
		if len(text) == 0 || strings.TrimRight(text[0], ",.:") != name.Name {
			found = append(found, t.at(doc.Pos(), "the comment of %s begins with another word", name.Name))
		}
	}
	for f := range t.product {
		if f.ast.Name.Name == "main" {
			continue
		}
		for _, decl := range f.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || exportedReceiver(d.Recv) {
					missing(d.Name, d.Doc)
				}
			case *ast.GenDecl:
				genDocs(d, missing)
			}
		}
	}
	return found
}

// genDocs calls missing for the names of d that need a comment of their own.
func genDocs(d *ast.GenDecl, missing func(*ast.Ident, *ast.CommentGroup)) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			doc := s.Doc
			if doc == nil {
				doc = d.Doc
			}
			missing(s.Name, doc)
		case *ast.ValueSpec:
			if d.Lparen.IsValid() && (d.Doc != nil || s.Doc != nil || s.Comment != nil) || d.Tok == token.IMPORT {
				continue
			}
			for _, name := range s.Names {
				missing(name, d.Doc)
			}
		}
	}
}

// exportedReceiver reports whether a method's type is one that others see, and
// whose methods are not the words of an interface that speaks for itself.
func exportedReceiver(recv *ast.FieldList) bool {
	e := recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

var (
	todo       = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`)
	todoNumber = regexp.MustCompile(`\bTODO\(#\d+\)`)
)

// openTODO finds work put off without an issue that remembers it.
func openTODO(t *tree) (found []string) {
	for _, f := range t.files {
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if todo.MatchString(c.Text) && !todoNumber.MatchString(c.Text) {
					found = append(found, t.at(c.Pos(), "put off without an issue: write TODO(#12)"))
				}
			}
		}
	}
	return found
}
