package template

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Folder is what stands in a folder of a module.
type Folder = hcldoc.Folder

// Terraform reads a module, which is called name, and by open those that it calls in
// folders of their own. It may be nil. The Template is nil if a file is not HCL; the
// problems are those of the text.
func Terraform(name string, f Folder, open func(from, source string) (Folder, error)) (*Template, []diag.Problem) {
	m, problems := hcldoc.Parse(f, open)
	if m == nil {
		return nil, problems
	}
	mod := &module{documents: make(map[string]*Node), names: make(map[string]*Node), parameters: make(map[string]string), problems: problems}
	for _, b := range m.Blocks {
		switch {
		case !b.Data:
		case b.Type == "aws_iam_policy_document":
			mod.documents[b.Address()] = document(b.Body)
		case b.Type == "aws_ssm_parameter":
			mod.parameters[b.Address()], _ = Text(b.Body, "name")
		case b.Type == "aws_vpc_endpoint_service":
			mod.names[b.Address()] = serviceName(b.Body)
		case b.Type == "aws_iam_policy":
			mod.names[b.Address()] = policyName(b.Body)
		}
	}
	seen := make(map[string]bool)
	for _, b := range m.Blocks {
		if first := b.Path + b.Type + "." + b.Name; !b.Data && !seen[first] {
			seen[first] = true
			mod.shape(b)
		}
		if !b.Data {
			mod.block(b)
		}
	}
	mod.uses(m.Uses)
	t := New(name, mod.all)
	t.Terraform, t.Calls = true, m.Calls
	for _, join := range mod.later {
		join(t)
	}
	for _, r := range t.Resources {
		mod.words(r)
	}
	diag.Sort(mod.problems)
	return t, mod.problems
}

// module turns the blocks of a module into resources.
type module struct {
	all        []*Resource
	documents  map[string]*Node  // of data sources that are policies, by address
	names      map[string]*Node  // of data sources that look up a service or a policy, by address
	parameters map[string]string // names of data sources that are parameters, by address
	later      []func(*Template)
	problems   []diag.Problem
}

// block adds the resources that b is.
func (m *module) block(b *hcldoc.Block) {
	m.looked(b.Body)
	kind := b.Type
	if other, ok := same[kind]; ok {
		kind = other
	}
	r := &Resource{ID: b.Address(), At: b.At, Maybe: b.Open, Props: &Node{Kind: yamldoc.Map, Pos: b.At.Pos, Len: b.At.Len}}
	if known, ok := rows[kind]; ok {
		r.Type = known.typ
		fill(r.Props, b.Body, known.keys)
	} else if _, joined := joins[kind]; !joined && kind != "aws_security_group_rule" {
		r.Type = b.Type // nothing asks for it
	}
	for _, a := range attributes[kind].keys {
		if v := b.Body.Find(a[0]); v != nil {
			put(r.Props, attributes[kind].list, keyed(a[1], v))
		}
	}
	m.all = append(m.all, r)
	switch kind {
	case "aws_lb":
		internal(r, b.Body)
	case "aws_lb_listener":
		m.actions(r, b.Body)
	case "aws_route_table":
		m.routes(r, b.Body)
	case "aws_internet_gateway":
		if vpc := b.Body.Find("vpc_id"); vpc != nil {
			m.beside(r, "attachment", "AWS::EC2::VPCGatewayAttachment", "VpcId", vpc, "InternetGatewayId", reference(r))
		}
	case "aws_security_group":
		group(r, b.Body)
	case "aws_security_group_rule":
		m.rule(r, b.Body)
	case "aws_vpc_endpoint_service":
		if p := b.Body.Find("allowed_principals"); p != nil {
			m.beside(r, "permissions", "AWS::EC2::VPCEndpointServicePermissions", "ServiceId", reference(r), "AllowedPrincipals", p)
		}
	case "aws_default_route_table":
		m.routes(r, b.Body)
		if vpc := b.Body.Find("default_route_table_id"); vpc != nil {
			m.beside(r, "main", MainTable, "VpcId", vpc, "RouteTableId", reference(r))
		}
	case "aws_launch_configuration":
		if v := b.Body.Find("associate_public_ip_address"); v != nil {
			put(launchData(r), "NetworkInterfaces", made(v, "AssociatePublicIpAddress", v))
		}
		m.image(r)
	case "aws_launch_template":
		launch(r, b.Body)
		m.image(r)
	case "aws_autoscaling_group":
		fleet(r, b.Body)
	case "aws_iam_role", "aws_iam_role_policy", "aws_iam_policy", "aws_kms_key":
		m.policies(r, b.Body)
	}
	if join, ok := joins[kind]; ok {
		m.later = append(m.later, func(t *Template) { join(t, b.Body) })
	}
}

