// Package cloudformation writes a plan as CloudFormation stacks: the provider,
// whose stack holds the fleet and what it needs to start; the endpoints that its
// rules need besides; and one for each consumer.
//
// A stack is one file that a console takes as it is: no nested stacks, no
// macros, no Fn::Cidr, no parameters that are lists. What differs between
// deployments of one kit is a parameter; what the kit settles is written out.
package cloudformation

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Stack is one template.
type Stack struct {
	Name string // what to call the stack, and the file without its ending
	Root *tree.Node

	plan                           *kit.Plan
	parameters, resources, outputs *tree.Node
}

// File is the name of the template's file.
func (s *Stack) File() string { return s.Name + ".yaml" }

// Text is the template.
func (s *Stack) Text() string { return yamldoc.Write(s.Root) }

// Stacks returns the stacks of p in the order in which they are deployed.
func Stacks(p *kit.Plan) []*Stack {
	stacks := []*Stack{provider(p)}
	if len(p.Others) > 0 {
		stacks = append(stacks, endpoints(p))
	}
	for _, c := range p.Kit.Consumers {
		stacks = append(stacks, consumer(p, c))
	}
	for _, s := range stacks {
		s.finish()
	}
	return stacks
}

func newStack(p *kit.Plan, name, description string) *Stack {
	return &Stack{
		Name: name, plan: p, parameters: tree.Map(), resources: tree.Map(), outputs: tree.Map(),
		Root: tree.Map("AWSTemplateFormatVersion", "2010-09-09", "Description", "Deguchi: "+description),
	}
}

func (s *Stack) finish() {
	for _, part := range []struct {
		key string
		n   *tree.Node
	}{{"Parameters", s.parameters}, {"Resources", s.resources}, {"Outputs", s.outputs}} {
		if len(part.n.Entries) > 0 {
			tree.Set(s.Root, part.key, part.n)
		}
	}
}

// parameter adds a parameter that is called id, and returns a reference to it.
func (s *Stack) parameter(id, typ string, value any, description string, more ...any) *tree.Node {
	n := tree.Map("Type", typ, "Default", value, "Description", description)
	n.Entries = append(n.Entries, tree.Map(more...).Entries...)
	tree.Set(s.parameters, id, n)
	return ref(id)
}

// resource adds a resource and returns a reference to it. More are its other
// attributes, such as DependsOn.
func (s *Stack) resource(id, typ string, properties *tree.Node, more ...any) *tree.Node {
	n := tree.Map("Type", typ)
	n.Entries = append(n.Entries, tree.Map(more...).Entries...)
	if len(properties.Entries) > 0 {
		tree.Set(n, "Properties", properties)
	}
	tree.Set(s.resources, id, n)
	return ref(id)
}

func (s *Stack) output(id string, value *tree.Node, description string) {
	tree.Set(s.outputs, id, tree.Map("Description", description, "Value", value))
}

// tags name a resource in consoles.
func (s *Stack) tags(name string) *tree.Node {
	return tree.List(tree.Map("Key", "Name", "Value", s.plan.Kit.Name+"-"+name))
}

func ref(id string) *tree.Node       { return tree.Tagged("!Ref", id) }
func att(path string) *tree.Node     { return tree.Tagged("!GetAtt", path) }
func sub(text string) *tree.Node     { return tree.Tagged("!Sub", text) }
func zoneID(z kitfile.Zone) string   { return strings.ToUpper(z.Name.V) }
func zoneName(z kitfile.Zone) string { return "${AWS::Region}" + z.Name.V }

// words turns "ssm" and "ecr.api" into parts of a logical id.
func words(service string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(service, func(r rune) bool { return r == '.' || r == '-' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
