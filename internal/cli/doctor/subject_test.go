package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// file writes a file of the world's machine.
func (w *world) file(t *testing.T, name, text string) {
	t.Helper()
	if w.files == "" {
		w.files = t.TempDir()
	}
	path := filepath.Join(w.files, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Where systemd and shells look.
const (
	agentUnit    = "/usr/lib/systemd/system/amazon-ssm-agent.service"
	agentDropIn  = "/etc/systemd/system/amazon-ssm-agent.service.d/override.conf"
	profileProxy = "/etc/profile.d/proxy.sh"
)

const vendorUnit = "[Unit]\nDescription=amazon-ssm-agent\n\n[Service]\nType=simple\nExecStart=/usr/bin/amazon-ssm-agent\n"

// TestSubjects is about settings of others than this shell: those of stories A
// and E, and what people get wrong in them.
func TestSubjects(t *testing.T) {
	const healthyUnit = "[Service]\nEnvironment=\"http_proxy=http://PROXY\"\nEnvironment=\"https_proxy=http://PROXY\"\nEnvironment=\"no_proxy=169.254.169.254\"\n"
	tests := map[string]struct {
		files map[string]string
		ask   Question
		first string // cause; "" is a healthy set-up
		fix   string // is in the fix of the first cause
	}{
		"story E: the agent with a drop-in": {
			files: map[string]string{agentUnit: vendorUnit, agentDropIn: healthyUnit}, ask: Question{Agent: true},
		},
		"story E: set for shells, not for the agent": {
			files: map[string]string{agentUnit: vendorUnit, profileProxy: "export https_proxy=http://PROXY\n"}, ask: Question{Agent: true},
			first: "ssm-proxy-env-not-in-unit", fix: "/etc/systemd/system/amazon-ssm-agent.service.d",
		},
		"story E as it was written: http_proxy twice, in the vendor's file": {
			files: map[string]string{agentUnit: vendorUnit + "Environment=\"http_proxy=http://PROXY\"\nEnvironment=\"http_proxy=https://PROXY\"\nEnvironment=\"no_proxy=169.254.169.254\"\n"},
			ask:   Question{Agent: true}, first: "ssm-user-data-typo", fix: "https_proxy=http://PROXY",
		},
		"a proxy with the scheme https://, which Session Manager does not speak": {
			files: map[string]string{agentUnit: vendorUnit, agentDropIn: strings.ReplaceAll(healthyUnit, "=http://", "=https://")},
			ask:   Question{Agent: true}, first: "ssm-https-scheme-proxy", fix: "http://PROXY",
		},
		"a drop-in that systemd does not read": {
			files: map[string]string{agentUnit: vendorUnit, "/etc/systemd/system/amazon-ssm-agent.service.d/amazon-ssm-agent.override": healthyUnit},
			ask:   Question{Agent: true}, first: "drop-in-name", fix: ".conf",
		},
		"the snap of Ubuntu": {
			files: map[string]string{
				"/etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service":                 vendorUnit,
				"/etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service.d/override.conf": healthyUnit,
			}, ask: Question{Agent: true},
		},
		"the vendor's unit was edited": {
			files: map[string]string{agentUnit: vendorUnit + strings.TrimPrefix(healthyUnit, "[Service]\n")}, ask: Question{Agent: true},
			first: "vendor-unit-edited", fix: "/etc/systemd/system/",
		},
		"a drop-in that a later one empties": {
			files: map[string]string{
				agentUnit: vendorUnit, agentDropIn: healthyUnit,
				"/etc/systemd/system/amazon-ssm-agent.service.d/zzz-site.conf": "[Service]\nEnvironment=https_proxy=\n",
			}, ask: Question{Agent: true}, first: "https-proxy-missing", fix: "/zzz-zzz-site.conf",
		},
		"a drop-in that a later one undoes": {
			files: map[string]string{
				agentUnit: vendorUnit, agentDropIn: healthyUnit,
				"/run/systemd/system/amazon-ssm-agent.service.d/zz-proxy2.conf": "[Service]\nEnvironment=\n",
				profileProxy: "export https_proxy=http://PROXY\n",
			}, ask: Question{Agent: true}, first: "ssm-proxy-env-not-in-unit", fix: "http://PROXY",
		},
		"a file beats every Environment=": {
			files: map[string]string{
				"/etc/systemd/system/app.service": "[Service]\nEnvironmentFile=/etc/sysconfig/app\nEnvironment=https_proxy=http://PROXY\n",
				"/etc/sysconfig/app":              "https_proxy=socks5://PROXY\nhttp_proxy=http://PROXY\nno_proxy=169.254.169.254\n",
			}, ask: Question{Unit: "app"}, first: "scheme-socks", fix: "EnvironmentFile=/etc/systemd/system/app.service.env",
		},
		"a variable that the unit takes out at the end": {
			files: map[string]string{
				agentUnit: vendorUnit + "UnsetEnvironment=https_proxy\n", agentDropIn: healthyUnit,
			}, ask: Question{Agent: true}, first: "https-proxy-missing", fix: "UnsetEnvironment=",
		},
		"systemd gives every unit the proxy": {
			files: map[string]string{
				agentUnit:                               vendorUnit,
				"/etc/systemd/system.conf.d/proxy.conf": "[Manager]\nDefaultEnvironment=\"http_proxy=http://PROXY\" \"https_proxy=http://PROXY\" \"no_proxy=169.254.169.254\"\n",
			}, ask: Question{Agent: true},
		},
		"what an editor left beside the drop-in": {
			files: map[string]string{
				agentUnit: vendorUnit, agentDropIn: healthyUnit, agentDropIn + ".bak": "[Service]\nEnvironment=https_proxy=http://old.example:1\n",
				"/etc/systemd/system/amazon-ssm-agent.service.d/README": "drop-ins of the agent\n",
			}, ask: Question{Agent: true},
		},
		"the agent's process was not restarted": {
			files: map[string]string{
				agentUnit: vendorUnit, agentDropIn: healthyUnit,
				"/sys/fs/cgroup/system.slice/amazon-ssm-agent.service/cgroup.procs": "812\n813\n",
				"/proc/812/environ": "PATH=/usr/bin\x00https_proxy=http://old.corp.example:8080\x00",
			}, ask: Question{Agent: true}, first: "unit-not-restarted", fix: "systemctl restart amazon-ssm-agent.service",
		},
		"a unit with an EnvironmentFile, which wins": {
			files: map[string]string{
				"/etc/systemd/system/app.service": "[Service]\nEnvironmentFile=-/etc/sysconfig/app\nEnvironment=https_proxy=http://nobody.invalid:1\n",
				"/etc/sysconfig/app":              "https_proxy=http://PROXY\nhttp_proxy=http://PROXY\nno_proxy='169.254.169.254'\n",
			}, ask: Question{Unit: "app"},
		},
		"a unit without anything, on a machine whose shells have it": {
			files: map[string]string{"/etc/systemd/system/app.service": "[Service]\nExecStart=/app\n", "/etc/environment": "https_proxy=http://PROXY\n"},
			ask:   Question{Unit: "app"}, first: "proxy-env-not-in-unit", fix: "systemctl restart app.service",
		},
		"story A: what a login gets": {
			files: map[string]string{
				"/etc/passwd":                            "ops:x:1000:1000::/home/ops:/bin/bash\n",
				profileProxy:                             "PROXY_URL=http://PROXY\nexport http_proxy=$PROXY_URL HTTP_PROXY=$PROXY_URL\nexport https_proxy=\"${PROXY_URL}\"; export HTTPS_PROXY=$PROXY_URL\n",
				"/sys/devices/virtual/dmi/id/sys_vendor": "Amazon EC2\n",
			}, ask: Question{User: "ops"}, first: "creds-imds-via-proxy", fix: "169.254.169.254",
		},
		"story A, cured": {
			files: map[string]string{
				"/etc/passwd": "ops:x:1000:1000::/home/ops:/bin/bash\n",
				profileProxy: "export http_proxy=http://PROXY https_proxy=http://PROXY\nexport HTTP_PROXY=$http_proxy HTTPS_PROXY=$https_proxy\n" +
					"export no_proxy=169.254.169.254\nexport NO_PROXY=$no_proxy\n",
				"/home/ops/.profile": "# mine\n",
			}, ask: Question{User: "ops"},
		},
		"story D: a proxy in ~/.aws/config": {
			files: map[string]string{
				"/etc/passwd":           "ops:x:1000:1000::/home/ops:/bin/bash\n",
				"/home/ops/.aws/config": "[default]\nregion = ap-northeast-1\ncli_http_proxy = http://PROXY\n",
			}, ask: Question{User: "ops"}, first: "aws-config-proxy-key", fix: "https_proxy",
		},
		"a process": {
			files: map[string]string{
				"/proc/4711/environ": "HTTP_PROXY=http://PROXY\x00HTTPS_PROXY=http://PROXY\x00NO_PROXY=169.254.169.254\x00SSL_CERT_FILE=BUNDLE\x00",
				"/proc/4711/comm":    "kubelet\n",
			}, ask: Question{PID: "4711"},
		},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proxy := serve(t, tunnels(toward(w.aws)))
			for name, text := range tt.files {
				w.file(t, name, strings.NewReplacer("//PROXY", "//"+proxy, "BUNDLE", w.bundle()).Replace(text))
			}
			w.trustAnyone(t)
			tt.ask.Region = "ap-northeast-1"
			r := causes(t, w, nil, tt.ask)
			fault{first: tt.first}.check(t, r)
			if tt.first == "" {
				return
			}
			for _, c := range r.Checks {
				if c.Cause == tt.first && !strings.Contains(c.Fix, strings.ReplaceAll(tt.fix, "//PROXY", "//"+proxy)) {
					t.Errorf("the fix of %s does not hold %q:\n%s", tt.first, tt.fix, c.Fix)
				}
				if c.Cause == tt.first && strings.Contains(c.Fix, "sudo ") {
					w.apply(t, c.Fix)
					if again := causes(t, w, nil, tt.ask); slices.Contains(again.Causes, tt.first) {
						t.Errorf("with the fix applied, %s is there still:\n%s\n%s", tt.first, c.Fix, problems(again))
					}
				}
			}
		})
	}
}

