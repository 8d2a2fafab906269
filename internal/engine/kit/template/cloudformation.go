package template

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// functions are CloudFormation's, by the tags that are short for them.
var functions = map[string]string{
	"!Ref": "Ref", "!GetAtt": "Fn::GetAtt", "!Sub": "Fn::Sub", "!If": "Fn::If", "!Equals": "Fn::Equals", "!Not": "Fn::Not",
	"!And": "Fn::And", "!Or": "Fn::Or", "!Condition": "Condition", "!Select": "Fn::Select", "!Split": "Fn::Split",
	"!Join": "Fn::Join", "!GetAZs": "Fn::GetAZs", "!Cidr": "Fn::Cidr", "!Base64": "Fn::Base64", "!FindInMap": "Fn::FindInMap",
	"!ImportValue": "Fn::ImportValue", "!Transform": "Fn::Transform", "!ToJsonString": "Fn::ToJsonString", "!Length": "Fn::Length",
}

// CloudFormation reads a template, YAML or JSON. The Template is nil if it is
// none; the problems are those of its text.
func CloudFormation(file string, src []byte) (*Template, []diag.Problem) {
	tags := make([]string, 0, len(functions))
	for tag := range functions {
		tags = append(tags, tag)
	}
	root, problems := yamldoc.ParseTagged(file, src, tags)
	if root == nil || len(problems) > 0 {
		return nil, problems
	}
	resources := root.Find("Resources")
	if resources == nil || resources.Kind != yamldoc.Map {
		return nil, []diag.Problem{{Pos: root.Pos, Len: root.Len, Code: "DG6115", Summary: reason.New("DG6115"), Hint: reason.New("DG6115.hint")}}
	}
	s := &stack{
		parameters: defaults(root.Find("Parameters")), resources: resources,
		conditions: root.Find("Conditions"), mappings: root.Find("Mappings"),
	}
	s.resources = s.unrolled(resources)
	s.conditions = s.unrolled(s.conditions)
	s.fitting(root.Find("Parameters"))
	var all []*Resource
	for _, e := range s.resources.Entries {
		if r := s.resource(e); r != nil {
			all = append(all, r)
		}
	}
	s.outputs(s.unrolled(root.Find("Outputs")))
	diag.Sort(s.problems)
	return New(file, all), s.problems
}

// defaults returns the defaults of parameters. One without is unknown.
func defaults(parameters *Node) map[string]*Node {
	all := make(map[string]*Node)
	if parameters == nil {
		return all
	}
	for _, e := range parameters.Entries {
		all[e.Key.Text] = nil
		d, typ := e.Value.Find("Default"), textOf(e.Value.Find("Type"))
		switch {
		case d == nil || typ == "":
		case strings.HasPrefix(typ, "AWS::SSM::Parameter::Value"): // its value is unknown, its name is not
			all[e.Key.Text] = &Node{Text: d.Text, Pos: d.Pos, Len: d.Len}
		case typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<"):
			list := &Node{Kind: yamldoc.List, Pos: d.Pos, Len: d.Len}
			for part := range strings.SplitSeq(d.Text, ",") {
				list.Items = append(list.Items, &Node{Kind: yamldoc.Text, Text: strings.TrimSpace(part), Pos: d.Pos, Len: d.Len})
			}
			all[e.Key.Text] = list
		default:
			all[e.Key.Text] = d
		}
	}
	return all
}

// fitting finds defaults that their parameters do not take.
func (s *stack) fitting(parameters *Node) {
	if parameters == nil {
		return
	}
	for _, e := range parameters.Entries {
		d := e.Value.Find("Default")
		if d == nil || !d.Scalar() {
			continue
		}
		wrong := false
		if textOf(e.Value.Find("Type")) == "Number" {
			_, err := strconv.ParseFloat(d.Text, 64)
			wrong = err != nil
		}
		if p := e.Value.Find("AllowedPattern"); p != nil {
			form, err := regexp.Compile("^(?:" + p.Text + ")$")
			wrong = wrong || err == nil && !form.MatchString(d.Text)
		}
		if words := e.Value.Find("AllowedValues"); words != nil {
			wrong = wrong || !slices.ContainsFunc(words.Items, func(w *Node) bool { return w.Text == d.Text })
		}
		if wrong {
			s.add(d, reason.New("DG6603", e.Key.Text, d.Text), reason.Because{})
		}
	}
}

