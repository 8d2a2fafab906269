package settings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// ran runs user data of one form on a machine of its own, as an instance of that
// name.
func ran(t *testing.T, m alone, format Format, text, instance string) {
	t.Helper()
	if format != CloudConfig {
		m.run(t, instance, scripts(t, format, text)...)
		return
	}
	const script = `import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding="utf-8")).get("runcmd")))`
	out := run(t, nil, python(t, "yaml"), "-c", script, written(t, "user-data", text))
	var commands []string
	if err := json.Unmarshal([]byte(out), &commands); err != nil {
		t.Fatal(err)
	}
	m.run(t, instance, "#!/bin/sh\n"+strings.Join(commands, "\n")+"\n") // as cloud-init's shellify
}

// TestUserDataAtHome: what user data writes into a home belongs to its user, who
// reads it and writes beside it, in every form; and where no user has been made,
// nothing stands in the place of the home.
func TestUserDataAtHome(t *testing.T) {
	notShort(t)
	requiretest.That(t, os.Getuid() == 0, "root, for a mount namespace")
	for _, format := range []Format{ShellScript, CloudConfig, MIME} {
		t.Run(string(format), func(t *testing.T) {
			q := full(t)
			q.Format, q.Parts = format, []string{"npm", "maven", "ssm-agent"}
			text := asked(t, "user-data", q).Files[0].Content
			m := newAlone(t)
			home := filepath.Join(m.dir, "home/user")
			if err := os.Mkdir(home, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(home, 1234, 1235); err != nil {
				t.Fatal(err)
			}
			ran(t, m, format, text, "i-1")
			for name, mode := range map[string]os.FileMode{".npmrc": 0o600, ".m2": os.ModeDir | 0o755, ".m2/settings.xml": 0o600} {
				info, err := os.Stat(filepath.Join(home, name))
				if err != nil {
					t.Fatal(err)
				}
				owner := info.Sys().(*syscall.Stat_t)
				if owner.Uid != 1234 || owner.Gid != 1235 || info.Mode() != mode {
					t.Errorf("%s belongs to %d:%d, mode %v, want 1234:1235, %v", name, owner.Uid, owner.Gid, info.Mode(), mode)
				}
			}
			if got, want := read(t, filepath.Join(home, ".m2/settings.xml")), asked(t, "maven", q).Files[0].Content; got != want {
				t.Errorf("settings.xml holds\n%s\nwant\n%s", got, want)
			}

			empty := newAlone(t)
			ran(t, empty, format, text, "i-1")
			if left, err := os.ReadDir(filepath.Join(empty.dir, "home")); err != nil || len(left) > 0 {
				t.Errorf("without a user there is %v in /home (%v)", left, err)
			}
		})
	}
}

// TestUserDataAgain: an image that was made of a machine with other user data has
// the lines of its own user data, once, and a person's last line stays one.
func TestUserDataAgain(t *testing.T) {
	notShort(t)
	requiretest.That(t, os.Getuid() == 0, "root, for a mount namespace")
	for _, format := range []Format{ShellScript, MIME} {
		t.Run(string(format), func(t *testing.T) {
			m := newAlone(t)
			m.put(t, "etc/environment", "LANG=C") // no newline
			q := full(t)
			q.Format, q.Parts = format, []string{"environment", "dnf", "ssm-agent"}
			for _, instance := range []string{"i-1", "i-2"} {
				q.Proxy.Host = instance + ".example"
				ran(t, m, format, asked(t, "user-data", q).Files[0].Content, instance)
			}
			want := "LANG=C\n# BEGIN deguchi settings environment\n" + asked(t, "environment", q).Files[0].Content + "# END deguchi settings environment\n"
			if got := read(t, filepath.Join(m.dir, "etc/environment")); got != want {
				t.Errorf("/etc/environment holds\n%s\nwant\n%s", got, want)
			}
			want = "[main]\n# BEGIN deguchi settings dnf\nproxy=" + q.Proxy.URL() + "\n# END deguchi settings dnf\ngpgcheck=1\n"
			if got := read(t, filepath.Join(m.dir, "etc/dnf/dnf.conf")); got != want {
				t.Errorf("dnf.conf holds\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestUserDataWaitsForNobody: the unit of ECS starts after cloud-init has ended,
// and a script of cloud-init that waits for it would never end.
func TestUserDataWaitsForNobody(t *testing.T) {
	q := full(t)
	q.Parts = []string{"ecs-agent", "systemd"}
	for _, format := range []Format{ShellScript, CloudConfig, MIME} {
		q.Format = format
		text := asked(t, "user-data", q).Files[0].Content
		for line := range strings.Lines(text) {
			if strings.Contains(line, "systemctl restart") && !strings.Contains(line, "systemctl restart --no-block") {
				t.Errorf("%s waits: %s", format, line)
			}
		}
		if !strings.Contains(text, "systemctl restart --no-block ecs.service") {
			t.Errorf("%s does not start the agent again", format)
		}
	}
}

// TestInstallByProxy: where the agent has to be installed first, the way out is
// there before the command that needs it, whatever else is composed.
func TestInstallByProxy(t *testing.T) {
	for _, os := range []OS{RHEL, Debian} {
		q := full(t)
		q.OS, q.Parts = os, []string{"ssm-agent"}
		text := asked(t, "user-data", q).Files[0].Content
		before := ""
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "export ") {
				before += line
			}
			if strings.Contains(line, "latest/") {
				break
			}
		}
		got := environment(run(t, nil, "sh", "-c", before+"env"))
		for name, value := range wanted(q) {
			if strings.ToLower(name) == name && got[name] != value {
				t.Errorf("on %s %s = %q while it installs, want %q", os, name, got[name], value)
			}
		}
	}
}

// TestUserDataClosesFiles: a file of the image that holds the password from now on
// is root's alone, as --write has it.
func TestUserDataClosesFiles(t *testing.T) {
	notShort(t)
	requiretest.That(t, os.Getuid() == 0, "root, for a mount namespace")
	for _, secret := range []bool{true, false} {
		q := full(t)
		q.Parts = []string{"ecs-agent"}
		want := os.FileMode(0o600)
		if !secret {
			q.Proxy.User, q.Proxy.Password, want = "", "", 0o755 // as put has it
		}
		m := newAlone(t)
		if err := os.Mkdir(filepath.Join(m.dir, "etc/ecs"), 0o755); err != nil {
			t.Fatal(err)
		}
		m.put(t, "etc/ecs/ecs.config", "ECS_CLUSTER=c\n")
		if err := os.Chmod(filepath.Join(m.dir, "etc/ecs/ecs.config"), want|0o044); err != nil {
			t.Fatal(err)
		}
		ran(t, m, ShellScript, asked(t, "user-data", q).Files[0].Content, "i-1")
		info, err := os.Stat(filepath.Join(m.dir, "etc/ecs/ecs.config"))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("with a secret: %v; mode of ecs.config %v, want %v", secret, info.Mode(), want)
		}
		if text := read(t, filepath.Join(m.dir, "etc/ecs/ecs.config")); !strings.HasPrefix(text, "ECS_CLUSTER=c\n# BEGIN") {
			t.Errorf("ecs.config holds\n%s", text)
		}
	}
}

// TestPartsThatAgree: a file that two parts write alike stands there once.
func TestPartsThatAgree(t *testing.T) {
	q := full(t)
	q.Parts = []string{"docker", "ecs-agent", "dnf", "yum"}
	text := asked(t, "user-data", q).Files[0].Content
	for _, path := range []string{"/dev/stdin '/etc/systemd/system/docker.service.d/http-proxy.conf'", "/dev/stdin' '/etc/dnf/dnf.conf' <<"} {
		if n := strings.Count(text, path); n != 1 {
			t.Errorf("%s stands %d times in\n%s", path, n, text)
		}
	}
}
