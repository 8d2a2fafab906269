package machine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/machine"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// values are as a deployed stack has them.
var values = machine.Values{
	Region: "ap-northeast-1", Bucket: "corp-artifacts", Key: "deguchi", SHA256: strings.Repeat("0", 64),
	Parameter: "/deguchi/exit/configuration", Fleet: "exit-fleet", Hook: "exit-drain", LogGroup: "/deguchi/exit",
	Ports: [2]uint16{3128, 3129}, Drain: 120,
}

// TestUnit: instances run under the unit that packages install.
func TestUnit(t *testing.T) {
	packaged, err := os.ReadFile("../../../../deploy/systemd/deguchi.service")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(packaged), machine.Unit); diff != "" {
		t.Errorf("files/deguchi.service is not deploy/systemd/deguchi.service (-packaged +embedded):\n%s", diff)
	}
}

// TestUserData: the script fits, keeps the tool's notation apart from the
// shell's, and is one that bash reads.
func TestUserData(t *testing.T) {
	text := machine.UserData(values)
	if len(text) > machine.Limit*3/4 {
		t.Errorf("%d bytes, want a quarter of %d left for long names", len(text), machine.Limit)
	}
	if strings.Contains(text, "${") {
		t.Error(`the script has "${", which templates read as theirs`)
	}
	for name, script := range map[string]string{
		"user data": text, "drain": written(t, text, "/usr/local/sbin/deguchi-drain"),
	} {
		cmd := exec.Command(requiretest.Program(t, "bash"), "-n")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("bash -n of %s = %v:\n%s", name, err, out)
		}
	}
}

// written returns the content of a file that the script writes.
func written(t *testing.T, script, path string) string {
	t.Helper()
	_, rest, ok := strings.Cut(script, "/dev/stdin "+path+" <<'DEGUCHI'\n")
	content, _, ended := strings.Cut(rest, "\nDEGUCHI\n")
	if !ok || !ended {
		t.Fatalf("the script does not write %s", path)
	}
	return content + "\n"
}

var fileLine = regexp.MustCompile(`(?m)^install -D -m [0-9]+ /dev/stdin (\S+) <<'DEGUCHI'$`)

// root runs the part of the script that writes files, in a root of its own.
func root(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	text := machine.UserData(values)
	for _, m := range fileLine.FindAllStringSubmatch(text, -1) {
		file := filepath.Join(dir, m[1])
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(written(t, text, m[1])), mode(m[1])); err != nil {
			t.Fatal(err)
		}
	}
	for _, program := range []string{"/usr/bin/deguchi", "/bin/kill"} {
		file := filepath.Join(dir, program)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// mode is that of a file, as far as systemd asks.
func mode(path string) os.FileMode {
	if strings.Contains(path, "/sbin/") {
		return 0o755
	}
	return 0o644
}

// TestUnits: systemd finds nothing in the units, and thinks well of the proxy's.
func TestUnits(t *testing.T) {
	analyze := requiretest.Program(t, "systemd-analyze")
	dir := root(t)
	var units []string
	for _, name := range []string{"deguchi.service", "deguchi-drain.service"} {
		units = append(units, filepath.Join(dir, "etc/systemd/system", name))
	}
	out, err := exec.Command(analyze, append([]string{"verify", "--man=no", "--generators=no", "--recursive-errors=no", "--root=" + dir}, names(units)...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify = %v:\n%s", err, out)
	}
	out, err = exec.Command(analyze, "security", "--offline=yes", "--threshold=20", "--no-pager", units[0]).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze security says that the proxy is exposed beyond 2.0: %v\n%s", err, out)
	}
}

func names(paths []string) (all []string) {
	for _, p := range paths {
		all = append(all, filepath.Base(p))
	}
	return all
}
