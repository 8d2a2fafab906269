package hcldoc

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"path"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// library is the functions of Terraform's that are worked out. What calls another
// is unknown.
func (e *evaluator) library() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc, "chunklist": stdlib.ChunklistFunc,
		"coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc,
		"contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc,
		"floor": stdlib.FloorFunc, "format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc, "indent": stdlib.IndentFunc,
		"join": stdlib.JoinFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc,
		"length": stdlib.LengthFunc, "lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc,
		"min": stdlib.MinFunc, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc, "replace": stdlib.ReplaceFunc, "reverse": stdlib.ReverseListFunc,
		"setproduct": stdlib.SetProductFunc, "setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc,
		"split": stdlib.SplitFunc, "substr": stdlib.SubstrFunc, "title": stdlib.TitleFunc, "trim": stdlib.TrimFunc,
		"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc,
		"upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
		"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
		"tonumber": stdlib.MakeToFunc(cty.Number), "tobool": stdlib.MakeToFunc(cty.Bool),
		"try": tryfunc.TryFunc, "can": tryfunc.CanFunc,
		"one": one(), "base64encode": encode(), "cidrsubnet": subnet(), "cidrhost": host(),
		"file": e.file1(), "filebase64": e.file64(), "templatefile": e.templateFile(),
		"yamlencode": stdlib.JSONEncodeFunc, // which is YAML, too
		"yamldecode": decode(),
	}
}

// one returns the only item of a list, or null.
func one() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].CanIterateElements() || args[0].LengthInt() > 1 {
				return cty.DynamicVal, nil
			}
			for _, v := range args[0].Elements() {
				return v, nil
			}
			return cty.NullVal(cty.DynamicPseudoType), nil
		},
	})
}

// encode marks text as encoded, and leaves it readable.
func encode() function.Function {
	return texts(1, func(args []string) (string, error) { return encoded + args[0], nil })
}

// texts is a function of n texts.
func texts(n int, call func(args []string) (string, error)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(cty.String)}
	for range n {
		spec.Params = append(spec.Params, function.Parameter{Name: "text", Type: cty.String})
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var all []string
		for _, a := range args {
			all = append(all, a.AsString())
		}
		text, err := call(all)
		return cty.StringVal(text), err
	}
	return function.New(spec)
}

// numbers is a function of a network and n numbers.
func numbers(n int, call func(p netip.Prefix, n []int) (string, error)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(cty.String), Params: []function.Parameter{{Name: "prefix", Type: cty.String}}}
	for range n {
		spec.Params = append(spec.Params, function.Parameter{Name: "number", Type: cty.Number})
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := netip.ParsePrefix(args[0].AsString())
		if err != nil || !p.Addr().Is4() {
			return cty.UnknownVal(cty.String), nil //nolint:nilerr // a network that is none here is one elsewhere
		}
		var all []int
		for _, a := range args[1:] {
			n, ok := whole(a)
			if !ok {
				return cty.UnknownVal(cty.String), nil
			}
			all = append(all, n)
		}
		text, err := call(p, all)
		return cty.StringVal(text), err
	}
	return function.New(spec)
}

// subnet is cidrsubnet, for IPv4.
func subnet() function.Function {
	return numbers(2, func(p netip.Prefix, n []int) (string, error) {
		bits := p.Bits() + n[0]
		if bits > 32 || n[1] >= 1<<min(n[0], 32) {
			return "", fmt.Errorf("no %d bits in %s", n[0], p)
		}
		return fmt.Sprintf("%s/%d", plus(p, uint32(n[1])<<(32-bits)), bits), nil
	})
}

// host is cidrhost, for IPv4.
func host() function.Function {
	return numbers(1, func(p netip.Prefix, n []int) (string, error) {
		return plus(p, uint32(n[0])).String(), nil
	})
}

func plus(p netip.Prefix, n uint32) netip.Addr {
	a := p.Masked().Addr().As4()
	binary.BigEndian.PutUint32(a[:], binary.BigEndian.Uint32(a[:])+n)
	return netip.AddrFrom4(a)
}

// load reads a file beside the module.
func (e *evaluator) load(name string) (string, error) {
	name = path.Clean(name)
	if e.read == nil || path.IsAbs(name) || name == ".." || len(name) > 2 && name[:3] == "../" {
		return "", fmt.Errorf("%s is not beside the module", name)
	}
	src, err := e.read(name)
	return string(src), err
}

func (e *evaluator) file1() function.Function {
	return texts(1, func(args []string) (string, error) { return e.load(args[0]) })
}

// file64 is filebase64: it leaves the text readable, as base64encode does.
func (e *evaluator) file64() function.Function {
	return texts(1, func(args []string) (string, error) {
		text, err := e.load(args[0])
		return encoded + text, err
	})
}

// decode is yamldecode, of what package yamldoc reads.
func decode() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			n, problems := yamldoc.Parse("", []byte(args[0].AsString()))
			if n == nil || len(problems) > 0 {
				return cty.DynamicVal, nil
			}
			return decoded(n), nil
		},
	})
}

// decoded is a value of a file.
func decoded(n *Node) cty.Value {
	switch n.Kind {
	case yamldoc.Map:
		values := make(map[string]cty.Value)
		for _, e := range n.Entries {
			values[e.Key.Text] = decoded(e.Value)
		}
		return object(values)
	case yamldoc.List:
		var all []cty.Value
		for _, item := range n.Items {
			all = append(all, decoded(item))
		}
		return cty.TupleVal(all)
	case yamldoc.Text:
		return cty.StringVal(n.Text)
	case yamldoc.Bool:
		return cty.BoolVal(n.Text == "true")
	case yamldoc.Int:
		if v, err := cty.ParseNumberVal(n.Text); err == nil {
			return v
		}
	case yamldoc.Null:
		return cty.NullVal(cty.DynamicPseudoType)
	case yamldoc.Broken:
	}
	return cty.DynamicVal
}

// templateFile fills in a file. What of it is unknown stays as it is written.
func (e *evaluator) templateFile() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType, AllowUnknown: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			src, err := e.load(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			parsed, diags := hclsyntax.ParseTemplate([]byte(src), args[0].AsString(), hcl.InitialPos)
			if diags.HasErrors() {
				return cty.UnknownVal(cty.String), diags
			}
			ctx := &hcl.EvalContext{Functions: e.functions, Variables: map[string]cty.Value{}}
			if args[1].IsKnown() && args[1].CanIterateElements() {
				for k, v := range args[1].Elements() {
					ctx.Variables[k.AsString()] = v
				}
			}
			n := e.node(parsed, ctx, 0)
			text, err := convert.Convert(cty.StringVal(n.Text), cty.String)
			return text, err
		},
	})
}
