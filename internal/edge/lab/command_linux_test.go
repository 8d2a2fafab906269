package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// deguchi runs the program with args, outside of this test's own namespaces as
// far as it knows, and returns what it prints.
func deguchi(t *testing.T, args ...string) (stdout string, exit int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DEGUCHI_LAB") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	if errs.Len() > 0 {
		t.Log(errs.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

const storyB = "../../../examples/story-b-ten-routes.yaml"

// TestCommand runs "deguchi lab run" as people do, and reads its document.
func TestCommand(t *testing.T) {
	needs(t)
	curl(t)
	text, exit := deguchi(t, "lab", "run", storyB, "--json", "--only", "3:", "--program", "go")
	var doc struct {
		Schema                string
		Agree, Differ, Beyond int
		Tests                 []struct {
			OK   bool
			Seen struct {
				Verdict string
				Path    []string
			}
			Run  struct{ Program string }
			Hops []struct {
				Hop      string
				Counters []struct{ Packets uint64 }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || exit != 0 {
		t.Fatalf("exit %d, %v: %s", exit, err, text)
	}
	if doc.Schema != "deguchi/lab/v1" || doc.Agree != 1 || doc.Differ+doc.Beyond != 0 || len(doc.Tests) != 1 {
		t.Fatalf("the document says %+v", doc)
	}
	x := doc.Tests[0]
	if !x.OK || x.Seen.Verdict != "reached" || x.Run.Program != "go" || len(x.Hops) != 4 || len(x.Seen.Path) != 4 {
		t.Errorf("the test is %+v", x)
	}
	for _, h := range x.Hops[:3] {
		if len(h.Counters) == 0 {
			t.Errorf("%s has counted nothing", h.Hop)
		}
	}
}

// TestExec runs commands at nodes: the client's environment, its addresses and
// its exit code are there.
func TestExec(t *testing.T) {
	needs(t)
	requiretest.Program(t, "sh")
	text, exit := deguchi(t, "lab", "run", storyB, "--exec", "client:ec2-osaka", "--", "sh", "-c", "echo $https_proxy; exit 7")
	if want := "http://shared-proxy.proxy.lab.internal:3128\n"; text != want || exit != 7 {
		t.Errorf("exit %d: %q, want 7: %q", exit, text, want)
	}
	if text, exit := deguchi(t, "lab", "run", storyB, "--exec", "client:nobody", "--", "true"); exit != 3 || text != "" {
		t.Errorf("at a node that is not there: exit %d: %q", exit, text)
	}
}
