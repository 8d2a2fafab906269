package instance

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
)

// program builds deguchi as a release does.
var program = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "deguchi-instance-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "deguchi")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "github.com/deguchi-project/deguchi/cmd/deguchi")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", build.Args, err, out)
	}
	return os.ReadFile(file)
})

// launched is a machine that a kit's instance starts on, and AWS around it. The
// kit is given the digest of digested, and S3 has stored.
func launched(t *testing.T, kit string, digested, stored []byte) (*machine, *cloud) {
	t.Helper()
	p := kittest.Plan(t, kit)
	form := "Binary"
	if p.Kit.Program.Package {
		form = "Package"
	}
	script := strings.NewReplacer(
		"${AWS::Region}", region, "${AWS::StackName}", "exit-provider", "${"+form+"Bucket}", p.Kit.Program.Bucket, "${"+form+"Key}", p.Kit.Program.Key,
		"${"+form+"Sha256}", fmt.Sprintf("%x", sha256.Sum256(digested)), "${Configuration}", parameter, "${LogGroup}", "/deguchi/exit",
	).Replace(cloudformation.UserData(cloudformation.Stacks(p)[0]))
	if strings.Contains(script, "${") {
		t.Fatalf("something is left to fill in:\n%s", script)
	}
	c := newCloud(t, p.Source, p.Kit.Program.Key, stored)
	m := newMachine(t)
	m.units(c, script)
	m.start()
	return m, c
}

// ready asks as the load balancer's health check does. 0 is no answer.
func ready() int {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + net.JoinHostPort(proxy, "3129") + "/readyz")
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// tunnel is a connection of a client in the data centre to the bucket.
type tunnel struct {
	*tls.Conn
	in *bufio.Reader
}

// open asks for one as the load balancer passes it on. Status 0 is no answer.
func open(t *testing.T, c *cloud, host string) (tunnel, int) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(proxy, "3128"), 5*time.Second)
	if err != nil {
		return tunnel{}, 0
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "PROXY TCP4 192.168.1.5 %s 40000 3128\r\nCONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", balancer, host, host)
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return tunnel{}, 0
	}
	secure := tls.Client(conn, c.trust)
	return tunnel{secure, bufio.NewReader(secure)}, resp.StatusCode
}

// get reads the report through the tunnel.
func (u tunnel) get(t *testing.T) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+reports+"/a.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	sign(r)
	if err := r.Write(u); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(u.in, r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || string(body) != "a,b\n" {
		t.Errorf("GET through the tunnel = %s %q, %v", resp.Status, body, err)
	}
}

// TestInstance: from user data to a proxy that serves, and from the group's wish
// to the end of the instance, with a tunnel that is not cut.
func TestInstance(t *testing.T) {
	needs(t)
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	m, c := launched(t, kittest.Closed, binary, binary)
	serves(t, m, c)
	m.hasUnit("/etc/systemd/system/deguchi.service")
}

// hasUnit looks at where the proxy's unit is, and what the kit lays over it.
func (m *machine) hasUnit(file string) {
	m.t.Helper()
	for property, want := range map[string]string{
		"FragmentPath": file, "DropInPaths": "/etc/systemd/system/deguchi.service.d/10-kit.conf", "UnitFileState": "enabled", "TimeoutStopUSec": "2min 30s",
	} {
		if got := m.unit("deguchi.service", property); got != want && got != strings.TrimPrefix(want, "/usr") { // a link on Debian
			m.t.Errorf("%s = %q, want %q", property, got, want)
		}
	}
}

