package settings

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestSystemdReads has systemd load each unit with its drop-in, and compares
// the environment that it would start the unit with.
func TestSystemdReads(t *testing.T) {
	notShort(t)
	q := full(t)
	tests := []struct {
		target string
		os     OS
		want   map[string]string
	}{
		{"systemd", AL2023, wanted(q)},
		{"ssm-agent", AL2, wanted(q)},
		{"ssm-agent", Ubuntu, wanted(q)},
		{"docker", Debian, wanted(q)},
		{"containerd", RHEL, wanted(q)},
		{"ecs-agent", AL2023, wanted(q)},
		{"eks-node", AL2, wanted(Question{Proxy: q.Proxy, Exclude: q.Exclude.with(clusterNames...)})},
		{"eks-node", AL2023, wanted(Question{Proxy: q.Proxy, Exclude: q.Exclude.with(clusterNames...)})},
	}
	for _, tt := range tests {
		t.Run(tt.target+" on "+string(tt.os), func(t *testing.T) {
			units := map[string]string{} // drop-ins by unit
			for _, f := range ask(t, tt.target, tt.os).Files {
				if dir, name := path.Split(f.Path); strings.HasSuffix(dir, ".service.d/") {
					if !strings.HasSuffix(name, ".conf") {
						t.Errorf("systemd does not read %s", f.Path)
					}
					units[strings.TrimSuffix(path.Base(dir), ".d")] = f.Content
				}
			}
			if len(units) == 0 {
				t.Fatal("no drop-in")
			}
			for unit, got := range loaded(t, units) {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("environment of %s (-want +got):\n%s", unit, diff)
				}
			}
		})
	}
}

// loaded is the environment of each unit as systemd loads it with its drop-in.
// systemd --test asks for a user who is not root, and starts nothing.
func loaded(t *testing.T, units map[string]string) map[string]map[string]string {
	t.Helper()
	systemd := requiretest.Program(t, "/lib/systemd/systemd")
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []string{"basic", "shutdown", "default"} {
		write(target+".target", "[Unit]\nDefaultDependencies=no\n")
	}
	var wants, files []string
	for unit, dropIn := range units {
		write(unit, "[Service]\nExecStart=/bin/true\n")
		write(unit+".d/http-proxy.conf", dropIn)
		wants, files = append(wants, unit), append(files, filepath.Join(dir, unit))
	}
	verify := exec.CommandContext(t.Context(), requiretest.Program(t, "systemd-analyze"), append([]string{"verify", "--man=no"}, files...)...)
	if out, err := verify.CombinedOutput(); err != nil || strings.Contains(string(out), dir) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	write("all.target", "[Unit]\nDefaultDependencies=no\nWants="+strings.Join(wants, " ")+"\n")

	cmd := exec.CommandContext(t.Context(), systemd, "--test", "--user", "--unit=all.target")
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if err := os.Chown(home, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // TempDir's own folder is for its owner
			t.Fatal(err)
		}
	}
	cmd.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "SYSTEMD_UNIT_PATH=" + dir}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("systemd --test: %v", err)
	}
	return environments(t, string(out), units)
}

// environments reads what systemd --test prints of units.
func environments(t *testing.T, text string, units map[string]string) map[string]map[string]string {
	t.Helper()
	found := map[string]map[string]string{}
	unit := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "-> Unit "); ok {
			unit = strings.TrimSuffix(name, ":")
		}
		if assignment, ok := strings.CutPrefix(line, "Environment: "); ok {
			if found[unit] == nil {
				found[unit] = map[string]string{}
			}
			name, value, _ := strings.Cut(assignment, "=")
			found[unit][name] = value
		}
	}
	for unit := range units {
		if found[unit] == nil {
			t.Errorf("systemd shows no environment of %s in %d bytes", unit, len(text))
		}
	}
	return found
}
