// Package template reads what is to be deployed, CloudFormation or Terraform, into
// one form: resources with CloudFormation's types and keys, in whatever notation
// they were written, every value at its place.
//
// It resolves what the text tells (defaults of parameters and variables,
// conditions, functions, references) and finds what the text says wrongly: types,
// keys and references that do not exist, values that a key cannot have. What only
// the deployment knows is Broken.
package template

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Node is a value of a template.
type Node = yamldoc.Node

// Template is what is to be deployed.
type Template struct {
	File      string
	Terraform bool           // written as such
	Resources []*Resource    // in the order of the file
	Calls     []*hcldoc.Call // of modules that were not read

	byID map[string]*Resource
}

// Resource is one part of a template, with the types and keys that
// CloudFormation has. A reference to another resource is text with the tag
// hcldoc.Ref that holds its ID alone; what only the deployment knows is Broken.
type Resource struct {
	ID     string
	Type   string
	Props  *Node // a map
	At     *Node // where it is named
	Around *Node // what stands beside the properties, such as UpdatePolicy; may be nil
	Maybe  bool  // a condition or a count that nobody knows decides whether it is there
}

// New returns the template of resources.
func New(file string, resources []*Resource) *Template {
	t := &Template{File: file, Resources: resources, byID: make(map[string]*Resource, len(resources))}
	for _, r := range resources {
		t.byID[r.ID] = r
	}
	return t
}

// Of returns the resources of a type.
func (t *Template) Of(typ string) (all []*Resource) {
	for _, r := range t.Resources {
		if r.Type == typ {
			all = append(all, r)
		}
	}
	return all
}

// To returns the resource that n refers to, or nil.
func (t *Template) To(n *Node) *Resource {
	if n == nil || n.Tag != hcldoc.Ref {
		return nil
	}
	return t.byID[n.Text]
}

// Find returns what keys lead to in n, one below the other, or nil.
func Find(n *Node, keys ...string) *Node {
	for _, key := range keys {
		if n == nil {
			return nil
		}
		n = n.Find(key)
	}
	return n
}

// Text returns the scalar that keys lead to, if it is known.
func Text(n *Node, keys ...string) (string, bool) {
	v := Find(n, keys...)
	if v == nil || !v.Scalar() || v.Tag != "" {
		return "", false
	}
	return v.Text, true
}

// Items returns the items of the list that keys lead to, a single value being a
// list of one. Known says whether they are all there are.
func Items(n *Node, keys ...string) (all []*Node, known bool) {
	v := Find(n, keys...)
	switch {
	case v == nil:
		return nil, true
	case v.Kind == yamldoc.Broken:
		return nil, false
	case v.Kind != yamldoc.List:
		return []*Node{v}, true
	}
	return v.Items, !slices.ContainsFunc(v.Items, func(i *Node) bool { return i.Kind == yamldoc.Broken })
}

// Unknown reports whether keys lead to a value that only the deployment knows.
func Unknown(n *Node, keys ...string) bool {
	v := Find(n, keys...)
	return v != nil && v.Kind == yamldoc.Broken
}

// Place returns the place of what keys lead to, or of r itself.
func (r *Resource) Place(keys ...string) *Node {
	if v := Find(r.Props, keys...); v != nil {
		return v
	}
	return r.At
}

func problem(at *Node, summary, hint reason.Because) diag.Problem {
	return diag.Problem{Pos: at.Pos, Len: at.Len, Code: string(summary.Code)[:len("DG6601")], Summary: summary, Hint: hint}
}

// meant is the hint that a word was probably meant for another one.
func meant(word string, known []string) reason.Because {
	if near, ok := yamldoc.Closest(word, known); ok {
		return reason.New("hint.meant", yamldoc.Quote(near))
	}
	return reason.Because{}
}
