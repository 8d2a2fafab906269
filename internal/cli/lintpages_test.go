package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLintPages runs the examples of the pages about values of NO_PROXY: the
// first command reports the page's code, and nothing else but notes; the second
// has nothing to report. With -update their output is written into the page.
func TestLintPages(t *testing.T) {
	eachPage(t, values, func(t *testing.T, code, page, text string) {
		examples := fences(text)
		if len(examples) != 2 || examples[0].lang != "console" || examples[1].lang != "console" {
			t.Fatalf("%s has %d examples, want two commands", page, len(examples))
		}
		var got [2]string
		for i, f := range examples {
			command, _, _ := strings.Cut(f.body, "\n")
			output, _ := lintOutput(t, command)
			got[i] = command + "\n" + output
			if updating() {
				text = strings.Replace(text, f.body, got[i], 1)
			} else if diff := cmp.Diff(f.body, got[i]); diff != "" {
				t.Errorf("line %d (-page +got; -update rewrites it):\n%s", f.line, diff)
			}
		}
		if updating() {
			write(t, page, text)
		}
		reportsOnly(t, code, got[0])
		if !strings.HasSuffix(got[1], "\nNO_PROXY: no problems\n") {
			t.Errorf("the second example has problems:\n%s", got[1])
		}
	})
}

// lintOutput runs command, a line "$ deguchi noproxy lint …" of a page, and
// returns what it prints. Words are parted as a shell does, single quotes and all.
func lintOutput(t *testing.T, command string) (string, int) {
	t.Helper()
	rest, ok := strings.CutPrefix(command, "$ deguchi ")
	if !ok || !strings.HasPrefix(rest, "noproxy lint ") {
		t.Fatalf("%q is not a command of noproxy lint", command)
	}
	var args []string
	for i, part := range strings.Split(rest, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	var out bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }}
	exit := Main(context.Background(), env, args)
	return out.String(), exit
}
