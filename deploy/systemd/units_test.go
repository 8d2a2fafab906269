// Package systemd_test checks the units of this folder with systemd's own tools.
package systemd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// maxExposure is what "systemd-analyze security" may find at most: 0 is locked
// up, 10 is wide open. A network service keeps about 1.
const maxExposure = 2.0

func TestUnitsAreSound(t *testing.T) {
	analyze := requiretest.Program(t, "systemd-analyze")
	dir := t.TempDir()
	var units []string
	for _, name := range []string{"deguchi.service", "deguchi.socket"} {
		unit, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// verify wants the program to be installed: any other does.
		unit = bytes.ReplaceAll(unit, []byte("/usr/bin/deguchi "), []byte("/bin/true "))
		units = append(units, filepath.Join(dir, name))
		if err := os.WriteFile(units[len(units)-1], unit, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := exec.Command(analyze, append([]string{"verify", "--man=no"}, units...)...)
	out, err := verify.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v: %v\n%s", verify.Args, err, out)
	}
}

func TestServiceIsConfined(t *testing.T) {
	analyze := requiretest.Program(t, "systemd-analyze")
	security := exec.Command(analyze, "security", "--offline=true", "deguchi.service")
	out, err := security.Output()
	if err != nil {
		t.Fatalf("%v: %v", security.Args, err)
	}
	level := regexp.MustCompile(`Overall exposure level for deguchi.service: ([0-9.]+)`).FindSubmatch(out)
	if level == nil {
		t.Fatalf("%v prints no overall level:\n%s", security.Args, out)
	}
	exposure, err := strconv.ParseFloat(string(level[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	if exposure > maxExposure {
		t.Errorf("exposure %.1f, more than %.1f:\n%s", exposure, maxExposure, out)
	}
}