func textOf(n *Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

// stack resolves the values of one template.
type stack struct {
	parameters           map[string]*Node
	resources            *Node
	conditions, mappings *Node
	problems             []diag.Problem

	depth, steps int // of values inside each other, and in all
}

// The bounds of what is worked out: what is deeper contains itself, and what takes
// longer was not written by a person.
const (
	deepest   = 100
	mostSteps = 1 << 20
)

// resource returns what e says, nil if its condition is false.
func (s *stack) resource(e yamldoc.Entry) *Resource {
	r := &Resource{ID: e.Key.Text, At: e.Key, Around: e.Value, Props: &Node{Kind: yamldoc.Map, Pos: e.Key.Pos, Len: e.Key.Len}}
	if c := e.Value.Find("Condition"); c != nil {
		holds, known := s.condition(c.Text, c, 0)
		if r.Maybe = !known; known && !holds {
			return nil
		}
	}
	typ := e.Value.Find("Type")
	if typ == nil {
		s.add(e.Key, reason.New("DG6604", "Type", r.ID), reason.Because{})
		return r
	}
	r.Type = typ.Text
	if p := e.Value.Find("Properties"); p != nil {
		r.Props = s.value(p)
	}
	s.shape(r, typ)
	familiar(r)
	s.dependsOn(e.Value.Find("DependsOn"))
	return r
}

func (s *stack) add(at *Node, summary, hint reason.Because) {
	s.problems = append(s.problems, problem(at, summary, hint))
}

// dependsOn finds names of resources that are not there.
func (s *stack) dependsOn(n *Node) {
	if n == nil {
		return
	}
	names := n.Items
	if n.Kind != yamldoc.List {
		names = []*Node{n}
	}
	for _, name := range names {
		if s.resources.Find(name.Text) == nil {
			s.unknown(name, name.Text)
		}
	}
}

// outputs resolves the values of outputs, for the references in them.
func (s *stack) outputs(n *Node) {
	if n == nil {
		return
	}
	for _, e := range n.Entries {
		if v := e.Value.Find("Value"); v != nil {
			s.value(v)
		}
	}
}

// unknown reports a name that the template does not declare.
func (s *stack) unknown(at *Node, name string) {
	var names []string
	for _, e := range s.resources.Entries {
		names = append(names, e.Key.Text)
	}
	for p := range s.parameters {
		names = append(names, p)
	}
	slices.Sort(names)
	hint := meant(name, names)
	if hint.IsZero() {
		hint = reason.New("DG6602.hint")
	}
	s.add(at, reason.New("DG6602", name), hint)
}

// value returns n with its functions resolved as far as the template tells. It
// keeps the places of what was written.
func (s *stack) value(n *Node) *Node {
	s.depth++
	s.steps++
	defer func() { s.depth-- }()
	if s.depth > deepest || s.steps > mostSteps {
		return &Node{Pos: n.Pos, Len: n.Len}
	}
	if f := functions[n.Tag]; f != "" {
		plain := *n
		plain.Tag = ""
		return placed(s.call(f, &plain), n)
	}
	if n.Kind == yamldoc.Map && len(n.Entries) == 1 {
		if key := n.Entries[0].Key.Text; key == "Ref" || strings.HasPrefix(key, "Fn::") {
			return placed(s.call(key, n.Entries[0].Value), n)
		}
	}
	out := *n
	out.Entries, out.Items = nil, nil
	for _, e := range s.unrolled(n).Entries {
		if v := s.value(e.Value); !none(v) {
			out.Entries = append(out.Entries, yamldoc.Entry{Key: e.Key, Value: v})
		}
	}
	for _, item := range n.Items {
		if v := s.value(item); !none(v) {
			out.Items = append(out.Items, v)
		}
	}
	return &out
}

// noValue is what takes a key away.
const noValue = "${AWS::NoValue}"

func none(n *Node) bool { return n.Kind == yamldoc.Text && n.Text == noValue }

// placed is n at the place of the function that it comes from. A list keeps the
// places of its items.
func placed(n, at *Node) *Node {
	out := *n
	out.Pos, out.Len = at.Pos, at.Len
	return &out
}

// ref returns a reference to a resource, the default of a parameter, or the name
// of a pseudo parameter as Fn::Sub has it.
func (s *stack) ref(arg *Node) *Node {
	out := *arg
	if s.resources.Find(arg.Text) != nil {
		out.Kind, out.Tag = yamldoc.Text, hcldoc.Ref
		return &out
	}
	if d, ok := s.parameters[arg.Text]; ok && d != nil {
		return d
	} else if ok {
		return &Node{Pos: arg.Pos, Len: arg.Len, Text: "Ref " + arg.Text}
	}
	if !strings.HasPrefix(arg.Text, "AWS::") {
		s.unknown(arg, arg.Text)
		return &Node{Pos: arg.Pos, Len: arg.Len}
	}
	out.Kind, out.Text = yamldoc.Text, "${"+arg.Text+"}"
	return &out
}

// attribute returns a reference to what Fn::GetAtt names.
func (s *stack) attribute(arg *Node) *Node {
	id, name, _ := strings.Cut(arg.Text, ".")
	if arg.Kind == yamldoc.List && len(arg.Items) == 2 {
		id, name = arg.Items[0].Text, arg.Items[1].Text
	}
	s.attributeIs(arg, id, name)
	if s.resources.Find(id) == nil {
		return &Node{Pos: arg.Pos, Len: arg.Len}
	}
	if v := Find(s.resources.Find(id), "Properties", name); v != nil {
		if v = s.value(v); v.Scalar() && v.Tag == "" {
			return v // what is asked for is what was given
		}
	}
	return &Node{Kind: yamldoc.Text, Tag: hcldoc.Ref, Text: id, Pos: arg.Pos, Len: arg.Len}
}
