package invariant_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/terraform"
)

// swap is old for to behind the first place of at.
type swap struct{ at, old, to string }

// variation is a text of somebody's with some words changed: a fault if it has a
// code, else another way to say the same.
type variation struct {
	why, code string
	in        string // a name that texts knows
	swaps     []swap
}

// texts returns what is called name: a text of another hand, or what the kit writes
// for an exit.
func texts(t *testing.T, name string) []file {
	t.Helper()
	kits := map[string]string{"closed": kittest.Closed, "internet": kittest.Consumers, "nat": kittest.NAT, "there": kittest.There}
	kind, exit, _ := strings.Cut(name, " ")
	switch kind {
	case "stack":
		return []file{{"stack.yaml", cloudformation.Stacks(kittest.Plan(t, kits[exit]))[0].Text()}}
	case "module":
		var files []file
		for _, f := range terraform.Modules(kittest.Plan(t, kits[exit]))[0].Files {
			files = append(files, file{f.Name, f.Content})
		}
		return files
	case "other":
		return []file{{"main.tf", read(t, "testdata/other/main.tf")}}
	case "calls":
		var files []file
		for _, name := range []string{"main.tf", "network/main.tf", "front/main.tf", "fleet/main.tf", "fleet/deguchi.yaml.tftpl"} {
			files = append(files, file{name, read(t, "testdata/calls/"+name)})
		}
		return files
	case "modern":
		return []file{{"main.tf", read(t, "testdata/modern/main.tf")}, {"start.sh", read(t, "testdata/modern/start.sh")}}
	}
	return []file{{name, read(t, "testdata/"+name)}}
}

// varied returns the texts of v with its words changed.
func (v variation) varied(t *testing.T) []file {
	t.Helper()
	files := texts(t, v.in)
	for _, s := range v.swaps {
		i := slices.IndexFunc(files, func(f file) bool {
			at := strings.Index(f.text, s.at)
			return at >= 0 && strings.Contains(f.text[at:], s.old)
		})
		if i < 0 {
			t.Fatalf("%s: no %q behind %q", v.in, s.old, s.at)
		}
		at := strings.Index(files[i].text, s.at)
		files[i].text = files[i].text[:at] + strings.Replace(files[i].text[at:], s.old, s.to, 1)
	}
	return files
}

// TestStrangers: faults are found and variations are not, in texts of other hands
// and in spellings that the kit does not use.
func TestStrangers(t *testing.T) {
	faults := 0
	for _, v := range slices.Concat(sound, strangeChains, strangeWays, strangeMachines, strangeCalls) {
		t.Run(v.in+"/"+v.why, func(t *testing.T) {
			found := look(t, v.varied(t))
			found = slices.DeleteFunc(found, func(p diag.Problem) bool { return p.Severity == diag.Note })
			if v.code == "" {
				if len(found) > 0 {
					t.Errorf("found in what is sound: %v", kittest.Lines(found))
				}
				return
			}
			faults++
			if !slices.ContainsFunc(found, func(p diag.Problem) bool { return p.Code == v.code && p.Pos.Line > 0 }) {
				t.Errorf("not found as %s, but: %v", v.code, kittest.Lines(found))
			}
		})
	}
	t.Logf("%d planted faults", faults)
}
