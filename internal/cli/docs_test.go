package cli

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// docs are the pages whose examples are run. In them
//
//	<!-- file: NAME -->  before a fence: the fence is that file
//	<!-- run -->         before a fence: its lines "$ deguchi …" are run, in a
//	                     folder with the page's files and with examples/, and
//	                     print what follows
//
// A fence of YAML that is no file stands for a fault and must say so by another
// language word, such as "text".
func docs(t *testing.T) []string {
	t.Helper()
	pages := []string{"../../README.md", "../../README.ja.md", "../../CONTRIBUTING.md"}
	for _, pattern := range []string{"../../docs/*.md", "../../docs/stories/*.md", "../../examples/*.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, more...)
	}
	return pages
}

// fence is a block of a page between ``` lines.
type fence struct {
	mark string // what the comment before it says: "run", "file: deguchi.yaml"
	lang string // the word behind the opening ```
	line int    // of the opening ```, from 1
	body string
}

var comment = regexp.MustCompile(`^<!-- (run|file: \S+) -->$`)

// fences returns the blocks of a page.
func fences(page string) (found []fence) {
	var open *fence
	mark := ""
	for i, line := range strings.SplitAfter(page, "\n") {
		text := strings.TrimSuffix(line, "\n")
		lang, fenced := strings.CutPrefix(text, "```")
		switch {
		case fenced && open == nil:
			open = &fence{mark: mark, lang: lang, line: i + 1}
		case fenced:
			found = append(found, *open)
			open, mark = nil, ""
		case open != nil:
			open.body += line
		case comment.MatchString(text):
			mark = comment.FindStringSubmatch(text)[1]
		case text != "":
			mark = ""
		}
	}
	return found
}

func TestFences(t *testing.T) {
	page := "text\n<!-- file: a.yaml -->\n```yaml\nversion: 1\n```\n<!-- run -->\n\n```console\n$ deguchi x\n```\n```sh\nls\n```\n"
	want := []fence{
		{"file: a.yaml", "yaml", 3, "version: 1\n"},
		{"run", "console", 8, "$ deguchi x\n"},
		{"", "sh", 11, "ls\n"},
	}
	if diff := cmp.Diff(want, fences(page), cmp.AllowUnexported(fence{})); diff != "" {
		t.Errorf("fences (-want +got):\n%s", diff)
	}
}

// TestDocs runs the examples of the pages. With -update it writes what was
// printed into them.
func TestDocs(t *testing.T) {
	ran := 0
	for _, page := range docs(t) {
		t.Run(strings.TrimPrefix(page, "../../"), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			abs, err := filepath.Abs(page)
			if err != nil {
				t.Fatal(err)
			}
			lang := "C"
			if strings.HasSuffix(page, ".ja.md") {
				lang = "ja_JP.UTF-8"
			}
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("../../examples")); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			blocks := fences(string(text))
			for _, f := range blocks {
				if name, ok := strings.CutPrefix(f.mark, "file: "); ok {
					if err := os.WriteFile(name, []byte(f.body), 0o600); err != nil {
						t.Fatal(err)
					}
				} else if f.lang == "yaml" {
					t.Errorf("line %d: YAML that nobody checks; mark it as a file", f.line)
				}
			}
			updated := string(text)
			for _, f := range blocks {
				if f.mark != "run" {
					continue
				}
				ran++
				got, code := play(f.body, lang)
				if code > ExitFinding {
					t.Errorf("line %d: a command of the example exits with %d:\n%s", f.line, code, got)
				} else if updating() {
					updated = strings.Replace(updated, f.body, got, 1)
				} else if diff := cmp.Diff(f.body, got); diff != "" {
					t.Errorf("line %d (-page +got; -update rewrites it):\n%s", f.line, diff)
				}
			}
			if updated != string(text) {
				if err := os.WriteFile(abs, []byte(updated), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if ran == 0 {
		t.Error("no page has an example that runs")
	}
}

// play runs the commands of a session in a terminal and returns the session as
// it looks then, each command and below it what it printed, and the worst exit
// code.
func play(session, lang string) (after string, worst int) {
	var b strings.Builder
	for line := range strings.Lines(session) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		b.WriteString(line)
		words := shellWords(command)
		if words[0] != "deguchi" {
			return words[0] + ": only deguchi is run here", ExitFailure
		}
		env := Env{Stdin: strings.NewReader(""), Stdout: &b, Stderr: &b, Getenv: func(name string) string {
			if name == "LC_ALL" {
				return lang
			}
			return ""
		}}
		worst = max(worst, Main(context.Background(), env, words[1:]))
	}
	return b.String(), worst
}

// shellWords splits a command as a shell does, where '…' is one word.
func shellWords(command string) (words []string) {
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

// updating reports whether the tests were called with -update.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// TestPagesOfCommands keeps docs/cli equal to the help of the commands.
func TestPagesOfCommands(t *testing.T) {
	const dir = "../../docs/cli"
	pages := map[string]string{}
	env, _, _ := testEnv(nil)
	root := newRoot(newSession(env, nil))
	index := "# Commands\n\nThe help of every command; `deguchi COMMAND --help` prints the same.\n\n"
	for _, cmd := range available(root) {
		var help strings.Builder
		cmd.SetOut(&help)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".md"
		pages[name] = fmt.Sprintf("# %s\n\n```text\n%s```\n", cmd.CommandPath(), help.String())
		index += fmt.Sprintf("- [%s](%s): %s\n", cmd.CommandPath(), name, cmd.Short)
	}
	pages["README.md"] = index
	for name, want := range pages {
		path := filepath.Join(dir, name)
		if updating() {
			if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v; -update writes it", err)
		} else if diff := cmp.Diff(string(got), want); diff != "" {
			t.Errorf("%s is old (-page +help; -update rewrites it):\n%s", path, diff)
		}
	}
	old, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		if pages[f.Name()] == "" {
			t.Errorf("%s/%s: no such command", dir, f.Name())
		}
	}
}

// available returns cmd and all commands below it that people see.
func available(cmd *cobra.Command) []*cobra.Command {
	found := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			found = append(found, available(sub)...)
		}
	}
	return found
}

