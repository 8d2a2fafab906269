package instance

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// withPackages skips the test where rpms can be neither made nor installed.
func withPackages(t *testing.T) {
	t.Helper()
	needs(t)
	requiretest.Program(t, "rpm")
	requiretest.That(t, os.Getenv("DEGUCHI_REQUIRE") == "all", "DEGUCHI_REQUIRE=all: it takes a minute, and modules of tools")
}

// top is the repository.
const top = "../../.."

// ran returns what a program of the repository prints.
func ran(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = top
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// rpm makes the package as a release does.
var rpm = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "deguchi-instance-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if out, err := ran("go", "run", "./tools/release", "-version", "1.0.0", "-systems", "linux/"+runtime.GOARCH, "-parts", "packages", "-out", dir); err != nil {
		return []byte(out), err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.rpm"))
	if err != nil || len(files) != 1 {
		return nil, os.ErrNotExist
	}
	return os.ReadFile(files[0])
})

// TestInstanceOfPackage: an instance whose program comes in a package does all that
// one does that takes the program alone, under the package's own unit, and with
// nothing of the package changed.
func TestInstanceOfPackage(t *testing.T) {
	withPackages(t)
	content, err := rpm()
	if err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	m, c := launched(t, kittest.Packaged(kittest.Closed), content, content)
	serves(t, m, c)
	m.hasUnit("/usr/lib/systemd/system/deguchi.service")
	if got, want := m.run("/usr/bin/rpm", "-q", "--qf", "%{NAME} %{VERSION}", "deguchi"), "deguchi 1.0.0"; got != want {
		t.Errorf("rpm -q = %q, want %q", got, want)
	}
	if got := m.run("/usr/bin/rpm", "-V", "--nodeps", "deguchi"); got != "" {
		t.Errorf("of the package something is changed:\n%s", got)
	}
	if usual := m.file("/etc/deguchi/deguchi.yaml"); !strings.Contains(usual, "127.0.0.1") {
		t.Errorf("the package's configuration is %q", usual)
	}
	for _, gone := range []string{"/etc/systemd/system/deguchi.service", "/opt/deguchi.rpm"} {
		if m.run("test", "-e", gone) == "" {
			t.Errorf("%s is there", gone)
		}
	}
}

// evil is a package as somebody would make it who can write to the bucket.
const evil = `name: deguchi
arch: amd64
version: 1.0.0
maintainer: nobody <nobody@example.com>
description: does what it should not
contents:
  - {src: owned.sh, dst: /usr/bin/deguchi, file_info: {mode: 0755}}
scripts: {postinstall: owned.sh}
`

// TestTamperedPackage: what is not the package that the kit names is never
// installed, be it a package that rpm would take, or the right one with a byte of
// it changed.
func TestTamperedPackage(t *testing.T) {
	withPackages(t)
	real, err := rpm()
	if err != nil {
		t.Fatalf("%v\n%s", err, real)
	}
	nfpm, err := ran("go", "tool", "-modfile=tools/nfpm/go.mod", "-n", "nfpm")
	if err != nil {
		t.Fatal(nfpm)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"nfpm.yaml": evil, "owned.sh": "#!/bin/sh\ntouch /etc/owned\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(nfpm, "package", "--packager", "rpm", "--target", "evil.rpm")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nfpm: %v\n%s", err, out)
	}
	other, err := os.ReadFile(filepath.Join(dir, "evil.rpm"))
	if err != nil {
		t.Fatal(err)
	}
	changed := []byte(string(real))
	changed[len(changed)/2] ^= 1
	for name, stored := range map[string][]byte{"another package": other, "a byte changed": changed} {
		t.Run(name, func(t *testing.T) {
			m, c := launched(t, kittest.Packaged(kittest.Closed), real, stored)
			refused(t, m, c, "/opt/deguchi.rpm")
			if got := m.run("/usr/bin/rpm", "-q", "deguchi"); !strings.Contains(got, "not installed") {
				t.Errorf("rpm -q deguchi = %q", got)
			}
		})
	}
}
