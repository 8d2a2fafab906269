package hcldoc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

func parse(t *testing.T, files ...hcldoc.File) *hcldoc.Module {
	t.Helper()
	m, problems := hcldoc.Parse(hcldoc.Folder{Files: files, Read: func(name string) ([]byte, error) {
		if name == "hello.tftpl" {
			return []byte("hello ${name}, ${later}\n"), nil
		}
		return nil, errors.New("no such file")
	}}, nil)
	if m == nil || len(problems) > 0 {
		t.Fatalf("Parse = %v", lines(problems))
	}
	return m
}

func lines(problems []diag.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.Pos.String()+" "+p.Code+" "+p.Summary.In(reason.English))
	}
	return all
}

func tf(src string) hcldoc.File { return hcldoc.File{Name: "main.tf", Source: []byte(src)} }

// shown is n in one line: references in angle brackets, what is not known as a
// question mark.
func shown(n *hcldoc.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Tag == hcldoc.Ref:
		return "<" + n.Text + ">"
	case n.Tag == hcldoc.Base64:
		return "encoded " + n.Text
	}
	switch n.Kind {
	case yamldoc.Broken:
		return "?"
	case yamldoc.List:
		var all []string
		for _, item := range n.Items {
			all = append(all, shown(item))
		}
		return "[" + strings.Join(all, " ") + "]"
	case yamldoc.Map:
		var all []string
		for _, e := range n.Entries {
			all = append(all, e.Key.Text+":"+shown(e.Value))
		}
		return "{" + strings.Join(all, " ") + "}"
	default:
		return n.Text
	}
}

const around = `
variable "port" { default = 3128 }
variable "unset" { type = string }
variable "zones" { default = ["a", "c"] }
locals {
  name  = "exit"
  fleet = "${local.name}-fleet"
  ports = { proxy = var.port, admin = var.port + 1 }
  tail  = "com.amazonaws.${data.aws_region.here.region}"
}
data "aws_region" "here" {}
data "aws_iam_policy_document" "trust" {}
resource "aws_vpc" "main" {
  cidr_block = "10.40.0.0/16"
  name       = "vpc"
}
resource "aws_subnet" "many" { count = 2 }
resource "aws_subnet" "named" { for_each = toset(var.zones) }
resource "x_test" "it" { value = %s }
`

// TestValues: what the files tell is worked out, and nothing else.
func TestValues(t *testing.T) {
	cases := map[string]string{
		`"text"`:                                                     "text",
		`var.port`:                                                   "3128",
		`local.ports.admin`:                                          "3129",
		`"${local.fleet}-x"`:                                         "exit-fleet-x",
		`"${var.unset}-x"`:                                           "${var.unset}-x",
		`var.unset`:                                                  "?",
		`var.unset == "" ? 1 : 2`:                                    "?",
		`var.port > 1000 ? var.unset : "b"`:                          "?",
		`var.port > 5000 ? var.unset : "b"`:                          "b",
		`aws_vpc.main.id`:                                            "<aws_vpc.main>",
		`[aws_vpc.main.id, "b"]`:                                     "[<aws_vpc.main> b]",
		`aws_vpc.main.cidr_block`:                                    "10.40.0.0/16",
		`cidrsubnet(aws_vpc.main.cidr_block, 8, 3)`:                  "10.40.3.0/24",
		`cidrhost("10.40.1.0/24", 5)`:                                "10.40.1.5",
		`aws_vpc.main.name`:                                          "<aws_vpc.main>",
		`"a ${aws_vpc.main.name} b"`:                                 "a vpc b",
		`"a ${aws_vpc.main.arn} b"`:                                  "a ${aws_vpc.main.arn} b",
		`aws_subnet.many[*].id`:                                      "[<aws_subnet.many[0]> <aws_subnet.many[1]>]",
		`aws_subnet.many[1].id`:                                      "<aws_subnet.many[1]>",
		`aws_subnet.many[7].id`:                                      "?",
		`[for s in aws_subnet.named : s.id]`:                         `[<aws_subnet.named["a"]> <aws_subnet.named["c"]>]`,
		`aws_subnet.named["c"].id`:                                   `<aws_subnet.named["c"]>`,
		`values(aws_subnet.named)[*].id`:                             `[<aws_subnet.named["a"]> <aws_subnet.named["c"]>]`,
		`data.aws_region.here.region`:                                "?",
		`"${data.aws_region.here.region}a"`:                          "${data.aws_region.here.region}a",
		`"${local.tail}.s3"`:                                         "com.amazonaws.${data.aws_region.here.region}.s3",
		`{ a = "x.${data.aws_region.here.region}.y" }["a"]`:          "x.${data.aws_region.here.region}.y",
		`[for s in ["a"] : "x.${var.unset}.${s}"][0]`:                "x.${var.unset}.a",
		`upper("x-${var.unset}") == "X-A" ? 1 : 2`:                   "?",
		`"x-${var.unset}" == "x-a" ? 1 : 2`:                          "?",
		`aws_vpc.main.id == "vpc-1" ? 1 : 2`:                         "?",
		`aws_vpc.main.cidr_block == "10.40.0.0/16" ? 1 : 2`:          "1",
		`[for z in var.zones : z if "${z}-${var.port}" == "c-3128"]`: "[c]",
		`data.aws_iam_policy_document.trust.json`:                    "<data.aws_iam_policy_document.trust>",
		`jsonencode({ A = [aws_vpc.main.id] })`:                      "{A:[<aws_vpc.main>]}",
		`base64encode("a ${var.port}")`:                              "encoded a 3128",
		`concat(["a"], [aws_vpc.main.id])`:                           "[a <aws_vpc.main>]",
		`merge({ a = 1 }, { b = true })`:                             "{a:1 b:true}",
		`templatefile("hello.tftpl", { name = local.name, later = var.unset })`: "hello exit, ${later}\n",
		`file("../../etc/passwd")`:    "?",
		`file("none")`:                "?",
		`sha256("x")`:                 "?",
		`try(var.port.x, "fallback")`: "fallback",
		`one(aws_subnet.many[*].id)`:  "?",
		`1.5`:                         "1.5",
		`null`:                        "nothing",
	}
	for expr, want := range cases {
		m := parse(t, tf(strings.Replace(around, "%s", expr, 1)))
		b := m.Blocks[len(m.Blocks)-1]
		if got := shown(b.Body.Find("value")); got != want {
			t.Errorf("%s = %s, want %s", expr, got, want)
		}
	}
}

