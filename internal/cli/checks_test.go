package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

const checkPages = "../../docs/checks"

// checkIndex is the head of docs/checks/README.md.
const checkIndex = `# Checks

What ${deguchi check} can find. Each page says what is wrong and why it matters,
shows a file that is reported, and the same file set right. Codes are stable:
one is never given to another problem.

| codes | about |
|---|---|
| DG10xx | the file and its syntax |
| DG11xx | keys and types |
| DG12xx | values |
| DG13xx | rules, clients and tests that cannot be meant |
| DG14xx | rules that no request reaches |
| DG15xx | the file's own tests |
| DG16xx | what a listener or an unsafe setting exposes |
| DG17xx | a squid.conf: what ${deguchi import squid} cannot carry over |
| DG21xx | keys and types of a topology |
| DG22xx | values of a topology |
| DG23xx | names in a topology that lead nowhere |
| DG24xx | policies in a topology |
| DG25xx | tests of a topology |
| DG31xx | clients of a topology: credentials, exceptions, variables |
| DG32xx | proxies: lists and what they give away |
| DG33xx | load balancers in front of proxies |
| DG34xx | endpoints and their names |
| DG35xx | networks and addresses |
| DG36xx | policies of endpoints and buckets |
| DG41xx | values of NO_PROXY: what ${deguchi noproxy lint} finds |
| DG61xx | kits: what ${deguchi kit check} finds in kit.yaml |
| DG62xx | load balancers and fleets in templates |
| DG63xx | security groups and networks in templates |
| DG64xx | endpoints and ways out in templates |
| DG65xx | instances, roles and logs in templates |
| DG66xx | the text of templates |

Errors keep a file from being used; those of DG3xxx say what will not work where
the file is right. Warnings are about what works and surprises.
Notes are worth knowing; they alone never fail a check.

| code | what |
|---|---|
`

// TestEveryCodeHasAPage compares the catalogue with docs/checks, and with the
// list in its README.
func TestEveryCodeHasAPage(t *testing.T) {
	files, err := filepath.Glob(checkPages + "/DG*.md")
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	list := strings.NewReplacer("${", "`", "}", "`").Replace(checkIndex)
	for _, f := range files {
		code := strings.TrimSuffix(filepath.Base(f), ".md")
		pages = append(pages, code)
		head, _, _ := strings.Cut(read(t, f), "\n")
		title, ok := strings.CutPrefix(head, "# "+code+": ")
		if !ok {
			t.Errorf("%s begins with %q, want its code and title", f, head)
		}
		list += fmt.Sprintf("| [%s](%s.md) | %s |\n", code, code, title)
	}
	if diff := cmp.Diff(reason.Problems(), pages); diff != "" {
		t.Errorf("codes of the catalogue and pages in docs/checks differ (-codes +pages):\n%s", diff)
	}
	if updating() {
		write(t, checkPages+"/README.md", list)
	}
	if diff := cmp.Diff(list, read(t, checkPages+"/README.md")); diff != "" {
		t.Errorf("docs/checks/README.md (-want +got; -update rewrites it):\n%s", diff)
	}
}

// subject is what a code is about. It decides what the examples of its page are.
type subject int

const (
	files      subject = iota // two files, the first with its report
	squidConfs                // two of squid.conf, the first with its report
	values                    // two commands that judge a value of NO_PROXY
	kitFiles                  // files of templates
)

func subjectOf(code string) subject {
	for prefix, s := range map[string]subject{"DG17": squidConfs, "DG41": values, "DG6": kitFiles} {
		if strings.HasPrefix(code, prefix) {
			return s
		}
	}
	return files
}

// eachPage calls do with the code, the file and the text of every page about s.
func eachPage(t *testing.T, s subject, do func(t *testing.T, code, page, text string)) {
	for _, code := range reason.Problems() {
		if subjectOf(code) != s {
			continue
		}
		t.Run(code, func(t *testing.T) {
			page, err := filepath.Abs(checkPages + "/" + code + ".md")
			if err != nil {
				t.Fatal(err)
			}
			do(t, code, page, read(t, page))
		})
	}
}

// TestCheckPages runs the examples of docs/checks: the first is reported as the
// page says, with nothing else but notes; the second has no problem at all. With -update the report is
// written into the page.
func TestCheckPages(t *testing.T) {
	eachPage(t, files, func(t *testing.T, code, page, text string) {
		yaml, reports := examples(text)
		t.Chdir(t.TempDir())
		if len(yaml) == 2 {
			write(t, "deguchi.yaml", yaml[0])
		}
		got, _ := checkOutput("deguchi.yaml")
		if len(reports) != 1 || !strings.Contains(got, "["+code+"]") {
			t.Fatalf("%s has %d reports, want one of %s; check says:\n%s", page, len(reports), code, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			other := strings.HasSuffix(line, "]") && !strings.HasSuffix(line, "["+code+"]") && !strings.Contains(line, ": note: ")
			if other && strings.HasPrefix(line, "deguchi.yaml") {
				t.Errorf("the first example has another problem: %s", line)
			}
		}
		if updating() {
			write(t, page, strings.Replace(text, "```text\n"+reports[0]+"```", "```text\n"+got+"```", 1))
		} else if diff := cmp.Diff(reports[0], got); diff != "" {
			t.Errorf("report of the first example (-page +got; -update rewrites it):\n%s", diff)
		}
		if len(yaml) < 2 {
			return
		}
		write(t, "deguchi.yaml", yaml[1])
		if got, exit := checkOutput("deguchi.yaml"); exit != ExitOK || got != "deguchi.yaml: no problems\n" {
			t.Errorf("check of the second example exits with %d:\n%s", exit, got)
		}
	})
}

// examples returns the YAML and the reports of a page.
func examples(page string) (yaml, reports []string) {
	for _, f := range fences(page) {
		switch f.lang {
		case "yaml":
			yaml = append(yaml, f.body)
		case "text":
			reports = append(reports, f.body)
		}
	}
	return yaml, reports
}

// checkOutput runs deguchi check with args and returns what it prints.
func checkOutput(args ...string) (string, int) {
	var out bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }}
	exit := Main(context.Background(), env, append([]string{"check"}, args...))
	return out.String(), exit
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reported reports whether line is the head of a problem that is no note.
func reported(line string) bool {
	return strings.HasSuffix(line, "]\n") && strings.Contains(line, " [DG") && !strings.Contains(line, ": note: ")
}

// reportsOnly fails unless report, of a page's first example, has the page's
// code, and nothing else but notes.
func reportsOnly(t *testing.T, code, report string) {
	t.Helper()
	if !strings.Contains(report, "["+code+"]") {
		t.Errorf("the first example is not reported as %s:\n%s", code, report)
	}
	for line := range strings.Lines(report) {
		if reported(line) && !strings.HasSuffix(line, "["+code+"]\n") {
			t.Errorf("the first example has another problem: %s", line)
		}
	}
}
