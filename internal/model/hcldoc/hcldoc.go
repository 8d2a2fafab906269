// Package hcldoc is the one gate to HCL. It turns the files of a Terraform module
// into blocks whose values are evaluated as far as the files tell: defaults of
// variables, locals, functions, count, for_each and dynamic blocks. Every value
// keeps its place.
//
// What only a run of Terraform knows (a variable without a default, a data
// source, a function that it does not have) is Broken, never a guess. A reference
// to another block is text with the tag !Ref that holds its address. Package
// hcldoc knows nothing of what a resource means.
package hcldoc

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Node is a value.
type Node = yamldoc.Node

// The tags of values that are not what they hold: a reference to a block, and
// text that base64encode was called with.
const (
	Ref    = "!Ref"
	Base64 = "!Base64"
)

// Module is what the files of one folder say, and those of the folders that it calls.
type Module struct {
	Blocks []*Block // resources and data sources, as often as count and for_each say
	Uses   []Use    // attributes of resources that expressions ask for
	Calls  []*Call  // of modules that were not read
}

// Use is a place where an attribute of a resource is asked for.
type Use struct {
	Type      string // "aws_vpc"
	Address   string
	Attribute string
	At        *Node
}

// Block is one resource or data source.
type Block struct {
	Data bool
	Type string // "aws_vpc"
	Name string
	Path string // of the module that it is in: "module.fleet."; empty in the first one
	Key  string // of count or for_each, such as "[0]"; empty without
	Open bool   // count or for_each is not known: there may be none or many

	At   *Node // where it is named
	Body *Node // a map; blocks inside it are lists of maps under their type
}

// Address returns what references call b.
func (b *Block) Address() string {
	address := b.Type + "." + b.Name + b.Key
	if b.Data {
		address = "data." + address
	}
	return b.Path + address
}

// File is one file of a module.
type File struct {
	Name   string // as problems show it
	Source []byte
}

// Is reports whether name is that of a file of Terraform.
func Is(name string) bool {
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json")
}

// IsValues reports whether name is that of a file of values that Terraform reads
// without being told.
func IsValues(name string) bool {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	base = strings.TrimSuffix(base, ".json")
	return base == "terraform.tfvars" || strings.HasSuffix(base, ".auto.tfvars")
}

// Folder is what stands in a folder of a module.
type Folder struct {
	Dir   string
	Files []File
	Read  func(path string) ([]byte, error) // what file and templatefile ask for, by a path below the folder; may be nil
}

// Parse reads a module and, by open, those that it calls in folders of their own: open
// returns what stands in the folder that a source names in the folder of its caller. It
// may be nil. The Module is nil if a file is not HCL.
func Parse(f Folder, open func(from, source string) (Folder, error)) (*Module, []diag.Problem) {
	l := loader{open: open, folders: make(map[string]*reader), asked: map[string]bool{"id": true, "arn": true}}
	r := l.load(f, nil)
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	e := newEvaluator(&l, r, "")
	e.settle()
	m := &Module{Blocks: e.blocks(), Uses: e.uses(), Calls: e.calls()}
	problems := e.undeclared()
	diag.Sort(problems)
	return m, problems
}

func problem(at *Node, code reason.Code, args ...string) diag.Problem {
	return diag.Problem{Pos: at.Pos, Len: at.Len, Code: string(code)[:len("DG6602")], Summary: reason.New(code, args...)}
}

// Format lays text out as terraform fmt does.
func Format(text string) string { return string(hclwrite.Format([]byte(text))) }