// fill sets the keys of props that body's arguments are.
func fill(props, body *Node, keys string) {
	for pair := range strings.FieldsSeq(keys) {
		from, to, _ := strings.Cut(pair, "=")
		v := argument(body, strings.Split(from, ".")...)
		if v == nil {
			continue
		}
		set(props, strings.Split(to, "."), v)
	}
}

// argument returns what names lead to, blocks being lists of which the first
// counts.
func argument(n *Node, names ...string) *Node {
	for _, name := range names {
		if n != nil && n.Kind == yamldoc.List && len(n.Items) > 0 {
			n = n.Items[0]
		}
		if n == nil || n.Kind == yamldoc.Broken {
			return n
		}
		n = n.Find(name)
	}
	return n
}

// set sets what path leads to in props, unless it is there.
func set(props *Node, path []string, v *Node) {
	for i, key := range path {
		next := props.Find(key)
		if i == len(path)-1 {
			if next == nil {
				props.Entries = append(props.Entries, yamldoc.Entry{Key: named(key, v), Value: v})
			}
			return
		}
		if next == nil {
			next = &Node{Kind: yamldoc.Map, Pos: v.Pos, Len: v.Len}
			props.Entries = append(props.Entries, yamldoc.Entry{Key: named(key, v), Value: next})
		}
		props = next
	}
}

// put adds items to the list that key is in props.
func put(props *Node, key string, items ...*Node) {
	if len(items) == 0 {
		return
	}
	list := props.Find(key)
	switch {
	case list == nil:
		list = &Node{Kind: yamldoc.List, Pos: items[0].Pos, Len: items[0].Len}
		props.Entries = append(props.Entries, yamldoc.Entry{Key: named(key, list), Value: list})
	case list.Kind != yamldoc.List:
		return // nobody knows what is in it
	default: // not the list of whoever wrote it
		list = &Node{Kind: yamldoc.List, Pos: list.Pos, Len: list.Len, Items: slices.Clone(list.Items)}
		for i := range props.Entries {
			if props.Entries[i].Key.Text == key {
				props.Entries[i].Value = list
			}
		}
	}
	list.Items = append(list.Items, items...)
}

// named is a key at the place of n.
func named(key string, n *Node) *Node {
	return &Node{Kind: yamldoc.Text, Text: key, Pos: n.Pos, Len: n.Len}
}

// keyed is an attribute with its value.
func keyed(key string, v *Node) *Node {
	return made(v, "Key", named(key, v), "Value", v)
}

// made is a map at the place of at.
func made(at *Node, pairs ...any) *Node {
	out := &Node{Kind: yamldoc.Map, Pos: at.Pos, Len: at.Len}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v, ok := pairs[i+1].(*Node); ok && v != nil {
			out.Entries = append(out.Entries, yamldoc.Entry{Key: named(pairs[i].(string), v), Value: v})
		}
	}
	return out
}

// reference is one to r.
func reference(r *Resource) *Node {
	return &Node{Kind: yamldoc.Text, Tag: hcldoc.Ref, Text: r.ID, Pos: r.At.Pos, Len: r.At.Len}
}

// beside adds a resource that Terraform has as a part of r.
func (m *module) beside(r *Resource, what, typ string, pairs ...any) {
	m.all = append(m.all, &Resource{ID: r.ID + "#" + what, Type: typ, At: r.At, Maybe: r.Maybe, Props: made(r.At, pairs...)})
}