// apply runs the commands of a fix on the world's machine. Its systemd restarts
// a process by forgetting the old one.
func (w *world) apply(t *testing.T, fix string) {
	t.Helper()
	_, commands, _ := strings.Cut(fix, "\n") // the first line is words
	commands = strings.ReplaceAll(commands, " /etc/", " "+w.files+"/etc/")
	shell := "sudo() { \"$@\"; }\nsystemctl() { [ \"$1\" != restart ] || rm -rf " + w.files + "/sys/fs; }\n" + commands
	if out, err := exec.Command("/bin/sh", "-ec", shell).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, shell)
	}
}

// trustAnyone makes the machine trust the stand-in: services have no variable
// for a bundle in these tests.
func (w *world) trustAnyone(t *testing.T) {
	t.Helper()
	for _, unit := range []string{"amazon-ssm-agent.service", "snap.amazon-ssm-agent.amazon-ssm-agent.service", "app.service"} {
		if _, err := os.Stat(filepath.Join(w.files, "/etc/systemd/system", unit+".d")); err == nil || unit == "app.service" || strings.HasPrefix(unit, "amazon") {
			w.file(t, "/etc/systemd/system/"+unit+".d/00-ca.conf", "[Service]\nEnvironment=SSL_CERT_FILE="+w.bundle()+" AWS_CA_BUNDLE="+w.bundle()+"\n")
		}
	}
	w.file(t, "/etc/profile.d/00-ca.sh", "export AWS_CA_BUNDLE="+w.bundle()+"\n")
}