// TestInstances: count, for_each and dynamic blocks are as many as they say; of
// what nobody can count there is one that may be none.
func TestInstances(t *testing.T) {
	m := parse(t, tf(`
variable "n" { type = number }
variable "on" { default = false }
resource "a_b" "two" { count = 2 }
resource "a_b" "off" { count = var.on ? 1 : 0 }
resource "a_b" "open" { count = var.n }
resource "a_b" "each" {
  for_each = { x = 80, y = 443 }
  key      = each.key
  dynamic "ingress" {
    for_each = [each.value, each.value + 1]
    content { port = ingress.value }
  }
  dynamic "egress" {
    for_each = var.n
    content { port = egress.value }
  }
}
`))
	var got []string
	for _, b := range m.Blocks {
		open := ""
		if b.Open {
			open = " open"
		}
		got = append(got, b.Address()+open+" "+shown(b.Body))
	}
	want := []string{
		"a_b.two[0] {}", "a_b.two[1] {}", "a_b.open open {}",
		`a_b.each["x"] {key:x ingress:[{port:80} {port:81}] egress:[?]}`,
		`a_b.each["y"] {key:y ingress:[{port:443} {port:444}] egress:[?]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Blocks (-want +got):\n%s", diff)
	}
}

// TestPlaces: columns count runes, also behind Japanese text and in lists.
func TestPlaces(t *testing.T) {
	m := parse(t, tf("resource \"a_b\" \"c\" {\n  tags = { 名前 = \"出口\", b = [\"x\", \"yy\"] }\n}\n"))
	b := m.Blocks[0].Body.Find("tags").Find("b")
	if at := b.Items[1]; at.Pos.Line != 2 || at.Pos.Col != 33 || at.Len != 4 {
		t.Errorf("the second item stands at %v, %d runes; want 2:33, 4", at.Pos, at.Len)
	}
	if at := m.Blocks[0].At; at.Pos.Line != 1 || at.Pos.Col != 1 {
		t.Errorf("the block stands at %v", at.Pos)
	}
}

// TestValuesFiles: values that Terraform reads by itself come before defaults.
func TestValuesFiles(t *testing.T) {
	m := parse(t, tf("variable \"x\" { default = 1 }\nresource \"a_b\" \"c\" { x = var.x }\n"),
		hcldoc.File{Name: "terraform.tfvars", Source: []byte("x = 2\n")})
	if got := shown(m.Blocks[0].Body); got != "{x:2}" {
		t.Errorf("Body = %s, want the value of terraform.tfvars", got)
	}
}

// TestOverrides: files of that name change what others declare, argument by argument
// and block type by block type; values may be JSON.
func TestOverrides(t *testing.T) {
	m := parse(t, hcldoc.File{Name: "a_override.tf", Source: []byte("resource \"a_b\" \"c\" {\n  x = 2\n  in { z = var.v }\n}\nvariable \"v\" { default = 5 }\n")},
		hcldoc.File{Name: "b.tf", Source: []byte("variable \"v\" { default = 4 }\nvariable \"w\" {}\nresource \"a_b\" \"c\" {\n  x = 1\n  y = var.w\n  in { z = 1 }\n  in { z = 2 }\n}\n")},
		hcldoc.File{Name: "x.auto.tfvars.json", Source: []byte(`{"w": {"k": ["${no}", 1, true]}}`)})
	if len(m.Blocks) != 1 {
		t.Fatalf("%d blocks, want one", len(m.Blocks))
	}
	if got, want := shown(m.Blocks[0].Body), "{y:{k:[${no} 1 true]} x:2 in:[{z:5}]}"; got != want {
		t.Errorf("Body = %s, want %s", got, want)
	}
}

// TestJSON: the other syntax says the same.
func TestJSON(t *testing.T) {
	native := parse(t, tf("locals { p = 1 }\nresource \"a_b\" \"c\" {\n  x = local.p + 1\n  y = [\"${local.p}-z\", true]\n}\n"))
	other := parse(t, hcldoc.File{Name: "main.tf.json", Source: []byte(
		`{"locals": {"p": 1}, "resource": {"a_b": {"c": {"x": "${local.p + 1}", "y": ["${local.p}-z", true]}}}}`)})
	if a, b := shown(native.Blocks[0].Body), shown(other.Blocks[0].Body); a != b {
		t.Errorf("HCL says %s, JSON %s", a, b)
	}
	if at := other.Blocks[0].Body.Find("y").Pos; at.Line != 1 || at.Col < 60 {
		t.Errorf("y stands at %v", at)
	}
}

// TestProblems: broken text and names that lead nowhere, each at its place.
func TestProblems(t *testing.T) {
	cases := map[string][]string{
		"resource \"a\" {\n  x = \n}\n":                                              {"main.tf:2:7 DG6116 this is not HCL: Invalid expression"},
		"resource \"a_b\" \"c\" {\n  x = var.y\n}\n":                                 {"main.tf:2:7 DG6602 nothing here is called var.y"},
		"resource \"a_b\" \"c\" {\n  x = [aws_vpc.main.id, local.z]\n}\n":            {"main.tf:2:8 DG6602 nothing here is called aws_vpc.main", "main.tf:2:25 DG6602 nothing here is called local.z"},
		"output \"o\" {\n  value = module.m.x\n}\n":                                  {"main.tf:2:11 DG6602 nothing here is called module.m"},
		"resource \"a_b\" \"c\" {\n  x = [for v in [1] : v]\n  y = path.module\n}\n": nil,
	}
	for src, want := range cases {
		_, problems := hcldoc.Parse(hcldoc.Folder{Files: []hcldoc.File{tf(src)}}, nil)
		if diff := cmp.Diff(want, lines(problems)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", src, diff)
		}
	}
}

// FuzzParse: whatever a file says, it is read or refused, and laying it out does
// not change what it says.
func FuzzParse(f *testing.F) {
	f.Add(strings.Replace(around, "%s", "[for k, v in var.zones : \"${k}${v}\"]", 1))
	f.Add("resource \"a\" \"b\" { for_each = a.b\n x = a.b[each.key].c }")
	f.Add("locals { a = local.b\n b = local.a }\nresource \"a\" \"b\" { dynamic \"c\" { for_each = local.a } }")
	f.Fuzz(func(t *testing.T, src string) {
		m, problems := hcldoc.Parse(hcldoc.Folder{Files: []hcldoc.File{tf(src)}}, nil)
		if m == nil && len(problems) == 0 {
			t.Fatalf("%q is refused without a reason", src)
		}
		if m == nil {
			return
		}
		again, _ := hcldoc.Parse(hcldoc.Folder{Files: []hcldoc.File{tf(hcldoc.Format(src))}}, nil)
		if again == nil || len(again.Blocks) != len(m.Blocks) {
			t.Fatalf("%q is not what it was once it is laid out", src)
		}
	})
}