// shape finds arguments that the provider does not have, and what it demands.
func (m *module) shape(b *hcldoc.Block) {
	if !strings.HasPrefix(b.Type, "aws_") {
		return
	}
	t, ok := awsdata.ResourceNamed(b.Type)
	if !ok {
		m.problems = append(m.problems, problem(b.At, reason.New("DG6601.type", b.Type), meant(b.Type, near(b.Type))))
		return
	}
	if len(t.Top) == 0 {
		return
	}
	m.known(b.Body, t.Top, t.Nested, b.Type)
	for _, required := range t.Required {
		if b.Body.Find(required) == nil {
			m.problems = append(m.problems, problem(b.At, reason.New("DG6604", required, b.Address()), reason.Because{}))
		}
	}
}

// near are the resources that begin as name does: few enough to compare.
func near(name string) (names []string) {
	for _, other := range awsdata.ResourceNames() {
		if strings.HasPrefix(other, name[:min(len(name), len("aws_xx"))]) {
			names = append(names, other)
		}
	}
	return names
}

// own are arguments that every resource takes.
var own = []string{"depends_on", "timeouts", "tags", "region"}

// known looks at the arguments of body, and of the blocks in it.
func (m *module) known(body *Node, names, nested []string, typ string) {
	for _, e := range body.Entries {
		if !slices.Contains(names, e.Key.Text) && !slices.Contains(own, e.Key.Text) {
			m.problems = append(m.problems, problem(e.Key, reason.New("DG6601", e.Key.Text, typ), meant(e.Key.Text, names)))
			continue
		}
		if e.Value.Kind != yamldoc.List || e.Key.Text == "timeouts" || len(nested) == 0 {
			continue
		}
		for _, item := range e.Value.Items {
			if item.Kind == yamldoc.Map {
				m.known(item, nested, nested, typ)
			}
		}
	}
}

// uses finds references to attributes that resources do not have.
func (m *module) uses(all []hcldoc.Use) {
	for _, u := range all {
		t, ok := awsdata.ResourceNamed(u.Type)
		if !ok || len(t.Top) == 0 || u.Attribute == "id" || slices.Contains(t.Top, u.Attribute) || slices.Contains(t.Returns, u.Attribute) {
			continue
		}
		m.problems = append(m.problems, problem(u.At, reason.New("DG6602.attribute", u.Attribute, u.Address), meant(u.Attribute, append(slices.Clone(t.Returns), t.Top...))))
	}
}

// words finds values that keys of r cannot have.
func (m *module) words(r *Resource) {
	t, ok := awsdata.StackTypeNamed(r.Type)
	if !ok {
		return
	}
	s := stack{}
	for _, path := range slices.Sorted(maps.Keys(t.Words)) {
		keys := strings.Split(path, ".")
		if v := Find(r.Props, keys...); v != nil {
			s.words(&t, path, spelt(keys[len(keys)-1]), v)
		}
	}
	m.problems = append(m.problems, s.problems...)
}

// spellings are the arguments of keys.
var spellings = sync.OnceValue(func() map[string]string {
	all := map[string]string{"Scheme": "internal"}
	for _, r := range rows {
		for pair := range strings.FieldsSeq(r.keys) {
			from, to, _ := strings.Cut(pair, "=")
			_, argument := cut(from)
			_, key := cut(to)
			if other, ok := all[key]; !ok || argument < other {
				all[key] = argument
			}
		}
	}
	for _, a := range attributes {
		for _, k := range a.keys {
			all[k[1]] = k[0]
		}
	}
	return all
})

func spelt(key string) string {
	if s, ok := spellings()[key]; ok {
		return s
	}
	return key
}

// Spell returns what the author of t calls a key.
func (t *Template) Spell(key string) string {
	if t.Terraform {
		return spelt(key)
	}
	return key
}

// count is the nth of something, as a part of an id.
func count(what string, n int) string { return what + strconv.Itoa(n+1) }
