package policy

import (
	"bytes"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// document is a policy document of AWS.
type document struct {
	version, id string
	statements  []Statement
}

var documentType = yamldoc.Object("", document{},
	yamldoc.Optional("Version", "2012-10-17; without it there are no policy variables.", yamldoc.OneOf("2008-10-17", variables), func(p *document) *string { return &p.version }),
	yamldoc.Optional("Id", "The policy's name.", yamldoc.Free(), func(p *document) *string { return &p.id }),
	yamldoc.Required("Statement", "One statement, or a list.", oneStatementOrMore, func(p *document) *[]Statement { return &p.statements }),
)

// variables is the version that has policy variables.
const variables = "2012-10-17"

var oneStatementOrMore = yamldoc.Type[[]Statement]{
	Schema: oneOrMore(fullStatementType.Schema),
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Statement, bool) {
		if n.Kind == yamldoc.Map {
			s, ok := fullStatementType.Read(d, n)
			return []Statement{s}, ok
		}
		return yamldoc.ListOf(fullStatementType).Read(d, n)
	},
}

// fullStatementType reads a statement of a document. AWS takes none in which
// principal, action or resource is missing.
var fullStatementType = yamldoc.Type[Statement]{Schema: statementType.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Statement, bool) {
	s, ok := statementType.Read(d, n)
	for _, element := range []string{"Principal", "Action", "Resource"} {
		if ok && n.Find(element) == nil && n.Find("Not"+element) == nil {
			d.Add(place(n), "DG1102", reason.New("DG1102", yamldoc.Quote(element), "Statement"))
		}
	}
	return s, ok
}}

// Read reads src, the JSON document of a resource or endpoint policy that file
// holds. A policy that has a problem may lack what the problem is about.
func Read(file string, src []byte) (Policy, []diag.Problem) {
	// JSON is YAML, but for tabs. In JSON they stand between tokens only, and
	// one space for each keeps the columns.
	n, problems := yamldoc.Parse(file, bytes.ReplaceAll(src, []byte("\t"), []byte(" ")))
	if n == nil {
		return Policy{}, problems
	}
	doc, more := yamldoc.Decode(documentType, n)
	problems = append(problems, more...)
	diag.Sort(problems)
	return Policy{Statements: doc.statements, Literal: doc.version != variables}, problems
}
