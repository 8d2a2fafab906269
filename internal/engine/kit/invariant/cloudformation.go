package invariant

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
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
// none.
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
		return nil, []diag.Problem{{Pos: root.Pos, Len: root.Len, Code: "DG6115", Summary: say("DG6115"), Hint: say("DG6115.hint")}}
	}
	s := stack{parameters: defaults(root.Find("Parameters")), resources: resources}
	var all []*Resource
	for _, e := range resources.Entries {
		r := &Resource{ID: e.Key.Text, At: e.Key, Props: &yamldoc.Node{Kind: yamldoc.Map, Pos: e.Key.Pos, Len: e.Key.Len}}
		if t := e.Value.Find("Type"); t != nil {
			r.Type = t.Text
		}
		if p := e.Value.Find("Properties"); p != nil {
			r.Props = s.value(p)
		}
		all = append(all, r)
	}
	return NewTemplate(file, all), nil
}

// defaults returns the defaults of parameters. One without is unknown.
func defaults(parameters *yamldoc.Node) map[string]*yamldoc.Node {
	all := make(map[string]*yamldoc.Node)
	if parameters == nil {
		return all
	}
	for _, e := range parameters.Entries {
		typ := e.Value.Find("Type")
		if d := e.Value.Find("Default"); d != nil && typ != nil && !strings.HasPrefix(typ.Text, "AWS::SSM::Parameter::Value") {
			all[e.Key.Text] = d
		} else {
			all[e.Key.Text] = nil
		}
	}
	return all
}

// stack resolves the values of one template.
type stack struct {
	parameters map[string]*yamldoc.Node
	resources  *yamldoc.Node
}

// value returns n with its functions resolved as far as the template tells. It
// keeps the places of what was written.
func (s stack) value(n *yamldoc.Node) *yamldoc.Node {
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
	for _, e := range n.Entries {
		out.Entries = append(out.Entries, yamldoc.Entry{Key: e.Key, Value: s.value(e.Value)})
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, s.value(item))
	}
	return &out
}

// placed is n at the place of the function that it comes from.
func placed(n, at *yamldoc.Node) *yamldoc.Node {
	out := *n
	out.Pos, out.Len = at.Pos, at.Len
	return &out
}

// call returns what a function comes to.
func (s stack) call(function string, arg *yamldoc.Node) *yamldoc.Node {
	unknown := &yamldoc.Node{Pos: arg.Pos, Len: arg.Len}
	switch function {
	case "Ref":
		return s.ref(arg)
	case "Fn::GetAtt":
		id, _, _ := strings.Cut(arg.Text, ".")
		if arg.Kind == yamldoc.List && len(arg.Items) > 0 {
			id = arg.Items[0].Text
		}
		return s.ref(&yamldoc.Node{Kind: yamldoc.Text, Text: id, Pos: arg.Pos, Len: arg.Len})
	case "Fn::Sub":
		if arg.Kind == yamldoc.List && len(arg.Items) > 0 {
			arg = arg.Items[0]
		}
		return s.sub(arg)
	case "Fn::Base64":
		return s.value(arg)
	case "Fn::Join":
		return s.join(arg)
	}
	return unknown
}

// ref returns a reference to a resource, the default of a parameter, or the name
// of a pseudo parameter as Fn::Sub has it.
func (s stack) ref(arg *yamldoc.Node) *yamldoc.Node {
	out := *arg
	if s.resources.Find(arg.Text) != nil {
		out.Kind, out.Tag = yamldoc.Text, refTag
		return &out
	}
	if d, ok := s.parameters[arg.Text]; ok && d != nil {
		return d
	} else if ok || !strings.HasPrefix(arg.Text, "AWS::") {
		return &yamldoc.Node{Pos: arg.Pos, Len: arg.Len}
	}
	out.Kind, out.Text = yamldoc.Text, "${"+arg.Text+"}"
	return &out
}

// sub fills in the defaults of parameters. What only the deployment knows stays
// as it is written, which is enough to tell the service of an endpoint or the
// name of a policy.
func (s stack) sub(arg *yamldoc.Node) *yamldoc.Node {
	out := *arg
	for name, d := range s.parameters {
		if d != nil {
			out.Text = strings.ReplaceAll(out.Text, "${"+name+"}", d.Text)
		}
	}
	if name, ok := strings.CutPrefix(out.Text, "${"); ok && strings.HasSuffix(name, "}") {
		if id := strings.TrimSuffix(name, "}"); s.resources.Find(id) != nil {
			out.Text, out.Tag = id, refTag
		}
	}
	return &out
}

func (s stack) join(arg *yamldoc.Node) *yamldoc.Node {
	out := yamldoc.Node{Kind: yamldoc.Text, Pos: arg.Pos, Len: arg.Len}
	if arg.Kind != yamldoc.List || len(arg.Items) != 2 || arg.Items[1].Kind != yamldoc.List {
		out.Kind = yamldoc.Broken
		return &out
	}
	var parts []string
	for _, item := range arg.Items[1].Items {
		parts = append(parts, s.value(item).Text)
	}
	out.Text = strings.Join(parts, arg.Items[0].Text)
	return &out
}

// find returns what keys lead to in n, one below the other, or nil.
func find(n *yamldoc.Node, keys ...string) *yamldoc.Node {
	for _, key := range keys {
		if n == nil {
			return nil
		}
		n = n.Find(key)
	}
	return n
}

// text returns the scalar that keys lead to, if it is known.
func text(n *yamldoc.Node, keys ...string) (string, bool) {
	v := find(n, keys...)
	if v == nil || !v.Scalar() || v.Tag != "" {
		return "", false
	}
	return v.Text, true
}

// items returns the items of the list that keys lead to. Known says whether they
// are all there are.
func items(n *yamldoc.Node, keys ...string) (all []*yamldoc.Node, known bool) {
	v := find(n, keys...)
	if v == nil || v.Kind != yamldoc.List {
		return nil, v == nil
	}
	return v.Items, !slices.ContainsFunc(v.Items, func(i *yamldoc.Node) bool { return i.Kind == yamldoc.Broken })
}

// at returns the place of what keys lead to, or of r itself.
func at(r *Resource, keys ...string) *yamldoc.Node {
	if v := find(r.Props, keys...); v != nil {
		return v
	}
	return r.At
}
