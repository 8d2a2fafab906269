package invariant_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// short are the tags that the stacks of the tests use.
var short = []string{"!Ref", "!GetAtt", "!Sub", "!If", "!Equals", "!Not", "!Condition", "!Select", "!GetAZs", "!Base64", "!Join", "!Split"}

// long returns a stack in JSON, with the long forms of functions.
func long(t *testing.T, text string) string {
	t.Helper()
	root, problems := yamldoc.ParseTagged("stack.yaml", []byte(text), short)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", kittest.Lines(problems), text)
	}
	b, err := json.MarshalIndent(plainOf(root), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func plainOf(n *yamldoc.Node) any {
	var v any
	switch n.Kind {
	case yamldoc.Map:
		all := make(map[string]any)
		for _, e := range n.Entries {
			all[e.Key.Text] = plainOf(e.Value)
		}
		v = all
	case yamldoc.List:
		all := []any{}
		for _, item := range n.Items {
			all = append(all, plainOf(item))
		}
		v = all
	case yamldoc.Int:
		v = json.Number(n.Text)
	case yamldoc.Bool:
		v = n.Text == "true"
	case yamldoc.Null, yamldoc.Broken:
	case yamldoc.Text:
		v = n.Text
	}
	switch n.Tag {
	case "":
		return v
	case "!Ref", "!Condition":
		return map[string]any{n.Tag[1:]: n.Text}
	case "!GetAtt":
		id, attribute, _ := strings.Cut(n.Text, ".")
		return map[string]any{"Fn::GetAtt": []string{id, attribute}}
	}
	return map[string]any{"Fn::" + n.Tag[1:]: v}
}

// TestLongForms: a stack in JSON with the long forms of functions has the faults that
// it has in YAML.
func TestLongForms(t *testing.T) {
	if testing.Short() {
		t.Skip("the stacks of TestPlants once more; not with -short")
	}
	codes := func(found []diag.Problem) (all []string) {
		for _, p := range found {
			all = append(all, p.Severity.String()+" "+p.Code)
		}
		slices.Sort(all)
		return all
	}
	stacks := map[string]string{"": read(t, "testdata/other.yaml")}
	for _, kit := range []string{kittest.Closed, kittest.Consumers, kittest.NAT} {
		stacks[kit] = cloudformation.Stacks(kittest.Plan(t, kit))[0].Text()
	}
	count := 0
	for _, p := range slices.Concat(given, chains, ways, machines, papers) {
		kit := p.kit
		if kit == "" {
			kit = kittest.Closed
		}
		for of, e := range map[string]edit{kit: p.stack, "": p.yaml} {
			planted := strings.Replace(stacks[of], e.old, e.to, 1)
			if e == (edit{}) || planted == stacks[of] {
				continue
			}
			count++
			written, said := look(t, []file{{"stack.yaml", planted}}), look(t, []file{{"stack.json", long(t, planted)}})
			if diff := cmp.Diff(codes(written), codes(said)); diff != "" {
				t.Errorf("%s: %q for %q (-YAML +JSON):\n%s", p.why, e.to, e.old, diff)
			}
		}
	}
	t.Logf("%d stacks", count)
}
