package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// cloud is moto's stand-in for S3 and Systems Manager. It forgets everything
// when it is stopped.
type cloud struct {
	t    *testing.T
	port string
	cmd  *exec.Cmd
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{t: t, port: "0"}
	c.start()
	t.Cleanup(c.stop)
	return c
}

var runsOn = regexp.MustCompile(`Running on http://127\.0\.0\.1:([0-9]+)`)

// start runs it, on the port of before if it ran before.
func (c *cloud) start() {
	c.t.Helper()
	c.cmd = exec.Command(requiretest.Program(c.t, "moto_server"), "-p", c.port)
	dieWithUs(c.cmd)
	out, err := c.cmd.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	lines, port := bufio.NewScanner(out), ""
	for port == "" && lines.Scan() {
		if m := runsOn.FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	if port == "" {
		c.t.Fatalf("moto does not say where it runs: %v", lines.Err())
	}
	c.port = port
	go func() { _, _ = io.Copy(io.Discard, out) }() // it blocks once nobody reads
}

func (c *cloud) stop() {
	_, _ = c.cmd.Process.Kill(), c.cmd.Wait()
}

// send sends a request, which need not be signed.
func (c *cloud) send(method, path, target, body string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, "http://127.0.0.1:"+c.port+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	service := "s3"
	if target != "" {
		service = "ssm"
		req.Header.Set("X-Amz-Target", target)
		req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261122/"+tokyo+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 && resp.StatusCode != http.StatusConflict { // which is: the bucket is there
		c.t.Fatalf("%s %s%s = %s\n%s", method, path, target, resp.Status, answer)
	}
}

// place is where a fleet's configuration stands.
type place struct {
	name string
	put  func(c *cloud, text string)
}

var places = map[string]place{
	"s3": {"s3://corp-config/fleet/deguchi.yaml", func(c *cloud, text string) {
		c.send(http.MethodPut, "/corp-config", "", fmt.Sprintf(`<CreateBucketConfiguration><LocationConstraint>%s</LocationConstraint></CreateBucketConfiguration>`, tokyo))
		c.send(http.MethodPut, "/corp-config/fleet/deguchi.yaml", "", text)
	}},
	"ssm": {"ssm:///deguchi/exit/configuration", func(c *cloud, text string) {
		body, _ := json.Marshal(map[string]any{"Name": "/deguchi/exit/configuration", "Type": "String", "Value": text, "Overwrite": true})
		c.send(http.MethodPost, "/", "AmazonSSM.PutParameter", string(body))
	}},
}

// member is a proxy of a fleet.
type member struct {
	*proxy
	place place
	cloud *cloud
	state string
}

func newMember(t *testing.T, c *cloud, at place) member {
	t.Helper()
	m := member{newProxy(t, setup{}), at, c, filepath.Join(t.TempDir(), "state")}
	return m
}

// put writes what s says to the place.
func (m member) put(t *testing.T, s setup) {
	t.Helper()
	m.configure(t, s)
	text, err := os.ReadFile(m.file)
	if err != nil {
		t.Fatal(err)
	}
	m.place.put(m.cloud, string(text))
}

// run starts the proxy, again if it has ended. A proxy in its own environment
// must not be asked: that might be the one that starts.
func (m member) run(t *testing.T, more ...string) {
	t.Helper()
	m.exited = make(chan struct{})
	cmd := program(t, append([]string{"serve", "-c", m.place.name}, more...)...)
	cmd.Env = append(cmd.Env, "STATE_DIRECTORY="+m.state, "AWS_ENDPOINT_URL=http://127.0.0.1:"+m.cloud.port,
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=very-secret", "AWS_REGION="+tokyo,
		"AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent",
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=", "no_proxy=")
	m.start(t, cmd)
}

func (m member) said(what string) bool { return strings.Contains(m.stderr.String(), what) }

// metric reports whether a line of /metrics begins so.
func (m member) metric(t *testing.T, line string) bool {
	t.Helper()
	_, body := m.ask(t, http.MethodGet, "/metrics")
	return strings.Contains(body, "\n"+line)
}

const denyAll = "- {name: nobody, deny: {hosts: [.example]}}"

// TestFleetConfiguration: a proxy whose configuration stands in AWS takes what
// is new, refuses what is bad, and starts while AWS is away.
func TestFleetConfiguration(t *testing.T) {
	for name, at := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			m := newMember(t, c, at)
			m.put(t, setup{})
			m.run(t, "--poll", "1s")
			m.waitReady(t)
			first := m.digest(t)
			session := openSession(t, m.proxy)

			m.put(t, setup{more: "limits: {drain: 1s}"})
			eventually(t, "a change is picked up", func() bool { return m.digest(t) != first })
			second := m.digest(t)
			if !m.metric(t, `deguchi_config_info{copy="false",digest="`+second+`",source="`+at.name+`",version=`) {
				t.Error("metrics do not tell of the new configuration")
			}

			for why, bad := range map[string]setup{
				"not understood":    {rules: "- {name: x, acton: deny}"},
				"a test that fails": {more: `tests: [{from: 127.0.0.1, host: example.com, verdict: allowed}]`},
			} {
				before := strings.Count(m.stderr.String(), "configuration refused")
				m.put(t, bad)
				eventually(t, why+" is refused", func() bool { return strings.Count(m.stderr.String(), "configuration refused") > before })
				if got := m.digest(t); got != second || !m.metric(t, "deguchi_config_last_reload_successful 0") {
					t.Errorf("%s: %s is in force, want %s and a metric that tells", why, got, second)
				}
			}

			c.stop()
			eventually(t, "the outage is told", func() bool { return m.said("the configuration's place cannot be read") })
			if !m.metric(t, "deguchi_config_source_last_read_successful 0") || m.digest(t) != second {
				t.Error("what is in force has changed by the outage, or metrics do not tell of it")
			}
			if status, body := m.ask(t, http.MethodPost, "/reload"); status < 400 || !strings.Contains(body, "AWS cannot be reached") {
				t.Errorf("POST /reload = %d %q in the outage", status, body)
			}
			session.mustSay(t, "all that has cut nothing")
			session.hangUp(t)
			m.signal(t, syscall.SIGTERM)
			m.wait(t)

			m.run(t, "--poll", "1s")
			m.waitReady(t)
			if got := m.digest(t); got != second {
				t.Errorf("started on %s, want the last good one, %s", got, second)
			}
			if !m.said("starting on the last good copy") || !m.said("age=") || !m.metric(t, `deguchi_config_info{copy="true"`) {
				t.Error("neither log nor metrics tell of the copy")
			}
			if err := openAndClose(m.proxy); err != nil {
				t.Errorf("on the copy: %v", err)
			}

			c.start()
			m.put(t, setup{})
			eventually(t, "AWS is back", func() bool { return m.digest(t) == first })
			if !m.said("answers again") || !m.metric(t, `deguchi_config_info{copy="false"`) {
				t.Error("neither log nor metrics tell that AWS is back")
			}
			if m.said("very-secret") {
				t.Error("the log holds a secret")
			}
		})
	}
}

