package e2e

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestSettings is story A and its cure, on a machine that has metadata: the AWS
// CLI, set up by nothing but what "deguchi settings" wrote, gets its credentials
// directly and sends everything else through the proxy.
func TestSettings(t *testing.T) {
	t.Parallel()
	if os.Getenv(asInside) == "" { // the metadata's addresses are this machine's own, too
		inNewNetwork(t)
		return
	}
	here.wellKnownPorts(t)
	m := newMetadata(t)
	p := startProxy(t, setup{rules: corpRules})
	url := "http://" + p.addr
	root := t.TempDir()
	for _, target := range []string{"shell", "aws-config"} {
		if out, err := program(t, "settings", target, "--proxy", url, "--write", root).CombinedOutput(); err != nil {
			t.Fatalf("deguchi settings %s: %v\n%s", target, err, out)
		}
	}
	profile := filepath.Join(root, "etc/profile.d/proxy.sh")
	wrapper := filepath.Join(root, "usr/local/bin/aws-via-proxy")
	const ask = " sts get-caller-identity --query Arn --output text"
	for why, tt := range map[string]struct {
		script string
		env    []string
		want   string
		meta   bool // whether metadata is asked directly
	}{
		"as it was found: a proxy, and no exceptions": {
			"export http_proxy=" + url + " https_proxy=" + url + "; exec " + awsCLI + ask, nil, "Unable to locate credentials", false,
		},
		"with the file for shells": {
			". " + profile + "; exec " + awsCLI + ask, nil, "user/AKIAFROMMETADATA", true,
		},
		"with the file for shells, and metadata by IPv6": {
			". " + profile + "; exec " + awsCLI + ask, []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6"}, "user/AKIAFROMMETADATA", true,
		},
		"with the command for AWS CLI alone": {
			"exec " + wrapper + ask, nil, "user/AKIAFROMMETADATA", true,
		},
	} {
		t.Run(why, func(t *testing.T) {
			asked, calls := m.count(), len(p.log.lines(t))
			out := alone(t, tt.script, tt.env)
			if !strings.Contains(out, tt.want) {
				t.Errorf("the AWS CLI says %q, want %q", out, tt.want)
			}
			if got := m.count() > asked; got != tt.meta {
				t.Errorf("metadata was asked directly: %v, want %v", got, tt.meta)
			}
			var hosts []string
			for _, l := range p.log.lines(t)[calls:] {
				hosts = append(hosts, l.Host)
			}
			byProxy := slices.ContainsFunc(hosts, func(h string) bool { return strings.Contains(h, "169.254.") || strings.Contains(h, "ec2::") })
			if byProxy == tt.meta || tt.meta && !slices.Contains(hosts, "sts.ap-northeast-1.amazonaws.com") {
				t.Errorf("the proxy was asked for %q", hosts)
			}
		})
	}
}

// inNewNetwork runs this test once more in a network of its own.
func inNewNetwork(t *testing.T) {
	t.Helper()
	requiretest.That(t, os.Geteuid() == 0, "root, or a user namespace")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), asInside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	requiretest.That(t, !bytes.Contains(out, []byte("--- SKIP: "+t.Name()+" ")), "what it says:\n"+string(out))
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name()+" ")) { // it could have run no test
		t.Fatalf("in a network of its own: %v\n%s", err, out)
	}
	t.Logf("in a network of its own:\n%s", out)
}

// alone runs a script with an environment that has no proxy and no credentials.
func alone(t *testing.T, script string, env []string) string {
	t.Helper()
	requiretest.Program(t, awsCLI)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", script)
	dieWithUs(cmd)
	cmd.Env = append([]string{
		"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8", "AWS_CA_BUNDLE=" + here.ca,
		"AWS_DEFAULT_REGION=" + tokyo, "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=",
	}, env...)
	out, _ := cmd.CombinedOutput() // what it says is compared
	return string(out)
}

// metadata is an instance's metadata service, version 2 only.
type metadata struct {
	mu    sync.Mutex
	asked int
}

// newMetadata serves at the addresses of EC2, which become those of lo.
func newMetadata(t *testing.T) *metadata {
	t.Helper()
	ip := requiretest.Program(t, "/usr/sbin/ip")
	m := &metadata{}
	for _, addr := range []string{"169.254.169.254/32", "fd00:ec2::254/128"} {
		args := []string{"address", "add", addr, "dev", "lo"}
		if strings.Contains(addr, ":") {
			args = append(args, "nodad")
		}
		if out, err := exec.CommandContext(t.Context(), ip, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v\n%s", ip, args, err, out)
		}
		host, _, _ := strings.Cut(addr, "/")
		ln, err := net.Listen("tcp", net.JoinHostPort(host, "80"))
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: m, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		var done sync.WaitGroup
		done.Go(func() { _ = s.Serve(ln) })
		t.Cleanup(func() {
			_ = s.Close()
			done.Wait()
		})
	}
	return m
}

func (m *metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.asked++
	m.mu.Unlock()
	const roles = "/latest/meta-data/iam/security-credentials/"
	var page bytes.Buffer
	switch {
	case r.Method == http.MethodPut && r.URL.Path == "/latest/api/token":
		page.WriteString("token")
	case r.Header.Get("X-aws-ec2-metadata-token") != "token":
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == roles:
		page.WriteString("app")
	case r.URL.Path == roles+"app":
		fmt.Fprintf(&page, `{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "AKIAFROMMETADATA", "SecretAccessKey": "s",
			"Token": "t", "LastUpdated": "2026-01-01T00:00:00Z", "Expiration": %q}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = w.Write(page.Bytes())
}

func (m *metadata) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked
}
