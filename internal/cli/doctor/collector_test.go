package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestFaultsFromCollector runs the collector in a plain POSIX shell, with the
// real curl, and has the doctor read what it wrote: the same causes as when it
// measures itself. Collectors wait most of the time, so several run at once.
func TestFaultsFromCollector(t *testing.T) {
	shell := requiretest.Program(t, "/bin/dash")
	requiretest.Program(t, "/usr/bin/curl")
	files := map[string]string{}
	slots := make(chan struct{}, 8)
	var wg sync.WaitGroup
	for why, f := range everyFault() {
		if f.liveOnly != "" {
			continue
		}
		w := newWorld(t)
		env, q := f.set(t, w)
		run := w.collector(t, shell, env, q)
		files[why] = run.file
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if told := run.run(t); !strings.Contains(told, "This contacts:") {
				t.Errorf("%s: the collector did not say whom it contacts: %q", why, told)
			}
		})
	}
	wg.Wait()
	for why, file := range files {
		t.Run(why, func(t *testing.T) {
			var out bytes.Buffer
			c := &Clinic{Out: &out, JSON: true, Print: func(_ string, doc any) error { return json.NewEncoder(&out).Encode(doc) }}
			if _, err := c.Read([]string{file}); err != nil {
				t.Fatal(err)
			}
			var r reportJSON
			if err := json.Unmarshal(out.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if t.Failed() {
					text, _ := os.ReadFile(file)
					t.Logf("the collector wrote:\n%s", text)
				}
			}()
			everyFault()[why].check(t, r)
		})
	}
}

// collection is a collector that is ready to run.
type collection struct {
	cmd  *exec.Cmd
	file string // where its facts go
}

// collector prepares the collector as env's owner would run it.
func (w *world) collector(t *testing.T, shell string, env []string, q Question) collection {
	t.Helper()
	if q.Region == "" {
		q.Region = "ap-northeast-1"
		if len(q.Wants) == 0 {
			q.Wants = []string{"sts"}
		}
	}
	var script bytes.Buffer
	if err := (&Clinic{Out: &script}).Script("sh", &q); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	text := strings.NewReplacer("limit=12 ", "limit=2 ", "open=4 ", "open=1 ", "region='ap-northeast-1'", "region=''", "etc=/etc/systemd ", "etc="+bin+"/systemd ").Replace(script.String())
	w.curl(t, bin)
	cmd := exec.CommandContext(t.Context(), shell, "-s")
	cmd.Stdin = strings.NewReader(text)
	cmd.Env = append([]string{"PATH=" + bin + ":/usr/bin:/bin", "HOME=" + bin}, env...)
	return collection{cmd, filepath.Join(bin, "facts.txt")}
}

// run runs it and returns what it said beside the facts.
func (c collection) run(t *testing.T) string {
	t.Helper()
	out, err := os.Create(c.file)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer out.Close()
	var said bytes.Buffer
	c.cmd.Stdout, c.cmd.Stderr = out, &said
	if err := c.cmd.Run(); err != nil {
		t.Errorf("the collector: %v\n%s", err, said.String())
	}
	return said.String()
}