// TestFleetReload: who does not want to wait for the next look asks for it.
func TestFleetReload(t *testing.T) {
	t.Parallel()
	m := newMember(t, newCloud(t), places["ssm"])
	m.put(t, setup{})
	m.run(t, "--poll", "1h")
	m.waitReady(t)
	first := m.digest(t)
	m.put(t, setup{more: "limits: {drain: 1s}"})
	if status, body := m.ask(t, http.MethodPost, "/reload"); status != http.StatusOK || m.digest(t) == first {
		t.Errorf("POST /reload = %d %s", status, body)
	}
	m.put(t, setup{})
	m.signal(t, syscall.SIGHUP)
	eventually(t, "SIGHUP looks at once", func() bool { return m.digest(t) == first })

	m.cloud.stop() // and log rotation goes on all the same
	if err := os.Rename(m.log.file, m.log.file+".1"); err != nil {
		t.Fatal(err)
	}
	m.signal(t, syscall.SIGHUP)
	eventually(t, "the log is opened anew in an outage", func() bool { _, err := os.Stat(m.log.file); return err == nil })
}

// TestFleetStartsOnNothing: without a place and without a sound copy of it there
// is no proxy, least of all one with other rules.
func TestFleetStartsOnNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	m := newMember(t, c, places["s3"])
	refuses := func(why, because string) {
		t.Helper()
		before := len(m.stderr.String())
		m.run(t)
		if code := m.wait(t); code != 3 || !strings.Contains(m.stderr.String()[before:], because) {
			t.Errorf("%s: exit code %d, want 3 and %q:\n%s", why, code, because, m.stderr.String()[before:])
		}
	}
	refuses("no bucket", "is not there")
	m.put(t, setup{rules: "- {name: x, acton: deny}"})
	refuses("a bad one", "there is no last good copy in "+m.state)
	m.put(t, setup{rules: denyAll, more: "# 一"})
	m.run(t)
	m.waitReady(t)
	m.signal(t, syscall.SIGTERM)
	m.wait(t)
	c.stop()

	file := filepath.Join(m.state, "last-good.yaml")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := map[string]string{
		"one bit":                  strings.Replace(string(whole), "deny: {", "dEny: {", 1),
		"cut short":                string(whole[:len(whole)-10]),
		"empty":                    "",
		"no label":                 string(whole[strings.Index(string(whole), "\n"):]),
		"a version that is not it": strings.Replace(string(whole), `"version":"`, `"version":"x`, 1),
	}
	for why, text := range spoiled {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(why, "is damaged")
	}
	if err := errors.Join(os.WriteFile(file, whole, 0o600), os.Chmod(file, 0o622)); err != nil {
		t.Fatal(err)
	}
	refuses("others can write it", "changed by another user")
	other := strings.Replace(m.place.name, "fleet/", "other/", 1)
	m.place.name = other
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses("of another place", "is one of s3://corp-config/fleet/deguchi.yaml")
}
