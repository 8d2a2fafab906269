package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// ofKits reports whether code is about kits and templates, which
// TestKitPages has.
func ofKits(code string) bool { return strings.HasPrefix(code, "DG6") }

// TestKitPages runs the examples of the pages about kits. The files of an
// example begin with a comment that names them. The first example is reported as
// the page says, with nothing else but notes; the second has no problem but
// notes. With -update the report is written into the page.
func TestKitPages(t *testing.T) {
	for _, code := range reason.Problems() {
		if !ofKits(code) {
			continue
		}
		t.Run(code, func(t *testing.T) {
			page, err := filepath.Abs(checkPages + "/" + code + ".md")
			if err != nil {
				t.Fatal(err)
			}
			text := read(t, page)
			bad, good, ok := strings.Cut(text, "\n## Sound\n")
			_, reports := examples(bad)
			if !ok || len(reports) != 1 {
				t.Fatalf("%s has %d reports, want one, and a sound example", page, len(reports))
			}
			got := kitCheck(t, bad)
			if updating() {
				write(t, page, strings.Replace(text, "```text\n"+reports[0]+"```", "```text\n"+got+"```", 1))
			} else if diff := cmp.Diff(reports[0], got); diff != "" {
				t.Errorf("report of the first example (-page +got; -update rewrites it):\n%s", diff)
			}
			reportsOnly(t, code, got)
			for line := range strings.Lines(kitCheck(t, good)) {
				if reported(line) {
					t.Errorf("the second example has a problem: %s", line)
				}
			}
		})
	}
}

// kitCheck writes the files of an example and returns what deguchi kit check
// says of the first.
func kitCheck(t *testing.T, example string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	var first string
	yaml, _ := examples(example)
	for _, body := range yaml {
		name, _, ok := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
		if !ok || !strings.HasPrefix(body, "# ") {
			t.Fatalf("an example does not begin with the name of its file:\n%s", body)
		}
		if write(t, name, body); first == "" {
			first = name
		}
	}
	var out bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }}
	Main(context.Background(), env, []string{"kit", "check", first})
	return out.String()
}
