package template

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// call returns what a function comes to.
func (s *stack) call(function string, arg *Node) *Node {
	unknown := &Node{Pos: arg.Pos, Len: arg.Len}
	switch function {
	case "Ref":
		return s.ref(arg)
	case "Fn::GetAtt":
		return s.attribute(arg)
	case "Fn::Sub":
		return s.sub(arg)
	case "Fn::Base64":
		out := *s.value(arg)
		if out.Kind == yamldoc.Text && out.Tag == "" {
			out.Tag = hcldoc.Base64
		}
		return &out
	case "Fn::Join":
		return s.join(arg)
	case "Fn::If":
		return s.choose(arg)
	case "Fn::Select":
		return s.pick(arg)
	case "Fn::Split":
		return s.split(arg)
	case "Fn::FindInMap":
		return s.lookup(arg)
	case "Fn::Cidr":
		return s.cidr(arg)
	}
	s.value(arg) // for the references in it
	return unknown
}

// sub fills in the defaults of parameters. What only the deployment knows stays
// as it is written, which is enough to tell the service of an endpoint or the
// name of a policy.
func (s *stack) sub(arg *Node) *Node {
	own := map[string]string{}
	if arg.Kind == yamldoc.List && len(arg.Items) > 0 {
		if len(arg.Items) > 1 {
			for _, e := range arg.Items[1].Entries {
				if v := s.value(e.Value); v.Scalar() && v.Tag == "" {
					own[e.Key.Text] = v.Text
				} else {
					own[e.Key.Text] = "${" + e.Key.Text + "}"
				}
			}
		}
		arg = arg.Items[0]
	}
	out := *arg
	out.Kind = yamldoc.Text
	var b strings.Builder
	rest := arg.Text
	for {
		before, after, ok := strings.Cut(rest, "${")
		b.WriteString(before)
		name, next, ended := strings.Cut(after, "}")
		if !ok || !ended {
			break
		}
		rest = next
		b.WriteString(s.filled(arg, name, own))
		if before == "" && next == "" && b.String() == "${"+name+"}" && s.resources.Find(name) != nil {
			out.Text, out.Tag = name, hcldoc.Ref
			return &out
		}
		if _, parameter := s.parameters[name]; parameter && before == "" && next == "" && b.String() == "${"+name+"}" {
			return s.ref(&Node{Kind: yamldoc.Text, Text: name, Pos: arg.Pos, Len: arg.Len})
		}
	}
	out.Text = b.String()
	return &out
}

// filled is what stands in text for ${name}.
func (s *stack) filled(at *Node, name string, own map[string]string) string {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}"
	}
	if v, ok := own[name]; ok {
		return v
	}
	if d := s.parameters[name]; d != nil && d.Scalar() {
		return d.Text
	}
	id, attribute, _ := strings.Cut(name, ".")
	_, parameter := s.parameters[name]
	switch {
	case strings.HasPrefix(name, "AWS::") || parameter:
	case attribute != "":
		s.attributeIs(at, id, attribute)
	case s.resources.Find(name) == nil:
		s.unknown(at, name)
	}
	return "${" + name + "}"
}

func (s *stack) join(arg *Node) *Node {
	out := Node{Kind: yamldoc.Text, Pos: arg.Pos, Len: arg.Len}
	if arg.Kind != yamldoc.List || len(arg.Items) != 2 {
		return &Node{Pos: arg.Pos, Len: arg.Len}
	}
	list := s.value(arg.Items[1])
	if list.Kind != yamldoc.List {
		return &Node{Pos: arg.Pos, Len: arg.Len}
	}
	var parts []string
	told := false
	for _, item := range list.Items {
		name, parameter := strings.CutPrefix(item.Text, "Ref ")
		switch {
		case item.Tag == hcldoc.Ref:
			parts, told = append(parts, "${"+item.Text+"}"), true
		case item.Kind == yamldoc.Broken && parameter:
			parts = append(parts, "${"+name+"}")
		case item.Scalar():
			parts, told = append(parts, item.Text), true
		default:
			return &Node{Pos: arg.Pos, Len: arg.Len}
		}
	}
	if !told {
		return &Node{Pos: arg.Pos, Len: arg.Len}
	}
	out.Text = strings.Join(parts, arg.Items[0].Text)
	return &out
}

// choose is Fn::If.
func (s *stack) choose(arg *Node) *Node {
	if arg.Kind != yamldoc.List || len(arg.Items) != 3 {
		return &Node{Pos: arg.Pos, Len: arg.Len}
	}
	yes, no := s.value(arg.Items[1]), s.value(arg.Items[2])
	switch holds, known := s.condition(arg.Items[0].Text, arg.Items[0], 0); {
	case !known:
		return &Node{Pos: arg.Pos, Len: arg.Len}
	case holds:
		return yes
	}
	return no
}

// condition tells whether a condition holds with the defaults of parameters.
func (s *stack) condition(name string, at *Node, depth int) (holds, known bool) {
	if s.conditions == nil || s.conditions.Find(name) == nil {
		s.unknown(at, name)
		return false, false
	}
	if depth > len(s.conditions.Entries) {
		return false, false // one that asks itself
	}
	return s.holds(s.conditions.Find(name), depth)
}

