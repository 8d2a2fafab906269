package hcldoc_test

import (
	"errors"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// folders are those of a few modules, by name: one file in each.
type folders map[string]string

func (f folders) open(from, source string) (hcldoc.Folder, error) {
	dir := path.Join(from, source)
	text, ok := f[dir]
	if !ok {
		return hcldoc.Folder{}, errors.New("no such folder")
	}
	return hcldoc.Folder{Dir: dir, Files: []hcldoc.File{{Name: dir + "/main.tf", Source: []byte(text)}}, Read: func(string) ([]byte, error) {
		return []byte("of " + dir), nil
	}}, nil
}

func (f folders) parse(t *testing.T) *hcldoc.Module {
	t.Helper()
	root, err := f.open(".", "root")
	if err != nil {
		t.Fatal(err)
	}
	m, problems := hcldoc.Parse(root, f.open)
	if m == nil || len(problems) > 0 {
		t.Fatalf("Parse = %v", lines(problems))
	}
	return m
}

// TestCalls: modules in folders of their own are read with what their callers give
// them, and tell their callers what they come to.
func TestCalls(t *testing.T) {
	m := folders{
		"root": `
module "net" {
  source = "../net"
  cidr   = local.cidr
  zones  = ["a", "c"]
}
module "fleet" {
  for_each = toset(["blue", "green"])
  source   = "../fleet"
  subnets  = module.net.subnets
  vpc      = module.net.vpc
  name     = "${each.key}-${module.net.name}"
}
module "twice" {
  count  = 2
  source = "../leaf"
  vpc_id = module.net.vpc.id
}
module "never" {
  count  = 0
  source = "../leaf"
}
locals { cidr = "10.0.0.0/16" }
resource "aws_x" "here" {
  fleets = [for f in module.fleet : f.id]
  first  = module.twice[0].id
  named  = module.fleet["green"].name
  inner  = module.fleet["blue"].deep
}
`,
		"net": `
variable "cidr" {}
variable "zones" { type = list(string) }
variable "kept" { default = "as it is" }
resource "aws_vpc" "this" { cidr_block = var.cidr }
resource "aws_subnet" "this" {
  count      = length(var.zones)
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  kept       = var.kept
  file       = file("x")
}
output "subnets" { value = aws_subnet.this[*].id }
output "vpc" { value = aws_vpc.this }
output "name" { value = "net" }
`,
		"fleet": `
variable "subnets" {}
variable "vpc" {}
variable "name" {}
module "leaf" {
  source = "../leaf"
  vpc_id = var.vpc.id
}
resource "aws_y" "it" {
  name    = var.name
  subnets = var.subnets
  vpc     = var.vpc.id
  cidr    = var.vpc.cidr_block
}
output "id" { value = aws_y.it.id }
output "name" { value = var.name }
output "deep" { value = module.leaf.id }
`,
		"leaf": `
variable "vpc_id" {}
resource "aws_z" "it" { vpc = var.vpc_id }
output "id" { value = aws_z.it.id }
`,
	}.parse(t)
	var got []string
	for _, b := range m.Blocks {
		got = append(got, b.Address()+" "+shown(b.Body))
	}
	want := []string{
		`aws_x.here {fleets:[<module.fleet["blue"].aws_y.it> <module.fleet["green"].aws_y.it>] first:<module.twice[0].aws_z.it> named:green-net inner:<module.fleet["blue"].module.leaf.aws_z.it>}`,
		"module.net.aws_vpc.this {cidr_block:10.0.0.0/16}",
		"module.net.aws_subnet.this[0] {vpc_id:<module.net.aws_vpc.this> cidr_block:10.0.0.0/24 kept:as it is file:of net}",
		"module.net.aws_subnet.this[1] {vpc_id:<module.net.aws_vpc.this> cidr_block:10.0.1.0/24 kept:as it is file:of net}",
		`module.fleet["blue"].aws_y.it {name:blue-net subnets:[<module.net.aws_subnet.this[0]> <module.net.aws_subnet.this[1]>] vpc:<module.net.aws_vpc.this> cidr:10.0.0.0/16}`,
		`module.fleet["blue"].module.leaf.aws_z.it {vpc:<module.net.aws_vpc.this>}`,
		`module.fleet["green"].aws_y.it {name:green-net subnets:[<module.net.aws_subnet.this[0]> <module.net.aws_subnet.this[1]>] vpc:<module.net.aws_vpc.this> cidr:10.0.0.0/16}`,
		`module.fleet["green"].module.leaf.aws_z.it {vpc:<module.net.aws_vpc.this>}`,
		"module.twice[0].aws_z.it {vpc:<module.net.aws_vpc.this>}",
		"module.twice[1].aws_z.it {vpc:<module.net.aws_vpc.this>}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Blocks (-want +got):\n%s", diff)
	}
	if len(m.Calls) > 0 {
		t.Errorf("not read: %v", m.Calls)
	}
}

// TestUnread: modules that are elsewhere, nowhere, or their own callers are named, and
// what they come to is not known.
func TestUnread(t *testing.T) {
	m := folders{
		"root": `
module "far" { source = "corp/fleet/aws" }
module "untold" { source = var.from }
module "never" {
  count  = 0
  source = "corp/never/aws"
}
module "none" { source = "./none" }
module "loop" { source = "../loop" }
module "open" {
  count  = var.n
  source = "../leaf"
}
variable "from" {}
variable "n" {}
resource "aws_x" "y" {
  far  = module.far.id
  open = module.open[0].id
}
`,
		"loop": `module "back" { source = "../root" }`,
		"leaf": `
resource "aws_z" "it" {}
output "id" { value = aws_z.it.id }
`,
	}.parse(t)
	var got []string
	for _, c := range m.Calls {
		got = append(got, c.Name+" "+c.Source+map[bool]string{true: " local"}[c.Local()]+map[bool]string{true: " loop"}[c.Loop])
	}
	want := []string{"far corp/fleet/aws", "untold ", "none ./none local", "back ../root local loop"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Calls (-want +got):\n%s", diff)
	}
	for _, name := range []string{"far", "open"} {
		if n := m.Blocks[0].Body.Find(name); n == nil || n.Kind != yamldoc.Broken {
			t.Errorf("%s is %+v, want unknown", name, n)
		}
	}
	if last := m.Blocks[len(m.Blocks)-1]; last.Address() != "module.open.aws_z.it" || !last.Open {
		t.Errorf("%s is open: %v; want one that may not be there", last.Address(), last.Open)
	}
}
