package settings

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// powershellStrings prints the strings in single quotes of the scripts that it
// is given, with quotes, one JSON line for each script. It fails on what does
// not parse.
const powershellStrings = `
const [modules, ...files] = process.argv.slice(1);
import(modules + "/web-tree-sitter/web-tree-sitter.js").then(async ({ Parser, Language }) => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(modules + "/tree-sitter-powershell/tree-sitter-powershell.wasm"));
  for (const file of files) {
    const root = parser.parse(require("fs").readFileSync(file, "utf8")).rootNode;
    if (root.hasError) throw new Error(file + " does not parse: " + root.toString());
    const found = [];
    const walk = (n) => {
      if (n.type.startsWith("verbatim_")) found.push(n.text);
      for (let i = 0; i < n.childCount; i++) walk(n.child(i));
    };
    walk(root);
    console.log(JSON.stringify(found));
  }
});
`

// grammar returns the folder of modules that has a grammar of PowerShell, by
// npm install --global tree-sitter-powershell web-tree-sitter.
func grammar(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{"/usr/local/lib/node_modules", "/usr/lib/node_modules"} {
		if _, err := os.Stat(filepath.Join(dir, "tree-sitter-powershell")); err == nil {
			return dir
		}
	}
	requiretest.That(t, false, "npm's tree-sitter-powershell and web-tree-sitter, installed globally")
	return ""
}

// TestPowerShellParses gives every script to a parser of PowerShell, and looks
// for the proxy's URL among the strings that it finds.
func TestPowerShellParses(t *testing.T) {
	notShort(t)
	modules := grammar(t)
	url := full(t).Proxy.URL()
	wants := map[string]string{ // as each target passes it on
		"powershell": url, "ecs-agent": url, "user-data": url,
		"ssm-agent": "https_proxy=" + url, "docker": "https_proxy=" + url,
		"terraform": url, "kubectl": url,
		"windows-winhttp": "Stop", // it has no place for credentials
	}
	var files, want []string
	for _, target := range slices.Sorted(maps.Keys(wants)) {
		for _, f := range ask(t, target, Windows).Files {
			text := strings.ReplaceAll(strings.ReplaceAll(f.Content, "<powershell>\r\n", ""), "</powershell>\r\n", "")
			files, want = append(files, written(t, target+".ps1", text)), append(want, wants[target])
		}
	}
	whole := wholeOfWindows(t)
	files, want = append(files, written(t, "whole.ps1", whole)), append(want, url)
	// Optimising the grammar takes V8 twenty seconds, for files of a few lines.
	out := run(t, nil, "node", append([]string{"--liftoff-only", "-e", powershellStrings, modules}, files...)...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(files) {
		t.Fatalf("%d answers for %d files: %s", len(lines), len(files), out)
	}
	for i, line := range lines {
		if found, _ := decoded(t, line).([]any); !slices.Contains(found, any("'"+want[i]+"'")) {
			t.Errorf("%s: %q is none of the strings %q", filepath.Base(files[i]), want[i], found)
		}
	}
}

// windowsParts are the targets that user data for Windows can compose.
var windowsParts = []string{
	"docker", "powershell", "ssm-agent", "cloudwatch-agent", "ecs-agent", "codedeploy-agent", "git", "npm", "pip",
	"maven", "gradle", "java", "windows-winhttp", "aws-config",
}

// wholeOfWindows is user data of all of windowsParts, without its tags.
func wholeOfWindows(t *testing.T) string {
	t.Helper()
	q := full(t)
	q.OS, q.Home, q.Parts = Windows, windowsHome, windowsParts
	text, ok := strings.CutPrefix(asked(t, "user-data", q).Files[0].Content, "<powershell>\r\n")
	text, end := strings.CutSuffix(text, "</powershell>\r\n")
	if !ok || !end {
		t.Fatalf("user data for Windows is\n%s", text)
	}
	return text
}

// TestUserDataOfWindows: what is no script is written by user data, too, with the
// commands that put it into force; and what fails keeps nothing else from being
// done.
func TestUserDataOfWindows(t *testing.T) {
	text := strings.ReplaceAll(wholeOfWindows(t), "\r\n", "\n")
	for _, part := range windowsParts {
		a := ask(t, part, Windows)
		for _, f := range a.Files {
			content := strings.ReplaceAll(f.Content, "\r\n", "\n")
			if _, body, ok := strings.Cut(content, "= 'Stop'\n"); ok {
				content = body
			}
			if !strings.Contains(text, content) && !strings.HasSuffix(f.Path, "proxy-user.ps1") {
				t.Errorf("%s of %s is not written", f.Path, part)
			}
		}
		for _, c := range a.Commands {
			if strings.HasPrefix(c, "Restart-Service") && !strings.Contains(text, "try {\n"+c+"\n} catch") {
				t.Errorf("%q of %s is not run, or stops what follows", c, part)
			}
		}
	}
	for _, name := range []string{`.npmrc`, `.m2\settings.xml`, `.gitconfig`, `.gradle\gradle.properties`} {
		at := strings.Index(text, windowsHome+`\`+name+"'")
		if at < 0 || !strings.Contains(text[max(at-120, 0):at], "{\nif (-not (Test-Path -LiteralPath '"+windowsHome+"')) { throw ") {
			t.Errorf("%s is written where nobody has a home", name)
		}
	}
	if at := strings.Index(text, "Restart-Service docker\n"); at < 0 || !strings.HasPrefix(text[at:], "Restart-Service docker\n} catch") {
		t.Error("a machine without Docker keeps its agent without a proxy")
	}
}
