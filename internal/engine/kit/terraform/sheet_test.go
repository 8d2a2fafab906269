package terraform_test

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/terraform"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// TestSheet compares the sheet with the text of the modules, line by line: every
// argument that is written, nested ones too, has its rows, and every row is of one
// argument.
func TestSheet(t *testing.T) {
	for name, src := range kittest.Matrix() {
		modules := terraform.Modules(kittest.Plan(t, src))
		rows := cells(t, terraform.Sheet(modules))
		if diff := cmp.Diff([]string{"module", "part", "name", "type", "setting", "value"}, rows[0]); diff != "" {
			t.Fatalf("columns (-want +got):\n%s", diff)
		}
		settings := make(map[string]int) // without the value
		for _, r := range rows[1:] {
			settings[strings.Join(r[:5], ",")]++
		}
		claimed := make(map[string]int)
		for _, m := range modules {
			for _, want := range written(m) {
				rows := 0
				for s := range settings {
					if s == want || strings.HasPrefix(s, want+".") {
						claimed[s]++
						rows++
					}
				}
				if rows == 0 {
					t.Errorf("%s: %s has no row", name, want)
				}
			}
		}
		for s, n := range settings {
			if n != 1 || claimed[s] != 1 {
				t.Errorf("%s: %d rows of %s, for %d arguments", name, n, s, claimed[s])
			}
		}
		if again := terraform.Sheet(terraform.Modules(kittest.Plan(t, src))); !slices.EqualFunc(rows, cells(t, again), slices.Equal) {
			t.Errorf("%s: another sheet of the same kit", name)
		}
	}
}

func cells(t *testing.T, sheet string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var (
	opens = regexp.MustCompile(`^(\s*)([a-z0-9_]+)((?: "[^"]+")*) \{(\})?$`)
	gives = regexp.MustCompile(`^(\s*)([a-z0-9_]+) += `)
)

// written are the arguments in the text of m, as the sheet should call them: what
// stands two blanks further in than the block it is in, as terraform fmt has it.
func written(m *terraform.Module) (all []string) {
	for _, f := range m.Files {
		if !hcldoc.Is(f.Name) {
			continue
		}
		lines := strings.Split(f.Content, "\n")
		var path []string
		var head string
		for i, line := range lines {
			if b := opens.FindStringSubmatch(line); b != nil && len(b[1]) == 2*len(path) {
				if b[4] != "" {
					continue
				}
				if len(path) == 0 {
					head = heading(m.Name, b[2], strings.Split(strings.Trim(b[3], ` "`), `" "`), f.Content)
				}
				path = append(path, counted(lines, i, b[2]))
				continue
			}
			if len(path) > 0 && line == strings.Repeat("  ", len(path)-1)+"}" {
				path = path[:len(path)-1]
				continue
			}
			a := gives.FindStringSubmatch(line)
			switch {
			case a == nil || len(a[1]) != 2*len(path) || strings.Contains(head, ",variable,") && len(path) == 1 && a[2] == "type":
			case head == m.Name+",local,":
				all = append(all, head+a[2]+",,value")
			default:
				all = append(all, head+strings.Join(append(slices.Clone(path[1:]), a[2]), "."))
			}
		}
	}
	return all
}

// heading is what the sheet puts before the setting, for a block and its labels.
func heading(module, block string, labels []string, text string) string {
	switch block {
	case "locals":
		return module + ",local,"
	case "variable":
		_, after, _ := strings.Cut(text, `variable "`+labels[0]+`" {`)
		typ := regexp.MustCompile(`  type +=\s(\S+)\n`).FindStringSubmatch(after)
		return strings.Join([]string{module, block, labels[0], typ[1], ""}, ",")
	}
	if len(labels) == 2 {
		slices.Reverse(labels)
	} else {
		labels = append(labels, "")
	}
	return strings.Join([]string{module, block, labels[0], labels[1], ""}, ",")
}

// counted is the name of the block that begins in line i, with its number if there
// are several of its kind in the block around it.
func counted(lines []string, i int, name string) string {
	indent := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
	if indent == 0 {
		return name
	}
	same, before := 0, 0
	from, to := i, i
	outer := func(line string) bool { return line != "" && len(line)-len(strings.TrimLeft(line, " ")) < indent }
	for from > 0 && !outer(lines[from-1]) {
		from--
	}
	for to < len(lines) && !outer(lines[to]) {
		to++
	}
	for j := from; j < to; j++ {
		if lines[j] == strings.Repeat(" ", indent)+name+" {" {
			same++
			if j <= i {
				before++
			}
		}
	}
	if same == 1 {
		return name
	}
	return name + "." + string(rune('0'+before))
}

// TestSheetValues: a few rows as a reader looks for them, and what the sheet of the
// stacks says of the same thing.
func TestSheetValues(t *testing.T) {
	p := kittest.Plan(t, kittest.Closed)
	sheet, stacks := terraform.Sheet(terraform.Modules(p)), cloudformation.Sheet(cloudformation.Stacks(p))
	for _, want := range []string{
		"exit-provider,variable,fleet_max,number,default,6",
		"exit-provider,variable,binary_key,string,default,deguchi/1.0.0/deguchi-linux-arm64",
		"exit-provider,resource,proxy,aws_launch_template,metadata_options.http_tokens,required",
		"exit-provider,resource,proxy,aws_launch_template,tag_specifications.2.resource_type,volume",
		"exit-provider,resource,proxy,aws_iam_role_policy,policy.Statement.3.Action.1,logs:CreateLogStream",
		"exit-provider,local,fleet,,value,\"\"\"${local.name}-fleet\"\"\"",
		"exit-provider,output,vpc_id,,value,aws_vpc.main.id",
		"exit-provider,terraform,,,required_providers.aws.source,hashicorp/aws",
		"exit-endpoints,variable,vpc_id,string,description,",
	} {
		if !strings.Contains(sheet, "\n"+want) {
			t.Errorf("no row %s in\n%s", want, sheet)
		}
	}
	for _, want := range []string{
		"exit-provider,parameter,FleetMax,Number,Default,6",
		"exit-provider,resource,Template,AWS::EC2::LaunchTemplate,LaunchTemplateData.MetadataOptions.HttpTokens,required",
	} {
		if !strings.Contains(stacks, "\n"+want) {
			t.Errorf("no row %s in the sheet of the stacks", want)
		}
	}
}
