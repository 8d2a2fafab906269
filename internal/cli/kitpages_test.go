package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKitPages runs the examples of the pages about kits, in YAML and in HCL. The
// files of an example begin with a comment that names them. The first examples are
// reported as the page says, with nothing else but notes; those under "Sound" have
// no problem but notes. With -update the reports are written into the page.
func TestKitPages(t *testing.T) {
	eachPage(t, kitFiles, func(t *testing.T, code, page, text string) {
		bad, good, ok := strings.Cut(text, "\n## Sound\n")
		reported := kitExamples(bad)
		if !ok || len(reported) == 0 {
			t.Fatalf("%s has %d reports, want one, and a sound example", page, len(reported))
		}
		languages := make(map[string]bool)
		for _, e := range reported {
			languages[e.lang] = true
			got := kitCheck(t, e.files)
			if updating() {
				text = strings.Replace(text, "```text\n"+e.report+"```", "```text\n"+got+"```", 1)
			} else if diff := cmp.Diff(e.report, got); diff != "" {
				t.Errorf("report of the first example (-page +got; -update rewrites it):\n%s", diff)
			}
			reportsOnly(t, code, got)
		}
		if updating() {
			write(t, page, text)
		}
		for _, e := range kitExamples(good) {
			delete(languages, e.lang)
			for line := range strings.Lines(kitCheck(t, e.files)) {
				if strings.HasSuffix(line, "]\n") && strings.Contains(line, " [DG") && !strings.Contains(line, ": note: ") {
					t.Errorf("the sound example has a problem: %s", line)
				}
			}
		}
		if len(languages) > 0 {
			t.Errorf("%v are reported, and nothing sound is shown", languages)
		}
	})
}

// kitExample is files in one language, and what is said of them.
type kitExample struct {
	lang   string
	files  []string
	report string
}

// kitExamples returns the examples of a part of a page: files up to a report, or
// up to another language.
func kitExamples(part string) (all []kitExample) {
	var now kitExample
	for _, f := range fences(part) {
		switch {
		case f.lang == "text" && len(now.files) > 0:
			now.report = f.body
			all, now = append(all, now), kitExample{}
		case f.lang == "yaml" || f.lang == "hcl":
			if now.lang != f.lang && len(now.files) > 0 {
				all, now = append(all, now), kitExample{}
			}
			now.lang, now.files = f.lang, append(now.files, f.body)
		}
	}
	if len(now.files) > 0 {
		all = append(all, now)
	}
	return all
}

// kitCheck writes the files of an example and returns what deguchi kit check
// says of the first.
func kitCheck(t *testing.T, files []string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	var first string
	for _, body := range files {
		name, _, ok := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
		if !ok || !strings.HasPrefix(body, "# ") {
			t.Fatalf("an example does not begin with the name of its file:\n%s", body)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
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