// serves is the life of an instance.
func serves(t *testing.T, m *machine, c *cloud) {
	t.Helper()
	m.eventually("/readyz answers 200", func() bool { return ready() == http.StatusOK })
	m.eventually("user data has ended", func() bool { return m.unit("user-data.service", "ActiveState") != "activating" })
	if got := m.unit("user-data.service", "Result"); got != "success" {
		t.Errorf("user data: %s", got)
	}
	m.confined()
	if got := m.file("/var/lib/private/deguchi/last-good.yaml"); !strings.Contains(got, `"place":"ssm://`+parameter+`"`) {
		t.Errorf("last good copy: %.200q", got)
	}
	if got := m.file("/var/log/agent-was-asked"); !strings.Contains(got, "fetch-config") {
		t.Errorf("the agent was asked %q", got)
	}

	if _, status := open(t, c, "strangers.s3."+region+".amazonaws.com"); status != http.StatusForbidden {
		t.Errorf("CONNECT to a stranger's bucket = %d, want 403", status)
	}
	u, status := open(t, c, reports)
	if status != http.StatusOK {
		t.Fatalf("CONNECT %s = %d", reports, status)
	}
	u.get(t)

	c.wants("Terminated")
	m.eventually("/readyz answers 503", func() bool { return ready() == http.StatusServiceUnavailable })
	if _, status := open(t, c, reports); status == http.StatusOK {
		t.Error("a new tunnel was opened while the proxy drains")
	}
	u.get(t) // the one that was there goes on
	done := func(c standin.Call) bool {
		return c.Operation == "autoscaling:CompleteLifecycleAction" && c.AccessKey == roleKey
	}
	if c.Count(done) > 0 {
		t.Error("the instance may go before its tunnel has ended")
	}
	_ = u.Close()
	m.eventually("the group is told", func() bool { return c.Count(done) == 1 })
	m.eventually("the drain has ended", func() bool { return m.unit("deguchi-drain.service", "ActiveState") == "inactive" })
	if got := m.unit("deguchi-drain.service", "Result"); got != "success" {
		t.Errorf("the drain: %s", got)
	}
	if state, result := m.unit("deguchi.service", "ActiveState"), m.unit("deguchi.service", "Result"); state != "inactive" || result != "success" || ready() != 0 {
		t.Errorf("the proxy is %s, %s; /readyz = %d", state, result, ready())
	}
}

// confined looks at the process that systemd has made of the unit.
func (m *machine) confined() {
	m.t.Helper()
	pid := m.unit("deguchi.service", "MainPID")
	if _, err := strconv.Atoi(pid); err != nil {
		m.t.Fatalf("MainPID = %q", pid)
	}
	about := m.run("cat", "/proc/"+pid+"/status", "/proc/"+pid+"/limits", "/proc/"+pid+"/cmdline")
	for what, want := range map[string]string{
		"a user of its own, not root":       `(?m)^Uid:\t6[1-5][0-9]{3}\t`, // DynamicUser: 61184 to 65519
		"no new privileges":                 `(?m)^NoNewPrivs:\t1$`,
		"a filter of system calls":          `(?m)^Seccomp:\t2$`,
		"no capability but that of ports":   `(?m)^CapEff:\t0000000000000400$`,
		"nor could it get another":          `(?m)^CapBnd:\t0000000000000400$`,
		"descriptors":                       fmt.Sprintf(`(?m)^Max open files +%[1]d +%[1]d `, descriptors()),
		"the configuration in the Region's": `serve\x00-c\x00ssm://` + parameter,
	} {
		if !regexp.MustCompile(want).MatchString(about) {
			m.t.Errorf("%s: %s does not match\n%s", what, want, about)
		}
	}
	if got := strings.Fields(m.run("cat", "/proc/sys/net/ipv4/ip_local_reserved_ports", "/proc/sys/net/ipv4/ip_local_port_range")); strings.Join(got, " ") != "3128-3129 1024 65535" {
		m.t.Errorf("ports are %v", got)
	}
}

// descriptors are those of the unit, unless nobody may raise the limit that this
// process was given, not even root.
func descriptors() uint64 {
	const unit = 262144
	var old unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &old) != nil || old.Max >= unit {
		return unit
	}
	raised := unix.Rlimit{Cur: old.Cur, Max: unit}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &raised) != nil {
		return old.Max
	}
	_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &old)
	return unit
}

// TestTamperedProgram: what is not the program that the kit names is never run.
func TestTamperedProgram(t *testing.T) {
	needs(t)
	m, c := launched(t, kittest.Closed, []byte("#!/bin/sh\n"), []byte("#!/bin/sh\ntouch /etc/owned\n"))
	refused(t, m, c, "/usr/bin/deguchi.new")
}

// refused is the end of an instance that was given something else than the kit
// names, which it has put into file.
func refused(t *testing.T, m *machine, c *cloud, file string) {
	t.Helper()
	m.eventually("user data has ended", func() bool { return m.unit("user-data.service", "ActiveState") == "failed" })
	if said := m.file(userDataLog); !strings.Contains(said, file+": FAILED") {
		t.Errorf("user data said:\n%s", said)
	}
	if m.run("test", "-e", "/usr/bin/deguchi") == "" || m.file("/etc/owned") != "" {
		t.Error("it was put in place")
	}
	if got := m.unit("deguchi.service", "ActiveState"); got != "inactive" || ready() != 0 {
		t.Errorf("the proxy is %s", got)
	}
	if n := c.Count(func(c standin.Call) bool { return c.Service == "ssm" }); n != 0 {
		t.Errorf("the configuration was asked for %d times", n)
	}
}