// TestNobody is about subjects that are not there: that is no diagnosis.
func TestNobody(t *testing.T) {
	for _, q := range []Question{{Unit: "nowhere"}, {User: "nobody-at-all"}, {PID: "4194305"}, {Agent: true}} {
		w := newWorld(t)
		w.file(t, "/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
		c, out, _ := w.clinic(nil)
		_, err := c.Examine(t.Context(), &q)
		if _, ok := errors.AsType[*Failure](err); !ok || out.Len() > 0 || len(w.dialed) > 0 {
			t.Errorf("Examine(%+v) = %v, printed %q, dialled %q; want a failure and nothing else", q, err, out, w.dialed)
		}
	}
}

// TestRealProcess reads the environment of a process that really runs.
func TestRealProcess(t *testing.T) {
	requiretest.Linux(t)
	cmd := exec.Command(requiretest.Program(t, "/bin/cat"))
	cmd.Env = []string{"https_proxy=http://user:hunter2@proxy.corp.invalid:3128", "no_proxy=169.254.169.254"}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = in.Close()
		_ = cmd.Wait()
	}()
	// The kernel shows no environment until the program itself runs, which is
	// later than Start: once it answers, it does.
	if _, err := io.WriteString(in, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := said.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	c, out, _ := w.clinic(nil)
	c.World.Root = os.DirFS("/")
	if _, err := c.Examine(t.Context(), &Question{PID: strconv.Itoa(cmd.Process.Pid), Region: "ap-northeast-1"}); err != nil {
		t.Fatal(err)
	}
	var r reportJSON
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Causes) == 0 || r.Causes[0] != "proxy-dns" {
		t.Errorf("causes = %q, want proxy-dns first:\n%s", r.Causes, problems(r))
	}
	if bytes.Contains(out.Bytes(), []byte("hunter2")) {
		t.Errorf("the report shows the password:\n%s", out)
	}
}

// TestSecrets looks for secrets in everything that the doctor puts out.
func TestSecrets(t *testing.T) {
	w := newWorld(t)
	w.instance(t, instance)
	env := with(w.healthy("http://user:p%40ss#word@"+serve(t, tunnels(toward(w.aws)))), secrets...)
	archive := filepath.Join(t.TempDir(), "support.tar.gz")
	for _, asJSON := range []bool{true, false} {
		c, out, told := w.clinic(env)
		c.JSON, c.Verbose = asJSON, true
		if _, err := c.Examine(t.Context(), &Question{Proxy: "http://user:hunter2@" + serve(t, tunnels(toward(w.aws))), Archive: archive, Identity: true}); err != nil {
			t.Fatal(err)
		}
		packed := unpack(t, archive)
		for _, secret := range secretWords {
			for where, text := range map[string]string{"the report": out.String(), "the announcement": told.String(), "the archive": packed} {
				if strings.Contains(text, secret) {
					t.Errorf("%s (JSON %v) shows %q:\n%s", where, asJSON, secret, text)
				}
			}
		}
	}
}

// TestBasicAuthentication is a proxy that the password opens: it is sent, and
// not shown.
func TestBasicAuthentication(t *testing.T) {
	w := newWorld(t)
	sent := make(chan string, 100)
	proxy := serve(t, w.wantsPassword(sent))
	r := causes(t, w, w.healthy("http://user:p%40ss@"+proxy), Question{})
	fault{}.check(t, r)
	if got := <-sent; got != "Basic dXNlcjpwQHNz" {
		t.Errorf("Proxy-Authorization: %q, want user:p@ss", got)
	}
}
