package hcldoc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// TestArguments: every value is there once, as it was written.
func TestArguments(t *testing.T) {
	const src = `# a comment
resource "aws_x" "y" {
  name     = "plain"
  joined   = "${local.name}-y"
  number   = 3
  list     = ["a", var.b]
  none     = []
  nothing  = {}
  tags     = { Name = "n", "two words" = local.name }
  policy   = jsonencode({ Statement = [{ Action = "s3:GetObject" }] })
  call     = base64encode(templatefile("a.tftpl", {
    region = data.aws_region.current.region
    list   = [1, 2]
  }))
  spread   = max(local.all...)
  if       = var.a ? 1 : 2
  text     = <<-EOT
    one
    two
  EOT

  once {
    a = 1
  }

  twice {
    a = 1
    in {
      b = 2
    }
  }

  twice {
    a = 2
  }

  dynamic "part" {
    for_each = var.parts
    content {
      c = part.value
    }
  }
}

locals { name = "n" }
`
	all, problems := hcldoc.Arguments(hcldoc.File{Name: "x.tf", Source: []byte(src)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, a := range all {
		if a.Block == "resource" && !cmp.Equal(a.Labels, []string{"aws_x", "y"}) {
			t.Errorf("labels of %s are %q", a.Path, a.Labels)
		}
		got = append(got, a.Block+" "+a.Path+": "+a.Value)
	}
	want := []string{
		"resource name: plain", "resource joined: \"${local.name}-y\"", "resource number: 3",
		"resource list.1: a", "resource list.2: var.b", "resource none: []", "resource nothing: {}",
		"resource tags.Name: n", "resource tags.two words: local.name",
		"resource policy.Statement.1.Action: s3:GetObject",
		`resource call: base64encode(templatefile("a.tftpl", { region = data.aws_region.current.region, list = [1, 2] }))`,
		"resource spread: max(local.all...)", "resource if: var.a ? 1 : 2", "resource text: (2 lines)",
		"resource once.a: 1", "resource twice.1.a: 1", "resource twice.1.in.b: 2", "resource twice.2.a: 2",
		"resource dynamic.part.for_each: var.parts", "resource dynamic.part.content.c: part.value",
		"locals name: n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if _, problems := hcldoc.Arguments(hcldoc.File{Name: "x.tf", Source: []byte("resource {")}); len(problems) != 1 || problems[0].Code != "DG6116" {
		t.Errorf("of what is not HCL: %v", problems)
	}
}
