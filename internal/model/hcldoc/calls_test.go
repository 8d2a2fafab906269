package hcldoc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// TestCalls: a module gets what its caller's text tells, and nothing else.
func TestCalls(t *testing.T) {
	caller := `
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
locals { kind = "network" }
module "m" {
  for_each = toset(["a"])
  source   = "../x"
  literal  = local.kind
  each     = each.key
  other    = aws_vpc.main.id
  whole    = aws_vpc.main
  mixed    = ["subnet-1", aws_vpc.main.id]
  nobody   = 1
}
module "twice" {
  count  = 2
  source = "./y"
}
module "never" {
  count  = 0
  source = "./z"
}
module "far" { source = "corp/fleet/aws" }
module "untold" { source = var.from }
variable "from" {}
`
	m, problems := hcldoc.Parse([]hcldoc.File{{Name: "main.tf", Source: []byte(caller)}}, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, c := range m.Calls {
		got = append(got, c.Name+" "+c.Source+" "+map[bool]string{true: "local"}[c.Local()])
	}
	if diff := cmp.Diff([]string{"m ../x local", "twice ./y local", "far corp/fleet/aws ", "untold  "}, got); diff != "" {
		t.Fatalf("calls (-want +got):\n%s", diff)
	}
	called := `
variable "literal" { default = "application" }
variable "each" {}
variable "other" { default = "vpc-1" }
variable "whole" { default = { id = "vpc-1" } }
variable "mixed" {}
variable "kept" { default = "as it is" }
resource "aws_x" "y" {
  literal = var.literal
  each    = var.each
  other   = var.other
  whole   = var.whole
  id      = var.whole.id
  mixed   = var.mixed
  kept    = var.kept
  root    = file("${path.root}/a")
}
`
	read := func(string) ([]byte, error) { return []byte("of another folder"), nil }
	m, problems = hcldoc.Called(m.Calls[0], []hcldoc.File{{Name: "x.tf", Source: []byte(called)}}, read)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	body := m.Blocks[0].Body
	for name, want := range map[string]string{"literal": "network", "each": "a", "kept": "as it is"} {
		if n := body.Find(name); n == nil || n.Kind != yamldoc.Text || n.Text != want {
			t.Errorf("%s is %+v, want %q", name, n, want)
		}
	}
	for _, name := range []string{"other", "id", "root"} {
		if n := body.Find(name); n == nil || n.Kind != yamldoc.Broken {
			t.Errorf("%s is %+v, want unknown: the caller's text does not tell", name, n)
		}
	}
	if n := body.Find("mixed"); n == nil || len(n.Items) != 2 || n.Items[0].Text != "subnet-1" || n.Items[1].Kind != yamldoc.Broken {
		t.Errorf("mixed is %+v", n)
	}
}