// refusals are the reasons that a client may meet.
var refusals = []reason.Code{
	reason.NoRule, reason.RuleDenies, reason.UnknownClient,
	reason.LinkLocal, reason.PrivateAddress, reason.OwnAddress, reason.SpecialAddress,
	reason.BadName, reason.BadRequest, reason.HeaderTooLarge,
	reason.DNSFail, reason.DNSTimeout, reason.ConnectRefused, reason.ConnectFailed, reason.ConnectTimeout,
	reason.Overloaded, reason.Draining, reason.SNIMismatch, reason.NotTLS, reason.TLSToPlainPort,
}

// TestRefusalsAreExplained keeps the tables of docs/refusals.md complete.
func TestRefusalsAreExplained(t *testing.T) {
	for _, page := range []string{"../../docs/refusals.md", "../../docs/refusals.ja.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range refusals {
			if !strings.Contains(string(text), "| `"+string(code)+"` |") {
				t.Errorf("%s has no row for %s", page, code)
			}
		}
	}
}

// TestPagesInTwoLanguages keeps the translations of a page in step: the same
// headings, fences and rows of tables, in the same order.
func TestPagesInTwoLanguages(t *testing.T) {
	pages := []string{"../../README", "../../docs/refusals", "../../docs/noproxy"}
	for _, page := range docs(t) {
		if name, ok := strings.CutSuffix(page, ".ja.md"); ok && !slices.Contains(pages, name) {
			pages = append(pages, name)
		}
	}
	for _, page := range pages {
		var shapes [2][]string
		for i, name := range []string{page + ".md", page + ".ja.md"} {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			shapes[i] = shape(string(text))
		}
		if diff := cmp.Diff(shapes[0], shapes[1]); diff != "" {
			t.Errorf("%s and its Japanese differ in structure (-en +ja):\n%s", page, diff)
		}
	}
}

var (
	heading = regexp.MustCompile(`^#+ `)
	coded   = regexp.MustCompile("^\\| `[a-z-]+` ")
)

// shape is what the translations of a page have in common.
func shape(page string) (lines []string) {
	fenced := false
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		} else if fenced {
			continue // what commands print is in the page's language
		}
		switch {
		case coded.MatchString(line): // a row about a code: the code, too
			lines = append(lines, coded.FindString(line))
		case strings.HasPrefix(line, "|"):
			lines = append(lines, strings.Repeat("|", strings.Count(line, "|")))
		case strings.HasPrefix(line, "```"), comment.MatchString(line):
			lines = append(lines, line)
		case heading.MatchString(line):
			lines = append(lines, heading.FindString(line))
		}
	}
	return lines
}