func (s *stack) holds(n *Node, depth int) (holds, known bool) {
	if s.steps++; s.steps > mostSteps {
		return false, false
	}
	function, arg := functions[n.Tag], n
	if n.Kind == yamldoc.Map && len(n.Entries) == 1 {
		function, arg = n.Entries[0].Key.Text, n.Entries[0].Value
	}
	switch function {
	case "Condition":
		return s.condition(arg.Text, arg, depth+1)
	case "Fn::Equals":
		if len(arg.Items) == 2 {
			a, b := s.value(arg.Items[0]), s.value(arg.Items[1])
			settled := func(n *Node) bool { return n.Scalar() && n.Tag == "" && !strings.Contains(n.Text, "${") }
			return a.Text == b.Text, settled(a) && settled(b)
		}
	case "Fn::Not":
		if len(arg.Items) == 1 {
			holds, known = s.holds(arg.Items[0], depth)
			return !holds, known
		}
	case "Fn::And", "Fn::Or":
		known = true
		for _, item := range arg.Items {
			h, k := s.holds(item, depth)
			if k && h == (function == "Fn::Or") {
				return h, true // the others do not count
			}
			known = known && k
		}
		return function == "Fn::And", known
	}
	return false, false
}

// pick is Fn::Select. Of a list that nobody knows, the same item is the same
// value, whatever it is.
func (s *stack) pick(arg *Node) *Node {
	unknown := &Node{Pos: arg.Pos, Len: arg.Len}
	if arg.Kind != yamldoc.List || len(arg.Items) != 2 {
		return unknown
	}
	index, list := s.value(arg.Items[0]), s.value(arg.Items[1])
	i, err := strconv.Atoi(index.Text)
	if list.Kind == yamldoc.List && err == nil && i >= 0 && i < len(list.Items) {
		return list.Items[i]
	}
	unknown.Text = "Select " + index.Text + " " + spelled(arg.Items[1])
	return unknown
}

// spelled is a list that nobody knows in the words that it is written in, which are
// the same for the same zones.
func spelled(n *Node) string {
	region := n.Find("Fn::GetAZs")
	if n.Tag == "!GetAZs" {
		region = n
	}
	if region != nil && (region.Text == "" || region.Text == "AWS::Region" || textOf(region.Find("Ref")) == "AWS::Region") {
		return "the zones of the region"
	}
	return yamldoc.Write(n)
}

func (s *stack) split(arg *Node) *Node {
	out := &Node{Pos: arg.Pos, Len: arg.Len}
	if arg.Kind != yamldoc.List || len(arg.Items) != 2 {
		return out
	}
	if text := s.value(arg.Items[1]); text.Scalar() && text.Tag == "" && arg.Items[0].Text != "" {
		out.Kind = yamldoc.List
		for part := range strings.SplitSeq(text.Text, arg.Items[0].Text) {
			out.Items = append(out.Items, &Node{Kind: yamldoc.Text, Text: part, Pos: arg.Pos, Len: arg.Len})
		}
	}
	return out
}

// lookup is Fn::FindInMap.
func (s *stack) lookup(arg *Node) *Node {
	unknown := &Node{Pos: arg.Pos, Len: arg.Len}
	if arg.Kind != yamldoc.List || len(arg.Items) < 3 || s.mappings == nil {
		return unknown
	}
	var keys []string
	for _, item := range arg.Items[:3] {
		v := s.value(item)
		if !v.Scalar() || v.Tag != "" {
			return unknown
		}
		keys = append(keys, v.Text)
	}
	if found := Find(s.mappings, keys...); found != nil {
		return s.value(found)
	}
	return unknown
}

// cidr is Fn::Cidr, for IPv4.
func (s *stack) cidr(arg *Node) *Node {
	out := &Node{Pos: arg.Pos, Len: arg.Len}
	if arg.Kind != yamldoc.List || len(arg.Items) != 3 {
		return out
	}
	block, err := netip.ParsePrefix(s.value(arg.Items[0]).Text)
	if to := s.written(s.value(arg.Items[0])); to != nil {
		block, err = netip.ParsePrefix(textOf(Find(s.value(to), "Properties", "CidrBlock")))
	}
	count, a := strconv.Atoi(s.value(arg.Items[1]).Text)
	bits, b := strconv.Atoi(s.value(arg.Items[2]).Text)
	if err != nil || a != nil || b != nil || !block.Addr().Is4() || bits < 1 || bits > 32 || count < 1 || count > 256 {
		return out
	}
	out.Kind = yamldoc.List
	first := block.Masked().Addr().As4()
	for i := range count {
		var next [4]byte
		binary.BigEndian.PutUint32(next[:], binary.BigEndian.Uint32(first[:])+uint32(i)<<bits)
		text := netip.PrefixFrom(netip.AddrFrom4(next), 32-bits).String()
		out.Items = append(out.Items, &Node{Kind: yamldoc.Text, Text: text, Pos: arg.Pos, Len: arg.Len})
	}
	return out
}

// written returns the resource that n refers to, as it is written.
func (s *stack) written(n *Node) *Node {
	i := slices.IndexFunc(s.resources.Entries, func(e yamldoc.Entry) bool { return n.Tag == hcldoc.Ref && e.Key.Text == n.Text })
	if i < 0 {
		return nil
	}
	return s.resources.Entries[i].Value
}
