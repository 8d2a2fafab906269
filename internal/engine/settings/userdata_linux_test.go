package settings

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// userData is user data for one system in one form.
func userData(t *testing.T, os OS, format Format, parts ...string) string {
	t.Helper()
	q := full(t)
	q.OS, q.Format, q.Parts = os, format, parts
	return asked(t, "user-data", q).Files[0].Content
}

// TestCloudInitReads gives cloud-config to cloud-init's schema, and MIME to its
// own reader of user data.
func TestCloudInitReads(t *testing.T) {
	notShort(t)
	cloudInit := requiretest.Program(t, "cloud-init")
	for _, os := range []OS{AL2023, Debian} {
		file := written(t, "user-data", userData(t, os, CloudConfig))
		run(t, nil, cloudInit, "schema", "--config-file", file)
		file = written(t, "user-data", userData(t, os, CloudConfig, "npm", "maven", "ecs-agent", "pip", "ssm-agent"))
		run(t, nil, cloudInit, "schema", "--config-file", file)

		const script = `
import json, os, sys
from cloudinit.helpers import Paths
from cloudinit.user_data import UserDataProcessor
message = UserDataProcessor(Paths({"cloud_dir": os.getcwd(), "run_dir": os.getcwd()})).process(open(sys.argv[1], "rb").read())
print(json.dumps([[p.get_content_type(), p.get_payload(decode=True).decode()] for p in message.walk() if not p.is_multipart()]))
`
		out := run(t, nil, "/usr/bin/python3", "-c", script, written(t, "user-data", userData(t, os, MIME)))
		var parts [][2]string
		if err := json.Unmarshal([]byte(out), &parts); err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, p := range parts {
			kinds = append(kinds, p[0])
			run(t, nil, "bash", "-n", written(t, "part", p[1]))
		}
		if diff := cmp.Diff([]string{"text/cloud-boothook", "text/x-shellscript"}, kinds); diff != "" {
			t.Errorf("parts on %s (-want +got):\n%s", os, diff)
		}
	}
}