// curl puts a curl into dir for which no name resolves and nobody is reached but
// on loopback, and the metadata service is the one of w.
func (w *world) curl(t *testing.T, dir string) {
	t.Helper()
	metadata := "127.0.0.1:1"
	if to, ok := w.dials["169.254.169.254:80"]; ok {
		metadata = to
	}
	text := fmt.Sprintf(`#!/bin/sh
case " $* " in
*' --noproxy '*) exec /usr/bin/curl "$@" --connect-to '169.254.169.254:80:%s' --resolve '*:443:127.0.0.1' ;;
esac
exec /usr/bin/curl "$@"
`, metadata)
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestCollectorKeepsSecrets runs the collector with everything that must not be
// in its output.
func TestCollectorKeepsSecrets(t *testing.T) {
	shell := requiretest.Program(t, "/bin/dash")
	requiretest.Program(t, "/usr/bin/curl")
	w := newWorld(t)
	w.instance(t, instance)
	proxy := serve(t, tunnels(toward(w.aws)))
	env := with(with(w.healthy("http://user:p%40ss#word@"+proxy), secrets...), `https_proxy=DOM\user:p%40ss#word@`+proxy)
	c := w.collector(t, shell, env, Question{Proxy: "http://user:hunter2@" + proxy})
	c.run(t)
	text, err := os.ReadFile(c.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secretWords {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("the collector wrote %q:\n%s", secret, text)
		}
	}
	if f, err := facts.Parse(text); err != nil || len(f.Attempts) == 0 {
		t.Errorf("Parse: %+v, %v", f, err)
	}
}

// secrets are variables that must not be shown; secretWords what must not be
// found in any output.
var (
	secrets = []string{
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI", "AWS_SESSION_TOKEN=IQoJb3JpZ2lu",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN=b64token", "AWS_BEARER_TOKEN_BEDROCK=b64token", "aws_secret_access_key=wJalrXUtnFEMI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1?token=b64token", "HTTP_PROXY=user:hun ter2@proxy.corp.invalid:3128",
		"JAVA_TOOL_OPTIONS=-Dhttps.proxyHost=p -Dhttps.proxyPassword=hunter2 -Djavax.net.ssl.trustStorePassword=hunter2",
	}
	secretWords = []string{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "IQoJb3JpZ2lu", "b64token", "hunter2", "hun ter2", "ter2", "p%40ss", "#word", "secret-token"}
)

// TestCollectorInHostileShells runs the collector where everything around it is
// as odd as it can be, in each shell that machines have.
func TestCollectorInHostileShells(t *testing.T) {
	requiretest.Program(t, "/usr/bin/curl")
	for _, shell := range [][]string{{"/bin/dash", "-s"}, {"/bin/bash", "-s"}, {"/bin/bash", "--posix", "-s"}, {"/bin/busybox", "sh", "-s"}} {
		t.Run(strings.Join(shell, " "), func(t *testing.T) {
			t.Parallel()
			requiretest.Program(t, shell[0])
			w := newWorld(t)
			odd := t.TempDir() + "/a b $(touch pasted)"
			if err := os.Mkdir(odd, 0o700); err != nil {
				t.Fatal(err)
			}
			env := with(w.healthy("http://"+serve(t, tunnels(toward(w.aws)))), secrets...)
			env = with(env, "NO_PROXY=*, $(touch pasted) `touch pasted`\nAWS_SECRET_ACCESS_KEY=hunter2", "no_proxy=/*", "TMPDIR="+odd, "IFS=:/", "CDPATH=/",
				"GREP_OPTIONS=-v", "POSIXLY_CORRECT=1", "LC_ALL=ja_JP.UTF-8", "BASH_FUNC_sed%%=() { echo replaced; }", "AWS_CA_BUNDLE="+odd+"/ca.pem")
			c := w.collector(t, "/bin/sh", env, Question{})
			c.cmd.Path, c.cmd.Args, c.cmd.Dir = shell[0], shell, odd
			c.run(t)
			text, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range secretWords {
				if bytes.Contains(text, []byte(secret)) {
					t.Errorf("the collector wrote %q", secret)
				}
			}
			f, err := facts.Parse(text)
			if err != nil || f.Cut || len(f.Attempts) == 0 {
				t.Errorf("Parse: %v; cut %v, %d attempts", err, f != nil && f.Cut, len(f.Attempts))
			}
			if left, err := os.ReadDir(odd); err != nil || len(left) > 0 {
				t.Errorf("it left %v, %v", left, err)
			}
			if t.Failed() {
				t.Logf("%s", text)
			}
		})
	}
}

// TestThousandMachines is a fleet that sends its facts in.
func TestThousandMachines(t *testing.T) {
	w := newWorld(t)
	var seen bytes.Buffer
	c, _, _ := w.clinic(w.healthy("http://" + serve(t, tunnels(toward(w.aws)))))
	c.Print = func(_ string, doc any) error { return doc.(reportJSON).Facts.Write(&seen) }
	if _, err := c.Examine(t.Context(), &Question{Wants: []string{"session-manager"}}); err != nil {
		t.Fatal(err)
	}
	var files []string
	dir := t.TempDir()
	for i := range 1000 {
		name := filepath.Join(dir, fmt.Sprintf("%03d.txt", i))
		if err := os.WriteFile(name, seen.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	var out bytes.Buffer
	began := time.Now()
	if _, err := (&Clinic{Out: &out}).Read(files); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("1,000 machines took %v", took)
	} else {
		t.Logf("1,000 machines took %v", took)
	}
	if n := strings.Count(out.String(), "\n"); n != 1001 {
		t.Errorf("%d lines for 1,000 machines", n)
	}
}
