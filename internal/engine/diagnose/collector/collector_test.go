package collector

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// hostile is a question whose every word tries to leave its quotes.
var hostile = Question{
	Kind: "unit", Name: "a'; touch /tmp/x; '.service", Proxy: "http://p'$(id)`id`:3128", Region: `"`, Programs: []string{"go"},
	Targets: []string{"https://a.example/'$HOME"}, Metadata: true,
}

// TestShellReadsIt has the script parsed by the shells that will run it.
func TestShellReadsIt(t *testing.T) {
	text, ok := Script("sh", hostile)
	if !ok {
		t.Fatal("there is no script for sh")
	}
	for _, shell := range []string{"/bin/dash", "/bin/bash"} {
		cmd := exec.Command(requiretest.Program(t, shell), "-n")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s -n: %v\n%s", shell, err, out)
		}
	}
	// The words arrive as they are, and run nothing.
	show := "kind=x\n" + assignments.FindString(text) + "printf '%s\\n' \"$name\" \"$given_proxy\" \"$region\" \"$targets\""
	out, err := exec.Command(requiretest.Program(t, "/bin/dash"), "-c", show).Output()
	want := strings.Join([]string{hostile.Name, hostile.Proxy, hostile.Region, hostile.Targets[0]}, "\n") + "\n"
	if err != nil || string(out) != want {
		t.Errorf("the words are %q, %v; want %q", out, err, want)
	}
}

var assignments = regexp.MustCompile(`(?s)kind=.*?targets=[^\n]*\n`)

// TestPowerShell looks at what can be seen without a PowerShell: brackets that
// close, and words that stay in their quotes.
func TestPowerShell(t *testing.T) {
	text, ok := Script("powershell", hostile)
	if !ok {
		t.Fatal("there is no script for PowerShell")
	}
	if !strings.Contains(text, `$name = 'a''; touch /tmp/x; ''.service'`) {
		t.Error("a quotation mark in a name is not doubled")
	}
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("a line does not end as on Windows")
	}
	plain, _ := Script("powershell", Question{Kind: "shell"})
	for _, pair := range []string{"{}", "()", "[]"} {
		if open, shut := strings.Count(plain, pair[:1]), strings.Count(plain, pair[1:]); open != shut {
			t.Errorf("%d of %s, %d of %s", open, pair[:1], shut, pair[1:])
		}
	}
}

// parses fails on a script that a parser of PowerShell does not take.
const parses = `
const [modules, file] = process.argv.slice(1);
import(modules + "/web-tree-sitter/web-tree-sitter.js").then(async ({ Parser, Language }) => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(modules + "/tree-sitter-powershell/tree-sitter-powershell.wasm"));
  if (parser.parse(require("fs").readFileSync(file, "utf8")).rootNode.hasError) throw new Error("it does not parse");
});
`

// TestPowerShellParses gives the script to the parser of PowerShell that npm has.
func TestPowerShellParses(t *testing.T) {
	const modules = "/usr/local/lib/node_modules"
	_, err := os.Stat(modules + "/tree-sitter-powershell")
	requiretest.That(t, err == nil, "npm's tree-sitter-powershell and web-tree-sitter, installed globally")
	text, _ := Script("powershell", hostile)
	file := t.TempDir() + "/collect.ps1"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// Optimising the grammar takes V8 twenty seconds, for a file of a few lines.
	if out, err := exec.Command(requiretest.Program(t, "node"), "--liftoff-only", "-e", parses, modules, file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestNothingIsLeftToFill(t *testing.T) {
	for _, shell := range Shells() {
		text, _ := Script(shell, Question{Kind: "shell"})
		if mark := regexp.MustCompile(`@[A-Z]+@`).FindString(text); mark != "" {
			t.Errorf("%s: %s is not filled in", shell, mark)
		}
	}
	if _, ok := Script("tcsh", Question{}); ok {
		t.Error("there is a script for tcsh")
	}
}
