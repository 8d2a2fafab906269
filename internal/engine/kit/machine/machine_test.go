package machine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/machine"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// values are as a deployed stack has them.
var values = machine.Values{
	Region: "ap-northeast-1", Bucket: "corp-artifacts", Key: "deguchi", SHA256: strings.Repeat("0", 64),
	Parameter: "/deguchi/exit/configuration", Fleet: "exit-fleet", Hook: "exit-drain", LogGroup: "/deguchi/exit",
	Ports: [2]uint16{3128, 3129}, Drain: 120,
}

// forms are the two in which instances take the program.
func forms() map[string]machine.Values {
	rpm := values
	rpm.Package, rpm.Key = true, "deguchi.rpm"
	return map[string]machine.Values{"binary": values, "package": rpm}
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

// TestUserData: the text fits, keeps the tool's notation apart from the shell's,
// and is one that cloud-init and bash read; what cloud-init makes of it is a
// script that bash reads too.
func TestUserData(t *testing.T) {
	for name, v := range forms() {
		t.Run(name, func(t *testing.T) { testUserData(t, machine.UserData(v)) })
	}
}

func testUserData(t *testing.T, text string) {
	if len(text) > machine.Limit*3/4 {
		t.Errorf("%d bytes, want a quarter of %d left for long names", len(text), machine.Limit)
	}
	if strings.Contains(text, "${") || strings.Contains(text, "%{") {
		t.Error(`the script has "${" or "%{", which templates read as theirs`)
	}
	script := unwrapped(t, text)
	for name, script := range map[string]string{"user data": text, "script": script, "drain": written(t, script, "/usr/local/sbin/deguchi-drain")} {
		cmd := exec.Command(requiretest.Program(t, "bash"), "-n")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("bash -n of %s = %v:\n%s", name, err, out)
		}
	}
	file := filepath.Join(t.TempDir(), "user-data")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(requiretest.Program(t, "cloud-init"), "schema", "--config-file", file).CombinedOutput(); err != nil {
		t.Errorf("cloud-init schema = %v:\n%s", err, out)
	}
}

// unwrapped is the script that cloud-init runs.
func unwrapped(t *testing.T, text string) string {
	t.Helper()
	root, problems := yamldoc.Parse("user-data", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	command := root.Find("runcmd").Items[0].Items
	if len(command) != 3 || command[0].Text != "bash" || command[1].Text != "-c" {
		t.Fatalf("runcmd is %v", command)
	}
	return command[2].Text
}

// written returns the content of a file that the script writes.
func written(t *testing.T, script, path string) string {
	t.Helper()
	_, rest, ok := strings.Cut(script, "/dev/stdin "+path+" <<< '")
	content, _, ended := strings.Cut(rest, "'\n\n")
	if early, _, ok := strings.Cut(rest, "'\n. /etc"); ok && len(early) < len(content) {
		content = early
	}
	if !ok || !ended {
		t.Fatalf("the script does not write %s", path)
	}
	return strings.ReplaceAll(content, `'\''`, "'") + "\n"
}

var fileLine = regexp.MustCompile(`(?m)^install -D -m [0-9]+ /dev/stdin (\S+) <<< '`)

// root runs the part of the script that writes files, in a root of its own.
func root(t *testing.T, v machine.Values) string {
	t.Helper()
	dir := t.TempDir()
	text := unwrapped(t, machine.UserData(v))
	if v.Package { // which brings the unit
		unit := filepath.Join(dir, "usr/lib/systemd/system/deguchi.service")
		if err := os.MkdirAll(filepath.Dir(unit), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(unit, []byte(machine.Unit), 0o644); err != nil {
			t.Fatal(err)
		}
	}
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
	for name, v := range forms() {
		t.Run(name, func(t *testing.T) { testUnits(t, analyze, root(t, v), v.Package) })
	}
}

func testUnits(t *testing.T, analyze, dir string, packaged bool) {
	proxy := filepath.Join(dir, "etc/systemd/system/deguchi.service")
	if packaged {
		if _, err := os.Stat(proxy); err == nil {
			t.Errorf("%s hides the unit of the package", proxy)
		}
		proxy = filepath.Join(dir, "usr/lib/systemd/system/deguchi.service")
	}
	units := []string{proxy, filepath.Join(dir, "etc/systemd/system/deguchi-drain.service")}
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

// TestCompared: nothing is installed or made a program before it was compared, and
// a package comes from the machine itself.
func TestCompared(t *testing.T) {
	for name, v := range forms() {
		lines := strings.Split(unwrapped(t, machine.UserData(v)), "\n")
		at := func(begin string) int {
			return slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, begin) })
		}
		compared, used := at(`echo "$digest  /`), max(at("chmod "), at("rpm -U "))
		if fetched := at("retry aws s3 cp "); fetched < 0 || compared != fetched+1 || used != compared+1 {
			t.Errorf("%s: taken in line %d, compared in %d, used in %d", name, fetched, compared, used)
		}
		if text := strings.Join(lines, "\n"); v.Package != strings.Contains(text, "\nrpm -U --replacepkgs --oldpackage /opt/deguchi.rpm\n") {
			t.Errorf("%s: rpm is or is not asked:\n%s", name, text)
		}
	}
}
