package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

func TestPackageVersion(t *testing.T) {
	for why, tt := range map[string]struct{ version, want string }{
		"a release":                     {"v1.2.3", "1.2.3"},
		"before a release":              {"v1.2.3-rc.1", "1.2.3~rc.1"},
		"a commit before any tag":       {"v0.0.0-20261130024811-df93ebf32ed9", "0.0.0~20261130024811.df93ebf32ed9"},
		"a commit after a release":      {"v1.2.4-0.20261130024811-df93ebf32ed9", "1.2.4~20261130024811.df93ebf32ed9"},
		"a commit after a pre-release":  {"v1.2.3-rc.1.0.20261130024811-df93ebf32ed9", "1.2.3~rc.1.0.20261130024811.df93ebf32ed9"},
		"what nobody has committed":     {"v1.2.3+dirty", "1.2.3+dirty"},
		"a build outside of a checkout": {"(devel)", "0~devel"},
		"nothing known":                 {"", "0~devel"},
	} {
		if got := packageVersion(tt.version); got != tt.want {
			t.Errorf("%s: packageVersion(%q) = %q, want %q", why, tt.version, got, tt.want)
		}
	}
}

// TestOrderOfVersions asks dpkg, whose order decides what is an upgrade.
func TestOrderOfVersions(t *testing.T) {
	dpkg := requiretest.Program(t, "dpkg")
	order := []string{"(devel)", "v0.0.0-20261130024811-df93ebf32ed9", "v1.2.3-rc.1", "v1.2.3", "v1.2.4-0.20261130024811-df93ebf32ed9",
		"v1.2.4-0.20261201000000-0123456789ab", "v1.2.4", "v1.10.0"}
	for i := range order[1:] {
		a, b := packageVersion(order[i]), packageVersion(order[i+1])
		if out, err := exec.Command(dpkg, "--compare-versions", a, "lt", b).CombinedOutput(); err != nil {
			t.Errorf("dpkg does not order %s before %s: %v %s", a, b, err, out)
		}
	}
}

// TestReproducible builds one commit in two folders, at two times: the bytes
// are the same.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program twice")
	}
	requiretest.That(t, os.Getenv("DEGUCHI_REQUIRE") == "all", "DEGUCHI_REQUIRE=all: it takes a minute, and modules of tools")
	git := requiretest.Program(t, "git")
	head, err := exec.Command(git, "rev-parse", "HEAD").Output()
	requiretest.That(t, err == nil, "a checkout with git")
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var sums [2]string
	for i := range sums {
		dir := filepath.Join(t.TempDir(), strings.Repeat("deeper/", i), "deguchi")
		for _, args := range [][]string{{"clone", "-q", "--no-checkout", root, dir}, {"-C", dir, "checkout", "-q", strings.TrimSpace(string(head))}} {
			if out, err := exec.Command(git, args...).CombinedOutput(); err != nil {
				t.Fatalf("git %q: %v\n%s", args, err, out)
			}
		}
		t.Chdir(dir)
		out := t.TempDir()
		if i == 1 { // what an earlier release has left is no part of this one
			if err := os.WriteFile(filepath.Join(out, "deguchi_0.0.1-1_amd64.deb"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := run(context.Background(), []string{"-out", out, "-systems", "linux/" + runtime.GOARCH}, io.Discard); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = string(text)
		if i == 0 {
			wholeRelease(t, out, string(text), strings.TrimSpace(string(head)))
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds of one commit differ:\n%s\n%s", sums[0], sums[1])
	}
}

// wholeRelease checks what is in a release.
func wholeRelease(t *testing.T, dir, sums, head string) {
	if n := strings.Count(sums, "\n"); n != 5 {
		t.Errorf("%d files, want a binary, its bill of materials, a deb, an rpm and an image:\n%s", n, sums)
	}
	for line := range strings.Lines(sums) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || fmt.Sprintf("%x", sha256.Sum256(content)) != sum {
			t.Errorf("%s: %v, or another sum", name, err)
		}
	}
	binary := filepath.Join(dir, "deguchi-linux-"+runtime.GOARCH)
	version, err := binaryVersion(binary)
	if err != nil || !strings.Contains(version, head[:12]) && !strings.HasPrefix(version, "v") {
		t.Errorf("the binary says it is %q, %v; want commit %s or its tag", version, err, head)
	}
	said, err := exec.Command(binary, "version", "--json").Output()
	if err != nil || !strings.Contains(string(said), `"`+head+`"`) {
		t.Errorf("deguchi version: %v, want commit %s:\n%s", err, head, said)
	}
	validBOM(t, binary+".cdx.json")
	text, err := os.ReadFile(binary + ".cdx.json")
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BOMFormat   string `json:"bomFormat"`
		SpecVersion string `json:"specVersion"`
		Components  []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal(text, &bom); err != nil || bom.BOMFormat != "CycloneDX" {
		t.Fatalf("bill of materials: %v %+v", err, bom)
	}
	for _, name := range []string{"github.com/spf13/cobra", "go.yaml.in/yaml/v4", "std"} {
		if !strings.Contains(string(text), `"name": "`+name+`"`) {
			t.Errorf("the bill of materials lacks %s: %+v", name, bom.Components)
		}
	}
}

// validBOM asks the library of those who made the format.
func validBOM(t *testing.T, file string) {
	t.Helper()
	node := requiretest.Program(t, "node")
	const validate = `const {Validation, Spec} = require("@cyclonedx/cyclonedx-library");
new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(require("fs").readFileSync(process.argv[1], "utf8"))
	.then(problems => { if (problems !== null) { console.log(problems); process.exit(1); } });`
	cmd := exec.Command(node, "-e", validate, file)
	cmd.Env = append(os.Environ(), "NODE_PATH=/usr/local/lib/node_modules")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the bill of materials is not as CycloneDX 1.6 asks: %v\n%s", err, out)
	}
}
