package noproxy

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// environment returns vars as a process gets them, with nothing of this user's.
func environment(t *testing.T, path string, vars Vars) []string {
	env := []string{
		"PATH=" + path, "HOME=" + t.TempDir(), "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1",
		"GORACE=atexit_sleep_ms=0", // a program of this test would sleep a second at its end
	}
	for name, value := range vars {
		env = append(env, name+"="+value)
	}
	return env
}

// asGo is the first argument with which this test is a program itself: one
// that asks for the URL behind it with net/http.
const asGo = "ask-with-net/http"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == asGo {
		client := http.Client{Timeout: 2 * time.Second}
		if resp, err := client.Get(os.Args[2]); err == nil {
			resp.Body.Close()
		}
		return
	}
	os.Exit(m.Run())
}

// TestProgramsAgree runs programs that are one process a request.
func TestProgramsAgree(t *testing.T) {
	const path = "/usr/local/bin:/usr/bin:/bin"
	out := filepath.Join(t.TempDir(), "out")
	tests := []struct {
		id, name string
		version  []string // prints it
		args     []string // with URL for the URL
	}{
		{"go", os.Args[0], nil, []string{asGo, "URL"}},
		{"curl", "curl", []string{"--version"}, []string{"-s", "-m", "2", "-o", os.DevNull, "URL"}},
		{"wget", "wget", []string{"--version"}, []string{"-q", "-t", "1", "-T", "2", "-O", os.DevNull, "URL"}},
		{"wget2", "wget2", []string{"--version"}, []string{"-q", "--tries=1", "-T", "2", "-O", os.DevNull, "URL"}},
		{
			"aria2", "aria2c", []string{"--version"},
			[]string{"-q", "-m", "1", "-t", "2", "--connect-timeout=2", "--no-conf", "-d", filepath.Dir(out), "-o", "aria2", "URL"},
		},
		{"git", "git", []string{"--version"}, []string{"ls-remote", "URL"}},
		{
			"apt", "/usr/lib/apt/apt-helper", []string{"--version"},
			[]string{"-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=2", "-o", "Acquire::https::Timeout=2", "download-file", "URL", out},
		},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			t.Parallel()
			program := requiretest.Program(t, tt.name)
			proxy := newCounter(t)
			at := slices.Index(tt.args, "URL")
			found := strings.TrimPrefix(runtime.Version(), "go")
			if tt.version != nil {
				found = version(t, program, tt.version...)
			}
			compare(t, tt.id, found, questions(*amount, proxy.addr), func(q question) bool {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				before := proxy.came(t)
				cmd := exec.CommandContext(ctx, program, slices.Concat(tt.args[:at], []string{q.url}, tt.args[at+1:])...)
				cmd.Env = environment(t, path, q.vars)
				_ = cmd.Run() // it always fails; the proxy saw whether it came
				return proxy.came(t) > before
			})
		})
	}
}

// number is what a version looks like.
var number = regexp.MustCompile(`\d+(\.\d+)+`)

func version(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	requiretest.That(t, err == nil, program+" "+strings.Join(args, " ")+": "+string(out))
	return number.FindString(string(bytes.SplitN(out, []byte("\n"), 2)[0]))
}