// TestCloudConfigWrites compares what YAML holds with the files themselves.
func TestCloudConfigWrites(t *testing.T) {
	const script = `import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding="utf-8"))))`
	out := run(t, nil, python(t, "yaml"), "-c", script, written(t, "user-data", userData(t, AL2023, CloudConfig)))
	var got struct {
		WriteFiles []struct {
			Path, Permissions, Content string
			Append                     bool
		} `json:"write_files"`
		RunCmd []string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	var files []File
	var commands []string
	for _, part := range AL2023.parts() {
		a := ask(t, part, AL2023)
		files, commands = append(files, a.Files...), append(commands, a.Commands...)
		for i, c := range commands {
			commands[i] = strings.Replace(c, " restart amazon", " restart --no-block amazon", 1)
		}
	}
	if diff := cmp.Diff(commands, got.RunCmd); diff != "" {
		t.Errorf("runcmd (-want +got):\n%s", diff)
	}
	if len(got.WriteFiles) != len(files) {
		t.Fatalf("%d files, want %d", len(got.WriteFiles), len(files))
	}
	for i, f := range files {
		g := got.WriteFiles[i]
		text := f.Content
		if f.Block != nil {
			text = f.Block.Open + "\n" + text + f.Block.Close + "\n"
		}
		if g.Path != f.Path || g.Content != text || g.Append != (f.Block != nil) {
			t.Errorf("write_files[%d] = %+v, want %+v", i, g, f)
		}
	}
}

// TestUserDataRuns is story E: user data runs as root on a machine of its own
// (a mount namespace with an /etc of its own), and leaves files and a unit whose
// environment is right.
func TestUserDataRuns(t *testing.T) {
	notShort(t)
	requiretest.That(t, os.Getuid() == 0, "root, for a mount namespace")
	q := full(t)
	for _, tt := range []struct {
		os     OS
		format Format
		unit   string
		parts  []string
	}{
		{AL2023, ShellScript, "amazon-ssm-agent.service", nil},
		{AL2, ShellScript, "amazon-ssm-agent.service", nil},
		{Ubuntu, ShellScript, "snap.amazon-ssm-agent.amazon-ssm-agent.service", nil},
		{AL2023, MIME, "amazon-ssm-agent.service", nil},
		{AL2023, ShellScript, "amazon-ssm-agent.service", []string{"shell", "environment", "dnf", "pip", "git", "ssm-agent", "docker"}},
	} {
		name := strings.TrimSpace(fmt.Sprint(tt.os, " ", tt.format, " ", strings.Join(tt.parts, ",")))
		t.Run(name, func(t *testing.T) {
			text := userData(t, tt.os, tt.format, tt.parts...)
			etc, calls := runAlone(t, scripts(t, tt.format, text))

			dropIn := read(t, filepath.Join(etc, "systemd/system", tt.unit+".d/override.conf"))
			got := loaded(t, map[string]string{tt.unit: dropIn})[tt.unit]
			if diff := cmp.Diff(wanted(q), got); diff != "" {
				t.Errorf("environment of the agent (-want +got):\n%s", diff)
			}
			shell := run(t, nil, "sh", "-c", `. "$0"; env`, filepath.Join(etc, "profile.d/proxy.sh"))
			if diff := cmp.Diff(wanted(q), environment(shell)); diff != "" {
				t.Errorf("environment of a shell (-want +got):\n%s", diff)
			}
			reload, restart := slices.Index(calls, "daemon-reload"), slices.Index(calls, "restart --no-block "+tt.unit)
			if reload < 0 || restart < reload {
				t.Errorf("systemctl was called with %q, want daemon-reload before restart", calls)
			}
			for name, lines := range map[string]string{"dnf/dnf.conf": "[main]\n# BEGIN deguchi settings dnf\nproxy=", "yum.conf": "[main]\n# BEGIN deguchi settings yum\nproxy="} {
				if conf := read(t, filepath.Join(etc, name)); strings.Contains(text, "/etc/"+name) && !strings.HasPrefix(conf, lines) {
					t.Errorf("%s begins with %q", name, conf)
				}
			}
		})
	}
}

// TestNodeOfEKS: the drop-ins are there before anything of the node starts, and
// what concerns the cluster is not for each node to do.
func TestNodeOfEKS(t *testing.T) {
	etc, calls := runAlone(t, scripts(t, MIME, userData(t, AL2023, MIME, "eks-node")))
	for _, unit := range []string{"containerd", "kubelet", "nodeadm-config", "nodeadm-run"} {
		read(t, filepath.Join(etc, "systemd/system", unit+".service.d/http-proxy.conf"))
	}
	if i := slices.IndexFunc(calls, func(c string) bool { return c != "daemon-reload" && c != "" }); i >= 0 {
		t.Errorf("systemctl was called with %q", calls)
	}
}

// scripts are those that cloud-init would run, in order.
func scripts(t *testing.T, format Format, text string) []string {
	t.Helper()
	if format == ShellScript {
		return []string{text}
	}
	var list []string
	for part := range strings.SplitSeq(strings.TrimSuffix(text, "--==DEGUCHI==--\n"), "--==DEGUCHI==\n") {
		if _, body, ok := strings.Cut(part, "\n\n"); ok && strings.HasPrefix(body, "#!") {
			list = append(list, body)
		}
	}
	if len(list) != 2 {
		t.Fatalf("%d scripts in\n%s", len(list), text)
	}
	return append(list[:1], list[0], list[1]) // a boothook runs at every boot
}

// runAlone runs scripts on a machine of their own.
func runAlone(t *testing.T, list []string) (etc string, calls []string) {
	t.Helper()
	m := newAlone(t)
	m.run(t, "", list...)
	return filepath.Join(m.dir, "etc"), m.calls(t)
}

// alone is a machine whose /etc, /var and /home are folders of the test, and
// whose systemctl only notes what it is asked for.
type alone struct{ dir string }

func newAlone(t *testing.T) alone {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"etc/dnf", "var", "home", "bin"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m := alone{dir}
	m.put(t, "etc/dnf/dnf.conf", "[main]\ngpgcheck=1\n")
	m.put(t, "etc/yum.conf", "[main]\ngpgcheck=1\n")
	m.put(t, "bin/systemctl", "#!/bin/sh\necho \"$*\" >> "+dir+"/calls\n")
	return m
}

// put writes a file of m.
func (m alone) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// calls are what systemctl was asked for.
func (m alone) calls(t *testing.T) []string {
	t.Helper()
	return strings.Split(read(t, filepath.Join(m.dir, "calls")), "\n")
}

// run runs scripts on m, as cloud-init does on an instance.
func (m alone) run(t *testing.T, instance string, list ...string) {
	t.Helper()
	var names []string
	for _, text := range list {
		name := written(t, "script", text)
		if err := os.Chmod(name, 0o700); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	const script = `set -e; dir=$1; shift
mount --make-rprivate /
for place in etc var home; do mount --bind "$dir/$place" "/$place"; done
for script; do "$script"; done`
	cmd := exec.CommandContext(t.Context(), requiretest.Program(t, "unshare"), append([]string{"-m", "sh", "-c", script, "sh", m.dir}, names...)...)
	cmd.Env = []string{"PATH=" + m.dir + "/bin:/usr/sbin:/usr/bin:/sbin:/bin"} // as cloud-init's: nothing else
	if instance != "" {
		cmd.Env = append(cmd.Env, "INSTANCE_ID="+instance)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("user data: %v\n%s", err, out)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
